"""Append-only files of lines: a line counts from its end on, half a one was never acknowledged."""

from __future__ import annotations

import os
from pathlib import Path

from handrail.vault.files import refusing, sync_folder, write_all

_WINDOW = 16_384


def append_durably(path: Path, line: bytes) -> None:
    """Append one line and fsync before returning; on failure the file is as it was.

    The caller holds the lock of the file. Half a line that a killed writer left is cut off first.
    """
    with refusing(path):
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            end = _end_of_lines(descriptor)
            if end != os.fstat(descriptor).st_size:
                os.ftruncate(descriptor, end)
            try:
                write_all(descriptor, line)
                os.fsync(descriptor)
                if end == 0:
                    sync_folder(path.parent)
            except BaseException:
                os.ftruncate(descriptor, end)
                raise
        finally:
            os.close(descriptor)


def whole_lines(path: Path) -> list[bytes]:
    """All acknowledged lines, oldest first; none when there is no file."""
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1].splitlines()


def last_line(path: Path) -> bytes | None:
    """The latest acknowledged line, read from the end."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        end = _end_of_lines(file.fileno())
        start = _after_newline(file.fileno(), end - 1)
        return os.pread(file.fileno(), end - 1 - start, start) if end else None


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
