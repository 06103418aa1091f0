"""Conversations as tickets of Zendesk Support, one a line (`zendesk_mapping.yaml` tags them).

Each turn is a comment, in order, so that the answer key's turns hold. A step is a change of a field
that has its name; one that failed changed nothing. What systems say is a bot's there, and flags
have no place in a ticket.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from handrail.conversations.model import Channel, Conversation, Role, Status, Tag, Turn

MAPPING = Path(__file__).parent / "zendesk_mapping.yaml"

_AGENT, _SYSTEM = 9_000_001, -1
_CHANNELS = {
    Channel.CHAT: "chat",
    Channel.EMAIL: "email",
    Channel.MESSAGING: "native_messaging",
    Channel.VOICE: "voice",
    Channel.SOCIAL: "facebook",
    Channel.FORM: "web",
}
_STATUSES = {Status.RESOLVED: "solved", Status.CLOSED: "closed", Status.OPEN: "open"}
_BY_NO_PERSON = "answer_bot_api"
_OWN = ("address", "username", "account")
_FIELDS = {1: "area", 2: "reason", 3: "business"}
_FIRST_STEP = 100
_GOOD, _BAD = 4, 2


def line(chat: Conversation) -> bytes:
    """One ticket with its comments, audits and users."""
    return orjson.dumps(ticket(chat), option=orjson.OPT_UTC_Z) + b"\n"


def ticket(chat: Conversation) -> dict[str, Any]:
    """The ticket of a conversation, everything that belongs to it in one row."""
    first, last = chat.turns[0], chat.turns[-1]
    customer = chat.customer.customer_id or chat.conversation_id
    steps = {
        name: n for n, name in enumerate(dict.fromkeys(a.name for a in chat.actions), _FIRST_STEP)
    }
    values = dict(
        zip(_FIELDS, (_value(chat.product_area), _value(chat.topic), chat.sector), strict=True)
    )
    channel = None if chat.channel is None else _CHANNELS[Channel(chat.channel.value)]
    return {
        "id": chat.conversation_id,
        "created_at": first.at,
        "updated_at": last.at,
        "subject": "",
        "description": first.text,
        "status": _STATUSES.get(chat.outcome.status, "pending"),
        "priority": _value(chat.severity),
        "requester_id": customer,
        "submitter_id": customer,
        "assignee_id": _AGENT,
        "is_public": True,
        "tags": [],
        "via": {"channel": channel, "source": {}},
        "custom_fields": [{"id": key, "value": value} for key, value in values.items()],
        "satisfaction_rating": {"score": _score(chat.outcome.csat)},
        "comments": list(_comments(chat, customer, channel)),
        "audits": list(_audits(chat, steps)),
        "users": [_requester(chat, customer), *_agents(chat)],
        "ticket_fields": [
            *({"id": key, "title": title} for key, title in _FIELDS.items()),
            *({"id": key, "title": name} for name, key in steps.items()),
        ],
    }


def _comments(chat: Conversation, customer: str, channel: str | None) -> Iterator[dict[str, Any]]:
    """A comment a turn; who answers by e-mail quotes what they answer."""
    before: Turn | None = None
    for turn in chat.turns:
        people = {Role.CUSTOMER: customer, Role.AGENT: turn.author or _AGENT}
        text = turn.text
        if (
            before is not None
            and channel == "email"
            and not turn.is_private
            and turn.role in people
        ):
            quoted = before.text.replace("\n", "\n> ")
            text += f"\n\nOn {before.at:%d/%m/%Y %H:%M}, they wrote:\n> {quoted}"
        yield {
            "id": f"{chat.conversation_id}-{turn.index}",
            "type": "Comment",
            "author_id": people.get(turn.role, _SYSTEM),
            "plain_body": text,
            "public": not turn.is_private,
            "audit_id": turn.index,
            "via": {"channel": channel if turn.role in people else _BY_NO_PERSON, "source": {}},
            "created_at": turn.at,
        }
        before = turn


def _audits(chat: Conversation, steps: dict[str, int]) -> Iterator[dict[str, Any]]:
    for turn in chat.turns:
        if turn.template is not None:
            macro = {"type": "AgentMacroReference", "macro_id": "1", "macro_title": turn.template}
            yield _audit(turn.index, turn.at, macro)
    for action in chat.actions:
        if action.succeeded is not False:
            at = chat.turns[action.after_turn or 0].at
            yield _audit(None, at, _change(str(steps[action.name]), None, action.arguments))
    if chat.outcome.escalated:
        yield _audit(None, chat.turns[-1].at, _change("group_id", "1", "2"))
    if chat.outcome.closed_at is not None:
        yield _audit(None, chat.outcome.closed_at, _change("status", "open", "solved"))
    for at in chat.outcome.reopened_at:
        yield _audit(None, at, _change("status", "solved", "open"))


def _audit(number: int | None, at: datetime | None, event: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "author_id": _AGENT, "created_at": at, "events": [event]}


def _change(field: str, before: Any, after: Any) -> dict[str, Any]:
    return {"type": "Change", "field_name": field, "previous_value": before, "value": after}


def _requester(chat: Conversation, customer: str) -> dict[str, Any]:
    known = {kind: values[0] for kind, values in chat.customer.known.items() if values}
    return {
        "id": customer,
        "role": "end-user",
        **{kind: known.get(kind) for kind in ("name", "email", "phone")},
        "locale": _value(chat.language),
        "user_fields": {
            **{kind: known.get(kind) for kind in _OWN},
            "no_ai": chat.customer.opted_out_of_ai,
            "no_training": chat.customer.opted_out_of_training,
        },
    }


def _agents(chat: Conversation) -> list[dict[str, Any]]:
    authors = dict.fromkeys([_AGENT, *(turn.author for turn in chat.turns if turn.author)])
    return [{"id": author, "role": "agent"} for author in authors]


def _score(csat: int | None) -> str:
    """Zendesk knows good and bad; what is neither was offered."""
    if csat is None or _BAD < csat < _GOOD:
        return "offered"
    return "good" if csat >= _GOOD else "bad"


def _value(tag: Tag | None) -> str | None:
    return None if tag is None else tag.value
