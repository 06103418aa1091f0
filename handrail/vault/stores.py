"""Where sealed bytes lie: a directory now, a bucket behind the same three calls later."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from handrail.errors import Refused
from handrail.vault.files import write_once
from handrail.vault.names import ObjectName


class Store(Protocol):
    """Sealed bytes by name; knows nothing of keys."""

    def write(self, name: ObjectName, object_id: str, data: bytes) -> None:
        """Store durably before returning; never overwrites."""
        ...

    def read(self, name: ObjectName, object_id: str) -> bytes:
        """The bytes; `Refused` when there are none."""
        ...


class DirectoryStore:
    """Objects as files: `<root>/<asset>/<partition>/<object id>`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, name: ObjectName, object_id: str, data: bytes) -> None:
        """Store durably before returning; never overwrites."""
        write_once(self._path(name, object_id), data)

    def read(self, name: ObjectName, object_id: str) -> bytes:
        """The bytes; `Refused` when there are none."""
        try:
            return self._path(name, object_id).read_bytes()
        except FileNotFoundError:
            msg = (
                f"object {name.asset}/{name.partition} is not in the store: restore it from a "
                "backup, or materialize the asset again"
            )
            raise Refused(msg) from None

    def _path(self, name: ObjectName, object_id: str) -> Path:
        return self._root / name.asset / name.partition / object_id
