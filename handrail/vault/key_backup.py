"""A backup of a region's keys: the key database, and the root key where that is a file.

One file: `HKB1`, the length of the header (4 bytes), the header as canonical JSON, and one FLOE
stream (`floe`) whose key is derived from a passphrase by Argon2id. The header (region, time, salt,
whether a root key is inside) is bound to the stream. A root that is a passphrase or lies with a
key service is not in it. A backup still holds what is destroyed later: destroy it then, too.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import orjson

from handrail.clock import iso
from handrail.digests import canonical
from handrail.errors import BadInput, Refused, Tampered
from handrail.residency import require_region
from handrail.vault.files import write_once
from handrail.vault.floe import OpenStream, seal_stream
from handrail.vault.keyring import Keyring
from handrail.vault.primitives import KEY_BYTES, SecretKey, key_from_passphrase, random_bytes

_MAGIC = b"HKB1"
_LENGTH = struct.Struct(">I")
_MOST_HEADER_BYTES = 4096
_PIECE = 1 << 20
_SALT_BYTES = 16


@dataclass(frozen=True)
class BackupHeader:
    """What a backup says of itself in clear; `salt` is in hex."""

    region: str
    made_at: str
    salt: str
    has_root: bool


def write_backup(
    file: Path,
    keyring: Keyring,
    *,
    region: str,
    root: SecretKey | None,
    passphrase: bytes,
    at: datetime,
    leave: Callable[[bytes], None],
) -> None:
    """Write the keys to the new file `file` (0600), sealed under `passphrase`; never overwrites.

    `leave` is asked first, with the header: its salt is this backup's alone, and the rest of the
    file opens with it only.
    """
    if file.exists():
        msg = f"{file} exists already: name a new file, backups are never overwritten"
        raise Refused(msg)
    salt = random_bytes(_SALT_BYTES)
    said = canonical(asdict(BackupHeader(region, iso(at), salt.hex(), root is not None)))
    leave(said)
    key = key_from_passphrase(passphrase, salt=salt)
    staging = file.parent / ".partial"
    with keyring.snapshot() as database:
        sealed = seal_stream(_content(root, database), key=key, bound_to=_bound(said))
        write_once(file, chain([_MAGIC, _LENGTH.pack(len(said)), said], sealed), staging=staging)
    with suppress(OSError):  # it was there before, and holds what others write
        staging.rmdir()


@dataclass(frozen=True)
class Backup:
    """A backup that opened with its passphrase."""

    header: BackupHeader
    root: SecretKey | None
    _stream: OpenStream

    def database(self) -> Iterator[bytes]:
        """The key database, in pieces."""
        start = KEY_BYTES if self.header.has_root else 0
        for offset in range(start, self._stream.size, _PIECE):
            yield self._stream.read(offset, min(_PIECE, self._stream.size - offset))


@contextmanager
def open_backup(file: Path, *, region: str, passphrase: bytes) -> Iterator[Backup]:
    """The backup of `region` in `file`; `Tampered` for another passphrase or an edited file."""
    what = f"backup {file}"
    with _opened(file) as blob:
        start = len(_MAGIC) + _LENGTH.size
        if blob.size < start or blob.read(0, len(_MAGIC)) != _MAGIC:
            msg = f"{file} is not a backup of keys: name the file that `handrail keys backup` wrote"
            raise BadInput(msg)
        (length,) = _LENGTH.unpack(blob.read(len(_MAGIC), _LENGTH.size))
        said = blob.read(start, min(length, _MOST_HEADER_BYTES))
        header = _parsed(said, what)
        require_region(region, header.region, what)
        key = key_from_passphrase(passphrase, salt=_salt(header, what))
        try:
            stream = OpenStream(
                blob, start=start + length, key=key, bound_to=_bound(said), what=what
            )
        except Tampered:
            msg = f"{what} does not open: the passphrase is another one, or the file was edited"
            raise Tampered(msg) from None
        root = SecretKey(stream.read(0, KEY_BYTES)) if header.has_root else None
        yield Backup(header, root, stream)


class _File:
    """A backup file, read at any place (`stores.Blob`)."""

    def __init__(self, file: BinaryIO, name: Path) -> None:
        self._file = file
        self._name = name
        self.size = os.fstat(file.fileno()).st_size

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; `Tampered` when there are fewer."""
        self._file.seek(offset)
        data = self._file.read(length)
        if len(data) != length:
            msg = f"backup {self._name} was truncated"
            raise Tampered(msg)
        return data


@contextmanager
def _opened(path: Path) -> Iterator[_File]:
    try:
        file = path.open("rb")
    except OSError as error:
        msg = f"backup {path} can't be read: {error.strerror}"
        raise BadInput(msg) from None
    with file:
        yield _File(file, path)


def _content(root: SecretKey | None, database: Path) -> Iterator[bytes]:
    if root is not None:
        yield root.reveal()
    with database.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _parsed(said: bytes, what: str) -> BackupHeader:
    try:
        return BackupHeader(**orjson.loads(said))
    except (orjson.JSONDecodeError, TypeError):
        raise _edited(what) from None


def _salt(header: BackupHeader, what: str) -> bytes:
    try:
        salt = bytes.fromhex(header.salt)
    except (TypeError, ValueError):
        salt = b""
    if len(salt) != _SALT_BYTES:
        raise _edited(what)
    return salt


def _edited(what: str) -> Tampered:
    return Tampered(f"the header of {what} is not readable: it was edited")


def _bound(said: bytes) -> bytes:
    return canonical(["handrail-key-backup", said.decode()])
