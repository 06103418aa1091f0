"""The export files of one region and their answer keys, written side by side, a week in each.

`<region>/2026-w03.jsonl.gz` is a week's export, `answer_key/<region>/2026-w03.jsonl.gz` the truth
about it. Every eighth week the reporting tool writes CSV, read through `<region>/mapping.yaml`; a
help desk's export has its own mapping beside it, `2026-w03.jsonl.gz.mapping.yaml`.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from handrail.conversations.model import Conversation
from handrail.simulate.answer_key import AnswerKey, encode_key
from handrail.simulate.shapes import Shape

ANSWER_KEY_FOLDER = "answer_key"
MAPPING_FILE = "mapping.yaml"
_LEVEL = 4


@dataclass(frozen=True)
class SimulatedExport:
    """One file of chats, the mapping that it needs (None: our own JSONL), and its answer key."""

    path: Path
    mapping: Path | None
    answer_key: Path


class RegionFiles:
    """Opens a week's files when the first chat is written to them, closes them when told.

    The files take their names when the region is complete, all together; before that, and after an
    interruption, there is none.
    """

    def __init__(self, folder: Path, region: str, shape_of: Callable[[int], Shape]) -> None:
        self._shape_of = shape_of
        self._exports = folder / region
        self._keys = folder / ANSWER_KEY_FOLDER / region
        self._open: dict[date, _Week] = {}
        self._made: dict[date, _Week] = {}

    def __enter__(self) -> Self:
        """Make the folders."""
        self._exports.mkdir(parents=True, exist_ok=True)
        self._keys.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Name the files, or remove them if something went wrong."""
        try:
            self.close_before(date.max)
            if kind is None:
                self._name_files()
        finally:
            for week in self._made.values():
                week.remove()

    def write(self, monday: date, conversation: Conversation, key: AnswerKey) -> None:
        """Add a chat to the export of the week that begins on `monday`."""
        if monday not in self._open:
            shape = self._shape_of(monday.isocalendar().week)
            week = _Week(self._exports, self._keys, monday, shape)
            self._made[monday] = self._open[monday] = week
        self._open[monday].add(conversation, key)

    def close_before(self, monday: date) -> None:
        """Close the files of the weeks before; nothing more is written to them."""
        for week in [week for week in self._open if week < monday]:
            self._open.pop(week).close()

    def exports(self) -> tuple[SimulatedExport, ...]:
        """What was written, oldest first."""
        return tuple(self._made[monday].export for monday in sorted(self._made))

    def _name_files(self) -> None:
        for monday in sorted(self._made):
            self._made[monday].name_files()


class _Week:
    def __init__(self, exports: Path, keys: Path, monday: date, shape: Shape) -> None:
        year, week, _ = monday.isocalendar()
        name = f"{year}-w{week:02d}"
        path = exports / f"{name}{shape.suffix}.gz"
        own = path.with_name(f"{path.name}.{MAPPING_FILE}")
        mapping = exports / MAPPING_FILE if shape.shares_mapping else own
        self._shape = shape
        self.export = SimulatedExport(
            path=path,
            mapping=None if shape.mapping is None else mapping,
            answer_key=keys / f"{name}.jsonl.gz",
        )
        self._stack = ExitStack()
        self._chats = self._packed(self.export.path)
        self._key = self._packed(self.export.answer_key)
        self._chats.write(shape.header)

    def add(self, conversation: Conversation, key: AnswerKey) -> None:
        self._chats.write(self._shape.rows(conversation))
        identity = f"{self._shape.id_prefix}{key.conversation_id}"
        self._key.write(encode_key(replace(key, conversation_id=identity)) + b"\n")

    def close(self) -> None:
        self._stack.close()

    def name_files(self) -> None:
        if self._shape.mapping is not None and self.export.mapping is not None:
            self.export.mapping.write_bytes(self._shape.mapping.read_bytes())
        for path in (self.export.answer_key, self.export.path):
            _partial(path).replace(path)

    def remove(self) -> None:
        for path in (self.export.answer_key, self.export.path):
            _partial(path).unlink(missing_ok=True)

    def _packed(self, path: Path) -> gzip.GzipFile:
        """A gzip file with reproducible bytes."""
        raw: BinaryIO = self._stack.enter_context(_partial(path).open("wb"))
        return self._stack.enter_context(
            gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=_LEVEL, mtime=0)
        )


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")
