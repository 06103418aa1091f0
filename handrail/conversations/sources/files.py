"""Files from outside: only regular ones are opened, and only ones that hold still are believed.

A file may be on this machine (`Path`) or on another one (`RemoteFile`); what reads it can't tell.
"""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from io import SEEK_END, BufferedReader
from pathlib import Path, PurePosixPath

from handrail.errors import BadInput

# Never wait for the other end of a FIFO, never become the terminal of a device.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class RemoteFile(ABC):
    """A file or folder on another machine: streamed from there, and kept on no disk of this one.

    `str` gives its address. Size and mark are as its folder listed it; what changed since isn't
    read.
    """

    name: str
    size: int
    mark: str  # another one for other bytes

    @property
    def suffix(self) -> str:
        """The last suffix of its name, with the dot."""
        return PurePosixPath(self.name).suffix

    @abstractmethod
    def is_dir(self) -> bool:
        """Whether it is a folder."""

    def is_file(self) -> bool:
        """Whether it is a file."""
        return not self.is_dir()

    @abstractmethod
    def entries(self) -> Sequence[RemoteFile]:
        """What lies in the folder, sorted by name."""

    @abstractmethod
    def beside(self, name: str) -> RemoteFile | None:
        """The file of that name in the same folder."""

    @abstractmethod
    def opened(self) -> AbstractContextManager[BufferedReader]:
        """Its bytes, seekable; a `HandrailError` where they can't be had, or have changed."""


Readable = Path | RemoteFile


@contextmanager
def regular_file(file: Readable) -> Iterator[BufferedReader]:
    """`file` opened for reading; `BadInput` if it can't be, or if it changed meanwhile.

    An export that is still being written has no end yet: what was read of it is no whole.
    """
    if isinstance(file, RemoteFile):
        with file.opened() as remote:
            yield remote
        return
    descriptor = _opened(file)
    with os.fdopen(descriptor, "rb") as stream:
        before = os.fstat(descriptor)
        yield stream
        after = os.fstat(descriptor)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            msg = f"{file} changed while it was read: wait until it is complete, then run again"
            raise BadInput(msg)


def _opened(file: Path) -> int:
    require_text_name(file)
    try:
        descriptor = os.open(file, _FLAGS)
    except OSError as error:
        raise _unreadable(file, error) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _no_file(file)
    return descriptor


def size_of(stream: BufferedReader) -> int:
    """Bytes of an opened file."""
    at = stream.tell()
    size = stream.seek(0, SEEK_END)
    stream.seek(at)
    return size


def is_folder(path: Readable) -> bool:
    """Whether `path`, links followed, is a folder; `BadInput` if it is no regular file either."""
    if isinstance(path, RemoteFile):
        return path.is_dir()
    require_text_name(path)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        msg = f"{path} does not exist: give a file or a folder of exports"
        raise BadInput(msg) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise _no_file(path)
    if not os.access(path, os.R_OK):
        msg = f"{path} can't be read (Permission denied): check its permissions"
        raise BadInput(msg)
    return stat.S_ISDIR(mode)


def entries(folder: Readable) -> Sequence[Readable]:
    """What lies in `folder`, sorted by name; hidden entries are none of its exports."""
    if isinstance(folder, RemoteFile):
        return [entry for entry in folder.entries() if not entry.name.startswith(".")]
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise _unreadable(folder, error) from None


def require_text_name(path: Path) -> None:
    """Refuse a name that is no UTF-8: it could stand in no register, location or message."""
    try:
        os.fspath(path.absolute()).encode()
    except UnicodeEncodeError:
        msg = f"the name {str(path)!a} is not UTF-8: rename it"
        raise BadInput(msg) from None


def _unreadable(path: Path, error: OSError) -> BadInput:
    return BadInput(f"{path} can't be read ({error.strerror}): check the path and its permissions")


def _no_file(path: Path) -> BadInput:
    return BadInput(
        f"{path} is no regular file (a folder, pipe, socket or device isn't read as one): write "
        "what it holds to a file first"
    )
