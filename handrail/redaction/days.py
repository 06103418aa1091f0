"""A sealed raw day in, a sealed redacted day out; what may still leak is set aside, not stored."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, TypeVar

import pyarrow as pa

from handrail.access import Access
from handrail.conversations.model import Conversation, decode, to_arrow
from handrail.errors import BadInput
from handrail.redaction.figures import Figures, Truth
from handrail.redaction.known_wordings import KNOWN, known_records
from handrail.redaction.model import RedactedConversation, open_redacted
from handrail.redaction.own_look import own_look
from handrail.redaction.second_look import Query, hold_back, second_look
from handrail.redaction.secret_incidents import FoundSecret, SecretIncidents
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds
from handrail.warehouse.landing import chat_tables

REDACTED, HOLDS = "redacted_chats", "redaction_holds"
# A few chats held back are the second look at work; more of a day mean a broken scrubber.
MAX_HELD_SHARE = 0.02
_BATCH = 100
T = TypeVar("T")


@dataclass(frozen=True)
class RedactedDay:
    """One stored day: held back (by pattern that fired), what was replaced, what its checks say.

    Its artifact's measures are its figures. `known` are keyed digests of customers' values.
    `credentials` is how many incidents it opened or added to. `tables` are its landing tables until
    `expecting.expected` has looked at them.
    """

    day: str
    raw: Artifact
    artifact: Artifact
    holds: Artifact
    known: Artifact
    held_by: Mapping[str, int]
    hits: Mapping[str, int]
    credentials: int
    findings: tuple[Finding, ...]
    tables: Mapping[str, pa.Table] = field(repr=False)


def redact_days(
    vault: RegionVault,
    days: Iterable[str],
    *,
    access: Access,
    query: Query,
    workers: Workers,
    truth: Truth,
) -> Iterator[RedactedDay]:
    """Redact raw days and store what a second, independent look finds clean, one after the other.

    `query` runs the second look's SQL over tables in memory. What it finds is kept sealed in class
    raw. A credential in a chat is on record as an incident before the day is stored. `truth` is
    what simulated chats are measured against. Memory holds a day and what is read ahead. Refuses a
    raw day that did not pass its checks; the days before one that can't be redacted come first,
    whole.
    """
    raw_days = (vault.lineage.require_passed("raw_chats", day) for day in days)
    pieces = UntilError(chain.from_iterable(_pieces(vault, raw, access=access) for raw in raw_days))
    store = _DayStore(vault, access, query, workers, truth, SecretIncidents(vault))
    of_one_day = []
    for piece, rows in workers.redacted(pieces):
        of_one_day.append((piece, rows))
        if piece.is_last:
            yield store.put(of_one_day)
            of_one_day = []
    pieces.raise_error()


class UntilError(Iterator[T]):
    """What comes before the first error, which is kept until that much is dealt with."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = iter(items)
        self._error: Exception | None = None

    def __next__(self) -> T:
        if self._error is not None:
            raise StopIteration
        try:
            return next(self._items)
        except StopIteration:
            raise
        except Exception as error:  # noqa: BLE001 - raised below, whatever it is
            self._error = error
            raise StopIteration from None

    def raise_error(self) -> None:
        """Raise what ended it early, if anything did."""
        if self._error is not None:
            raise self._error


@dataclass(frozen=True)
class _Piece:
    """What a batch belongs to: its day, its chats and whose each is, and whether the day ends."""

    raw: Artifact
    chats: Sequence[tuple[Conversation, str | None]] = field(repr=False)
    is_last: bool


def _pieces(
    vault: RegionVault, raw: Artifact, *, access: Access
) -> Iterator[tuple[_Piece, pa.RecordBatch]]:
    """The batches of a day; one without rows when nobody's chats are in it (any more)."""
    batches = _batches(vault.scan(raw, data_class=DataClass.RAW, access=access))
    batch: list[Record] | None = next(batches, [])
    while batch is not None:
        coming = next(batches, None)
        chats = [(decode(record.payload), record.subject) for record in batch]
        rows = to_arrow([chat for chat, _ in chats])
        yield _Piece(raw, chats, is_last=coming is None), rows
        batch = coming


@dataclass(frozen=True)
class _Chat:
    """One chat as it was, whose it is, what became of it, and its record."""

    raw: Conversation
    redacted: RedactedConversation
    record: Record
    secrets: Sequence[FoundSecret] = field(repr=False)


class _DayStore:
    """Where redacted days are looked at, counted and stored."""

    def __init__(
        self,
        vault: RegionVault,
        access: Access,
        query: Query,
        workers: Workers,
        truth: Truth,
        incidents: SecretIncidents,
    ) -> None:
        self._vault = vault
        self._access = access
        self._query = query
        self._workers = workers
        self._truth = truth
        self._incidents = incidents
        self._spent = workers.cpu_seconds

    def put(self, pieces: Sequence[tuple[_Piece, pa.RecordBatch]]) -> RedactedDay:
        """Look at a day's chats, put its credentials on record, and store what may be stored."""
        raw = pieces[0][0].raw
        chats = {chat.redacted.conversation_id: chat for chat in self._chats(pieces)}
        started = time.thread_time()
        found = self._looked_at([chat.redacted for chat in chats.values()])
        looking = time.thread_time() - started
        kept, held = hold_back([chat.redacted for chat in chats.values()], found)
        figures = Figures(
            cpu_seconds=self._workers.cpu_seconds - self._spent + looking,
            held_back=len(held),
            erased=raw.records - len(chats),  # nobody else is left out when a raw day is read
        )
        self._spent = self._workers.cpu_seconds
        for one in kept:
            figures.add(chats[one.conversation_id].raw, one, truth=self._truth)
        secrets = [secret for chat in chats.values() for secret in chat.secrets]
        credentials = self._incidents.note(secrets, day=raw.partition, access=self._access)
        owned = ((chat.raw, chat.record.subject) for chat in chats.values())
        stored, held_back, known = (
            self._vault.put(
                ObjectName(asset, raw.partition, data_class), those, access=self._access
            )
            for asset, data_class, those in (
                (REDACTED, DataClass.REDACTED, [chats[one.conversation_id].record for one in kept]),
                (HOLDS, DataClass.RAW, [chats[one.conversation_id].record for one in held]),
                (KNOWN, DataClass.REDACTED, known_records(self._vault, owned)),
            )
        )
        held_by = Counter(pattern for patterns in found.values() for pattern in patterns)
        return RedactedDay(
            day=raw.partition,
            raw=raw,
            artifact=replace(stored, measures=figures.measures()),
            holds=held_back,
            known=known,
            held_by=held_by,
            hits=_hits(kept),
            credentials=credentials,
            findings=(second_look_found_nothing(stored, held_back, held_by=held_by),),
            tables=chat_tables((chat, chat.conversation_id) for chat in kept),
        )

    def _looked_at(self, chats: Sequence[RedactedConversation]) -> dict[str, tuple[str, ...]]:
        found = second_look(chats, query=self._query)
        for chat_id, patterns in own_look(chats, ruleset=self._workers.ruleset).items():
            found[chat_id] = (*found.get(chat_id, ()), *patterns)
        return found

    def _chats(self, pieces: Sequence[tuple[_Piece, pa.RecordBatch]]) -> Iterator[_Chat]:
        for piece, rows in pieces:
            for (raw, subject), row in zip(piece.chats, rows.to_pylist(), strict=True):
                redacted = open_redacted(row["redacted"])
                secrets = [
                    FoundSecret(
                        self._vault.raw_digest(found["value"].encode()),
                        found["rule"], raw.conversation_id, found["turn"], raw.simulated,
                    )
                    for found in row["credentials"]
                ]  # fmt: skip
                record = Record(raw.conversation_id, subject, row["redacted"])
                yield _Chat(raw, redacted, record, secrets)


def _hits(chats: Iterable[RedactedConversation]) -> Counter[str]:
    hits: Counter[str] = Counter()
    for chat in chats:
        hits.update(chat.stamp.hits)
    return hits


def second_look_found_nothing(
    stored: Artifact, held: Artifact, *, held_by: Mapping[str, int]
) -> Finding:
    """SQL patterns and the rules themselves looked at every chat; those with a hit were held back.

    FAIL when so many were held back that the scrubber, not the chat, is at fault.
    """
    total = held.records + stored.records
    share = held.records / total if total else 0.0
    reason = (
        f"the second look held back {held.records} of {total} chats; the stored ones show nothing"
    )
    if share > MAX_HELD_SHARE:
        reason += f"; more than {MAX_HELD_SHARE:.0%}: mend the scrubber and redact the day again"
    measures: dict[str, Any] = {f"held_{pattern}": n for pattern, n in held_by.items()}
    return holds(
        "second_look_found_nothing",
        share <= MAX_HELD_SHARE,
        reason,
        held_back=held.records,
        looked_at=total,
        **measures,
    )


def read_redacted(
    vault: RegionVault, *, access: Access
) -> Iterator[tuple[RedactedConversation, str | None]]:
    """Every redacted chat of the region with its subject id, by day; refuses if a day failed."""
    for record in redacted_records(vault, access=access):
        yield open_redacted(record.payload), record.subject


def redacted_chat(
    vault: RegionVault, conversation_id: str, *, day: str | None, access: Access
) -> RedactedConversation:
    """One chat as it was redacted, before any correction of its tags.

    `day` (ISO) is the chat's, where it is known; without it the days are opened, newest first,
    until one has the chat. `BadInput` if none has.
    """
    for held in reversed(vault.lineage.holdings.of(REDACTED)):
        if day is None or held.partition == day:
            record = vault.get(held, conversation_id, data_class=DataClass.REDACTED, access=access)
            if record is not None:
                return open_redacted(record.payload)
    where = f"on {day}" if day else "on any day that is held"
    msg = f"region {vault.region.name} has no redacted chat of that id {where}: check id and region"
    raise BadInput(msg)


def redacted_records(vault: RegionVault, *, access: Access) -> Iterator[Record]:
    """Every redacted chat of the region as it is stored, for those who need few or only ids."""
    for artifact in vault.lineage.require_all_passed(REDACTED):
        yield from vault.scan(artifact, data_class=DataClass.REDACTED, access=access)


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
