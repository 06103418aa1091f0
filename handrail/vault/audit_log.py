"""Append-only, hash-chained log of every key use and every decision of a person (R35, R41)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from handrail.access import Access
from handrail.clock import Clock, iso
from handrail.digests import canonical, digest
from handrail.errors import AccessDenied, Refused, Tampered
from handrail.vault.files import locked, make_private_folder
from handrail.vault.lines import append_durably, last_line, whole_lines

GENESIS = "0" * 64


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


class AuditLog:
    """The log of one region: `<region>/audit/audit.jsonl`."""

    def __init__(self, folder: Path, *, region: str, clock: Clock) -> None:
        self._path = folder / "audit.jsonl"
        self._lock = folder / ".lock"
        self._region = region
        self._clock = clock
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
        try:
            with locked(self._lock):
                last = self._last()
                fields = {
                    "seq": last.seq + 1 if last else 0,
                    "at": iso(self._clock()),
                    "region": self._region,
                    "event": event,
                    "actor": access.actor,
                    "team": access.team,
                    "purpose": str(access.purpose),
                    "object": what,
                    "count": count,
                    "ids_digest": ids_digest,
                    "detail": detail,
                    "previous": last.hash if last else GENESIS,
                }
                record = AuditRecord(**fields, hash=digest(fields))  # type: ignore[arg-type]
                append_durably(self._path, canonical(asdict(record)) + b"\n")
                return record
        except (OSError, Refused) as error:
            msg = (
                f"the audit log of region {self._region} can't be written ({error}): access is "
                "denied until it can"
            )
            raise AccessDenied(msg) from None

    def records(self) -> list[AuditRecord]:
        """All acknowledged records, oldest first, unverified."""
        return [_parse(line, n) for n, line in enumerate(whole_lines(self._path))]

    def verify(self) -> int:
        """Check the whole chain and return its length; `Tampered` names the first bad record."""
        previous = GENESIS
        records = self.records()
        for n, record in enumerate(records):
            fields = asdict(record)
            claimed = fields.pop("hash")
            follows = (record.seq, record.previous, record.region) == (n, previous, self._region)
            if not follows or digest(fields) != claimed:
                msg = f"audit record {n} of region {self._region} was changed, moved or removed"
                raise Tampered(msg)
            previous = claimed
        return len(records)

    def _last(self) -> AuditRecord | None:
        line = last_line(self._path)
        return None if line is None else _parse(line, -1)


def _parse(line: bytes, number: int) -> AuditRecord:
    try:
        return AuditRecord(**orjson.loads(line))
    except (orjson.JSONDecodeError, TypeError):
        msg = f"audit record {number if number >= 0 else 'at the end'} is not readable"
        raise Tampered(msg) from None
