"""Chatwoot: conversations of its API, each with all pages of its messages in it.

https://developers.chatwoot.com/api-reference/conversations
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from handrail.conversations.model import Channel, Role
from handrail.conversations.sources.fields import from_epoch, lookup
from handrail.conversations.sources.quoting import without_quoted_history
from handrail.conversations.sources.rows import Reason, Unusable
from handrail.conversations.sources.scalars import (
    as_bool,
    as_list,
    as_table,
    as_text,
    as_time,
    by_kind,
)
from handrail.conversations.sources.vendor import Record, VendorSource

_PAGE = 20
_BEGINS_WITHIN = timedelta(minutes=1)
_ALL = "export all pages of /conversations/ID/messages as the conversation's messages"
Message = Mapping[str, Any]


class Chatwoot(VendorSource):
    """Conversations with their messages; activities tell how it went, they are no turns."""

    format: ClassVar[str] = "chatwoot"
    lists: ClassVar[tuple[str, ...]] = ("payload",)

    def canonical(self, record: Record) -> dict[str, Any]:
        """The conversation in our shape."""
        meta = as_table(record.get("meta"), "meta")
        contact = as_table(meta.get("sender") or record.get("contact"), "the contact")
        about = as_table(contact.get("additional_attributes"), "additional_attributes")
        inbox = as_table(record.get("inbox"), "inbox")
        channel = self.words.tag("channel", meta.get("channel") or inbox.get("channel_type"))
        messages = self._messages(record)
        closed_at, reopened_at = self._closings(messages)
        data: dict[str, Any] = {
            "conversation_id": record.get("id"),
            "channel": channel,
            "language": _language(record, about),
            "severity": self.words.tag("severity", record.get("priority")),
            "turns": [
                self._turn(message, channel)
                for message in messages
                if self._kind(message) != "activity"
            ],
            "outcome": {
                "status": self.words.word("status", record.get("status")),
                "closed_at": closed_at,
                "reopened_at": reopened_at,
                "csat": _csat(record, messages),
            },
            "customer": {
                "customer_id": contact.get("id"),
                "known": by_kind(_known(contact, meta, messages)),
            },
        }
        country = about.get("country_code") or about.get("country")
        return data | ({"region": country} if country else {})

    def _messages(self, record: Record) -> Sequence[Message]:
        """All of them, in order of time; `Unusable` if the export holds a page or the last one."""
        held = as_list(record.get("messages"), "messages")
        messages = sorted((as_table(one, "a message") for one in held), key=_order)
        started, answered = _time(record.get("created_at")), record.get("first_reply_created_at")
        first = _time(messages[0].get("created_at")) if messages else None
        is_page = len(messages) == 1 or len(messages) % _PAGE == 0
        is_late = first and started and first - started > _BEGINS_WITHIN
        kinds = {self._kind(message) for message in messages}
        if not messages or (is_page and (is_late or (answered and "outgoing" not in kinds))):
            raise Unusable(Reason.INCOMPLETE, f"some or all of its messages are missing: {_ALL}")
        return messages

    def _kind(self, message: Message) -> str | None:
        return self.words.word("kind", message.get("message_type"))

    def _turn(self, message: Message, channel: str | None) -> dict[str, Any]:
        sender = as_table(message.get("sender"), "a sender")
        told = message.get("sender_type") or sender.get("type")
        role: str | None = Role.CUSTOMER
        if self._kind(message) != "incoming":  # a workflow's has no sender
            role = self.words.word("sender", told) or Role.BOT
        return {
            "role": role,
            "text": _text(message, channel),
            "at": _time(message.get("created_at")),
            # The customer hasn't seen what wasn't delivered either.
            "is_private": as_bool(message.get("private"), "private")
            or message.get("status") == "failed",
            "author": sender.get("id") or message.get("sender_id"),
        }

    def _closings(self, messages: Sequence[Message]) -> tuple[datetime | None, list[datetime]]:
        """When it was resolved first, and when opened again: also by the customer writing on."""
        closed_at: datetime | None = None
        reopened_at: list[datetime] = []
        is_closed = False
        for message in messages:
            kind, at = self._kind(message), _time(message.get("created_at"))
            state = self._state(message) if kind == "activity" else None
            if state == "resolved" and at and not is_closed:
                is_closed, closed_at = True, closed_at or at
            elif is_closed and at and (state == "open" or kind == "incoming"):
                is_closed = False
                reopened_at.append(at)
        return closed_at, reopened_at

    def _state(self, message: Message) -> str | None:
        told = as_table(lookup(message, ("content_attributes", "activity")), "an activity")
        if told.get("type") == "conversation_status_changed":
            return self.words.word("status", told.get("status"))
        said = as_text(message.get("content") or "", "content")
        return next(
            (s for words, s in self.words.tables["activity"].items() if words in said), None
        )


def _text(message: Message, channel: str | None) -> str:
    """What was said: nothing of a deleted message, and of an e-mail only what it adds."""
    about = as_table(message.get("content_attributes"), "content_attributes")
    if as_bool(about.get("deleted"), "deleted"):
        return ""
    text = as_text(message.get("content") or "", "content")
    if channel != Channel.EMAIL:
        return text
    reply = lookup(about, ("email", "text_content", "reply"))
    return without_quoted_history(reply if isinstance(reply, str) else text)


def _order(message: Message) -> tuple[datetime, int]:
    """By time, then by number: pages are often glued the newest first."""
    at, number = _time(message.get("created_at")), message.get("id")
    if at is None:
        raise Unusable(Reason.MALFORMED, "a message has no time")
    return at, number if isinstance(number, int) else 0


def _language(record: Record, about: Mapping[str, Any]) -> Any:
    """The one that was detected, else that of the browser."""
    own = as_table(record.get("additional_attributes"), "additional_attributes")
    browser = own.get("browser")
    found = (
        own.get("conversation_language"),
        own.get("browser_language"),
        browser.get("browser_language") if isinstance(browser, Mapping) else None,
        about.get("browser_language"),
    )
    return next((language for language in found if language), None)


def _csat(record: Record, messages: Sequence[Message]) -> Any:
    """From the survey's answer, or from the message that asked for it."""
    answers = record.get("csat_survey_responses") or record.get("csat_survey_response")
    found = as_list(answers if isinstance(answers, list) else [answers], "csat_survey_responses")
    path = ("content_attributes", "submitted_values", "csat_survey_response", "rating")
    asked = [lookup(message, path) for message in messages]
    ratings = [as_table(one, "a survey's answer").get("rating") for one in found] + asked
    return next((rating for rating in reversed(ratings) if rating is not None), None)


def _known(
    contact: Mapping[str, Any], meta: Mapping[str, Any], messages: Sequence[Message]
) -> Iterator[tuple[str, Any]]:
    """What is known of the customer, and the names of the agents, whom texts mention."""
    for kind in ("name", "email"):
        yield kind, contact.get(kind)
    yield "phone", contact.get("phone_number")
    yield "account", contact.get("identifier")
    yield "other_name", as_table(meta.get("assignee"), "assignee").get("name")
    for message in messages:
        sender = as_table(message.get("sender"), "a sender")
        if sender.get("type") in ("user", "contact"):
            yield "name" if sender["type"] == "contact" else "other_name", sender.get("name")


def _time(value: Any) -> datetime | None:
    """Epoch seconds in its API, ISO 8601 in its webhooks."""
    if value is None or isinstance(value, str):
        return as_time(value, "a time")
    return from_epoch(value, 1)
