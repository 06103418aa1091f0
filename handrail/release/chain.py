"""Append-only JSON lines in which every record holds the hash of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from handrail.digests import canonical, digest
from handrail.errors import Tampered
from handrail.vault.files import locked
from handrail.vault.lines import append_durably, whole_lines

GENESIS = "0" * 64


class Chain:
    """A file of chained records. `what` names it in errors."""

    def __init__(self, path: Path, *, what: str) -> None:
        self._path = path
        self._what = what

    def append(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Write one record durably behind a chain that verifies; returns it with its hash."""
        with locked(self._path.with_suffix(".lock")):
            records = self.verified()
            previous = records[-1]["hash"] if records else GENESIS
            record = {**fields, "seq": len(records), "previous": previous}
            record["hash"] = digest(record)
            append_durably(self._path, canonical(record) + b"\n")
            return record

    def verified(self) -> list[dict[str, Any]]:
        """All acknowledged records, oldest first; `Tampered` names the first bad one."""
        previous = GENESIS
        records: list[dict[str, Any]] = []
        for number, line in enumerate(whole_lines(self._path)):
            record = self._parsed(line, number)
            claimed = record.pop("hash", None)
            if (record.get("seq"), record.get("previous")) != (number, previous) or digest(
                record
            ) != claimed:
                msg = f"{self._what} record {number} was changed, moved or removed"
                raise Tampered(msg)
            previous = claimed
            records.append({**record, "hash": claimed})
        return records

    def _parsed(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            record = None
        if not isinstance(record, dict):
            msg = f"{self._what} record {number} is not readable"
            raise Tampered(msg)
        return record
