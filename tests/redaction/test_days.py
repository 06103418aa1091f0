"""Redacting many days: a few at a time, each with its own verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from handrail.access import Purpose
from handrail.conversations.model import Conversation, encode
from handrail.redaction import days as module
from handrail.redaction.days import REDACTED, RedactedDay, expected, redact_days
from handrail.redaction.model import open_redacted
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.vault.names import ObjectName, Record
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
        raw = vault.put(
            ObjectName("raw_chats", day, DataClass.RAW),
            [Record(c.conversation_id, None, encode(c)) for c in chats],
            access=pipeline("test:days", Purpose.INTAKE),
        )
        passed = [holds("made", True, "a test made it")]
        vault.lineage.commit(raw, inputs=[], findings=passed, config_hash="", run_id="test")
    return vault


def redacted(vault: RegionVault, *, workers: int = 1) -> Iterator[RedactedDay]:
    with Workers(workers) as pool:
        stored = redact_days(vault, DAYS, access=ACCESS, query=scratch_query, workers=pool)
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
    monkeypatch.setattr(module, "_CHATS_A_LOOK", 2)
    monkeypatch.setattr(module, "check_table", lambda *_, **__: holds("expectations", True, "ok"))
    coming = redacted(vault)
    first = next(coming)
    opened = {r.object.split("/")[1] for r in vault.audit.records() if r.event == "open"}
    assert first.day == DAYS[0]
    assert DAYS[0] in opened
    assert DAYS[-1] not in opened
    assert [day.day for day in coming] == DAYS[1:]


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

    monkeypatch.setattr(module, "check_table", looked)
    verdicts = {day.day: day.findings[1].verdict for day in redacted(vault)}
    assert [day for day, verdict in verdicts.items() if not verdict.passed] == [DAYS[3]]
