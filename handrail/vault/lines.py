"""Append-only files of lines: a line counts from its end on, half a one was never acknowledged."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from handrail.vault.files import refusing, sync_folder, write_all

_WINDOW = 16_384
_BLOCK = 1 << 20


def append_durably(path: Path, lines: bytes) -> None:
    """Append whole lines and fsync before returning; on failure the file is as it was.

    The caller holds the lock of the file. Half a line that a killed writer left is cut off first.
    """
    with refusing(path):
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            end = _end_of_lines(descriptor)
            if end != os.fstat(descriptor).st_size:
                os.ftruncate(descriptor, end)
            try:
                write_all(descriptor, lines)
                os.fsync(descriptor)
                if end == 0:
                    sync_folder(path.parent)
            except BaseException:
                os.ftruncate(descriptor, end)
                raise
        finally:
            os.close(descriptor)


def durable_end(path: Path) -> int:
    """Where the last whole line ends, once all before it is durable; 0 when there is no file.

    The caller holds the lock of the file.
    """
    if not path.exists():
        return 0
    with refusing(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            return _end_of_lines(descriptor)
        finally:
            os.close(descriptor)


def end_of_lines(path: Path) -> int:
    """Where the last whole line ends; 0 when there is no file."""
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return _end_of_lines(file.fileno())


def each_line(path: Path, *, start: int, end: int) -> Iterator[bytes]:
    """The lines between two ends of lines, oldest first, one in memory at a time."""
    if start >= end:
        return
    with path.open("rb", buffering=_BLOCK) as file:
        file.seek(start)
        for line in file:
            yield line[:-1]
            start += len(line)
            if start >= end:
                return


def whole_lines(path: Path) -> list[bytes]:
    """All acknowledged lines, oldest first; none when there is no file."""
    return list(each_line(path, start=0, end=end_of_lines(path)))


def last_line(path: Path) -> bytes | None:
    """The latest acknowledged line, read from the end."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        end = _end_of_lines(file.fileno())
        start = _after_newline(file.fileno(), end - 1)
        return os.pread(file.fileno(), end - 1 - start, start) if end else None


class Occurrences:
    """How often `what` occurs in a file of lines; a look reads only what came since the last one.

    When the last thing read isn't where it was, the file was cut or replaced, and is read anew.
    """

    def __init__(self, path: Path, what: bytes) -> None:
        self._path = path
        self._what = what
        self._end, self._found, self._last = 0, 0, b""
        self._lock = threading.Lock()

    def count(self) -> int:
        """The number in all whole lines by now; 0 when there is no file."""
        with self._lock:
            return self._count()

    def _count(self) -> int:
        end = end_of_lines(self._path)
        start = self._end - len(self._last)
        if (
            end < self._end
            or b"".join(each_line(self._path, start=start, end=self._end)) != (self._last[:-1])
        ):
            self._end, self._found, self._last = 0, 0, b""
        for line in each_line(self._path, start=self._end, end=end):
            self._last = line + b"\n"
            self._found += self._last.count(self._what)
        self._end = end
        return self._found


def _end_of_lines(descriptor: int) -> int:
    return _after_newline(descriptor, os.fstat(descriptor).st_size)


def _after_newline(descriptor: int, end: int) -> int:
    """Where the last newline before `end` ends; 0 when there is none."""
    while end > 0:
        start = max(0, end - _WINDOW)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
