"""Zendesk Chat: chats with their history, and the messages that were left while nobody was there.

https://developer.zendesk.com/api-reference/live-chat/chat-api/chats/
The history mixes what was said with who came and went: only `chat.msg` is a turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from handrail.conversations.model import Role, Status
from handrail.conversations.sources.rows import Reason, Unusable
from handrail.conversations.sources.scalars import as_bool, as_list, as_table, as_text, by_kind
from handrail.conversations.sources.vendor import DELETED, Record, VendorSource

_MESSAGE, _LEFT_BEHIND = "chat.msg", "offline_msg"


class ZendeskChat(VendorSource):
    """Chats of Zendesk Chat; the language is nowhere in them, a mapping can tell it."""

    format: ClassVar[str] = "zendesk_chat"
    lists: ClassVar[tuple[str, ...]] = ("chats",)

    def canonical(self, record: Record) -> dict[str, Any]:
        """The chat in our shape."""
        if as_bool(record.get("deleted"), "deleted"):
            raise Unusable(Reason.UNKNOWN_VALUE, DELETED)
        visitor = as_table(record.get("visitor"), "the visitor")
        country = as_table(record.get("session"), "the session").get("country_code")
        history = self._history(record)
        return {
            "conversation_id": record.get("id"),
            "channel": self.words.tag("channel", record.get("type")),
            "turns": [self._turn(event) for event in history if event.get("type") == _MESSAGE],
            "outcome": {
                "status": _status(record),
                "closed_at": record.get("end_timestamp") or None,
                "escalated": any(self.words.tag("handed_on", one.get("type")) for one in history),
                "csat": self.words.word("csat", _rating(record, history)),
            },
            "customer": {
                "customer_id": visitor.get("id") or None,
                "known": by_kind(self._known(record, visitor, history)),
            },
        } | ({"region": country} if country else {})

    def _history(self, record: Record) -> Sequence[Mapping[str, Any]]:
        """What happened; a message left behind is told as the one thing that did."""
        if record.get("type") == _LEFT_BEHIND:
            at, said = record.get("timestamp"), record.get("message")
            return [{"type": _MESSAGE, "nick": "visitor", "msg": said, "timestamp": at}]
        if record.get("history") is None:
            raise Unusable(Reason.INCOMPLETE, "a chat without its history: export each in full")
        return [as_table(one, "an event") for one in as_list(record["history"], "the history")]

    def _turn(self, event: Mapping[str, Any]) -> dict[str, Any]:
        role, author = self._speaker(event)
        at = event.get("timestamp")
        return {"role": role, "text": event.get("msg"), "at": at, "author": author}

    def _speaker(self, event: Mapping[str, Any]) -> tuple[str, str | None]:
        nick = as_text(event.get("nick"), "a nick")
        kind, _, identity = nick.partition(":")
        role = self.words.tag("role", nick) or self.words.word("role", kind)
        return role or Role.SYSTEM, identity or None

    def _known(
        self, record: Record, visitor: Mapping[str, Any], history: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[str, Any]]:
        for field in ("name", "email", "phone"):
            yield field, visitor.get(field)
        for name in as_list(record.get("agent_names"), "agent_names"):
            yield "agent_name", name
        for event in history:
            if event.get("type") == _MESSAGE and self._speaker(event)[0] == Role.AGENT:
                yield "agent_name", event.get("name")


def _status(record: Record) -> Status:
    if as_bool(record.get("missed"), "missed"):
        return Status.ABANDONED
    return Status.CLOSED if record.get("end_timestamp") else Status.OPEN


def _rating(record: Record, history: Sequence[Mapping[str, Any]]) -> Any:
    """The chat's rating, or where it has none the last that its history gives."""
    given = [event["new_rating"] for event in history if event.get("new_rating")]
    return record.get("rating") or (given[-1] if given else None)
