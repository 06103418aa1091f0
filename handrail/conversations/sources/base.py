"""What every source offers: the rows of one export in the shape of our record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.rows import RawRow
from handrail.settings import IntakeSettings


class Source(ABC):
    """Reads one kind of export; a new kind is one file, one class and one line in `SOURCES`."""

    suffixes: ClassVar[tuple[str, ...]]

    @abstractmethod
    def rows(self, file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
        """The conversations in `file`, streamed; a row that can't be read carries its problem.

        `file` is a folder only where `reads_whole` said so.
        """

    def reads_whole(self, folder: Readable) -> bool:
        """Whether the files of `folder` belong together, tables of one export."""
        return False
