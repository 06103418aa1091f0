"""Great Expectations behind our door: its yes or no, our counts, and never a value."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from handrail.conversations.model import FlagLabel, Role
from handrail.expectations.checking import check_table
from handrail.expectations.suites import (
    LABELS,
    ROLES,
    Expectation,
    labeled_feedback,
    not_null,
    redacted_conversations,
    redacted_turns,
)
from handrail.verdicts import Finding, Verdict
from handrail.warehouse.landing import SCHEMAS

CANARY = "CANARY-4111"
CHAT = {
    "conversation_id": "c1",
    "subject_group": "c1",
    "region": "eu",
    "day": date(2026, 1, 5),
    "scrubber": "0" * 64,
    "is_redacted": True,
    "csat": 5,
}
TURN = {"conversation_id": "c1", "turn_index": 0, "role": "customer", "text": "hello"}
FLAG = {
    "flag_id": "f1",
    "conversation_id": "c1",
    "label": "risky",
    "reviewer": "r1",
    "flagged_at": datetime(2026, 1, 6, tzinfo=UTC),
}


def check(name: str, rows: list[dict[str, object]], suite: tuple[Expectation, ...]) -> Finding:
    table = pa.Table.from_pylist(rows, schema=SCHEMAS[name])
    return check_table(table, suite, check="expectations", blocking=True)


def test_good_rows_pass() -> None:
    for finding in (
        check("conversations", [CHAT], redacted_conversations("eu")),
        check("turns", [TURN], redacted_turns()),
        check("labels", [FLAG], labeled_feedback()),
    ):
        assert finding.verdict is Verdict.PASS, finding


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        ({"region": "us"}, "of region eu"),
        ({"day": None}, "has a day"),
        ({"scrubber": ""}, "content hash"),
        ({"is_redacted": False}, "is redacted"),
        ({"csat": 9}, "satisfaction"),
    ],
)
def test_each_claim_about_chats_can_fail(change: dict[str, object], claim: str) -> None:
    finding = check("conversations", [{**CHAT, **change}], redacted_conversations("eu"))
    assert finding.verdict is Verdict.FAIL
    assert claim in finding.reason
    assert finding.measures["offending_rows"] == 1


def test_the_same_chat_twice_fails() -> None:
    finding = check("conversations", [CHAT, CHAT], redacted_conversations("eu"))
    assert finding.verdict is Verdict.FAIL
    assert "no chat is there twice (not so in 2 rows)" in finding.reason


@pytest.mark.parametrize(
    ("change", "claim"),
    [({"label": "meh"}, "flags say"), ({"flag_id": None}, "an id")],
)
def test_each_claim_about_flags_can_fail(change: dict[str, object], claim: str) -> None:
    finding = check("labels", [{**FLAG, **change}], labeled_feedback())
    assert finding.verdict is Verdict.FAIL
    assert claim in finding.reason


def test_an_expectation_that_errors_is_not_measured() -> None:
    table = pa.Table.from_pylist([CHAT], schema=SCHEMAS["conversations"]).drop(["day"])
    finding = check_table(table, redacted_conversations("eu"), check="expectations", blocking=True)
    assert finding.verdict is Verdict.NOT_MEASURED
    assert finding.measures["not_measured"] == 1


def test_an_empty_suite_is_not_measured() -> None:
    assert check("turns", [TURN], ()).verdict is Verdict.NOT_MEASURED


def test_a_missing_column_does_not_hide_a_failure() -> None:
    suite = (*redacted_conversations("us"), not_null("nowhere", "a column that isn't there"))
    finding = check("conversations", [CHAT], suite)
    assert finding.verdict is Verdict.FAIL
    assert finding.measures["not_measured"] == 1


def test_no_value_reaches_the_finding_and_no_file_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """R36: Great Expectations' own results would quote the offending value."""
    monkeypatch.chdir(tmp_path)
    finding = check("turns", [{**TURN, "role": CANARY, "text": CANARY}], redacted_turns())
    assert finding.verdict is Verdict.FAIL
    printed = capfd.readouterr()
    assert CANARY not in repr(finding) + printed.out + printed.err
    assert list(tmp_path.iterdir()) == []


def test_vocabularies_are_those_of_the_records() -> None:
    assert set(ROLES) == set(Role)
    assert set(LABELS) == set(FlagLabel)
