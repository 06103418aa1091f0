"""Salesforce: LiveChatTranscript, whose messages are one blob of HTML.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_livechattranscript.htm
As JSON or CSV, with what is at hand of the related `Contact`, `Case` and `Owner` (`Contact.Name` is
a column in CSV). Times in the blob are relative to `StartTime`. Who is who stands nowhere but in
names: an agent's is personal data too, and is known to the scrubber.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any, ClassVar

from handrail.conversations.model import Channel, Role
from handrail.conversations.sources.fields import lookup
from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.markup import text_of
from handrail.conversations.sources.records import JSON_SUFFIXES, file_format
from handrail.conversations.sources.rows import RawRow, Reason, Unusable
from handrail.conversations.sources.scalars import as_int, as_table, as_text, as_time, by_kind
from handrail.conversations.sources.tables import csv_records
from handrail.conversations.sources.unpacking import packed_too
from handrail.conversations.sources.vendor import Record, VendorSource
from handrail.settings import IntakeSettings

_NOTICE = re.compile(  # none goes on beyond the next paragraph: many that don't end stay linear
    r"<p\s+align=[\"']?center[\"']?\s*+>((?:[^<]++|<(?!/?p\b))*+)</p>", re.I
)
_AFTER = r"\(\s*(?:(\d{1,3})d\s*)?(?:(\d{1,3})h\s*)?(?:(\d{1,3})m\s*)?(\d{1,3})s\s*\)"
_MESSAGE = re.compile(rf"^\s*{_AFTER} ?([^\n]*)", re.M)
_AGENT = re.compile(r"Agent:? (.{1,80})")
_TRANSFERRED = re.compile(r"(?:Chat )?Transferred From (.{1,80}) To (.{1,80})", re.I)
_LONGEST_NAME = 80
_MOST_UNKNOWN = 4
_KINDS = (Role.AGENT, Role.CUSTOMER)
_MOST_MESSAGES = 2**31 - 1
_NO_FORM = "its body isn't in the form of a transcript: lines like ( 12s ) Name: text"
_WHO = (
    "which of its speakers is the agent can't be told: export Contact.Name, OperatorMessageCount "
    "and VisitorMessageCount too"
)
_FORGED = "more messages in an agent's name than OperatorMessageCount says that agents wrote"


@dataclass(frozen=True)
class _Said:
    """One message of the blob."""

    after: timedelta
    name: str
    text: str


class Salesforce(VendorSource):
    """Transcripts of Salesforce's live chat."""

    suffixes: ClassVar[tuple[str, ...]] = (*JSON_SUFFIXES, *packed_too(".csv"))
    format: ClassVar[str] = "salesforce"
    lists: ClassVar[tuple[str, ...]] = ("records",)

    def records(self, file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
        """The transcripts of a JSON or CSV file."""
        if file_format(file) == "csv":
            return csv_records(file, limits=limits, delimiter=",", encoding="utf-8")
        return super().records(file, limits=limits)

    def prepared(self, record: Record) -> Record:
        """The transcript with columns like `Contact.Name` as fields of a `Contact`."""
        filled = {key: None if value == "" else value for key, value in record.items()}
        nested = {key: value for key, value in filled.items() if "." not in key}
        for key, value in filled.items():
            related, dot, field = key.partition(".")
            if dot:
                nested[related] = {**as_table(nested.get(related), related), field: value}
        return nested

    def canonical(self, record: Record) -> dict[str, Any]:
        """The transcript in our shape."""
        body = as_text(record.get("Body") or "", "the body")
        notices = [text_of(found) for found in _NOTICE.findall(body)]
        agents = {name for notice in notices for name in _named(notice)}
        said = _said(text_of(_NOTICE.sub("<br>", body)), agents)
        roles = self._roles(record, said, agents)
        begun = as_time(record.get("StartTime"), "StartTime")
        if said and begun is None:
            raise Unusable(Reason.UNDATED, "its times are relative to a StartTime that isn't there")
        speaking = [name for name, role in roles.items() if role is Role.AGENT]
        owner = record.get("OwnerId") if len(speaking) == 1 else None
        return {
            "conversation_id": record.get("Id"),
            "channel": Channel.CHAT,
            "language": record.get("BrowserLanguage"),
            "severity": self.words.tag("severity", lookup(record, ("Case", "Priority"))),
            "turns": [
                {
                    "role": roles[one.name],
                    "text": one.text,
                    "at": begun and begun + one.after,
                    "author": owner or one.name,
                }
                for one in said
            ],
            "outcome": {
                "status": self.words.word("status", record.get("Status")),
                "closed_at": record.get("EndTime"),
                "escalated": any(_TRANSFERRED.search(notice) for notice in notices)
                or lookup(record, ("Case", "IsEscalated")),
            },
            "customer": {
                "customer_id": record.get("ContactId") or record.get("LiveChatVisitorId"),
                "known": by_kind(self._known(record, roles, agents)),
            },
        }

    def _roles(self, record: Record, said: Sequence[_Said], agents: set[str]) -> Mapping[str, Role]:
        """Who each speaker is, by notices and contact; else the one way that fits the counts."""
        spoke = Counter(one.name for one in said)
        visitors = {lookup(record, ("Contact", "Name"))}
        visitors |= {name for name in spoke if self.words.tag("visitor", name)}
        roles = {name: Role.CUSTOMER for name in spoke if name in visitors}
        roles |= {name: Role.AGENT for name in spoke if name in agents}
        unknown = [name for name in spoke if name not in roles]
        wrote = [_count(record, f"{who}MessageCount") for who in ("Operator", "Visitor")]
        guesses = product(_KINDS, repeat=len(unknown)) if len(unknown) <= _MOST_UNKNOWN else ()
        ways = [roles | dict(zip(unknown, guess, strict=True)) for guess in guesses]
        if unknown:
            ways = [way for way in ways if _fits(way, spoke, wrote, agents)]
        if len(ways) != 1:
            raise Unusable(Reason.UNKNOWN_VALUE, _WHO)
        by_agents = sum(count for name, count in spoke.items() if ways[0][name] is Role.AGENT)
        if wrote[0] is not None and by_agents > wrote[0]:
            raise Unusable(Reason.MALFORMED, _FORGED)
        return ways[0]

    def _known(
        self, record: Record, roles: Mapping[str, Role], agents: set[str]
    ) -> Iterator[tuple[str, Any]]:
        for field in ("Name", "Email", "Phone"):
            yield field.lower(), lookup(record, ("Contact", field))
        yield "agent_name", lookup(record, ("Owner", "Name"))
        for name in sorted(agents):
            yield "agent_name", name
        for name, role in roles.items():
            if not self.words.tag("visitor", name):
                yield "agent_name" if role is Role.AGENT else "name", name


def _fits(
    roles: Mapping[str, Role],
    spoke: Mapping[str, int],
    wrote: Sequence[int | None],
    agents: set[str],
) -> bool:
    """Whether the speakers may have these roles: as often as counted, or else one of each kind."""
    by = [sum(count for name, count in spoke.items() if roles[name] is kind) for kind in _KINDS]
    if None not in wrote:
        return by == wrote
    if len(spoke) == 1:
        return by[0] == 0 and not agents
    return all(by)


def _count(record: Record, field: str) -> int | None:
    value = record.get(field)
    return None if value is None else as_int(value, 0, _MOST_MESSAGES, field)


def _named(notice: str) -> Iterator[str]:
    """The agents that a notice names."""
    if found := _AGENT.fullmatch(notice.strip()):
        yield found.group(1).strip()
    if found := _TRANSFERRED.search(notice):
        yield from (name.strip() for name in found.groups())


def _said(text: str, agents: set[str]) -> list[_Said]:
    """The messages of a blob without its notices; a line break in one doesn't end it."""
    said: list[_Said] = []
    begins = list(_MESSAGE.finditer(text))
    if text.strip() and not begins:
        raise Unusable(Reason.MALFORMED, _NO_FORM)
    ends = [*(begin.start() for begin in begins[1:]), len(text)]
    for begin, end in zip(begins, ends, strict=False):
        days, hours, minutes, seconds = (int(part or 0) for part in begin.groups()[:4])
        first = begin.group(5)
        name = next((one for one in agents if first.startswith(f"{one}:")), None)
        name = name or first[: _LONGEST_NAME + 1].partition(":")[0]
        if not first[len(name) :].startswith(":"):
            continue  # a notice among the messages
        after = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        said.append(_Said(after, name, text[begin.start(5) + len(name) + 1 : end].strip()))
    return said
