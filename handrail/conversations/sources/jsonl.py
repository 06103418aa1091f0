"""Our own export form: the JSON that `model.encode` writes, one conversation a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from handrail.conversations.sources.base import Source
from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.records import LINE_SUFFIXES, json_records
from handrail.conversations.sources.rows import RawRow
from handrail.settings import IntakeSettings


class CanonicalJsonl(Source):
    """Canonical JSONL, plain or packed; every key but the id and the turns may be missing."""

    suffixes: ClassVar[tuple[str, ...]] = LINE_SUFFIXES

    def rows(self, file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
        """One row a line."""
        return json_records(file, limits=limits)
