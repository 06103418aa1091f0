"""Looks for given texts in everything below a folder: raw bytes, gzip, zlib, and every SQLite row.

Texts are looked for as UTF-8, as UTF-16 and as JSON would escape them, whatever the case of ASCII
letters. All texts are looked for at once: eight-byte windows first, the whole text where one fits.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_WINDOW = 8
_SQLITE = b"SQLite format 3\x00"
_GZIP = b"\x1f\x8b"
_PIECE = 1 << 26


@dataclass(frozen=True)
class Find:
    """A text that was found, and where: a file, or a table of a database file."""

    where: str
    text: str


class Scanner:
    """Looks for `texts`, each at least eight bytes long."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._by_window: Mapping[int, list[tuple[bytes, str]]] = defaultdict(list)
        self._longest = _WINDOW
        for text in sorted(set(texts)):
            for form in _forms(text):
                window = int.from_bytes(form[:_WINDOW], "little")
                self._by_window[window].append((form, text))
                self._longest = max(self._longest, len(form))
        self._windows = np.array(sorted(self._by_window), dtype=np.uint64)
        # One bit for each possible pair of first bytes: most places fall out here.
        self._begins = np.zeros(1 << 16, dtype=bool)
        self._begins[(self._windows & np.uint64(0xFFFF)).astype(np.int64)] = True

    def below(self, folder: Path) -> tuple[list[Find], int]:
        """What was found below `folder`, and how many bytes were looked at."""
        found: list[Find] = []
        looked = 0
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            for where, data in _contents(file, folder):
                looked += len(data)
                found += [Find(where, text) for text in sorted(self.within(data))]
            name = file.relative_to(folder).as_posix()
            found += [Find(f"the name {name}", text) for text in self.within(name.encode())]
        return found, looked

    def within(self, data: bytes) -> set[str]:
        """The texts that stand in `data`."""
        found: set[str] = set()
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE + self._longest].lower()
            for shift in range(_WINDOW):
                found |= self._aligned(piece, shift)
        return found

    def _aligned(self, piece: bytes, shift: int) -> set[str]:
        count = (len(piece) - shift) // _WINDOW
        if count <= 0:
            return set()
        windows = np.frombuffer(piece, dtype="<u8", count=count, offset=shift)
        likely = np.flatnonzero(self._begins[(windows & np.uint64(0xFFFF)).astype(np.int64)])
        hits = likely[np.isin(windows[likely], self._windows)]
        return {
            text
            for hit in hits.tolist()
            for form, text in self._by_window[int(windows[hit])]
            if piece.startswith(form, shift + hit * _WINDOW)
        }


def _forms(text: str) -> set[bytes]:
    escaped = json.dumps(text)[1:-1]
    forms = {
        text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), escaped.encode(),
    }  # fmt: skip
    return {form.lower() for form in forms if len(form) >= _WINDOW}


def _contents(file: Path, root: Path) -> Iterator[tuple[str, bytes]]:
    name = file.relative_to(root).as_posix()
    data = file.read_bytes()
    yield name, data
    if data.startswith(_GZIP):
        yield f"{name} inflated", gzip.decompress(data)
    if data.startswith(_SQLITE):
        yield from ((f"{name} table {table}", rows) for table, rows in _tables(file))
    else:
        yield from ((f"{name} inflated", whole) for whole in _inflated(data))


def _tables(file: Path) -> Iterator[tuple[str, bytes]]:
    """Every table's values, write-ahead log included; a text may be cut in two between pages."""
    with tempfile.TemporaryDirectory() as folder:
        for beside in file.parent.glob(f"{file.name}*"):
            shutil.copy(beside, folder)
        connection = sqlite3.connect(Path(folder) / file.name)
        connection.text_factory = bytes
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in names:
            quoted = name.decode().replace('"', '""')
            values = [
                value if isinstance(value, bytes) else str(value).encode()
                for row in connection.execute(f'select * from "{quoted}"')
                for value in row
                if value is not None
            ]
            inflated = [whole for value in values for whole in _inflated(value)]
            yield name.decode(), b"\n".join([*values, *inflated])
        connection.close()


def _inflated(data: bytes) -> Iterator[bytes]:
    """What a zlib stream holds; Dagster keeps its snapshots so."""
    if data[:1] == b"\x78":
        try:
            yield zlib.decompress(data)
        except zlib.error:
            return
