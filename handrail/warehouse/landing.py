"""Arrow tables for the warehouse schema `landing`: what dbt starts from, typed even when empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from handrail.errors import BadInput, without_chat_text
from handrail.warehouse.records import (
    Label,
    LandedChat,
    LandedTag,
    LandedTopic,
    RowCount,
    Score,
    Vocabulary,
)

CONTROLLED = ("region", "language", "product_area", "basis")
VOCABULARY = (*CONTROLLED, "no_mix_sector", "mandate")
_STAMP_DIGITS = 64

_TEXT, _FLAG, _WHOLE, _REAL, _DAY = (
    pa.string(), pa.bool_(), pa.int64(), pa.float64(), pa.date32(),
)  # fmt: skip
_TIME = pa.timestamp("us", tz="UTC")

SCHEMAS: dict[str, pa.Schema] = {
    "conversations": pa.schema(
        {
            "conversation_id": _TEXT,
            "subject_group": _TEXT,
            "source_system": _TEXT,
            "region": _TEXT,
            "region_set_by": _TEXT,
            "day": _DAY,
            "started_at": _TIME,
            "ended_at": _TIME,
            "channel": _TEXT,
            "channel_set_by": _TEXT,
            "channel_confidence": _REAL,
            "language": _TEXT,
            "language_set_by": _TEXT,
            "language_confidence": _REAL,
            "language_verified": _FLAG,
            "product_area": _TEXT,
            "product_area_set_by": _TEXT,
            "product_area_confidence": _REAL,
            "severity": _TEXT,
            "severity_set_by": _TEXT,
            "severity_confidence": _REAL,
            "topic": _TEXT,
            "topic_set_by": _TEXT,
            "topic_confidence": _REAL,
            "basis": _TEXT,
            "basis_set_by": _TEXT,
            "basis_confidence": _REAL,
            "sector": _TEXT,
            "simulated": _FLAG,
            "opted_out_of_ai": _FLAG,
            "opted_out_of_training": _FLAG,
            "status": _TEXT,
            "closed_at": _TIME,
            "escalated": _FLAG,
            "csat": _WHOLE,
            "is_redacted": _FLAG,
            "scrubber": _TEXT,
        }
    ),
    "turns": pa.schema(
        {
            "conversation_id": _TEXT,
            "turn_index": _WHOLE,
            "role": _TEXT,
            "text": _TEXT,
            "sent_at": _TIME,
            "template": _TEXT,
            "author": _TEXT,
        }
    ),
    "actions": pa.schema(
        {
            "conversation_id": _TEXT,
            "action_index": _WHOLE,
            "name": _TEXT,
            "after_turn": _WHOLE,
            "succeeded": _FLAG,
        }
    ),
    "reopenings": pa.schema({"conversation_id": _TEXT, "reopened_at": _TIME}),
    "labels": pa.schema(
        {
            "flag_id": _TEXT,
            "revision": _WHOLE,
            "conversation_id": _TEXT,
            "turn_index": _WHOLE,
            "label": _TEXT,
            "reviewer": _TEXT,
            "flagged_at": _TIME,
        }
    ),
    "intake": pa.schema({"day": _DAY, "reason": _TEXT, "rows": _WHOLE}),
    "redaction_holds": pa.schema({"day": _DAY, "reason": _TEXT, "rows": _WHOLE}),
    "topics": pa.schema({"topic": _TEXT, "tier": _TEXT, "regulated": _FLAG, "product_area": _TEXT}),
    "vocabulary": pa.schema({"field": _TEXT, "value": _TEXT}),
    "scores": pa.schema(
        {
            "release": _TEXT,
            "model": _TEXT,
            "suite": _TEXT,
            "scored_at": _TIME,
            "slice": _TEXT,
            "measure": _TEXT,
            "value": _REAL,
            "lower": _REAL,
            "upper": _REAL,
            "n": _WHOLE,
            "verdict": _TEXT,
        }
    ),
}


def landing_tables(
    conversations: Iterable[tuple[LandedChat, str]],
    *,
    labels: Iterable[Label],
    intake: Iterable[RowCount],
    redaction_holds: Iterable[RowCount],
    topics: Iterable[LandedTopic],
    vocabulary: Vocabulary,
    scores: Iterable[Score],
) -> dict[str, pa.Table]:
    """Everything dbt reads, by table name.

    Each conversation comes with its subject group: rows of one person share it. `vocabulary` names
    the values that the `CONTROLLED` fields may take; a chat with any other value is not admitted,
    nor is one of a `no_mix_sector`.
    """
    if set(vocabulary) != set(VOCABULARY):
        msg = f"the vocabulary lists values for exactly: {', '.join(VOCABULARY)}"
        raise BadInput(msg)
    with without_chat_text("the landing tables"):
        tables = chat_tables(conversations)
        tables["labels"] = label_table(labels)
        tables["intake"] = _table("intake", _rows(intake, RowCount))
        tables["redaction_holds"] = hold_table(redaction_holds)
        tables["topics"] = _table(
            "topics", [(t.name, t.tier, t.regulated, t.product_area) for t in topics]
        )
        tables["vocabulary"] = _table(
            "vocabulary", [(field, value) for field in VOCABULARY for value in vocabulary[field]]
        )
        tables["scores"] = score_table(scores)
        return tables


def chat_tables(conversations: Iterable[tuple[LandedChat, str]]) -> dict[str, pa.Table]:
    """The tables `conversations`, `turns`, `actions` and `reopenings` of some chats."""
    chats: list[tuple[Any, ...]] = []
    turns: list[tuple[Any, ...]] = []
    actions: list[tuple[Any, ...]] = []
    reopenings: list[tuple[Any, ...]] = []
    for chat, group in conversations:
        key = chat.conversation_id
        chats.append(_conversation(chat, group))
        turns.extend((key, t.index, t.role, t.text, t.at, t.template, t.author) for t in chat.turns)
        actions.extend(
            (key, index, a.name, a.after_turn, a.succeeded) for index, a in enumerate(chat.actions)
        )
        reopenings.extend((key, at) for at in chat.outcome.reopened_at)
    return {
        "conversations": _table("conversations", chats),
        "turns": _table("turns", turns),
        "actions": _table("actions", actions),
        "reopenings": _table("reopenings", reopenings),
    }


def label_table(labels: Iterable[Label]) -> pa.Table:
    """The table `labels`."""
    return _table("labels", _rows(labels, Label))


def hold_table(counts: Iterable[RowCount]) -> pa.Table:
    """The table `redaction_holds`."""
    return _table("redaction_holds", _rows(counts, RowCount))


def score_table(scores: Iterable[Score]) -> pa.Table:
    """The table `scores`."""
    return _table("scores", _rows(scores, Score))


def _conversation(chat: LandedChat, group: str) -> tuple[Any, ...]:
    sent = [turn.at for turn in chat.turns if turn.at is not None]
    outcome, scrubber = chat.outcome, chat.stamp.scrubber
    return (
        chat.conversation_id,
        group,
        chat.source_system,
        chat.region,
        chat.region_set_by,
        chat.day,
        min(sent, default=None),
        max(sent, default=None),
        *_tag(chat.channel),
        *_tag(chat.language),
        chat.language_verified,
        *_tag(chat.product_area),
        *_tag(chat.severity),
        *_tag(chat.topic),
        *_tag(chat.basis),
        chat.sector,
        chat.simulated,
        chat.opted_out_of_ai,
        chat.opted_out_of_training,
        outcome.status,
        outcome.closed_at,
        outcome.escalated,
        outcome.csat,
        len(scrubber) == _STAMP_DIGITS,
        scrubber,
    )


def _tag(tag: LandedTag | None) -> tuple[str | None, str | None, float | None]:
    return (None, None, None) if tag is None else (tag.value, tag.set_by, tag.confidence)


def _rows(values: Iterable[Any], kind: type) -> list[tuple[Any, ...]]:
    names = [f.name for f in fields(kind)]
    return [tuple(getattr(value, name) for name in names) for value in values]


def _table(name: str, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    schema = SCHEMAS[name]
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [
        pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
