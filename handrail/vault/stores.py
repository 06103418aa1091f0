"""Where sealed bytes lie: a directory now, a bucket behind the same three calls later."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from handrail.errors import Refused
from handrail.vault.files import write_once


class Store(Protocol):
    """Sealed bytes by key (`asset/partition/object id`); knows nothing of what is inside."""

    def write(self, key: str, data: bytes) -> None:
        """Store durably before returning; never overwrites."""
        ...

    def read(self, key: str) -> bytes:
        """The bytes; `Refused` when there are none."""
        ...


class DirectoryStore:
    """Objects as files below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, key: str, data: bytes) -> None:
        """Store durably before returning; never overwrites."""
        write_once(self._root / key, data, staging=self._root / ".partial")

    def read(self, key: str) -> bytes:
        """The bytes; `Refused` when there are none."""
        try:
            return (self._root / key).read_bytes()
        except FileNotFoundError:
            msg = (
                f"object {key} is not in the store: restore it from a backup, or materialize the "
                "asset again"
            )
            raise Refused(msg) from None
        except OSError as error:
            msg = f"object {key} can't be read ({error.strerror}): see to the disk, then try again"
            raise Refused(msg) from None
