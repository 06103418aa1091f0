"""The pointer: one small file that says what is live, and in which cells it may answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from handrail.digests import canonical
from handrail.errors import Tampered
from handrail.vault.files import replace_atomically


@dataclass(frozen=True)
class Aliases:
    """Which release is live, which waits, and which was live before; None where there is none."""

    champion: str | None = None
    challenger: str | None = None
    previous: str | None = None


@dataclass(frozen=True)
class Pointer:
    """What serving reads. `open_cells` is the allow-list (topic, region, channel), default deny.

    `ledger_head` is the hash of the ledger record that moved it here.
    """

    aliases: Aliases
    stage: str
    open_cells: tuple[tuple[str, str, str], ...]
    ledger_head: str


class PointerFile:
    """`<region home>/release/live.json`: read whole, written in one atomic step."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Pointer | None:
        """The pointer, or None before the first release."""
        try:
            return _adapter().validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            msg = f"{self._path.name} is not a pointer: any move (rollback, activate) rewrites it"
            raise Tampered(msg) from None

    def is_as_written(self) -> bool:
        """Whether the file holds what `write` writes, letter by letter, or isn't there."""
        pointer = self.read()
        return pointer is None or self._path.read_bytes() == canonical(asdict(pointer))

    def write(self, pointer: Pointer) -> None:
        """Put `pointer` in place durably; a reader sees the old or the new one."""
        replace_atomically(self._path, canonical(asdict(pointer)))


@cache
def _adapter() -> TypeAdapter[Pointer]:
    return TypeAdapter(Pointer)
