"""A table of an export whose rows belong to those of another one, found by a key."""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from pydantic_core import from_json

from handrail.conversations.sources.rows import Problem, RawRow, Reason

_BLOCK = 1 << 15
_BLOCKS_AT_HAND = 64


class KeyedTable:
    """The rows of one table by a key, in memory, packed: clear text never touches a disk (R36).

    Rows that stand close to each other in the export are found faster than ones that don't.
    """

    def __init__(self, key: str) -> None:
        self.problem: Problem | None = None  # of the whole table: what it lacks, nobody knows
        self.broken: set[str] = set()  # keys of which a row couldn't be read
        self._key = key
        self._named = re.compile(rb'"' + re.escape(key.encode()) + rb'"\s*:\s*"?([\w.:-]+)')
        self._last: dict[str, int] = {}
        self._previous, self._block, self._start, self._length = (array("i") for _ in range(4))
        self._packed: list[bytes] = []
        self._open = bytearray()
        self.unpacked = lru_cache(_BLOCKS_AT_HAND)(self._unpacked)

    def fill(self, rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """Take the rows in; yields those that can't be filed, with their problem.

        Whoever such a row belonged to is broken: the keys that stand in it, or its neighbors.
        """
        before: str | None = None
        is_unknown = False
        for row in rows:
            key = key_of(row.data, self._key)
            if key is not None:
                self._add(key, row.original)
                if is_unknown:
                    self.broken.add(key)
                before, is_unknown = key, False
                continue
            detail = f"a row of a table without the {self._key} that joins it"
            problem = row.problem or Problem(Reason.MALFORMED, detail)
            if problem.ends:
                self.problem = problem
            named = {found.decode() for found in self._named.findall(row.original)}
            is_unknown = not named
            self.broken |= named or ({before} if before else set())
            yield RawRow(row.location, None, problem, row.original)

    def __iter__(self) -> Iterator[str]:
        """Every key that has a row, in order of its first."""
        return iter(self._last)

    def originals(self, key: str) -> list[bytes]:
        """The bytes of the key's rows, in order."""
        found, at = [], self._last.get(key, -1)
        while at >= 0:
            found.append(self._bytes(at))
            at = self._previous[at]
        return found[::-1]

    def latest(self, key: str) -> dict[str, Any]:
        """The last row of the key, empty if there is none."""
        at = self._last.get(key, -1)
        return parsed([self._bytes(at)])[0] if at >= 0 else {}

    def _bytes(self, at: int) -> bytes:
        start = self._start[at]
        return self.unpacked(self._block[at])[start : start + self._length[at]]

    def _add(self, key: str, data: bytes) -> None:
        self._previous.append(self._last.get(key, -1))
        self._last[key] = len(self._block)
        self._block.append(len(self._packed))
        self._start.append(len(self._open))
        self._length.append(len(data))
        self._open += data
        if len(self._open) >= _BLOCK:
            self._packed.append(zlib.compress(self._open, 1))
            self._open = bytearray()

    def _unpacked(self, block: int) -> bytes:
        if block == len(self._packed):
            return bytes(self._open)
        return zlib.decompress(self._packed[block])


def key_of(data: object, key: str) -> str | None:
    """The value of a row's key as text, where it is a number or text."""
    value = data.get(key) if isinstance(data, dict) else None
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else None


def parsed(originals: Sequence[bytes]) -> list[dict[str, Any]]:
    """The rows of a table, which were read once already."""
    return [from_json(data, allow_inf_nan=False) for data in originals]
