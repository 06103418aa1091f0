"""Freshdesk: tickets viewed one by one with their conversations, requester and stats.

https://developers.freshdesk.com/api/#tickets
Bodies are read from their HTML: the plain form that Freshdesk makes of them has lost what tells a
quoted message from a new one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from handrail.conversations.model import Channel, Role, Status
from handrail.conversations.sources.markup import text_of
from handrail.conversations.sources.quoting import mail_text, without_quoted_history
from handrail.conversations.sources.rows import Reason, Unusable
from handrail.conversations.sources.scalars import (
    as_bool,
    as_list,
    as_table,
    as_text,
    as_time,
    by_kind,
)
from handrail.conversations.sources.vendor import DELETED, Record, VendorSource

_INCLUDED = 10  # conversations that `include=conversations` gives at most
_FIRST_OWN_STATUS = 6
_ALL = "export /tickets/ID?include=stats,requester and all pages of /tickets/ID/conversations"
_OUTBOUND = "10"


class Freshdesk(VendorSource):
    """Tickets with their conversations; the description is the first message."""

    format: ClassVar[str] = "freshdesk"
    lists: ClassVar[tuple[str, ...]] = ("tickets", "results")

    def canonical(self, record: Record) -> dict[str, Any]:
        """The ticket in our shape."""
        if as_bool(record.get("deleted"), "deleted"):
            raise Unusable(Reason.UNKNOWN_VALUE, DELETED)
        stats = as_table(record.get("stats"), "stats")
        requester = as_table(record.get("requester"), "requester")
        channel = self.words.tag("channel", record.get("source"))
        return {
            "conversation_id": record.get("id"),
            "channel": channel,
            "language": requester.get("language"),
            "severity": self.words.tag("severity", record.get("priority")),
            "turns": [
                _description(record, channel),
                *(self._turn(one, channel) for one in _conversations(record, stats)),
            ],
            "outcome": {
                "status": self._status(record),
                "closed_at": stats.get("resolved_at") or stats.get("closed_at"),
                "reopened_at": stats.get("reopened_at"),
                "csat": self._csat(record),
            },
            "customer": {
                "customer_id": record.get("requester_id"),
                "known": by_kind(_of_requester(record, requester)),
            },
        }

    def _status(self, record: Record) -> str | None:
        """Ours; what was thrown away as spam came to no end."""
        if as_bool(record.get("spam"), "spam"):
            return Status.ABANDONED
        status = record.get("status")
        if isinstance(status, int) and status >= _FIRST_OWN_STATUS:
            return Status.PENDING
        return self.words.word("status", status)

    def _csat(self, record: Record) -> str | None:
        """The last answer to the survey's first question."""
        ratings = as_list(record.get("satisfaction_ratings"), "satisfaction_ratings")
        if not ratings:
            return None
        answers = as_table(as_table(ratings[-1], "a rating").get("ratings"), "ratings")
        return self.words.word("csat", answers.get("default_question"))

    def _turn(self, one: Any, channel: str | None) -> dict[str, Any]:
        item = as_table(one, "a conversation")
        is_customers = as_bool(item.get("incoming"), "incoming")
        source = item.get("source")
        is_public = source is None or self.words.tag("audience", source) == "public"
        text = _text(item, html="body", plain="body_text")
        return {
            "role": Role.CUSTOMER if is_customers else Role.AGENT,
            "text": without_quoted_history(text) if channel == Channel.EMAIL else text,
            "at": item.get("created_at"),
            "is_private": as_bool(item.get("private"), "private") or not is_public,
            "author": item.get("user_id"),
        }


def _description(record: Record, channel: str | None) -> dict[str, Any]:
    is_outbound = str(record.get("source")) == _OUTBOUND
    text = _text(record, html="description", plain="description_text")
    if channel in (Channel.EMAIL, Channel.FORM):
        text = mail_text(as_text(record.get("subject") or "", "subject"), text)
    return {
        "role": Role.AGENT if is_outbound else Role.CUSTOMER,
        "text": text,
        "at": record.get("created_at"),
    }


def _conversations(record: Record, stats: Mapping[str, Any]) -> Sequence[Any]:
    """All of them, in order of time; `Unusable` if some or all were left out of the export."""
    held = record.get("conversations")
    if held is None:
        raise Unusable(Reason.INCOMPLETE, f"a list's entry, without its conversations: {_ALL}")
    found = [as_table(one, "a conversation") for one in as_list(held, "conversations")]
    found.sort(key=lambda one: as_text(one.get("created_at") or "", "a conversation's time"))
    if len(found) == _INCLUDED and not _is_last(found[-1], stats):
        detail = f"ten conversations, which is where include=conversations stops: {_ALL}"
        raise Unusable(Reason.INCOMPLETE, detail)
    return found


def _is_last(one: Mapping[str, Any], stats: Mapping[str, Any]) -> bool:
    """Whether the stats know of no answer after this one; without stats nobody can tell."""
    known = (stats.get("agent_responded_at"), stats.get("requester_responded_at"))
    times = [at for value in known if (at := as_time(value, "stats")) is not None]
    last = as_time(one.get("created_at"), "a conversation's time")
    return bool(times) and last is not None and max(times) <= last


def _text(record: Mapping[str, Any], *, html: str, plain: str) -> str:
    if body := record.get(html):
        return text_of(as_text(body, html))
    return as_text(record.get(plain) or "", plain)


def _of_requester(record: Record, requester: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for kind in ("name", "email", "phone"):
        yield kind, requester.get(kind)
    yield "phone", requester.get("mobile")
    yield "email", record.get("email")
    yield "phone", record.get("phone")
    yield "address", requester.get("address")
