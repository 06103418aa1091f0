"""What a Zendesk ticket's comments and audits tell: who said what, and how it went."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from handrail.conversations.model import Role, Status
from handrail.conversations.sources.fields import lookup
from handrail.conversations.sources.keyed import key_of
from handrail.conversations.sources.markup import text_of
from handrail.conversations.sources.quoting import without_quoted_history
from handrail.conversations.sources.rows import Reason, Unusable
from handrail.conversations.sources.scalars import as_bool, as_list, as_table, as_text, as_time
from handrail.conversations.sources.vendor import Record, Words

_NOBODY = (
    "a comment whose author is neither the requester nor a user with a role: put users beside the "
    "tickets"
)
_SYSTEM = "-1"  # the author of what Zendesk itself writes
_NO_LABEL = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_LABEL, _FEW_DIGITS = 100, 6
_WORD = re.compile(r"\w+")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_AT_ONCE = timedelta(minutes=1)
_MERGE, _CLOSED_BY_MERGE = "merge", "closed_by_merge"
_DONE = (Status.RESOLVED, Status.CLOSED)
_EMBEDDED = ("requester", "assignee", "submitter")


class People:
    """The users that a ticket's row brings along, and the role of each in it."""

    def __init__(self, record: Record, words: Words) -> None:
        self._words = words
        self._requester = key_of(record, "requester_id")
        rows = [*as_list(record.get("users"), "users"), *(record.get(who) for who in _EMBEDDED)]
        self._rows = {key_of(row, "id"): row for row in rows if isinstance(row, Mapping)}

    def row(self, identity: Any) -> Mapping[str, Any]:
        """The user's row, empty if it isn't there."""
        return self._rows.get(str(identity), {})

    def role(self, written: Mapping[str, Any]) -> Role | None:
        """Who wrote a comment or made an update, None if nothing tells."""
        if found := self._words.tag("role_by_channel", lookup(written, ("via", "channel"))):
            return Role(found)
        author = key_of(written, "author_id")
        if author is not None and author == self._requester:
            return Role.CUSTOMER
        if author == _SYSTEM:
            return Role.SYSTEM
        found = self._words.tag("role", self.row(author).get("role"))
        return None if found is None else Role(found)

    def known(self) -> Iterator[tuple[str, Any]]:
        """Names and addresses of everybody here; a colleague's name is personal data as well."""
        for key, row in self._rows.items():
            kind = "" if key == self._requester else "other_"
            for field in ("name", "email", "phone"):
                yield f"{kind}{field}", row.get(field)


class Course:
    """The turns of a ticket, the steps between them, and where it stands."""

    def __init__(self, record: Record, people: People, words: Words) -> None:
        self._record, self._people, self._words = record, people, words
        self.actions: list[dict[str, Any]] = []
        self.reopened_at: list[datetime] = []
        self.closed_at: datetime | None = None
        self.is_escalated = False
        self._macros: dict[str | None, str] = {}  # by the audit that applied it
        self._labels: Mapping[Any, Any] = record.get("ticket_fields") or {}
        audits = _in_order(as_list(record.get("audits"), "audits"), "an audit")
        for at, audit in audits:
            for event in as_list(audit.get("events"), "an audit's events"):
                self._follow(as_table(event, "an event"), audit, at)
        comments = _in_order(as_list(record.get("comments"), "comments"), "a comment")
        own = [(at, comment) for at, comment in comments if not _is_merge(comment)]
        self._times = [at for at, _ in own]
        self.turns = [self._turn(comment, at) for at, comment in own]
        self._add_description(comments)
        self._place_actions()
        self.status = self._status()
        self._conclude(has_audits=bool(audits))

    def _turn(self, comment: Mapping[str, Any], at: datetime | None) -> dict[str, Any]:
        public = comment.get("public")
        if not isinstance(public, bool):
            raise Unusable(Reason.MALFORMED, "a comment doesn't say whether it is public")
        role = self._people.role(comment)
        if role is None:
            raise Unusable(Reason.UNKNOWN_VALUE, _NOBODY)
        return {
            "role": role,
            "text": _text(comment, self._record),
            "at": at,
            "is_private": not public,
            "template": self._macros.get(key_of(comment, "audit_id")),
            "author": key_of(comment, "author_id"),
        }

    def _add_description(self, comments: Sequence[tuple[datetime, Mapping[str, Any]]]) -> None:
        """The description as the first turn, where the comments don't begin with it."""
        record = self._record
        description = as_text(record.get("description") or "", "the description")
        created = as_time(record.get("created_at"), "a ticket's created_at")
        if not description.strip():
            return
        if comments:
            at, first = comments[0]
            begins = created is not None and abs(at - created) <= _AT_ONCE
            if begins or _WORD.findall(_raw(first)) == _WORD.findall(description):
                return
        author = record.get("submitter_id") or record.get("requester_id")
        shown = record.get("is_public")
        comment = {
            "author_id": author,
            "plain_body": description,
            "public": True if shown is None else as_bool(shown, "is_public"),
            "via": record.get("via"),
        }
        self.turns.insert(0, self._turn(comment, created))
        self._times.insert(0, created or _LONG_AGO)

    def _follow(self, event: Mapping[str, Any], audit: Mapping[str, Any], at: datetime) -> None:
        kind, field = event.get("type"), event.get("field_name")
        if kind == "AgentMacroReference":
            number = str(event.get("macro_id"))[-_FEW_DIGITS:]
            self._macros[key_of(audit, "id")] = _label(event.get("macro_title"), f"macro_{number}")
        if kind != "Change":
            return
        before, after = event.get("previous_value"), event.get("value")
        if field == "status":
            was, now = (self._words.word("status", value) for value in (before, after))
            if was in _DONE and now not in _DONE:
                self.reopened_at.append(at)
            if now in _DONE and was not in _DONE:
                self.closed_at = at
        if field == "group_id" and before and after and before != after:
            self.is_escalated = True
        if self._words.tag("bookkeeping", field) or self._people.role(audit) is not Role.AGENT:
            return
        self.actions.append(
            {
                "name": _label(self._labels.get(str(field)), f"field_{str(field)[-_FEW_DIGITS:]}"),
                "after_turn": at,
                "succeeded": True,
                "arguments": {"from": before, "to": after},
            }
        )

    def _place_actions(self) -> None:
        """Each step after the last message that was there when it was taken."""
        for action in self.actions:
            before = bisect_right(self._times, action["after_turn"])
            action["after_turn"] = before - 1 if before else None

    def _status(self) -> str | None:
        if _CLOSED_BY_MERGE in as_list(self._record.get("tags"), "tags"):
            return Status.ABANDONED  # it goes on in another ticket
        return self._words.word("status", self._record.get("status"))

    def _conclude(self, *, has_audits: bool) -> None:
        """What the ticket itself tells, where no audit told when it was solved or reopened."""
        metrics = as_table(self._record.get("metric_set"), "metric_set")
        if self.status not in _DONE:
            self.closed_at = None
        elif self.closed_at is None:
            solved = metrics.get("solved_at") or self._record.get("updated_at")
            self.closed_at = as_time(solved, "a ticket's solved_at")
        if metrics.get("reopens") and not has_audits:
            # When, nobody says: before it was solved for the last time.
            self.reopened_at = [at for at in (self.closed_at,) if at is not None]


def _in_order(rows: Sequence[Any], what: str) -> list[tuple[datetime, Mapping[str, Any]]]:
    timed = []
    for item in rows:
        row = as_table(item, what)
        at = as_time(row.get("created_at"), f"{what}'s created_at")
        if at is None:
            raise Unusable(Reason.MALFORMED, f"{what} has no created_at")
        timed.append((at, row))
    return sorted(timed, key=lambda one: one[0])


def _is_merge(comment: Mapping[str, Any]) -> bool:
    """Whether a comment repeats what was said in a ticket that was merged into this one."""
    via = (lookup(comment, ("via", "channel")), lookup(comment, ("via", "source", "rel")))
    return _MERGE in via


def _raw(comment: Mapping[str, Any]) -> str:
    for key in ("plain_body", "body"):
        if comment.get(key) is not None:
            return as_text(comment[key], f"a comment's {key}").replace("&nbsp;", " ")
    return text_of(as_text(comment.get("html_body") or "", "a comment's html_body"))


def _text(comment: Mapping[str, Any], record: Record) -> str:
    """What a comment says; an e-mail without those it quotes."""
    text = _raw(comment)
    return without_quoted_history(text) if lookup(comment, ("via", "channel")) == "email" else text


def _label(title: Any, otherwise: str) -> str:
    """The name that an administrator gave, as a label: only that is kept by the redaction.

    Where none is left of it, `otherwise` with the end of the id in it: a long number isn't kept.
    """
    plain = unicodedata.normalize("NFKD", title if isinstance(title, str) else "")
    label = _NO_LABEL.sub("_", plain.encode("ascii", "ignore").decode()).strip("_.-")
    return label[:_LONGEST_LABEL] or otherwise
