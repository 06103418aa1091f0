"""Conversations as Intercom's API gives them, one a line (`intercom_mapping.yaml` tags them).

Whatever is said becomes the source or one part, in order, so that the answer key's turns hold.
What systems say is a bot's there, and no template or flag has a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import orjson

from handrail.conversations.model import Channel, Conversation, Role, Status, Tag, Turn

MAPPING = Path(__file__).parent / "intercom_mapping.yaml"

_AUTHORS = {Role.CUSTOMER: "user", Role.AGENT: "admin"}
_SOURCES = {
    Channel.CHAT: "conversation",
    Channel.EMAIL: "email",
    Channel.MESSAGING: "whatsapp",
    Channel.VOICE: "phone_call",
}
_STATES = {Status.RESOLVED: "closed", Status.CLOSED: "closed", Status.PENDING: "snoozed"}
_OWN = ("address", "username", "account")
_FIRST_TEAM, _SECOND_TEAM = "1", "2"
_LAID_OUT = re.compile(r" {2}|^ ", re.MULTILINE)


def line(chat: Conversation) -> bytes:
    """One conversation with its contact and all of its parts."""
    return orjson.dumps(record(chat)) + b"\n"


def record(chat: Conversation) -> dict[str, Any]:
    """The answer to a retrieval of the conversation, its contact in it."""
    first, *rest = chat.turns
    is_mail = _value(chat.channel) == Channel.EMAIL
    parts = sorted([*_said(first, rest, is_mail=is_mail), *_events(chat)], key=_time)
    for number, part in enumerate(parts, 1):
        part["id"] = f"{chat.conversation_id}-{number}"
    started = _epoch(first.at)
    state = "closed" if chat.outcome.closed_at else _STATES.get(chat.outcome.status, "open")
    return {
        "type": "conversation",
        "id": chat.conversation_id,
        "created_at": started,
        "updated_at": parts[-1]["created_at"] if parts else started,
        "open": state == "open",
        "state": state,
        "priority": None if chat.severity is None else "not_priority",
        "custom_attributes": {
            "channel": _value(chat.channel),
            "area": _value(chat.product_area),
            "reason": _value(chat.topic),
            "severity": _value(chat.severity),
            "business": chat.sector,
        },
        "conversation_rating": {"rating": chat.outcome.csat, "remark": None},
        "source": {
            "type": None if chat.channel is None else _SOURCES.get(Channel(chat.channel.value)),
            "id": chat.conversation_id,
            "delivered_as": "customer_initiated"
            if first.role is Role.CUSTOMER
            else "operator_initiated",
            "subject": "",
            "body": _html(first.text),
            "author": _author(first),
            "attachments": [],
            "redacted": False,
        },
        "contacts": {"type": "contact.list", "contacts": [_contact(chat)]},
        "tags": {"type": "tag.list", "tags": []},
        "statistics": {
            "type": "conversation_statistics",
            "count_reopens": len(chat.outcome.reopened_at),
        },
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": parts,
            "total_count": len(parts),
        },
    }


def _said(first: Turn, rest: list[Turn], *, is_mail: bool) -> Iterator[dict[str, Any]]:
    """A part a turn; who answers by e-mail quotes what they answer."""
    before = first
    for turn in rest:
        body = _html(turn.text)
        if is_mail and turn.role in _AUTHORS and not turn.is_private:
            at = f"{before.at or turn.at:%d/%m/%Y %H:%M}"
            body += f"<div>On {at}, they wrote:</div><blockquote>{_html(before.text)}</blockquote>"
        yield _part("note" if turn.is_private else "comment", turn.at, _author(turn), body)
        before = turn


def _events(chat: Conversation) -> Iterator[dict[str, Any]]:
    """What was done and what became of it, at the time of the message before."""
    nobody: dict[str, Any] = {"type": "bot", "id": "0"}
    is_left = chat.outcome.status is Status.ABANDONED
    for action in chat.actions:
        after = chat.turns[action.after_turn or 0]
        result = "success" if action.succeeded else "failed"
        details = {"action": {"name": action.name, "result": result}}
        yield _part("custom_action_finished", after.at, nobody) | {"event_details": details}
    if chat.outcome.escalated:
        last = chat.turns[-1].at
        for team in (_FIRST_TEAM, _SECOND_TEAM):
            target = {"type": "team", "id": team}
            yield _part("assignment", last, nobody) | {"assigned_to": target}
    closings = [at for at in (chat.outcome.closed_at,) if at is not None]
    for reopened_at in chat.outcome.reopened_at:
        yield _part("open", reopened_at, nobody)
        closings.append(max(at for at in (reopened_at, chat.turns[-1].at) if at is not None))
    by: dict[str, Any] = nobody if is_left else {"type": "admin", "id": None}
    yield from (_part("close", at, by) for at in closings)


def _part(
    kind: str, at: datetime | None, author: dict[str, Any], body: str | None = None
) -> dict[str, Any]:
    return {
        "type": "conversation_part",
        "part_type": kind,
        "body": body,
        "created_at": _epoch(at),
        "author": author,
        "assigned_to": None,
        "attachments": [],
        "redacted": False,
    }


def _contact(chat: Conversation) -> dict[str, Any]:
    known = {kind: values[0] for kind, values in chat.customer.known.items() if values}
    return {
        "type": "contact",
        "id": chat.customer.customer_id,
        "role": "user",
        "name": known.get("name"),
        "email": known.get("email"),
        "phone": known.get("phone"),
        "language_override": _value(chat.language),
        "browser_language": None,
        "location": {"type": "location", "country": None, "country_code": None},
        "custom_attributes": {
            **{kind: known.get(kind) for kind in _OWN},
            "no_ai": chat.customer.opted_out_of_ai,
            "no_training": chat.customer.opted_out_of_training,
        },
    }


def _author(turn: Turn) -> dict[str, Any]:
    return {"type": _AUTHORS.get(turn.role, "bot"), "id": turn.author, "name": None}


def _html(text: str) -> str:
    marked = escape(text, quote=False)
    if _LAID_OUT.search(text):
        return f"<pre>{marked}</pre>"
    return f"<p>{marked.replace(chr(10), '<br>')}</p>"


def _value(tag: Tag | None) -> str | None:
    return None if tag is None else tag.value


def _time(part: dict[str, Any]) -> int:
    return int(part["created_at"])


def _epoch(at: datetime | None) -> int:
    return 0 if at is None else int(at.timestamp())
