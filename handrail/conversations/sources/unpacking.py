"""Files as they are unpacked: how far they may, and ones that aren't what their name says."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from typing import cast

import zstandard

from handrail.conversations.sources.files import Readable, regular_file, size_of
from handrail.conversations.sources.rows import Problem, Reason
from handrail.errors import HandrailError
from handrail.settings import IntakeSettings

# How the files begin that are taken for lines of text by mistake.
_BEGINNINGS: Mapping[bytes, str] = {
    b"\x1f\x8b": "gzip: unpack it, or name it .gz if it isn't packed twice",
    b"PK\x03\x04": "a zip archive: unpack it, or name it .zip if it isn't packed twice",
    b"\x28\xb5\x2f\xfd": "zstd: unpack it, or name it .zst if it isn't packed twice",
    b"\xff\xfe": "UTF-16 or UTF-32: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
}
_NOTHING_AFTER = "so nothing from here on was read"
_TRUNCATED = Problem(
    Reason.MALFORMED,
    "truncated file: it breaks in the middle, or something else follows its end; export it again",
    ends=True,
)
_CHUNK = 1 << 16
# One step of the library unpacks all that it is given: four bytes may stand for 128 KiB.
_ZSTD_STEP = 1 << 9
_LARGEST_WINDOW = 1 << 27
_ENCRYPTED = 1
# The other methods unpack a whole block at once, however large.
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Piece:
    """Some bytes of an unpacked file; with a `problem` they are the last ones that were read."""

    data: bytes = field(repr=False)
    problem: Problem | None = None


class _Unread(Exception):
    """An archive that isn't read, and why."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.problem = Problem(Reason.MALFORMED, f"{detail}; {_NOTHING_AFTER}", ends=True)


def unpacked(file: Readable, *, limits: IntakeSettings) -> Iterator[Piece]:
    """What `file` holds, unpacked as its suffix says (`.gz`, `.zst`, `.zip`), piece by piece.

    Damage, a bomb or no text ends it with the problem. The members of a zip archive follow each
    other with a line break between; their names lead nowhere, and no archive in one is opened.
    """
    unpack = _UNPACKS.get(file.suffix.lower())
    with regular_file(file) as packed:
        size, taken, begins = size_of(packed), 0, True
        try:
            for data in _as_it_is(packed) if unpack is None else unpack(packed):
                problem = no_lines(data) if begins else None
                begins = data == _BETWEEN
                taken += len(data)
                if unpack is not None:
                    # A zip archive is read from its end, so where one stands in it says nothing.
                    so_far = size if unpack is _zip else packed.tell()
                    problem = problem or unpacks_too_far(taken, packed=so_far, limits=limits)
                yield Piece(data, problem)
                if problem is not None:
                    return
        except _Unread as unread:
            yield Piece(b"", unread.problem)
        except HandrailError:  # it can't be had: that says nothing of what it holds
            raise
        except Exception:  # noqa: BLE001 - a damaged file raises whatever it leads the library into
            yield Piece(b"", _TRUNCATED)


def _as_it_is(packed: BufferedReader) -> Iterator[bytes]:
    left = size_of(packed)  # a file that grows as fast as it is read has an end too
    while left > 0 and (data := packed.read1(_CHUNK)):
        left -= len(data)
        yield data


def _gzip(packed: BufferedReader) -> Iterator[bytes]:
    stream = gzip.GzipFile(fileobj=packed)
    while data := stream.read1(_CHUNK):  # read() would lose what precedes the damage
        yield data


def _zstd(packed: BufferedReader) -> Iterator[bytes]:
    library = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    frame = None
    while left := packed.read(_ZSTD_STEP):
        while left:
            frame = frame or library.decompressobj()
            data = frame.decompress(left)
            yield from (data[n : n + _CHUNK] for n in range(0, len(data), _CHUNK))
            left, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    if frame is not None:
        raise EOFError


_BETWEEN = b"\n"


def _zip(packed: BufferedReader) -> Iterator[bytes]:
    with zipfile.ZipFile(packed) as archive:
        members = [m for m in archive.infolist() if not _is_none_of_ours(m.filename)]
        if len(members) > 1 and any(m.filename.lower().endswith(".csv") for m in members):
            msg = "the archive holds several tables: unpack it"
            raise _Unread(msg)
        for number, member in enumerate(members):
            if member.flag_bits & _ENCRYPTED:
                msg = "the archive is encrypted: unpack it with its password"
                raise _Unread(msg)
            if member.compress_type not in _ZIP_METHODS:
                msg = "the archive is packed by a method that isn't read: use deflate"
                raise _Unread(msg)
            if number:
                yield _BETWEEN
            with cast("zipfile.ZipExtFile", archive.open(member)) as stream:
                while data := stream.read1(_CHUNK):
                    yield data


def _is_none_of_ours(name: str) -> bool:
    """Whether a member is a folder or what a file manager adds to archives."""
    last = name.rpartition("/")[2]
    return not last or last.startswith(".") or name.startswith("__MACOSX/")


_UNPACKS: Mapping[str, Callable[[BufferedReader], Iterator[bytes]]] = {
    ".gz": _gzip,
    ".zst": _zstd,
    ".zip": _zip,
}
PACKINGS = tuple(_UNPACKS)


def packed_too(*suffixes: str) -> tuple[str, ...]:
    """Each suffix as it is and with each packing after it."""
    return tuple(f"{suffix}{packing}" for suffix in suffixes for packing in ("", *PACKINGS))


def unpacks_too_far(unpacked: int, *, packed: int, limits: IntakeSettings) -> Problem | None:
    """The problem of a file of which `packed` bytes gave `unpacked` ones so far, if too many.

    What unpacks to no more than one record may be is never a bomb, however small it was.
    """
    most, ratio = limits.max_unpacked_bytes, limits.max_unpacked_ratio
    if unpacked > most:
        how = f"more than {most} bytes (max_unpacked_bytes)"
    elif unpacked > max(limits.max_record_bytes, packed * ratio):
        how = f"more than {ratio} times its packed size (max_unpacked_ratio)"
    else:
        return None
    detail = f"the file unpacks to {how}, {_NOTHING_AFTER}; unpack it, or raise the limit"
    return Problem(Reason.OVERSIZED, detail, ends=True)


def no_lines(beginning: bytes) -> Problem | None:
    """The problem of a file that begins like something other than lines of text."""
    for mark, what in _BEGINNINGS.items():
        if beginning.startswith(mark):
            detail = f"the file is {what}; {_NOTHING_AFTER}"
            return Problem(Reason.MALFORMED, detail, ends=True)
    return None
