"""Which exports a region reads, in order: a later export replaces the chats of an earlier one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from handrail.errors import BadInput
from handrail.vault.files import locked, replace_atomically


@dataclass(frozen=True)
class RegisteredExport:
    """One export: a file or folder, how to read it, and its answer key if it was simulated.

    `content` is the hash of what it held when it came to its place in the order; None until it was
    looked at.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    path: str
    format: str | None
    mapping: str | None
    answer_key: str | None
    content: str | None = None

    @property
    def simulated(self) -> bool:
        """Whether the export comes from `handrail simulate`."""
        return self.answer_key is not None


@cache
def _adapter() -> TypeAdapter[tuple[RegisteredExport, ...]]:
    return TypeAdapter(tuple[RegisteredExport, ...])


class ExportRegister:
    """The register of one region, a small JSON file below its home."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> tuple[RegisteredExport, ...]:
        """The exports in order of registration."""
        if not self._path.exists():
            return ()
        try:
            return _adapter().validate_json(self._path.read_bytes())
        except OSError as error:
            msg = f"{self._path} can't be read ({error.strerror}): check its permissions"
            raise BadInput(msg) from None
        except ValidationError:
            msg = f"{self._path} is damaged: delete it and register the exports again"
            raise BadInput(msg) from None

    def add(self, export: RegisteredExport) -> None:
        """Register an export in place of one with the same path.

        One that holds what it held, or was never looked at, keeps its place; another content is the
        newest there is.
        """
        with locked(self._path.with_name(f".{self._path.name}.lock")):
            rows = {row.path: row for row in self.all()}
            known = rows.get(export.path)
            if known is not None and known.content not in (None, export.content):
                del rows[export.path]
            rows[export.path] = export
            replace_atomically(self._path, orjson.dumps([asdict(row) for row in rows.values()]))

    def look_again(self, content_of: Callable[[RegisteredExport], str | None]) -> None:
        """Note what each export holds now; one that was written anew moves to the end.

        `content_of` gives the hash of what it holds, None where that can't be told.
        """
        held = {row: content_of(row) for row in self.all()}
        if all(row.content == content for row, content in held.items() if content):
            return
        with locked(self._path.with_name(f".{self._path.name}.lock")):
            before = self.all()
            now = [replace(row, content=held.get(row) or row.content) for row in before]
            moved = [b.content not in (None, n.content) for b, n in zip(before, now, strict=True)]
            rows = sorted(zip(moved, now, strict=True), key=lambda pair: pair[0])
            replace_atomically(self._path, orjson.dumps([asdict(row) for _, row in rows]))

    def forget(self, path: str) -> RegisteredExport:
        """Take an export off the register and return it; refuses a path that isn't on it."""
        with locked(self._path.with_name(f".{self._path.name}.lock")):
            rows = {row.path: row for row in self.all()}
            if path not in rows:
                known = ", ".join(rows) or "none"
                msg = f"{path} is not among the exports that are read: {known}"
                raise BadInput(msg)
            forgotten = rows.pop(path)
            replace_atomically(self._path, orjson.dumps([asdict(row) for row in rows.values()]))
        return forgotten
