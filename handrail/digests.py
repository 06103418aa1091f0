"""Content hashing: the same content has the same id on every machine.

Canonical form is JSON with sorted keys (orjson: UTF-8, no NaN, no white space). Values that came
from raw chats are hashed with a key only (`keyed_digest`), because a plain hash of a phone number
can be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson


def canonical(value: Any) -> bytes:
    """`value` (dicts, lists, dataclasses, str, numbers, aware times) as canonical JSON bytes."""
    written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    # A copy, because orjson's own bytes keep the buffer they were written into: 8 KiB for a row.
    return memoryview(written).tobytes()


def digest(value: Any) -> str:
    """SHA-256 (64 hex digits) of `value`; bytes are hashed as they are, all else canonically."""
    return hashlib.sha256(value if isinstance(value, bytes) else canonical(value)).hexdigest()


def digest_of_lists(lists: Iterable[Iterable[Any]]) -> tuple[str, list[int]]:
    """`digest` of a list of lists whose items come one at a time, and how long each list is."""
    whole, lengths = hashlib.sha256(b"["), []
    for number, items in enumerate(lists):
        length = 0
        whole.update(b",[" if number else b"[")
        for item in items:
            whole.update(b"," + canonical(item) if length else canonical(item))
            length += 1
        whole.update(b"]")
        lengths.append(length)
    whole.update(b"]")
    return whole.hexdigest(), lengths


def keyed_digest(key: bytes, value: Any) -> str:
    """HMAC-SHA-256 (64 hex digits): the only hash of anything that came from a raw chat."""
    data = value if isinstance(value, bytes) else canonical(value)
    return hmac.new(key, data, hashlib.sha256).hexdigest()


class ListDigest:
    """`digest` of a list whose items come one at a time; `keyed_digest` where it has a key."""

    def __init__(self, *, key: bytes | None) -> None:
        self._hash = hashlib.sha256() if key is None else hmac.new(key, digestmod=hashlib.sha256)
        self._before = b"["

    def add(self, item: Any) -> None:
        """The next item."""
        self._hash.update(self._before + canonical(item))
        self._before = b","

    def hexdigest(self) -> str:
        """64 hex digits of the list as it is now."""
        whole = self._hash.copy()
        whole.update(b"]" if self._before == b"," else b"[]")
        return whole.hexdigest()


def digest_of_files(root: Path, files: Iterable[Path]) -> str:
    """One digest of several files: their paths below `root` and their bytes, order-independent."""
    rows = [(f.relative_to(root).as_posix(), digest(f.read_bytes())) for f in files]
    return digest(sorted(rows))


def short(full: str) -> str:
    """The first 12 digits, for people."""
    return full[:12]
