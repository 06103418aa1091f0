"""Append-only, hash-chained log of every key use and every decision of a person (R35, R41)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from handrail.access import Access
from handrail.clock import Clock, iso
from handrail.digests import canonical, digest
from handrail.errors import AccessDenied, HandrailError, Tampered
from handrail.residency import require_region
from handrail.vault.files import locked, make_private_folder
from handrail.vault.group_commit import GroupCommit
from handrail.vault.lines import append_durably, durable_end, each_line, end_of_lines, last_line

GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """What is to be put on record. `detail` is a sentence of our own, never a chat's."""

    event: str
    access: Access
    what: str
    count: int
    ids_digest: str
    detail: str


@dataclass(frozen=True)
class AuditRecord:
    """One line. `ids_digest` is keyed; `hash` covers every other field and `previous`."""

    seq: int
    at: str
    region: str
    event: str
    actor: str
    team: str
    purpose: str
    object: str
    count: int
    ids_digest: str
    detail: str
    previous: str
    hash: str


_TYPES = {
    field.name: int if field.name in {"seq", "count"} else str for field in fields(AuditRecord)
}


class AuditLog:
    """The log of one region: `<region>/audit/audit.jsonl`. May be used from several threads.

    The order of records is the order of writing, whatever the clock says.
    """

    def __init__(self, folder: Path, *, region: str, clock: Clock) -> None:
        self.region = region
        self.clock = clock
        self._path = folder / "audit.jsonl"
        self._lock = folder / ".lock"
        self._commits = GroupCommit(self._write)
        make_private_folder(folder)

    def append(
        self,
        event: str,
        access: Access,
        *,
        what: str,
        count: int,
        ids_digest: str,
        detail: str,
    ) -> AuditRecord:
        """Write one record durably; if that fails, access is denied."""
        return self.append_many([Entry(event, access, what, count, ids_digest, detail)])[0]

    def append_many(self, entries: Sequence[Entry]) -> Sequence[AuditRecord]:
        """Write several records durably, all or none; if that fails, access is denied."""
        canonical(entries)  # what can't be written is its caller's error, not everybody's
        return self._commits.submit(entries)

    def records(self) -> list[AuditRecord]:
        """All acknowledged records, oldest first, unverified."""
        return list(self.stream(event=None))

    def stream(self, *, event: str | None) -> Iterator[AuditRecord]:
        """The acknowledged records, of one event if given, unverified and one at a time."""
        named = canonical({"event": event})[1:-1]  # inside a value its quotes would be escaped
        for number, line in enumerate(self.lines(end=self.end())):
            if event is None or named in line:
                record = AuditRecord(**read_line(line, number=number, region=self.region))
                if event is None or record.event == event:
                    yield record

    def lines(self, *, end: int) -> Iterator[bytes]:
        """The records as they are written, up to the place `end`."""
        return each_line(self._path, start=0, end=end)

    def end(self) -> int:
        """The place where the last acknowledged record ends."""
        return end_of_lines(self._path)

    def settled_end(self) -> int:
        """The place where the last record ends, once no writer can take it back."""
        with locked(self._lock):
            return durable_end(self._path)

    def length(self) -> int:
        """How many records there are, by the number of the last one."""
        last = last_line(self._path)
        return (
            0 if last is None else int(read_line(last, number=None, region=self.region)["seq"]) + 1
        )

    def verify(self) -> int:
        """Check the whole chain and return its length; `Tampered` names the first bad record."""
        chain = Chain(self.region)
        for line in self.lines(end=self.end()):
            chain.follow(line)
        return chain.length

    def _write(self, entries: Sequence[Entry]) -> Sequence[AuditRecord]:
        try:
            with locked(self._lock):
                records = self._following(entries)
                append_durably(self._path, b"".join(canonical(vars(r)) + b"\n" for r in records))
        except (OSError, HandrailError) as error:
            msg = (
                f"the audit log of region {self.region} can't be written ({error}): access is "
                "denied until it can"
            )
            raise AccessDenied(msg) from None
        return records

    def _last(self) -> tuple[int, str]:
        """Number and hash of the newest record."""
        line = last_line(self._path)
        if line is None:
            return -1, GENESIS
        row = read_line(line, number=None, region=self.region)
        require_region(self.region, row["region"], "the last record of the audit log")
        return row["seq"], row["hash"]

    def _following(self, entries: Sequence[Entry]) -> list[AuditRecord]:
        newest, previous = self._last()
        records = []
        for seq, entry in enumerate(entries, start=newest + 1):
            row: dict[str, Any] = {
                "seq": seq,
                "at": iso(self.clock()),
                "region": self.region,
                "event": entry.event,
                "actor": entry.access.actor,
                "team": entry.access.team,
                "purpose": str(entry.access.purpose),
                "object": entry.what,
                "count": entry.count,
                "ids_digest": entry.ids_digest,
                "detail": entry.detail,
                "previous": previous,
            }
            previous = digest(row)
            records.append(AuditRecord(**row, hash=previous))
        return records


class Chain:
    """A walk along the log that stops at the first record which doesn't follow the one before."""

    def __init__(self, region: str) -> None:
        self.length = 0
        self.backwards = 0
        self._region = region
        self._previous = GENESIS
        self._at = ""

    def follow(self, line: bytes) -> dict[str, Any]:
        """The fields of the next record; `Tampered`, naming it, unless it is the next one.

        A time before the previous record's is a clock that was set back: counted, not refused.
        """
        row = read_line(line, number=self.length, region=self._region)
        claimed = row.pop("hash")
        follows = (row["seq"], row["previous"], row["region"]) == (
            self.length, self._previous, self._region,
        )  # fmt: skip
        if not follows or digest(row) != claimed or canonical({**row, "hash": claimed}) != line:
            msg = (
                f"audit record {self.length} of region {self._region} ({row['at']}, "
                f"{row['event']}) was changed, moved or removed"
            )
            raise Tampered(msg)
        self.backwards += row["at"] < self._at
        self.length, self._previous, self._at = self.length + 1, claimed, row["at"]
        return row


def read_line(line: bytes, *, number: int | None, region: str) -> dict[str, Any]:
    """The fields of one written record; `Tampered` when they aren't a record's."""
    try:
        row = orjson.loads(line)
        if {name: type(value) for name, value in row.items()} == _TYPES:
            return dict(row)
    except (orjson.JSONDecodeError, AttributeError):
        pass
    which = "at the end" if number is None else number
    msg = f"audit record {which} of region {region} is not readable"
    raise Tampered(msg)
