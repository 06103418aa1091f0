"""Landing tables: typed even when empty, and the same chats give the same tables."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from handrail.errors import BadInput, Withheld
from handrail.warehouse.landing import SCHEMAS, VOCABULARY, landing_tables
from handrail.warehouse.records import Label, RowCount, Vocabulary
from tests.warehouse.conftest import AT, MakeChat

WORDS: Vocabulary = {field: ("a", "b") for field in VOCABULARY}
EMPTY = {
    "labels": (), "intake": (), "redaction_holds": (), "topics": (), "scores": (),
    "vocabulary": WORDS,
}  # fmt: skip


def test_empty_tables_keep_their_types() -> None:
    tables = landing_tables((), **EMPTY)
    assert {name: table.schema for name, table in tables.items()} == SCHEMAS
    assert all(t.num_rows == 0 for name, t in tables.items() if name != "vocabulary")


def test_a_chat_lands_with_its_turns_actions_and_evidence(make_chat: MakeChat) -> None:
    reopened = datetime(2026, 1, 7, tzinfo=UTC)
    chat = make_chat(
        "c1", outcome={"status": "closed", "closed_at": AT, "reopened_at": [reopened]}, topic=None
    )
    tables = landing_tables(
        [(chat, "c0")],
        **{
            **EMPTY,
            "labels": [Label("f1", 1, "c1", 1, "risky", "r1", AT)],
            "intake": [RowCount(None, "undated", 2)],
        },
    )
    [row] = tables["conversations"].to_pylist()
    assert row["subject_group"] == "c0"
    assert (row["topic"], row["topic_set_by"]) == (None, None)
    assert (row["language"], row["language_set_by"]) == ("en", "export")
    assert row["is_redacted"] is True
    assert row["started_at"] == AT
    assert row["day"] == date(2026, 1, 5)
    assert tables["turns"]["role"].to_pylist() == ["customer", "agent", "customer"]
    assert tables["actions"]["succeeded"].to_pylist() == [True]
    assert tables["reopenings"]["reopened_at"].to_pylist() == [reopened]
    assert tables["labels"]["revision"].to_pylist() == [1]
    assert tables["intake"].to_pylist() == [{"day": None, "reason": "undated", "rows": 2}]


def test_landing_is_deterministic(make_chat: MakeChat) -> None:
    first, second = (
        landing_tables([(make_chat(c), c) for c in ("c1", "c2")], **EMPTY) for _ in range(2)
    )
    assert all(first[name].equals(second[name]) for name in SCHEMAS)


def test_a_vocabulary_must_name_every_controlled_field() -> None:
    """R5: a field without a vocabulary would admit nothing, or anything."""
    with pytest.raises(BadInput, match="language"):
        landing_tables((), **{**EMPTY, "vocabulary": {"region": ["eu"]}})


def test_a_row_that_does_not_fit_is_refused_without_quoting_it() -> None:
    """R36"""
    bad = Label("f1", 0, "c1", "CANARY", "risky", "r1", AT)  # type: ignore[arg-type]
    with pytest.raises(Withheld) as caught:
        landing_tables((), **{**EMPTY, "labels": [bad]})
    assert "CANARY" not in str(caught.value)


def test_columns_are_arrow_types_the_warehouse_keeps() -> None:
    assert SCHEMAS["conversations"].field("closed_at").type == pa.timestamp("us", tz="UTC")
