"""A stored blob in memory, which counts how much of it was read."""

from __future__ import annotations

from handrail.errors import Torn


class InMemory:
    """The `Blob` of a directory's file, without the file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)
        self.bytes_read = 0

    def read(self, offset: int, length: int) -> bytes:
        found = self._data[offset : offset + length]
        if len(found) < length:
            msg = "the blob was truncated"
            raise Torn(msg)
        self.bytes_read += length
        return found
