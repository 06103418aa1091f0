"""Where sealed bytes lie: a directory or a bucket, behind the same few calls."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from handrail.errors import BadInput, Busy, Refused, Torn
from handrail.vault.files import locked, refusing, replace_atomically, sync_folder, write_once

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*\Z")
_STAGING, _LOCK = ".partial", ".replace.lock"


@dataclass(frozen=True)
class Versioned:
    """A small blob as a whole, and what names this version of it (see `Store.replace`)."""

    data: bytes
    version: str


class Blob(Protocol):
    """A stored blob that is open for reading at any place."""

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; `Torn` when there are fewer."""
        ...


class Store(Protocol):
    """Sealed bytes by key (`asset/partition/object id`); knows nothing of what is inside.

    Whatever the place refuses is a `Refused` that says which key, why, and what to do.
    """

    def create(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store durably before returning; `AlreadyThere` rather than overwrite.

        Chunks are taken as they come. When taking one raises, nothing is stored.
        """
        ...

    def open(self, key: str) -> AbstractContextManager[Blob]:
        """The blob, open for reading; `Missing` when there is none."""
        ...

    def read(self, key: str) -> Versioned:
        """A small blob as a whole; `Missing` when there is none."""
        ...

    def replace(self, key: str, data: bytes, *, version: str) -> None:
        """Put `data` in place of that version, durably; `Changed` if it is another one by now."""
        ...

    def delete(self, key: str) -> None:
        """Remove a blob durably; one that is not there is no error."""
        ...

    def listing(self) -> Iterator[str]:
        """The key of every blob, in order of the keys' characters."""
        ...


class Missing(Refused):
    """There is no blob of that key."""


class Changed(Busy):
    """Somebody else replaced or removed the blob meanwhile: read it again."""


def checked_key(key: str) -> str:
    """`key` if it is one; a path that climbs, hides or quotes is refused before it is used."""
    if not _KEY.match(key):
        msg = "a key is names of letters, digits and ._- with / between them (no dot first)"
        raise BadInput(msg)
    return key


def listed(keys: Iterable[str]) -> Iterator[str]:
    """The keys among what lies in a store; names with a dot first are the store's own."""
    return (key for key in keys if not any(part.startswith(".") for part in key.split("/")))


def missing(key: str) -> Missing:
    """What to say where a blob isn't there."""
    return Missing(
        f"object {key} is not in the store: restore it from a backup, or materialize the asset "
        "again"
    )


class DirectoryStore:
    """Blobs as files below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def create(self, key: str, chunks: Iterable[bytes]) -> None:
        """Store durably before returning; `AlreadyThere` rather than overwrite."""
        write_once(self._path(key), chunks, staging=self._root / _STAGING)

    @contextmanager
    def open(self, key: str) -> Iterator[Blob]:
        """The blob, open for reading; `Missing` when there is none."""
        with _explained(key):
            descriptor = os.open(self._path(key), os.O_RDONLY)
        try:
            yield _FileBlob(descriptor, key)
        finally:
            os.close(descriptor)

    def read(self, key: str) -> Versioned:
        """A small blob as a whole; `Missing` when there is none."""
        with _explained(key):
            data = self._path(key).read_bytes()
        return Versioned(data, hashlib.sha256(data).hexdigest())

    def replace(self, key: str, data: bytes, *, version: str) -> None:
        """Put `data` in place of that version, durably; `Changed` if it is another one by now."""
        with locked(self._root / _LOCK):
            try:
                found = self.read(key).version
            except Missing:
                found = ""
            if found != version:
                msg = f"object {key} was replaced or removed meanwhile: read it again"
                raise Changed(msg)
            replace_atomically(self._path(key), data)

    def delete(self, key: str) -> None:
        """Remove a blob durably; one that is not there is no error."""
        path = self._path(key)
        with locked(self._root / _LOCK), refusing(path):
            if path.exists():
                path.unlink()
                sync_folder(path.parent)

    def listing(self) -> Iterator[str]:
        """The key of every blob, in order."""
        files = (path for path in self._root.rglob("*") if path.is_file())
        yield from sorted(listed(file.relative_to(self._root).as_posix() for file in files))

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)


class _FileBlob:
    def __init__(self, descriptor: int, key: str) -> None:
        self._descriptor = descriptor
        self._key = key
        self.size = os.fstat(descriptor).st_size

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; `Torn` when there are fewer."""
        parts = []
        while length:
            with _explained(self._key):
                part = os.pread(self._descriptor, length, offset)
            if not part:
                msg = f"object {self._key} was truncated"
                raise Torn(msg)
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return b"".join(parts)


@contextmanager
def _explained(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise missing(key) from None
    except OSError as error:
        msg = f"object {key} can't be read ({error.strerror}): see to the disk, then try again"
        raise Refused(msg) from None
