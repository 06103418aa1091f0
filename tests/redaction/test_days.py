"""Redacting many days: a few at a time, each with its own verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from handrail.access import Purpose
from handrail.conversations.model import Conversation, encode
from handrail.errors import NotPassed, Refused
from handrail.redaction import days as module
from handrail.redaction import expecting
from handrail.redaction.days import REDACTED, RedactedDay, redact_days
from handrail.redaction.expecting import expected
from handrail.redaction.model import open_redacted
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Finding, Verdict, holds
from handrail.warehouse.connection import scratch_query

Chat = Callable[..., Conversation]
ACCESS = pipeline("test:days", Purpose.REDACTION)
DAYS = [f"2026-01-{n:02}" for n in range(1, 11)]


@pytest.fixture
def vault(vaults: RegionVaults, chat: Chat) -> RegionVault:
    """Ten raw days of the region, each with two chats."""
    vault = vaults.of("eu")
    for day in DAYS:
        chats = [
            chat(
                f"I am Anna Berg, write to anna{n}@berg.example",
                conversation_id=f"c-{day}-{n}",
                day=date.fromisoformat(day),
            )
            for n in range(2)
        ]
        seal(vault, day, chats)
    return vault


def seal(vault: RegionVault, day: str, chats: Sequence[Conversation]) -> None:
    raw = vault.put(
        ObjectName("raw_chats", day, DataClass.RAW),
        [Record(c.conversation_id, None, encode(c)) for c in chats],
        access=pipeline("test:days", Purpose.INTAKE),
    )
    passed = [holds("made", True, "a test made it")]
    vault.lineage.commit(raw, inputs=[], findings=passed, config_hash="", run_id="test")


def redacted(
    vault: RegionVault, *, days: Sequence[str] = DAYS, workers: int = 1
) -> Iterator[RedactedDay]:
    with Workers(workers, ruleset=STANDARD) as pool:
        stored = redact_days(
            vault, days, access=ACCESS, query=scratch_query, workers=pool, truth={}
        )
        yield from expected(stored, region="eu")


def test_every_day_is_stored_without_what_was_said(vault: RegionVault) -> None:
    """R31: each day is one object with its chats; hits and verdicts are the day's own."""
    made = list(redacted(vault))
    assert [day.day for day in made] == DAYS
    for day in made:
        stored = list(vault.scan(day.artifact, data_class=DataClass.REDACTED, access=ACCESS))
        texts = [open_redacted(record.payload).turns[0].text for record in stored]
        assert texts == ["I am [PERSON_1], write to [EMAIL_1]"] * 2
        assert day.artifact.asset == REDACTED
        assert day.tables == {}, "looked at, and let go"
        assert day.hits == {"PERSON": 2, "EMAIL": 2}
        assert {f.check: f.verdict for f in day.findings} == {
            "second_look_found_nothing": Verdict.PASS,
            "expectations": Verdict.PASS,
        }


def test_days_come_as_they_are_made(vault: RegionVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory holds a few days: the last is not opened when the first is done."""
    monkeypatch.setattr(expecting, "_CHATS_A_LOOK", 2)
    monkeypatch.setattr(
        expecting, "check_table", lambda *_, **__: holds("expectations", True, "ok")
    )
    coming = redacted(vault)
    first = next(coming)
    opened = {r.object.split("/")[1] for r in vault.audit.records() if r.event == "open"}
    assert first.day == DAYS[0]
    assert DAYS[0] in opened
    assert DAYS[-1] not in opened
    assert [day.day for day in coming] == DAYS[1:]


def test_a_day_without_chats_is_redacted_like_any_other(vault: RegionVault) -> None:
    """R3, R31: its chats are gone from the exports; alone and among others it passes."""
    held = {day: vault.lineage.current("raw_chats", day) for day in DAYS}
    for day in (DAYS[0], DAYS[4]):
        seal(vault, day, [])
    made = {day.day: day for day in redacted(vault)}
    assert list(made) == DAYS
    assert [made[day].artifact.records for day in (DAYS[0], DAYS[1], DAYS[4])] == [0, 2, 0]
    assert {f.verdict for day in made.values() for f in day.findings} == {Verdict.PASS}
    assert made[DAYS[1]].raw == held[DAYS[1]]
    [alone] = redacted(vault, days=DAYS[:1])
    assert {f.check: f.verdict for f in alone.findings} == {
        "second_look_found_nothing": Verdict.PASS,
        "expectations": Verdict.PASS,
    }


@pytest.mark.parametrize("workers", [1, 2])
def test_the_days_before_one_that_did_not_pass_come_first(vault: RegionVault, workers: int) -> None:
    """R3: one bad day costs no work that was done, although more is read ahead."""
    raw = vault.lineage.current("raw_chats", DAYS[7])
    assert raw
    bad = [holds("tags_complete", False, "two chats lack a language")]
    vault.lineage.commit(raw, inputs=[], findings=bad, config_hash="", run_id="test")
    made = redacted(vault, workers=workers)
    assert [next(made).day for _ in range(7)] == DAYS[:7]
    with pytest.raises(NotPassed, match=f"{DAYS[7]} .*two chats lack a language"):
        next(made)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_day_that_breaks_off_is_not_stored_in_part(
    vault: RegionVault, chat: Chat, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: what was read of it before the error belongs to no other day either."""
    monkeypatch.setattr(module, "_BATCH", 1)
    scan = RegionVault.scan

    def breaks_off(self: RegionVault, artifact: Artifact, **how: Any) -> Iterator[Record]:
        records = scan(self, artifact, **how)
        yield next(records)
        if artifact.asset == "raw_chats" and artifact.partition == DAYS[3]:
            msg = "the object can't be read"
            raise Refused(msg)
        yield from records

    monkeypatch.setattr(RegionVault, "scan", breaks_off)
    made = redacted(vault, workers=workers)
    assert [next(made).artifact.records for _ in range(3)] == [2, 2, 2]
    with pytest.raises(Refused, match="can't be read"):
        next(made)
    put = [r.object.split("/") for r in vault.audit.records() if r.event == "put"]
    assert [day for asset, day, *_ in put if asset == REDACTED] == DAYS[:3]


def test_only_the_day_that_fails_fails(vault: RegionVault, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: looked at together first; where something is wrong each day gets its own look."""

    def looked(table: object, *_: object, **__: object) -> Finding:
        days = (
            {str(day) for day in table.column("day").to_pylist()}
            if "day"
            in (  # type: ignore[attr-defined]
                table.column_names  # type: ignore[attr-defined]
            )
            else set()
        )
        return holds("expectations", DAYS[3] not in days, "as a test wants it")

    monkeypatch.setattr(expecting, "check_table", looked)
    verdicts = {day.day: day.findings[1].verdict for day in redacted(vault)}
    assert [day for day, verdict in verdicts.items() if not verdict.passed] == [DAYS[3]]
