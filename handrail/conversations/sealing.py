"""From read rows to sealed days: what an export holds now, and storing it record by record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import orjson
import zstandard

from handrail.access import Access
from handrail.conversations.intake import Quarantined, Reading
from handrail.conversations.model import Conversation, encode
from handrail.conversations.tagging import missing_tags
from handrail.digests import canonical, digest
from handrail.residency import DataClass
from handrail.vault.lineage import Lineage
from handrail.vault.names import CONVERSATION, Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

RAW, QUARANTINE = "raw_chats", "quarantine"
_COUNTED = "counted_as_of"
_PACKED_TOGETHER = 1 << 18  # bytes


@dataclass(frozen=True)
class Survey:
    """What the exports hold now: keyed digest and number of chats per day (ISO), and the counts.

    `details` says in how many rows each thing was wrong that made one unusable.
    """

    digests: Mapping[str, str]
    chats: Mapping[str, int]
    counts: Mapping[str, int]
    details: Mapping[str, int]


@dataclass(frozen=True)
class SealedDay:
    """One stored day: its object, chats lacking a tag, by tag too, and chats of other regions."""

    day: str
    artifact: Artifact
    incomplete: int
    missing: Mapping[str, int]
    foreign: int


def survey(reading: Reading, *, vault: RegionVault) -> Survey:
    """Read everything once, keep ids and hashes only: what changed is what differs from the vault.

    The digests are those that `seal_days` would store.
    """
    days: dict[str, list[tuple[str, str]]] = defaultdict(list)
    details: Counter[str] = Counter()
    for row in reading:
        if isinstance(row, Quarantined):
            details[row.detail] += 1
        else:
            chat = row.conversation
            days[chat.day.isoformat()].append((chat.conversation_id, digest(encode(chat))))
    return Survey(
        digests={day: vault.raw_digest(canonical(sorted(rows))) for day, rows in days.items()},
        chats={day: len(rows) for day, rows in days.items()},
        counts=reading.counts.reconcile(),
        details=details,
    )


def seal_days(
    reading: Reading, *, vault: RegionVault, days: Sequence[str], access: Access
) -> tuple[list[SealedDay], Artifact]:
    """Store the chats of `days` and every quarantined row; nothing is current until committed.

    A day whose chats are all gone from the exports is stored without any; one that never had chats
    isn't stored, nor is one that retention destroyed. Chats wait in memory, compressed, until the
    reading has ended; raw text never touches a disk. Returns the days and the quarantine, whose
    measures count every row read.
    """
    wanted = set(days)
    waiting: dict[str, _Waiting] = defaultdict(_Waiting)
    quarantined: list[Record] = []
    for row in reading:
        if isinstance(row, Quarantined):
            quarantined.append(_quarantined(row, len(quarantined)))
            continue
        chat = row.conversation
        day = chat.day.isoformat()
        if day in wanted:
            waiting[day].add(chat)
    counts = reading.counts.reconcile()
    sealed = [
        _seal_day(day, waiting.pop(day, _Waiting()), vault=vault, access=access)
        for day in sorted(wanted)
        if day in waiting or _holds_chats(vault, day)
    ]
    stored = vault.put(
        ObjectName(QUARANTINE, vault.region.name, DataClass.RAW), quarantined, access=access
    )
    return sealed, replace(stored, measures=counts)


@dataclass(frozen=True)
class SetAside:
    """A quarantined row without its content: why, and where it stood."""

    reason: str
    location: str
    detail: str


def rows_set_aside(
    vault: RegionVault, quarantine: Artifact, *, access: Access
) -> Iterator[SetAside]:
    """The rows of a sealed quarantine, in the order they were read; what they hold stays sealed."""
    for record in vault.scan(quarantine, data_class=DataClass.RAW, access=access):
        row = orjson.loads(record.payload)
        yield SetAside(row["reason"], row["location"], row["detail"])


def counted_as_of(kept_since: str) -> Finding:
    """What a quarantine's counts were made with, beside the exports: the first day that counted."""
    older = f"chats of days before {kept_since} are past retention" if kept_since else "all counted"
    return holds(_COUNTED, True, older, blocking=False, kept_since=kept_since)


def counted_since(lineage: Lineage, quarantine: Artifact) -> str:
    """The day (ISO) before which chats are counted there as past retention; empty: none are."""
    found = lineage.findings(quarantine)
    return next((str(f.measures["kept_since"]) for f in found if f.check == _COUNTED), "")


class _Kept(NamedTuple):
    """A chat as it is stored, and what its day counts of it; orders by conversation id."""

    conversation_id: str
    subject: str
    missing: list[str]
    region: str
    payload: bytes


class _Waiting:
    """A day's chats until the reading has ended, compressed many at a time.

    One at a time they would be as many small objects, spread over the memory that reading needs and
    keeping it from being given back: three times what they hold.
    """

    def __init__(self) -> None:
        self._open = bytearray()
        self._packed: list[bytes] = []

    def add(self, chat: Conversation) -> None:
        """Two lines of JSON a chat: what is counted of it, and the chat."""
        counted = (chat.conversation_id, _subject(chat), missing_tags(chat), chat.region)
        self._open += b"%b\n%b\n" % (orjson.dumps(counted), encode(chat))
        if len(self._open) >= _PACKED_TOGETHER:
            self._pack()

    def taken(self) -> list[_Kept]:
        """The chats by conversation id; nothing waits any more."""
        self._pack()
        unpack = zstandard.ZstdDecompressor().decompress
        kept = []
        while self._packed:
            lines = unpack(self._packed.pop()).splitlines()
            for counted, payload in zip(lines[::2], lines[1::2], strict=True):
                chat_id, subject, missing, region = orjson.loads(counted)
                kept.append(_Kept(chat_id, subject, missing, region, payload))
        return sorted(kept)

    def _pack(self) -> None:
        self._packed.append(zstandard.ZstdCompressor(level=1).compress(bytes(self._open)))
        self._open = bytearray()


def _holds_chats(vault: RegionVault, day: str) -> bool:
    held = vault.lineage.current(RAW, day)
    since = vault.lineage.destructions.kept_since(DataClass.RAW)
    return held is not None and held.records > 0 and day >= since


def _seal_day(day: str, waiting: _Waiting, *, vault: RegionVault, access: Access) -> SealedDay:
    chats = waiting.taken()
    subjects = vault.subjects([chat.subject for chat in chats], access=access)
    missing = Counter(tag for chat in chats for tag in chat.missing)
    records = [
        Record(chat.conversation_id, subject, chat.payload)
        for chat, subject in zip(chats, subjects, strict=True)
    ]
    artifact = vault.put(ObjectName(RAW, day, DataClass.RAW), records, access=access)
    return SealedDay(
        day=day,
        artifact=artifact,
        incomplete=sum(1 for chat in chats if chat.missing),
        missing=dict(sorted(missing.items())),
        foreign=sum(1 for chat in chats if chat.region != vault.region.name),
    )


def _subject(chat: Conversation) -> str:
    """Whose data it is: the customer's, or the conversation's where the customer is unknown."""
    if chat.customer.customer_id:
        return f"customer/{chat.source_system}/{chat.customer.customer_id}"
    return f"{CONVERSATION}{chat.source_system}/{chat.conversation_id}"


def _quarantined(row: Quarantined, number: int) -> Record:
    payload = canonical(
        {
            "reason": str(row.reason),
            "location": row.location,
            "detail": row.detail,
            "original": row.original.hex(),
        }
    )
    return Record(f"row-{number:09d}", None, payload)
