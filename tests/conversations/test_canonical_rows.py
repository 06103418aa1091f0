"""Canonical JSONL: what a row must have, what it may leave out, and where a bad one goes (R2)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from handrail.conversations.model import (
    Action,
    Conversation,
    Customer,
    Flag,
    FlagLabel,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
    encode,
)
from handrail.settings import Settings
from tests.conversations.exports import read, row, write_jsonl

AT = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)


def test_what_the_model_encodes_is_read_back_unchanged(settings: Settings, tmp_path: Path) -> None:
    """R2: the canonical form carries every field."""
    whole = Conversation(
        conversation_id="t:1/2",
        source_system="desk",
        region="eu",
        day=date(2026, 1, 5),
        turns=(
            Turn(0, Role.CUSTOMER, "Hallo", AT),
            Turn(1, Role.TOOL, "", AT, is_private=True),
            Turn(2, Role.AGENT, "Guten Tag", None, template="order_status.eu.de.1", author="17"),
        ),
        outcome=Outcome(Status.RESOLVED, AT, (AT,), escalated=True, csat=4),
        customer=Customer("k-1", {"name": ("Ada", "A. L.")}, True, True),
        channel=Tag("chat", SetBy.EXPORT),
        language=Tag("de", SetBy.MODEL, 0.75),
        product_area=Tag("orders", SetBy.PERSON),
        severity=Tag("high", SetBy.RULE),
        topic=Tag("order_status", SetBy.EXPORT),
        basis=Tag("consent", SetBy.EXPORT),
        actions=(Action("lookup", 1, False, {"order": [1, {"x": None}]}),),
        flags=(Flag("f-1", "t:1/2", 2, FlagLabel.RISKY, "guess", "a-7", AT, 2),),
        sector="retail",
        simulated=True,
    )
    result = read(settings, write_jsonl(tmp_path / "e.jsonl.gz", encode(whole)))
    assert result.conversations == [whole]
    assert result.accepted[0].location == "e.jsonl.gz:line 1"


def test_missing_keys_take_the_defaults(settings: Settings, tmp_path: Path) -> None:
    """R3, R5: nothing is invented but the severity, which a rule sets and says so."""
    (found,) = read(settings, write_jsonl(tmp_path / "e.jsonl", row())).conversations
    assert found.day == date(2026, 1, 5)
    assert found.region == "eu"
    assert found.outcome == Outcome(Status.OPEN)
    assert found.severity == Tag("normal", SetBy.RULE)
    assert (found.channel, found.language, found.product_area, found.topic) == (None,) * 4
    assert not found.simulated


def test_the_day_is_the_utc_date_of_the_first_message(settings: Settings, tmp_path: Path) -> None:
    late = [{"role": "customer", "text": "hi", "at": "2026-01-05T23:30:00-05:00"}]
    (found,) = read(
        settings, write_jsonl(tmp_path / "e.jsonl", row(turns=late, day="2025-12-24"))
    ).conversations
    assert found.day == date(2026, 1, 6)


def test_a_language_is_filed_under_the_regions_code_for_it(
    settings: Settings, tmp_path: Path
) -> None:
    """R5: de-AT is German."""
    (found,) = read(
        settings, write_jsonl(tmp_path / "e.jsonl", row(language="de-AT", region="AT"))
    ).conversations
    assert found.language == Tag("de", SetBy.EXPORT)
    assert found.region == "eu"


def turn(**changes: Any) -> dict[str, Any]:
    return {"role": "customer", "text": "hi", "at": "2026-01-05T10:00:00Z", **changes}


BAD_ROWS: list[tuple[str, dict[str, Any]]] = [
    ("bad_id", row("someone@example.com")),
    ("bad_id", row("+49 30 1234567")),
    ("bad_id", row("c-1\n")),
    ("bad_id", {"turns": [turn()]}),
    ("no_turns", row(turns=[])),
    ("no_turns", row(turns=[turn(text=" "), turn(text=None)])),
    ("no_turns", {"conversation_id": "c-1"}),
    ("malformed", row(turns="hello")),
    ("malformed", row(turns=["hello"])),
    ("malformed", row(turns=[turn(text={"a": 1})])),
    ("malformed", row(turns=[turn(index=4)])),
    ("malformed", row(turns=[turn(at="yesterday")])),
    ("malformed", row(turns=[turn(at="2026-01-05T10:00:00")])),
    ("malformed", row(turns=[turn(at=1767607200)])),
    ("malformed", row(langauge="en")),
    ("malformed", row(customer={"opted_out": True})),
    ("malformed", row(customer={"known": {"name": "Ada"}})),
    ("malformed", row(flags=[{"flag_id": "f", "conversation_id": "c-2", "turn_index": 0}])),
    ("malformed", row(day="soon", turns=[turn(at=None)])),
    ("unknown_value", row(turns=[turn(role="wizard")])),
    ("unknown_value", row(turns=[turn(role=["customer"])])),
    ("unknown_value", row(turns=[turn(is_private="maybe")])),
    ("unknown_value", row(channel="telepathy")),
    ("unknown_value", row(severity="High")),
    ("unknown_value", row(product_area="astrology")),
    ("unknown_value", row(language="fi")),
    ("unknown_value", row(topic="please call me on 555 0100")),
    ("unknown_value", row(channel={"value": "chat", "set_by": "model", "confidence": 1.5})),
    ("unknown_value", row(channel={"value": "chat", "set_by": "guess"})),
    ("unknown_value", row(outcome={"status": "happy"})),
    ("unknown_value", row(outcome={"csat": 6})),
    ("unknown_value", row(actions=[{"name": "lookup", "after_turn": -1}])),
    ("unknown_value", row(actions=[{"name": "mail ada@example.com"}])),
    ("undated", row(turns=[turn(at=None)])),
    ("unknown_region", row(region="BR")),
    ("unknown_region", row(region=None)),
    ("unknown_region", row(region=7)),
    ("foreign_region", row(region="US-CA")),
    ("foreign_region", row(region="us")),
    ("before_first_day", row(turns=[turn(at="2019-12-31T23:59:59Z")])),
    ("in_future", row(turns=[turn(), turn(at="2026-03-02T12:00:01Z")])),
    ("in_future", row(outcome={"closed_at": "2027-01-01T00:00:00Z"})),
    ("in_future", row(turns=[turn(at=None)], day="2026-03-03")),
]


@pytest.mark.parametrize(("reason", "bad"), BAD_ROWS)
def test_a_bad_row_goes_to_quarantine_with_its_reason(
    settings: Settings, tmp_path: Path, reason: str, bad: dict[str, Any]
) -> None:
    """R2, R3: and the rows around it are accepted."""
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", row("a"), bad, row("b")))
    assert result.reasons == [reason]
    assert result.ids == ["a", "b"]
    assert result.quarantined[0].location == "e.jsonl:line 2"


def test_no_detail_quotes_the_row(settings: Settings, tmp_path: Path) -> None:
    """R36: every text of a bad row carries a marker that no detail or repr may show."""
    mark = "ZQXJMARK"
    spoiled = [
        row(f"{mark}@x"),
        row("r1", **{mark: 1}),
        row("r2", day=mark, turns=[turn(at=None)]),
        row("r3", topic=f"{mark} {mark}"),
        row("r4", turns=[turn(at=mark)]),
        row("r5", turns=[turn(role=mark)]),
        row("r6", outcome={"status": mark, "csat": mark}),
        row("r7", customer={"known": {f"{mark}@": ["x"]}}),
        row("r8", actions=[{"name": "a", "after_turn": mark}]),
        row("r9", region=mark),
        row("r10", turns=[turn(text=[mark])]),
        f'{{"conversation_id": "{mark}'.encode(),
    ]
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *spoiled))
    assert len(result.quarantined) == len(spoiled)
    for each in result.quarantined:
        assert mark not in each.detail
        assert mark not in repr(each)
        assert mark.encode() in each.original


def test_an_action_argument_of_any_size_or_kind_is_stored_or_quarantined(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: what is accepted can be encoded."""
    odd = write_jsonl(
        tmp_path / "e.jsonl",
        row("a", actions=[{"name": "x", "arguments": {"n": 2**70}}]),
        row("b", actions=[{"name": "x", "arguments": {"n": [1.5, None]}}]),
    )
    result = read(settings, odd)
    assert result.counts.rows == 2
    assert "b" in result.ids
    for conversation in result.conversations:
        encode(conversation)


@pytest.mark.parametrize(
    ("given", "set_by"),
    [
        ({"region": "eu"}, SetBy.EXPORT),
        ({"region": "DE"}, SetBy.EXPORT),
        ({"region": "eu", "region_set_by": "rule"}, SetBy.RULE),
        ({}, SetBy.PERSON),  # who put the export into the region's folder
    ],
)
def test_the_region_says_who_set_it(
    settings: Settings, tmp_path: Path, given: dict[str, str], set_by: SetBy
) -> None:
    """R5"""
    (made,) = read(settings, write_jsonl(tmp_path / "e.jsonl", row(**given))).conversations
    assert (made.region, made.region_set_by) == ("eu", set_by)


@pytest.mark.parametrize(
    "tag",
    [
        {"value": "en", "set_by": "model"},
        {"value": "en", "set_by": "export", "confidence": 0.9},
        {"value": "en", "set_by": "rule", "confidence": 1},
        {"value": "en", "set_by": "model", "confidence": 2},
        {"value": "en", "set_by": "nobody"},
    ],
)
def test_a_tag_whose_source_and_confidence_do_not_go_together_is_quarantined(
    settings: Settings, tmp_path: Path, tag: dict[str, object]
) -> None:
    """R5"""
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", row(language=tag)))
    assert result.reasons in (["unknown_value"], ["malformed"])
