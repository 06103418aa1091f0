"""Intercom: conversations retrieved one by one, a JSON object each, their parts in them.

https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations
A conversation's contacts are references there. Who they are (name, email, phone, location,
languages) stands in the export instead of the references, or in `contacts` beside `conversations`
in one folder; without it a conversation has no language and no country.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from handrail.conversations.model import Channel, Role, Status
from handrail.conversations.sources.fields import from_epoch, lookup
from handrail.conversations.sources.files import Readable, entries
from handrail.conversations.sources.json_lists import json_objects
from handrail.conversations.sources.keyed import KeyedTable, key_of, parsed
from handrail.conversations.sources.markup import text_of
from handrail.conversations.sources.quoting import mail_text, without_quoted_history
from handrail.conversations.sources.records import JSON_SUFFIXES
from handrail.conversations.sources.rows import Problem, RawRow, Reason, Unusable, attempt
from handrail.conversations.sources.scalars import as_list, as_table, as_text, by_kind
from handrail.conversations.sources.vendor import Record, VendorSource, Words
from handrail.settings import IntakeSettings

_CONVERSATIONS, _CONTACTS = "conversations", "contacts"
_NO_CONTACT = "its contact's row can't be read, so what to scrub isn't known; export contacts again"
_RETRIEVE = "retrieve each conversation by its id and export the whole answer"


class Intercom(VendorSource):
    """Conversations with their parts; the events among them tell how it went, they are no turns."""

    format: ClassVar[str] = "intercom"
    lists: ClassVar[tuple[str, ...]] = (_CONVERSATIONS,)

    def reads_whole(self, folder: Readable) -> bool:
        """Whether `folder` holds conversations and, apart from them, their contacts."""
        return all(_files(folder, name) for name in (_CONVERSATIONS, _CONTACTS))

    def records(self, file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
        """The conversations; in a folder, each with the contacts that it refers to."""
        if not file.is_dir():
            yield from super().records(file, limits=limits)
            return
        contacts = KeyedTable("id")
        for each in _files(file, _CONTACTS):
            yield from contacts.fill(json_objects(each, limits=limits, lists=("data",)))
        for each in _files(file, _CONVERSATIONS):
            for row in super().records(each, limits=limits):
                made = attempt(row.location, partial(_joined, row.data, contacts))
                data, problem = (None, made) if isinstance(made, Problem) else (made, row.problem)
                yield RawRow(row.location, data, problem, row.original)

    def prepared(self, record: Record) -> Record:
        """The conversation with its first `contact` and its `tag_names`."""
        tags = lookup(record, ("tags", "tags"))
        names = [lookup(tag, ("name",)) for tag in tags] if isinstance(tags, list) else []
        contact = lookup(record, ("contacts", "contacts", 0))
        return {**record, "tag_names": names, "contact": contact}

    def canonical(self, record: Record) -> dict[str, Any]:
        """The conversation in our shape."""
        parts = _parts(record)
        source = as_table(record.get("source"), "source")
        contacts = _contacts(record)
        contact = contacts[0] if contacts else {}
        channel = self.words.tag("channel", source.get("type"))
        course = _Course(self.words, is_mail=channel == Channel.EMAIL)
        course.begin(source, at=_time(record.get("created_at")))
        for part in parts:
            course.go_on(as_table(part, "a conversation part"))
        statistics = as_table(record.get("statistics"), "statistics")
        closed_at = course.closed_at or _time(statistics.get("first_close_at"))
        data: dict[str, Any] = {
            "conversation_id": record.get("id"),
            "channel": channel,
            "language": contact.get("language_override") or contact.get("browser_language"),
            "severity": self.words.tag("severity", record.get("priority")),
            "turns": course.turns,
            "actions": course.actions,
            "outcome": {
                "status": Status.ABANDONED
                if course.is_abandoned
                else self.words.word("status", record.get("state")),
                "closed_at": closed_at,
                "reopened_at": _reopenings(course, statistics.get("count_reopens"), closed_at),
                "escalated": course.is_escalated,
                "csat": as_table(record.get("conversation_rating"), "rating").get("rating"),
            },
            "customer": {
                "customer_id": contact.get("id"),
                "known": by_kind([*_of_contacts(contacts), *course.known]),
            },
        }
        return data | self._region(contact)

    def _region(self, contact: Mapping[str, Any]) -> dict[str, Any]:
        """Where the contact is; a country without a code we know is some place, but which?"""
        location = as_table(contact.get("location"), "location")
        code = location.get("country_code") or location.get("country")
        if not code:
            return {}
        is_short = len(as_text(code, "country")) == 2
        return {"region": code if is_short else self.words.tag("country", code)}


def _files(folder: Readable, name: str) -> list[Readable]:
    """The files of a table: one, or some that are numbered."""
    pattern = re.compile(rf"{name}[-_]?\d*({'|'.join(map(re.escape, JSON_SUFFIXES))})", re.I)
    return [file for file in entries(folder) if file.is_file() and pattern.fullmatch(file.name)]


def _joined(record: Record | None, contacts: KeyedTable) -> Record | None:
    """The conversation with its contacts in place of the references to them."""
    if record is None:
        return None
    found = []
    for reference in _contacts(record):
        key = key_of(reference, "id") or ""
        rows = contacts.originals(key)
        if key in contacts.broken or (contacts.problem and not rows):
            raise Unusable(Reason.INCOMPLETE, _NO_CONTACT)
        found.append({**reference, **parsed(rows[-1:])[0]} if rows else reference)
    return {**record, "contacts": {"contacts": found}}


def _parts(record: Record) -> Sequence[Any]:
    """All parts of the conversation; `Unusable` if some or all were left out of the export."""
    held = record.get("conversation_parts")
    if held is None:
        raise Unusable(Reason.INCOMPLETE, f"a list's entry, without its parts: {_RETRIEVE}")
    table = as_table(held, "conversation_parts")
    parts = as_list(table.get("conversation_parts"), "conversation_parts")
    total = table.get("total_count")
    if isinstance(total, int) and total > len(parts):
        detail = (
            f"only {len(parts)} of its parts are in the export (Intercom gives at most 500): "
            f"{_RETRIEVE}; one with more parts than that can't be read whole"
        )
        raise Unusable(Reason.INCOMPLETE, detail)
    return parts


def _contacts(record: Record) -> list[Mapping[str, Any]]:
    table = as_table(record.get("contacts"), "contacts")
    return [as_table(one, "a contact") for one in as_list(table.get("contacts"), "contacts")]


def _of_contacts(contacts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for contact in contacts:
        for kind in ("name", "email", "phone"):
            yield kind, contact.get(kind)


@dataclass
class _Course:
    """What was said and done, part by part.

    `closed_at` is the first closing. A part with a body that was deleted stays as an empty turn:
    without it a reply would seem to answer another message. A campaign's message is a bot's. What a
    workflow closed while the customer owed an answer was abandoned, unless it went on.
    """

    words: Words
    is_mail: bool
    turns: list[dict[str, Any]] = field(default_factory=list)
    actions: list[dict[str, Any]] = field(default_factory=list)
    known: list[tuple[str, Any]] = field(default_factory=list)
    closed_at: datetime | None = None
    is_escalated: bool = False
    is_abandoned: bool = False
    _is_closed: bool = False
    _is_answered: bool = False
    reopened_at: list[datetime | None] = field(default_factory=list)
    _team: Any = None

    def begin(self, source: Mapping[str, Any], *, at: datetime | None) -> None:
        """The message that started the conversation."""
        subject, body = (text_of(_text(source, key)) for key in ("subject", "body"))
        text = mail_text(subject, body) if self.is_mail else body or subject
        if text or source.get("redacted") or source.get("attachments"):
            sent = self.words.tag("delivered_as", source.get("delivered_as"))
            self._say(source, text, at, is_private=False, role=sent)

    def go_on(self, part: Mapping[str, Any]) -> None:
        """One part: a message, a note, an event, or an event with a message."""
        kind, at = part.get("part_type"), _time(part.get("created_at"))
        if part.get("body") is not None or part.get("redacted") or part.get("attachments"):
            text = text_of(_text(part, "body"))
            audience = self.words.tag("audience", kind)
            text = without_quoted_history(text) if self.is_mail else text
            self._say(part, text, at, is_private=audience != "public", role=None)
        self._state(self.words.tag("state", kind), at, by=as_table(part.get("author"), "author"))
        self._assign(as_table(part.get("assigned_to"), "assigned_to"))
        if kind == "custom_action_finished":
            self._act(part)

    def _say(
        self,
        part: Mapping[str, Any],
        text: str,
        at: datetime | None,
        *,
        is_private: bool,
        role: str | None,
    ) -> None:
        author = as_table(part.get("author"), "author")
        role = role or self._role(author)
        if role == Role.CUSTOMER:
            self.known += [("name", author.get("name")), ("email", author.get("email"))]
            if not is_private:
                self._state("open" if self._is_closed else None, at, by=author)
        elif role == Role.AGENT:
            self.known.append(("other_name", author.get("name")))
            self._is_answered = self._is_answered or not is_private
        self.turns.append(
            {
                "role": role,
                "text": text,
                "at": at,
                "is_private": is_private,
                "author": author.get("id"),
            }
        )

    def _role(self, author: Mapping[str, Any]) -> str | None:
        return (
            Role.BOT if author.get("from_ai_agent") else self.words.word("role", author.get("type"))
        )

    def _state(self, state: str | None, at: datetime | None, *, by: Mapping[str, Any]) -> None:
        if state == "closed" and not self._is_closed:
            self._is_closed = True
            self.closed_at = self.closed_at or at
            said = [turn["role"] for turn in self.turns if not turn["is_private"]]
            is_awaited = said[-1:] != [Role.CUSTOMER]
            self.is_abandoned = is_awaited and self._role(by) == Role.BOT
        elif state == "open" and self._is_closed:
            self._is_closed = self.is_abandoned = False
            self.reopened_at.append(at)

    def _assign(self, target: Mapping[str, Any]) -> None:
        """A second team, after somebody has answered, is whom the matter was escalated to."""
        team = target.get("id") if target.get("type") == "team" else None
        if team is None:
            return
        if self._is_answered and team != self._team:
            self.is_escalated = True
        self._team = team

    def _act(self, part: Mapping[str, Any]) -> None:
        """A call of another system: the only event that is a step towards a solution."""
        action = as_table(lookup(part, ("event_details", "action")), "an action")
        self.actions.append(
            {
                "name": action.get("name") or "custom_action",
                "after_turn": len(self.turns) - 1 if self.turns else None,
                "succeeded": action.get("result") == "success",
            }
        )


def _reopenings(course: _Course, counted: Any, closed_at: datetime | None) -> list[datetime | None]:
    """When it was reopened; one that Intercom counts and no part shows was at the closing."""
    missing = isinstance(counted, int) and counted > len(course.reopened_at)
    return [*course.reopened_at, *([closed_at] if missing else [])]


def _time(value: Any) -> datetime | None:
    return None if value is None else from_epoch(value, 1)


def _text(part: Mapping[str, Any], key: str) -> str:
    value = part.get(key)
    return "" if value is None else as_text(value, key)
