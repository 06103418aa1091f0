"""Zendesk Support: tickets with their comments and audits, in one file or as a folder of tables.

https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/
In one file a row is a ticket with its `comments`, and with what is at hand of `audits`, `users` (or
`requester`, `assignee` and `submitter`), `satisfaction_ratings`, `metric_set` and `ticket_fields`.
In a folder lie `tickets` and `ticket_comments`, and what is at hand of `ticket_audits`, `users`,
`ticket_fields`, `satisfaction_ratings`, `ticket_metrics`, `groups` and `brands`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from handrail.conversations.sources.fields import lookup
from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.keyed import key_of
from handrail.conversations.sources.rows import RawRow, Reason, Unusable
from handrail.conversations.sources.scalars import as_list, as_table, by_kind
from handrail.conversations.sources.vendor import DELETED, Record, VendorSource
from handrail.conversations.sources.zendesk_tables import TICKETS, Tables, tables_in
from handrail.conversations.sources.zendesk_ticket import Course, People
from handrail.settings import IntakeSettings

_NO_COMMENTS = (
    "a ticket without its comments: export them with it, or put ticket_comments into the folder "
    "of tickets"
)


class ZendeskSupport(VendorSource):
    """Tickets of Zendesk Support."""

    format: ClassVar[str] = "zendesk"
    lists: ClassVar[tuple[str, ...]] = (TICKETS,)

    def reads_whole(self, folder: Readable) -> bool:
        """Whether tickets lie in `folder` beside another of Zendesk's tables."""
        found = tables_in(folder)
        return TICKETS in found and len(found) > 1

    def records(self, file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
        """The tickets, each with what belongs to it in one row."""
        if not file.is_dir():
            yield from super().records(file, limits=limits)
            return
        tables = Tables(file)
        yield from tables.read(limits)
        yield from tables.tickets(limits)

    def prepared(self, record: Record) -> Record:
        """The ticket with its `requester`, and its `custom_fields` by their titles and ids."""
        titles = record.get("ticket_fields")
        if not isinstance(titles, dict):
            fields = as_list(titles, "ticket_fields")
            titles = {key_of(field, "id"): lookup(field, ("title",)) for field in fields}
        own: dict[Any, Any] = {}
        for item in as_list(record.get("custom_fields"), "custom_fields"):
            field = as_table(item, "a custom field")
            key = key_of(field, "id")
            own[titles.get(key)] = own[key] = field.get("value")
        requester = People(record, self.words).row(record.get("requester_id"))
        return {**record, "ticket_fields": titles, "custom_fields": own, "requester": requester}

    def canonical(self, record: Record) -> dict[str, Any]:
        """The ticket in our shape."""
        if record.get("status") == "deleted":
            raise Unusable(Reason.UNKNOWN_VALUE, DELETED)
        if record.get("comments") is None:
            raise Unusable(Reason.INCOMPLETE, _NO_COMMENTS)
        people = People(record, self.words)
        course = Course(record, people, self.words)
        return {
            "conversation_id": record.get("id"),
            "channel": self.words.tag("channel", lookup(record, ("via", "channel"))),
            "language": lookup(record, ("requester", "locale")),
            "severity": self.words.tag("severity", record.get("priority")),
            "turns": course.turns,
            "actions": course.actions,
            "outcome": {
                "status": course.status,
                "closed_at": course.closed_at,
                "reopened_at": course.reopened_at,
                "escalated": course.is_escalated,
                "csat": self.words.word("csat", _score(record)),
            },
            "customer": {
                "customer_id": record.get("requester_id"),
                "known": by_kind(people.known()),
            },
        }


def _score(record: Record) -> Any:
    """The latest score: the ticket's own where it has one."""
    if (own := lookup(record, ("satisfaction_rating", "score"))) is not None:
        return own
    ratings = as_list(record.get("satisfaction_ratings"), "satisfaction_ratings")
    scores = [(str(lookup(row, ("updated_at",))), lookup(row, ("score",))) for row in ratings]
    return max(scores, key=lambda one: one[0])[1] if scores else None
