"""Conversations as each help desk exports them, for the benchmarks that read them; none itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import orjson

from handrail.conversations.model import Channel, Conversation, Role, Severity, Status, Turn
from handrail.simulate import intercom, zendesk

_SOURCES = {Channel.EMAIL: 1, Channel.FORM: 2, Channel.VOICE: 3, Channel.CHAT: 7}
_INBOXES = {Channel.EMAIL: "Channel::Email", Channel.MESSAGING: "Channel::Whatsapp"}
_STATUSES = {Status.OPEN: 2, Status.PENDING: 3, Status.RESOLVED: 4, Status.CLOSED: 5}
_PRIORITIES = {Severity.LOW: 1, Severity.NORMAL: 2, Severity.HIGH: 3, Severity.URGENT: 4}


def write(vendor: str, chats: Iterable[Conversation], file: Path) -> int:
    """Write `chats` in a vendor's shape, one a line; returns how many messages they hold."""
    messages = 0
    with file.open("wb") as lines:
        for chat in chats:
            messages += len(chat.turns)
            lines.write(orjson.dumps(WRITERS[vendor](chat)) + b"\n")
    return messages


def freshdesk(chat: Conversation) -> dict[str, Any]:
    first, *rest = chat.turns
    known = chat.customer.known
    return {
        **dict.fromkeys(("cc_emails", "fwd_emails", "to_emails", "company_id", "product_id")),
        "id": chat.conversation_id,
        "subject": "",
        "description": _html(first.text),
        "description_text": first.text,
        "type": "Question",
        "status": _STATUSES.get(chat.outcome.status, 5),
        "priority": _PRIORITIES[Severity(chat.severity.value if chat.severity else "normal")],
        "source": _SOURCES.get(_channel(chat), 13),
        "requester_id": chat.customer.customer_id,
        "tags": [],
        "custom_fields": {"cf_topic": chat.topic and chat.topic.value},
        "created_at": first.at,
        "updated_at": rest[-1].at if rest else first.at,
        "requester": {
            "id": chat.customer.customer_id,
            "name": _first(known, "name"),
            "email": _first(known, "email"),
            "mobile": _first(known, "phone"),
            "language": chat.language and chat.language.value,
        },
        "stats": {
            "agent_responded_at": rest[-1].at if rest else first.at,
            "resolved_at": chat.outcome.closed_at,
            "reopened_at": next(iter(chat.outcome.reopened_at), None),
        },
        "conversations": [_freshdesk_conversation(turn) for turn in rest],
    }


def _freshdesk_conversation(turn: Turn) -> dict[str, Any]:
    return {
        **dict.fromkeys(("to_emails", "from_email", "cc_emails", "bcc_emails", "support_email")),
        "id": turn.index,
        "user_id": 0,
        "incoming": turn.role is Role.CUSTOMER,
        "private": turn.is_private,
        "source": 2 if turn.is_private else 0,
        "body": _html(turn.text),
        "body_text": turn.text,
        "attachments": [],
        "created_at": turn.at,
        "updated_at": turn.at,
    }


def chatwoot(chat: Conversation) -> dict[str, Any]:
    known = chat.customer.known
    contact = {
        "id": chat.customer.customer_id,
        "type": "contact",
        "name": _first(known, "name"),
        "email": _first(known, "email"),
        "phone_number": _first(known, "phone"),
        "additional_attributes": {},
        "custom_attributes": {},
    }
    messages = [_chatwoot_message(turn, contact) for turn in chat.turns]
    if chat.outcome.closed_at is not None:
        told = {"activity": {"type": "conversation_status_changed", "status": "resolved"}}
        messages.append(
            {
                "id": len(messages),
                "message_type": 2,
                "content": "Conversation was marked resolved by somebody",
                "content_attributes": told,
                "created_at": _epoch(chat.outcome.closed_at),
                "private": False,
            }
        )
    return {
        "id": chat.conversation_id,
        "meta": {
            "sender": contact,
            "channel": _INBOXES.get(_channel(chat), "Channel::WebWidget"),
            "assignee": None,
        },
        "messages": messages,
        "additional_attributes": {"browser_language": chat.language and chat.language.value},
        "custom_attributes": {"topic": chat.topic and chat.topic.value},
        "labels": [],
        "status": "resolved" if chat.outcome.closed_at else "open",
        "priority": None,
        "created_at": _epoch(chat.turns[0].at),
        "timestamp": _epoch(chat.turns[-1].at),
        "csat_survey_responses": [{"rating": chat.outcome.csat}] if chat.outcome.csat else [],
    }


def _chatwoot_message(turn: Turn, contact: Mapping[str, Any]) -> dict[str, Any]:
    sender = {
        Role.CUSTOMER: contact,
        Role.AGENT: {"id": 0, "type": "user", "name": None},
    }.get(turn.role, {"id": 0, "type": "agent_bot"})
    return {
        "id": turn.index,
        "content": turn.text,
        "inbox_id": 1,
        "conversation_id": 1,
        "message_type": 0 if turn.role is Role.CUSTOMER else 1,
        "content_type": "text",
        "status": "sent",
        "content_attributes": {},
        "created_at": _epoch(turn.at),
        "private": turn.is_private,
        "sender": sender,
    }


def _channel(chat: Conversation) -> Channel:
    return Channel(chat.channel.value) if chat.channel else Channel.CHAT


def _first(known: Mapping[str, tuple[str, ...]], kind: str) -> str | None:
    return next(iter(known.get(kind, ())), None)


def _html(text: str) -> str:
    return f"<div>{escape(text, quote=False)}</div>".replace("\n", "<br>")


def _epoch(at: datetime | None) -> int:
    return 0 if at is None else int(at.timestamp())


def zendesk_chat(chat: Conversation) -> dict[str, Any]:
    known = chat.customer.known
    return {
        **dict.fromkeys(("department_id", "department_name", "comment", "zendesk_ticket_id")),
        "id": chat.conversation_id,
        "type": "chat",
        "timestamp": chat.turns[0].at,
        "end_timestamp": chat.turns[-1].at,
        "visitor": {
            "id": chat.customer.customer_id,
            **{kind: _first(known, kind) for kind in ("name", "email", "phone")},
        },
        "session": {"id": "s", "ip": "", "city": "", "user_agent": "", "country_code": ""},
        "tags": [],
        "agent_names": [],
        "rating": None,
        "history": [
            {
                "type": "chat.msg",
                "name": str(turn.role),
                "nick": "visitor" if turn.role is Role.CUSTOMER else "agent:1",
                "timestamp": turn.at,
                "msg": turn.text,
                "msg_id": str(turn.index),
                "channel": "#1",
            }
            for turn in chat.turns
            if not turn.is_private
        ],
    }


def salesforce(chat: Conversation) -> dict[str, Any]:
    first = chat.turns[0].at
    said = [turn for turn in chat.turns if not turn.is_private]
    lines = [
        f"( {int((turn.at - first).total_seconds()) // 60 if turn.at and first else 0}m 0s ) "
        f"{'Visitor' if turn.role is Role.CUSTOMER else 'Marlene'}: "
        + escape(turn.text, quote=False).replace("\n", "<br>")
        for turn in said
    ]
    return {
        **dict.fromkeys(("CaseId", "AccountId", "SkillId", "Location", "IpAddress", "Browser")),
        "Id": chat.conversation_id,
        "Status": "Completed",
        "StartTime": first,
        "EndTime": chat.turns[-1].at,
        "BrowserLanguage": chat.language and chat.language.value,
        "OwnerId": "0051",
        "Body": '<p align="center">Agent Marlene</p>' + "<br>".join(lines),
        "Contact": {"Name": _first(chat.customer.known, "name")},
    }


WRITERS: Mapping[str, Callable[[Conversation], Mapping[str, Any]]] = {
    "chatwoot": chatwoot,
    "freshdesk": freshdesk,
    "intercom": intercom.record,
    "salesforce": salesforce,
    "zendesk": zendesk.ticket,
    "zendesk_chat": zendesk_chat,
}
