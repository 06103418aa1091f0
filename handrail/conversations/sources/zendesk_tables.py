"""A folder of Zendesk Support's tables as tickets with all that belongs to each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from handrail.conversations.sources.fields import lookup
from handrail.conversations.sources.files import Readable, entries
from handrail.conversations.sources.json_lists import json_objects
from handrail.conversations.sources.keyed import KeyedTable, key_of, parsed
from handrail.conversations.sources.records import JSON_SUFFIXES
from handrail.conversations.sources.rows import Problem, RawRow, Reason
from handrail.settings import IntakeSettings

TICKETS = "tickets"
# The tables by their key, and what their files may be called beside that.
_KEYS: Mapping[str, str] = {
    TICKETS: "id",
    "comments": "ticket_id",
    "audits": "ticket_id",
    "satisfaction_ratings": "ticket_id",
    "ticket_metrics": "ticket_id",
    "users": "id",
    "ticket_fields": "id",
    "groups": "id",
    "brands": "id",
}
_ALSO: Mapping[str, str] = {"ticket_comments": "comments", "ticket_audits": "audits"}
_NUMBER = re.compile(r"_?\d+$")
_USERS_AT_HAND = 4096
_SUPERSEDED = Problem(Reason.SUPERSEDED, "a later row of this export holds this ticket too")
_STRANGER = Problem(
    Reason.MALFORMED, "its requester is not among the users, so nobody knows what to scrub"
)
_ORPHANS = Problem(Reason.INCOMPLETE, "comments of a ticket that isn't in the export")


def tables_in(folder: Readable) -> Mapping[str, Sequence[Readable]]:
    """The files of each table in `folder`: one, or some that are numbered."""
    found: dict[str, list[Readable]] = {}
    for file in entries(folder):
        stem, _, suffix = file.name.lower().partition(".")
        name = _NUMBER.sub("", stem.replace("-", "_"))
        name = _ALSO.get(name, name)
        if f".{suffix}" in JSON_SUFFIXES and name in _KEYS and file.is_file():
            found.setdefault(name, []).append(file)
    return found


class Tables:
    """The tables of one export; all of them wait in memory, packed (see `KeyedTable`)."""

    def __init__(self, folder: Readable) -> None:
        self._files = tables_in(folder)
        self._tables = {name: KeyedTable(key) for name, key in _KEYS.items()}
        self._locations: dict[str, list[str]] = {}
        self._titles: dict[str, Any] = {}
        self._row = lru_cache(_USERS_AT_HAND)(self._latest)

    def read(self, limits: IntakeSettings) -> Iterator[RawRow]:
        """Read every file; yields the rows that belong to no ticket."""
        for name, files in self._files.items():
            for file in files:
                rows = json_objects(file, limits=limits, lists=(name,))
                yield from self._tables[name].fill(self._located(name, rows))
        fields = self._tables["ticket_fields"]
        self._titles = {key: lookup(self._row("ticket_fields", key), ("title",)) for key in fields}

    def _located(self, name: str, rows: Iterator[RawRow]) -> Iterator[RawRow]:
        for row in rows:
            key = key_of(row.data, "id")
            if name == TICKETS and key is not None:
                self._locations.setdefault(key, []).append(row.location)
            yield row

    def tickets(self, limits: IntakeSettings) -> Iterator[RawRow]:
        """A row a ticket, and one for the comments of each ticket that isn't there."""
        tickets, comments = self._tables[TICKETS], self._tables["comments"]
        for key in tickets:
            *earlier, last = tickets.originals(key)
            for where, original in zip(self._locations[key], earlier, strict=False):
                yield RawRow(where, None, _SUPERSEDED, original)
            yield self._ticket(key, last, limits.max_record_bytes)
        for number, key in enumerate(comments, 1):
            if key not in self._locations:
                where = f"{self._files['comments'][0].name}:ticket {number}"
                original = b"\n".join(comments.originals(key))[: limits.max_record_bytes]
                yield RawRow(where, None, _ORPHANS, original)

    def _ticket(self, key: str, row: bytes, max_bytes: int) -> RawRow:
        told = [self._tables[name].originals(key) for name in ("comments", "audits")]
        original = b"\n".join((row, *(one for rows in told for one in rows)))
        (ticket,) = parsed([row])
        problem = self._problem(key, ticket)
        if problem is None and len(original) > max_bytes:
            detail = f"with its comments longer than the record limit of {max_bytes} bytes"
            problem = Problem(Reason.OVERSIZED, detail)
        if problem is not None:
            return RawRow(self._locations[key][-1], None, problem, original[:max_bytes])
        joined = self._joined(key, ticket, *(parsed(rows) for rows in told))
        return RawRow(self._locations[key][-1], joined, None, original)

    def _problem(self, key: str, ticket: Mapping[str, Any]) -> Problem | None:
        """Why what is here of a ticket may not be all there is of it."""
        requester = key_of(ticket, "requester_id")
        if "users" in self._files and requester and not self._row("users", requester):
            return _STRANGER
        for name in ("comments", "audits"):
            table = self._tables[name]
            if table.problem is not None:
                detail = f"its {name} may not all be here: {table.problem.detail}"
                return Problem(Reason.INCOMPLETE, detail)
            if key in table.broken:
                detail = f"one of its {name}, or a row beside them, can't be read"
                return Problem(Reason.INCOMPLETE, detail)
        return None

    def _joined(
        self, key: str, ticket: dict[str, Any], comments: list[Any], audits: list[Any]
    ) -> Mapping[str, Any]:
        """The ticket with what the tables hold of it; what it brought along stays beside that."""
        joined = dict(ticket)
        for name, rows in (("comments", comments), ("audits", audits)):
            if name in self._files:
                joined[name] = rows
        if "users" in self._files:
            written = [*(joined.get("comments") or ()), *(joined.get("audits") or ())]
            people = [key_of(ticket, f"{who}_id") for who in ("requester", "submitter", "assignee")]
            people += [key_of(row, "author_id") for row in written]
            joined["users"] = [self._row("users", one) for one in dict.fromkeys(people) if one]
        if "ticket_fields" in self._files:
            joined["ticket_fields"] = self._titles
        if ratings := self._tables["satisfaction_ratings"].originals(key):
            joined["satisfaction_ratings"] = parsed(ratings)
        if metrics := self._row("ticket_metrics", key):
            joined["metric_set"] = metrics
        for name in ("group", "brand"):
            if found := self._row(f"{name}s", key_of(ticket, f"{name}_id")):
                joined[name] = found
        return joined

    def _latest(self, name: str, key: str | None) -> Mapping[str, Any]:
        return self._tables[name].latest(key) if key else {}
