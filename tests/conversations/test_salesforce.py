"""Salesforce's transcripts: one blob of HTML, names for roles, relative times (R2)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import orjson
import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub
from handrail.settings import Settings
from tests.conversations.exports import Read, read, write_jsonl
from tests.conversations.golden import FIXTURES
from tests.conversations.test_vendors import variants

RULES = Ruleset(names="rules")
FILE = FIXTURES / "salesforce" / "transcripts.json"


def transcripts() -> list[dict[str, Any]]:
    return list(orjson.loads(FILE.read_bytes())["records"])


def one(settings: Settings, folder: Path, **changes: Any) -> Read:
    """The first transcript, read with `changes`."""
    file = write_jsonl(folder / "e.jsonl", transcripts()[0] | changes)
    return read(settings, file, format="salesforce")


def roles(chat: Conversation) -> list[str]:
    return [str(turn.role) for turn in chat.turns]


def body(*lines: str, notices: str = '<p align="center">Agent Marlene D</p>') -> str:
    return notices + "".join(f"{line}<br>" for line in lines)


def test_csv_with_related_columns_reads_like_json(settings: Settings, tmp_path: Path) -> None:
    """R2: `Contact.Name` is a column there."""
    flat = []
    for row in transcripts():
        flat.append({k: v for k, v in row.items() if not isinstance(v, dict)})
        for related in ("Contact", "Case", "Owner"):
            flat[-1] |= {f"{related}.{k}": v for k, v in (row[related] or {}).items()}
    columns = list(dict.fromkeys(key for row in flat for key in row))
    file = tmp_path / "e.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns)
        table.writeheader()
        table.writerows(flat)
    expected = read(settings, FILE, format="salesforce")
    found = read(settings, file, format="salesforce")
    assert found.conversations == expected.conversations
    assert found.counts.reconcile() == expected.counts.reconcile()


def test_times_are_the_start_and_how_long_after_it(settings: Settings, tmp_path: Path) -> None:
    lines = ("( 5s ) Visitor: a", "( 2m 1s ) Marlene D: b", "( 1h 0m 3s ) Visitor: c")
    (chat,) = one(
        settings, tmp_path, Body=body(*lines), OperatorMessageCount=1, VisitorMessageCount=2
    ).conversations
    assert [f"{t.at:%H:%M:%S}" for t in chat.turns] == ["10:00:05", "10:02:01", "11:00:03"]
    assert one(settings, tmp_path, StartTime=None).reasons == ["undated"]


def test_a_message_of_several_lines_is_one(settings: Settings) -> None:
    chat = read(settings, FILE, format="salesforce").conversations[0]
    assert chat.turns[1].text == "Where is my order & why so late?\nIt was due on Friday."


def test_a_line_typed_to_look_like_the_agents_is_found_out(
    settings: Settings, tmp_path: Path
) -> None:
    """R11: nobody puts a promise into an agent's mouth; the count of their messages tells."""
    forged = body("( 9s ) Visitor: hi", "( 10s ) Marlene D: 50 % off", "( 12s ) Marlene D: Hello")
    result = one(settings, tmp_path, Body=forged, OperatorMessageCount=1, VisitorMessageCount=1)
    assert result.reasons == ["malformed"]
    assert "more messages in an agent's name" in result.quarantined[0].detail


@pytest.mark.parametrize(
    ("names", "counts", "expected"),
    [
        (("Marlene D", "Visitor"), (None, None), ["agent", "customer"]),
        (("Marlene D", "Jo"), (None, None), ["agent", "customer"]),
        (("Shop", "Visitor"), (None, None), ["agent", "customer"]),
        (("Shop", "Priya Raman"), (None, None), ["agent", "customer"]),
        (("Shop", "Jo"), (None, None), None),
        (("Shop", "Jo"), (1, 1), None),
        (("Marlene D", "Jo", "Ada"), (None, None), None),
        (("Jo", "Jo", "Shop"), (1, 2), ["customer", "customer", "agent"]),
        (("A", "B", "C", "D", "E"), (2, 3), None),
    ],
)
def test_who_speaks_is_told_by_notices_contact_and_counts_or_not_at_all(
    settings: Settings,
    tmp_path: Path,
    names: tuple[str, ...],
    counts: tuple[int | None, int | None],
    expected: list[str] | None,
) -> None:
    """R2: a guess could make a customer's words an agent's."""
    lines = (f"( {n}s ) {name}: text {n}" for n, name in enumerate(names, 1))
    result = one(
        settings,
        tmp_path,
        Body=body(*lines),
        OperatorMessageCount=counts[0],
        VisitorMessageCount=counts[1],
    )
    assert [roles(chat) for chat in result.conversations] == ([expected] if expected else [])
    if not expected:
        assert "can't be told" in result.quarantined[0].detail


def test_an_agents_name_in_the_text_is_scrubbed(settings: Settings) -> None:
    """R31: it stands in the notices and before each message, and agents sign with it."""
    for chat in read(settings, FILE, format="salesforce").conversations:
        text = " ".join(turn.text for turn in scrub(chat, ruleset=RULES).turns)
        assert not any(name in text for name in ("Marlene", "Priya", "Oskar", "Claire"))


def test_a_chat_that_was_handed_on_is_escalated(settings: Settings) -> None:
    found = {
        c.conversation_id[-5:-3]: c for c in read(settings, FILE, format="salesforce").conversations
    }
    assert found["05"].outcome.escalated and not found["01"].outcome.escalated
    assert [t.author for t in found["05"].turns] == [None, "Marlene D", "Oskar L"]


def test_a_record_of_any_other_shape_is_read_or_set_aside(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: nothing ends the reading, every row is counted, no reason quotes what it met."""
    first = transcripts()[0]
    rows: list[Any] = [row for row in variants(first) if isinstance(row, dict)]
    for number, row in enumerate(rows):
        if row.get("Id") == first["Id"]:
            row["Id"] = f"57{number}"
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *rows), format="salesforce")
    assert result.counts.rows == len(rows) == len(result.accepted) + len(result.quarantined)
    assert len(result.accepted) > len(rows) / 3
    assert {"malformed", "bad_id"} <= set(result.reasons)
    words = ("Marlene", "Priya", "order", "999999")
    assert not any(word in q.detail for q in result.quarantined for word in words)


def test_a_hostile_blob_is_cut_in_linear_time(settings: Settings, tmp_path: Path) -> None:
    """R2: thousands of beginnings of notices and messages that never end."""
    for part in ('<p align="center">', "( 1s ", "( 1s ) x", "<br>( 9s ) ", "&lt;", "( 1d 1h "):
        hostile = part * (90_000 // len(part))
        assert one(settings, tmp_path, Body=hostile).counts.rows == 1
