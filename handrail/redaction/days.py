"""A sealed raw day in, a sealed redacted day out; what may still leak is set aside, not stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, TypeVar

import pyarrow as pa

from handrail.access import Access
from handrail.conversations.model import decode, to_arrow
from handrail.expectations import suites
from handrail.expectations.checking import check_table
from handrail.redaction.model import RedactedConversation, open_redacted
from handrail.redaction.second_look import Query, hold_back, second_look
from handrail.redaction.workers import Workers
from handrail.residency import DataClass
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds, worst
from handrail.warehouse.landing import chat_tables

REDACTED, HOLDS = "redacted_chats", "redaction_holds"
# A few chats held back are the second look at work; more of a day mean a broken scrubber.
MAX_HELD_SHARE = 0.02
_BATCH = 100
# Great Expectations costs the same for one chat as for this many, and its tables stay small.
_CHATS_A_LOOK = 4_000
T = TypeVar("T")


@dataclass(frozen=True)
class RedactedDay:
    """One stored day: held back (by pattern that fired), what was replaced, what its checks say.

    `tables` are its landing tables until `expected` has looked at them.
    """

    day: str
    raw: Artifact
    artifact: Artifact
    holds: Artifact
    held_by: Mapping[str, int]
    hits: Mapping[str, int]
    findings: tuple[Finding, ...]
    tables: Mapping[str, pa.Table] = field(repr=False)


def redact_days(
    vault: RegionVault, days: Iterable[str], *, access: Access, query: Query, workers: Workers
) -> Iterator[RedactedDay]:
    """Redact raw days and store what a second, independent look finds clean, one after the other.

    `query` runs the second look's SQL over tables in memory. What it finds is kept sealed in class
    raw. Memory holds a day and what is read ahead. Refuses a raw day that did not pass its checks;
    the days before one that can't be redacted come first, whole.
    """
    raw_days = (vault.lineage.require_passed("raw_chats", day) for day in days)
    pieces = _UntilError(
        chain.from_iterable(_pieces(vault, raw, access=access) for raw in raw_days)
    )
    of_one_day = []
    for piece, rows in workers.redacted(pieces):
        of_one_day.append((piece, rows))
        if piece.is_last:
            yield _store_day(vault, of_one_day, access=access, query=query)
            of_one_day = []
    pieces.raise_error()


def expected(days: Iterable[RedactedDay], *, region: str) -> Iterator[RedactedDay]:
    """The days with what Great Expectations' suites for chats and messages say of them.

    A few are looked at together first; only where something fails does each day get its own look.
    The days before an error are looked at before it is raised.
    """
    waiting: list[RedactedDay] = []
    coming = _UntilError(days)
    for day in coming:
        waiting.append(day)
        if sum(one.artifact.records for one in waiting) >= _CHATS_A_LOOK:
            yield from _looked_at(waiting, region=region)
            waiting = []
    if waiting:
        yield from _looked_at(waiting, region=region)
    coming.raise_error()


class _UntilError(Iterator[T]):
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
    """What a batch belongs to: its day, whose each chat is, and whether the day ends with it."""

    raw: Artifact
    subjects: Mapping[str, str | None]
    is_last: bool


def _pieces(
    vault: RegionVault, raw: Artifact, *, access: Access
) -> Iterator[tuple[_Piece, pa.RecordBatch]]:
    """The batches of a day; one without rows when nobody's chats are in it (any more)."""
    batches = _batches(vault.scan(raw, data_class=DataClass.RAW, access=access))
    batch: list[Record] | None = next(batches, [])
    while batch is not None:
        coming = next(batches, None)
        subjects = {record.record_id: record.subject for record in batch}
        rows = to_arrow([decode(record.payload) for record in batch])
        yield _Piece(raw, subjects, is_last=coming is None), rows
        batch = coming


def _store_day(
    vault: RegionVault,
    pieces: Sequence[tuple[_Piece, pa.RecordBatch]],
    *,
    access: Access,
    query: Query,
) -> RedactedDay:
    raw = pieces[0][0].raw
    records = {
        conversation_id: Record(conversation_id, piece.subjects[conversation_id], payload)
        for piece, rows in pieces
        for conversation_id, payload in zip(
            rows["conversation_id"].to_pylist(), rows["redacted"].to_pylist(), strict=True
        )
    }
    chats = [open_redacted(record.payload) for record in records.values()]
    found = second_look(chats, query=query)
    kept, held = hold_back(chats, found)
    artifact = vault.put(
        ObjectName(REDACTED, raw.partition, DataClass.REDACTED),
        [records[chat.conversation_id] for chat in kept],
        access=access,
    )
    held_back = vault.put(
        ObjectName(HOLDS, raw.partition, DataClass.RAW),
        [records[chat.conversation_id] for chat in held],
        access=access,
    )
    held_by = Counter(pattern for patterns in found.values() for pattern in patterns)
    return RedactedDay(
        day=raw.partition,
        raw=raw,
        artifact=artifact,
        holds=held_back,
        held_by=held_by,
        hits=_hits(kept),
        findings=(second_look_found_nothing(artifact, held_back, held_by=held_by),),
        tables=chat_tables((chat, chat.conversation_id) for chat in kept),
    )


def _hits(chats: Iterable[RedactedConversation]) -> Counter[str]:
    hits: Counter[str] = Counter()
    for chat in chats:
        hits.update(chat.stamp.hits)
    return hits


def second_look_found_nothing(
    stored: Artifact, held: Artifact, *, held_by: Mapping[str, int]
) -> Finding:
    """SQL patterns of their own looked at every chat; those with a hit were held back.

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


def _looked_at(days: Sequence[RedactedDay], *, region: str) -> Iterator[RedactedDay]:
    together = _look(
        {name: pa.concat_tables(day.tables[name] for day in days) for name in days[0].tables},
        region=region,
    )
    for day in days:
        finding = together if together.verdict.passed else _look(day.tables, region=region)
        yield replace(day, findings=(*day.findings, finding), tables={})


def _look(tables: Mapping[str, pa.Table], *, region: str) -> Finding:
    found = [
        check_table(tables[name], suite, check="expectations", blocking=True)
        for name, suite in (
            ("conversations", suites.redacted_conversations(region)),
            ("turns", suites.redacted_turns()),
        )
    ]
    first = next((f for f in found if not f.verdict.passed), found[0])
    return replace(first, verdict=worst(found))


def read_redacted(
    vault: RegionVault, *, access: Access
) -> Iterator[tuple[RedactedConversation, str | None]]:
    """Every redacted chat of the region with its subject id, by day; refuses if a day failed."""
    for record in redacted_records(vault, access=access):
        yield open_redacted(record.payload), record.subject


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
