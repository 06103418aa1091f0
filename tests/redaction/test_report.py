"""R31: leak, precision and speed are reported by ruleset, from the manifests alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from handrail.access import Purpose
from handrail.conversations.model import Conversation, encode
from handrail.redaction.days import redact_days
from handrail.redaction.report import report_redaction
from handrail.redaction.report_page import sections
from handrail.redaction.ruleset import STANDARD, Ruleset
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Verdict, holds
from handrail.warehouse.connection import scratch_query
from tests.conftest import NOW

Chat = Callable[..., Conversation]
DAYS = ("2026-01-05", "2026-01-06", "2026-01-07")
BEFORE = Ruleset(names="rules", without=("person",))
PHONE = "+49 30 1234567"
MADE = [holds("made", True, "a test made it")]


@pytest.fixture
def vault(vaults: RegionVaults, chat: Chat) -> RegionVault:
    """Three raw days with five simulated chats each, and one real one on the first."""
    vault = vaults.of("eu")
    for day in DAYS:
        chats = [
            chat(
                f"I am Anna Berg, call {PHONE}", "ok", conversation_id=f"c-{day}-{n}",
                day=date.fromisoformat(day), simulated=True, language="de",
            )
            for n in range(5)
        ]  # fmt: skip
        if day == DAYS[0]:
            chats.append(
                chat("I am Anna Berg", conversation_id="real", day=date.fromisoformat(day))
            )
        raw = vault.put(
            ObjectName("raw_chats", day, DataClass.RAW),
            [Record(c.conversation_id, None, encode(c)) for c in chats],
            access=pipeline("test", Purpose.INTAKE),
        )
        vault.lineage.commit(raw, inputs=[], findings=MADE, config_hash="", run_id="test")
    return vault


def redact(vault: RegionVault, days: Sequence[str], ruleset: Ruleset) -> None:
    truth = {
        f"c-{day}-{n}": (("name", "Anna Berg"), ("phone", PHONE)) for day in DAYS for n in range(5)
    }
    access = pipeline("test", Purpose.REDACTION)
    with Workers(1, ruleset=ruleset) as workers:
        for day in redact_days(
            vault, days, access=access, query=scratch_query, workers=workers, truth=truth
        ):
            vault.lineage.commit(
                day.artifact, inputs=[day.raw], findings=MADE,
                config_hash=ruleset.version, run_id="test",
            )  # fmt: skip


def test_leak_and_precision_are_of_simulated_chats(vault: RegionVault) -> None:
    """R31: with a recognizer off, exactly its kind leaks; the real chat is not measured."""
    redact(vault, DAYS, STANDARD)
    whole = report_redaction(vault, version=STANDARD.version, at=NOW)
    assert (whole.now.leak, whole.now.precision, whole.now.clean_touched) == (0, 1, 0)
    assert whole.now.figures.of("replaced") == 1
    assert whole.now.touched == 16 / 31
    assert whole.artifact.measures["messages_per_cpu_s"] > 0  # type: ignore[operator]


def test_what_was_held_back_is_counted_apart(vault: RegionVault) -> None:
    """R31: a leak is of what is stored; what the second look kept from it is told beside."""
    redact(vault, DAYS, Ruleset(without=("phone",)))
    report = report_redaction(vault, version=STANDARD.version, at=NOW)
    assert report.now.figures.held_back == 15
    assert report.now.leak is None
    assert report.now.figures.messages["all"] == 1


def test_the_trend_keeps_every_ruleset(vault: RegionVault) -> None:
    """R31: each version's figures stay, over the days it made; what is held is counted as held."""
    redact(vault, DAYS, BEFORE)
    redact(vault, DAYS[:2], STANDARD)
    report = report_redaction(vault, version=STANDARD.version, at=NOW)
    assert [(one.version, one.days, one.measured.leak) for one in report.trend] == [
        (BEFORE.version, 3, 0.5),
        (STANDARD.version, 2, 0.0),
    ]
    assert report.now.leak == 5 / 30
    assert (report.older_days, report.kept_days) == (1, 0)
    redact(vault, DAYS[2:], STANDARD)
    assert report_redaction(vault, version=STANDARD.version, at=NOW).older_days == 0


def test_a_day_whose_raw_chats_are_gone_is_said_to_stay(vault: RegionVault) -> None:
    """R31, R52: retention keeps what a new ruleset can't make anew; the report says so."""
    redact(vault, DAYS, BEFORE)
    vault.lineage.destructions.keep_since(DataClass.RAW, DAYS[2])
    report = report_redaction(vault, version=STANDARD.version, at=NOW)
    assert (report.older_days, report.kept_days) == (3, 2)
    [summary] = [s for s in sections(report, now=NOW) if s.title == "summary"]
    assert "2 of these stay as they are" in summary.note
    assert "redacts 1 again" in summary.note


def test_the_page_shows_no_word_of_a_chat_and_no_small_count(vault: RegionVault) -> None:
    """R31, R36: one real name is not countable; examples are placeholders."""
    redact(vault, DAYS, STANDARD)
    page = sections(report_redaction(vault, version=STANDARD.version, at=NOW), now=NOW)
    by_title = {section.title: section for section in page}
    assert ("PERSON", "<5", "0", "<5") in by_title["replaced in real chats"].rows
    assert by_title["examples"].rows == (("... [PERSON_1] ... [PHONE_1] ...", "15"),)
    assert ("phone", "0.0% of 15", "0.0% of 15", "") in by_title["leak by kind"].rows
    assert by_title["leak by kind"].picture.startswith("![leak by kind](data:image/png;base64,")
    for section in page:
        shown = f"{section.note} {section.rows}"
        assert "Anna" not in shown
        assert "1234567" not in shown


def test_real_chats_alone_are_not_measured(vaults: RegionVaults, chat: Chat) -> None:
    """R31: no answer key, no figure; never a zero in its place."""
    vault = vaults.of("us")
    report = report_redaction(vault, version=STANDARD.version, at=NOW)
    assert report.findings[0].verdict is Verdict.NOT_MEASURED
    assert report.now.leak is None
    assert "leak" not in report.artifact.measures
    [summary] = [s for s in sections(report, now=NOW) if s.title == "summary"]
    assert summary.rows[0] == ("leak", "NOT MEASURED", "0 planted values")


def test_a_day_without_figures_fails_the_report(vault: RegionVault) -> None:
    """R31: a report of some of the days would pass for one of all."""
    redact(vault, DAYS, STANDARD)
    whole = report_redaction(vault, version=STANDARD.version, at=NOW)
    assert whole.findings[0].verdict is Verdict.PASS
    day = vault.lineage.current("redacted_chats", DAYS[1])
    assert day
    vault.lineage.commit(
        replace(day, measures={}), inputs=[], findings=MADE, config_hash="", run_id="test"
    )
    lacking = report_redaction(vault, version=STANDARD.version, at=NOW).findings[0]
    assert (lacking.verdict, lacking.blocking) == (Verdict.FAIL, True)
    assert "2 of 3" in lacking.reason


def test_the_report_opens_no_chat(vault: RegionVault) -> None:
    redact(vault, DAYS, STANDARD)
    opened = [r.event for r in vault.audit.records()].count("open")
    report_redaction(vault, version=STANDARD.version, at=NOW)
    assert [r.event for r in vault.audit.records()].count("open") == opened
