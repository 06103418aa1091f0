"""Conversations as the rows of a CSV export: one row a message (`export_mapping.yaml` reads it)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import orjson

from handrail.conversations.model import Conversation, Tag, Turn

MAPPING = Path(__file__).parent / "export_mapping.yaml"

_KNOWN = ("name", "email", "phone", "address", "username", "account")
_COLUMNS = (
    "ticket", "sent", "author", "message", "internal", "macro", "via", "locale", "department",
    "priority", "reason", "business", "state", "closed", "reopened", "escalated", "stars",
    "customer", "no_ai", "no_training", *(f"customer_{kind}" for kind in _KNOWN), "steps",
    "verdicts",
)  # fmt: skip


def header() -> bytes:
    """The first line of the file."""
    return _written([_COLUMNS])


def rows(conversation: Conversation) -> bytes:
    """The messages of one conversation; the first row also holds everything else of it."""
    rest = _of_the_chat(conversation)
    empty = [""] * len(rest)
    ticket = conversation.conversation_id
    return _written(
        [
            [ticket, *_of_the_turn(turn), *(rest if turn.index == 0 else empty)]
            for turn in conversation.turns
        ]
    )


def _of_the_turn(turn: Turn) -> list[str]:
    return [_time(turn.at), turn.role, turn.text, _yes(turn.is_private), turn.template or ""]


def _of_the_chat(chat: Conversation) -> list[str]:
    outcome, customer = chat.outcome, chat.customer
    tags = (chat.channel, chat.language, chat.product_area, chat.severity, chat.topic)
    return [
        *(_value(tag) for tag in tags),
        chat.sector or "",
        outcome.status,
        _time(outcome.closed_at),
        _time(outcome.reopened_at[0] if outcome.reopened_at else None),
        _yes(outcome.escalated),
        "" if outcome.csat is None else str(outcome.csat),
        customer.customer_id or "",
        _yes(customer.opted_out_of_ai),
        _yes(customer.opted_out_of_training),
        *(customer.known[kind][0] if kind in customer.known else "" for kind in _KNOWN),
        _steps(chat),
        _verdicts(chat),
    ]


def _steps(chat: Conversation) -> str:
    return _list(
        {
            "step": action.name,
            "message": action.after_turn,
            "done": action.succeeded,
            "parameters": action.arguments,
        }
        for action in chat.actions
    )


def _verdicts(chat: Conversation) -> str:
    return _list(
        {
            "id": flag.flag_id,
            "message": flag.turn_index,
            "verdict": flag.label,
            "why": flag.reason,
            "by": flag.flagged_by,
            "at": flag.at,
            "version": flag.revision,
        }
        for flag in chat.flags
    )


def _list(items: Iterable[object]) -> str:
    listed = list(items)
    return orjson.dumps(listed, option=orjson.OPT_UTC_Z).decode() if listed else ""


def _value(tag: Tag | None) -> str:
    return "" if tag is None else tag.value


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _time(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _written(table: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue().encode()
