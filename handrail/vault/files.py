"""Durable file writes: what is acknowledged survives a power cut, what is not leaves no trace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path

from handrail.errors import Refused
from handrail.vault.primitives import new_id


def make_private_folder(folder: Path) -> None:
    """Create `folder` and its parents, readable by this user only."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        msg = f"can't create {folder}: {error.strerror}; set HANDRAIL_HOME to a writable folder"
        raise Refused(msg) from None


def write_once(path: Path, data: bytes) -> None:
    """Write a new file durably and atomically; refuses to overwrite.

    Temporary file, fsync, hard link to the final name (fails if it exists), fsync of the folder.
    """
    make_private_folder(path.parent)
    temporary = _write_temporary(path, data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        msg = f"{path.name} exists already; stored objects are never overwritten"
        raise Refused(msg) from None
    finally:
        temporary.unlink()
    _sync_folder(path.parent)


def replace_atomically(path: Path, data: bytes) -> None:
    """Put `data` in place of the file `path` durably; readers see the old or the new content."""
    make_private_folder(path.parent)
    _write_temporary(path, data).replace(path)
    _sync_folder(path.parent)


def append_durably(path: Path, line: bytes) -> None:
    """Append one line and fsync before returning."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        _write_all(descriptor, line)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock between processes, on the file `path`."""
    make_private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        flock(descriptor, LOCK_EX)
        yield
    finally:
        flock(descriptor, LOCK_UN)
        os.close(descriptor)


@contextmanager
def alone(path: Path, *, busy: str) -> Iterator[None]:
    """Hold an exclusive lock between processes, or refuse at once with the sentence `busy`."""
    make_private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise Refused(busy) from None
        yield
    finally:
        os.close(descriptor)


def _write_temporary(path: Path, data: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{new_id()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write_all(descriptor, data)
        os.fsync(descriptor)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        msg = f"can't write {path.name}: {error.strerror}; nothing was changed"
        raise Refused(msg) from None
    finally:
        os.close(descriptor)
    return temporary


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:  # a write may be short
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
