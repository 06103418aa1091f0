"""A blob that is fetched over a network in pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from handrail.errors import Tampered

_LEAST, _AHEAD = 256 * 1024, 8 * 1024 * 1024


class RangedBlob:
    """At least 256 KiB are fetched at once; who reads on where the last piece ended gets more.

    Bytes that were read from the first to the last without a gap are checked against the blob's
    SHA-256; a piece alone is vouched for by the seal of what it holds.
    """

    def __init__(
        self, key: str, *, size: int, sha256: str, fetch: Callable[[int, int], bytes]
    ) -> None:
        """`fetch` gives exactly so many bytes from an offset, or raises."""
        self.size = size
        self._key = key
        self._sha256 = sha256
        self._fetch = fetch
        self._held, self._start = b"", 0
        self._next = 0
        self._running, self._summed = hashlib.sha256(), 0

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; `Tampered` when there are fewer."""
        end = offset + length
        if end > self.size:
            raise truncated(self._key)
        if offset < self._start or end > self._start + len(self._held):
            ahead = min(_AHEAD, offset) if offset == self._next else 0
            self._hold(offset, min(offset + max(length, ahead, _LEAST), self.size))
        data = self._held[offset - self._start : end - self._start]
        self._next = end
        if offset == self._summed and length:
            self._running.update(data)
            self._summed = end
            if end == self.size:
                require_sha256(self._key, self._sha256, self._running.hexdigest())
        return data

    def _hold(self, offset: int, end: int) -> None:
        kept = self._held[offset - self._start :] if offset >= self._start else b""
        begin = offset + len(kept)
        self._held, self._start = kept + self._fetch(begin, end - begin), offset


def require_sha256(key: str, stored: str, found: str) -> None:
    """Raise `Tampered` unless a blob's bytes have the SHA-256 it was stored with."""
    if stored != found:
        msg = (
            f"object {key} is not what was stored: its bytes and its checksum differ; restore it "
            "from a backup"
        )
        raise Tampered(msg)


def truncated(key: str) -> Tampered:
    """What to say where a blob holds fewer bytes than it should."""
    return Tampered(f"object {key} was truncated")
