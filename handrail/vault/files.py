"""Durable file writes: what is acknowledged survives a power cut, what is not leaves no trace.

Whatever the system refuses is a `Refused` that says which file, why, and what to do.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from itertools import takewhile
from pathlib import Path

from handrail.errors import Refused
from handrail.vault.primitives import new_id

_PARTIAL = ".partial"
_WRITABLE = "make its folder writable, or set HANDRAIL_HOME to one that is"
_ADVICE = {
    errno.ENOSPC: "make room on the disk, then try again",
    errno.EDQUOT: "make room in the disk quota, then try again",
    errno.EROFS: _WRITABLE,
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
}


class AlreadyThere(Refused):
    """A file that may be written only once is there already, from before or from another run."""


def make_private_folder(folder: Path) -> None:
    """Create `folder` and its missing parents durably, each readable by this user only."""
    with refusing(folder):
        missing = takewhile(lambda each: not each.exists(), (folder, *folder.parents))
        for each in reversed([*missing]):
            each.mkdir(mode=0o700, exist_ok=True)
            sync_folder(each.parent)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))


def write_once(path: Path, data: bytes | Iterable[bytes], *, staging: Path) -> None:
    """Write a new file durably and atomically; raises `AlreadyThere` rather than overwrite.

    Temporary file in `staging` (a folder of the same disk, swept of what killed writers left),
    fsync, hard link to the final name (fails if it exists), fsync of the folder. Chunks are
    written as they come.
    """
    make_private_folder(path.parent)
    make_private_folder(staging)
    chunks = [data] if isinstance(data, bytes) else data
    with refusing(path), _written(staging, path.name, chunks) as temporary:
        try:
            os.link(temporary, path)
        except FileExistsError:
            msg = f"{path.name} exists already; stored objects are never overwritten"
            raise AlreadyThere(msg) from None
        sync_folder(path.parent)


def replace_atomically(path: Path, data: bytes) -> None:
    """Put `data` in place of the file `path` durably; readers see the old or the new content."""
    make_private_folder(path.parent)
    with refusing(path), _written(path.parent, path.name, [data]) as temporary:
        temporary.replace(path)
        sync_folder(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock between processes, on the file `path`."""
    descriptor = _open_lock(path)
    try:
        flock(descriptor, LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def shared(path: Path, *, turn: Path) -> Iterator[None]:
    """Hold a lock together with others, between processes; `undivided` waits for all of them."""
    descriptor = _open_lock(path)
    try:
        with locked(turn):
            flock(descriptor, LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def undivided(path: Path, *, turn: Path) -> Iterator[None]:
    """Hold that lock alone. Who holds the `turn` is next: a stream of others can't starve it."""
    with locked(turn), locked(path):
        yield


@contextmanager
def alone(path: Path, *, busy: str) -> Iterator[None]:
    """Hold an exclusive lock between processes, or refuse at once with the sentence `busy`."""
    descriptor = _open_lock(path)
    try:
        for patience in (0.05, 0.05, None):  # `is_locked` holds a lock for a moment too
            try:
                flock(descriptor, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                if patience is None:
                    raise Refused(busy) from None
                time.sleep(patience)
            else:
                break
        yield
    finally:
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether another process, or another part of this one, holds the lock on the file `path`."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        flock(descriptor, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def remove_leftovers(folder: Path) -> None:
    """Delete the temporary files of writers that were killed: nobody holds their locks.

    They hold no more than their writers were about to store, but would add up.
    """
    for leftover in folder.glob(f".*{_PARTIAL}"):
        try:
            descriptor = os.open(leftover, os.O_RDONLY)
            try:
                flock(descriptor, LOCK_EX | LOCK_NB)
                leftover.unlink()
            finally:
                os.close(descriptor)
        except OSError:
            continue  # being written, finished meanwhile, or not ours to delete: look next time


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn the system's no to writing `path` into ours, which says what to do."""
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "see to the disk, then try again")
        msg = f"can't write {path}: {error.strerror}; {advice}"
        raise Refused(msg) from None


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`; a single write may be short."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _written(staging: Path, name: str, chunks: Iterable[bytes]) -> Iterator[Path]:
    """`chunks`, durable in a temporary file, which is gone afterwards unless it was renamed."""
    remove_leftovers(staging)
    temporary, descriptor = _new_temporary(staging, name)
    try:
        for chunk in chunks:
            write_all(descriptor, chunk)
        os.fsync(descriptor)
        yield temporary
    finally:
        try:
            temporary.unlink(missing_ok=True)
        finally:
            os.close(descriptor)  # last: the lock tells others that the writer lives


def _new_temporary(staging: Path, name: str) -> tuple[Path, int]:
    while True:
        temporary = staging / f".{name}.{new_id()}{_PARTIAL}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        flock(descriptor, LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return temporary, descriptor
        os.close(descriptor)  # swept by another writer before it was locked


def _open_lock(path: Path) -> int:
    make_private_folder(path.parent)
    with refusing(path):
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
