"""Intake: exports in, conversations or quarantined rows out, and every row accounted for (R2, R3).

A bad row never ends the reading. Memory is flat but for 16 bytes an accepted conversation id.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from handrail.conversations.languages import with_verified_language
from handrail.conversations.model import Conversation
from handrail.conversations.sources import (
    FieldMap,
    Problem,
    RawRow,
    Reason,
    Source,
    TagMap,
    export_files,
    files_of,
    load_mapping,
    open_source,
)
from handrail.conversations.sources.canonical import Destination, conversation_of, times_of
from handrail.conversations.sources.files import Readable, RemoteFile, regular_file
from handrail.conversations.sources.rows import Unusable, attempt
from handrail.conversations.tagging import Vocabulary
from handrail.digests import digest
from handrail.errors import BadInput, HandrailError
from handrail.residency import Region
from handrail.settings import IntakeSettings

__all__ = [
    "Accepted", "Counts", "Export", "FieldMap", "Quarantined", "Reading", "Reason", "TagMap",
    "fingerprint", "load_mapping", "read_exports",
]  # fmt: skip


@dataclass(frozen=True)
class Export:
    """A file, or a folder of files, to read.

    `format` names a source or, with a mapping, a file format; None goes by mapping and suffix.
    `simulated` marks output of `handrail simulate` and is carried to every conversation.
    """

    path: Readable
    format: str | None
    mapping: FieldMap | TagMap | None
    simulated: bool

    def open(self) -> tuple[Source, tuple[Readable, ...]]:
        """The source and what to read with it, oldest first; raises `BadInput`."""
        source = open_source(self.format, self.mapping)
        said = self.format not in (None, "mapped")
        said = said or (isinstance(self.mapping, FieldMap) and self.mapping.file.format is not None)
        return source, export_files(self.path, source, any_suffix=said)


@dataclass(frozen=True)
class Accepted:
    """A row that is a conversation of this region."""

    conversation: Conversation = field(repr=False)
    location: str


@dataclass(frozen=True)
class Quarantined:
    """A row that was set aside: why, where it stood, and its bytes (at most the record limit).

    `detail` quotes nothing of the row; `original` may hold personal data and is kept sealed.
    """

    reason: Reason
    location: str
    original: bytes = field(repr=False)
    detail: str


@dataclass
class Counts:
    """Rows read and what became of them; `rows` is counted where they are read."""

    rows: int = 0
    accepted: int = 0
    quarantined: Counter[Reason] = field(default_factory=Counter)

    def reconcile(self) -> Mapping[str, int]:
        """Rows, accepted and each reason by name; raises if they don't add up."""
        if self.rows != self.accepted + self.quarantined.total():
            msg = (
                f"{self.rows} rows were read, but {self.accepted} accepted and "
                f"{self.quarantined.total()} quarantined: a row was lost, store nothing of this run"
            )
            raise HandrailError(msg)
        reasons = {str(r): self.quarantined[r] for r in Reason if self.quarantined[r]}
        return {"rows": self.rows, "accepted": self.accepted, **reasons}


@dataclass(frozen=True)
class _Window:
    """The time that a conversation may be from; `kept_since` is a day (ISO) or empty."""

    first_day: date
    kept_since: str
    now: datetime

    def check(self, conversation: Conversation) -> None:
        if conversation.day < self.first_day:
            detail = f"older than the first day of this deployment ({self.first_day})"
            raise Unusable(Reason.BEFORE_FIRST_DAY, detail)
        if conversation.day.isoformat() < self.kept_since:
            detail = f"of a day whose raw chats were destroyed: kept since {self.kept_since}"
            raise Unusable(Reason.PAST_RETENTION, detail)
        late = any(at > self.now for at in times_of(conversation))
        if late or conversation.day > self.now.date():
            raise Unusable(Reason.IN_FUTURE, "has a time that is still to come")


class Reading(Iterator[Accepted | Quarantined]):
    """The rows of some exports, one at a time; `counts` is what came by so far."""

    def __init__(self, rows: Iterator[Accepted | Quarantined], counts: Counts) -> None:
        self.counts = counts
        self._rows = rows

    def __next__(self) -> Accepted | Quarantined:
        """The next row; what it became is counted."""
        row = next(self._rows)
        if isinstance(row, Accepted):
            self.counts.accepted += 1
        else:
            self.counts.quarantined[row.reason] += 1
        return row


def read_exports(
    exports: Sequence[Export],
    *,
    region: Region,
    regions: Sequence[Region],
    product_areas: Sequence[str],
    limits: IntakeSettings,
    first_day: date,
    kept_since: str,
    now: datetime,
) -> Reading:
    """Every row of `exports` (oldest first) as accepted or quarantined, newest file first.

    A conversation that a newer file holds too is quarantined as `superseded`; one that is repeated
    in a file as `duplicate`. Only an accepted row supersedes another, or one whose language isn't
    its label's: the label was no better before. One of a day before
    `kept_since` (see `Destructions`) is counted, and its bytes are kept nowhere. Raises `BadInput`
    before the first row for a missing path, a folder without exports or an unreadable format.
    """
    opened = [(export, *export.open()) for export in exports]
    files = [(export, source, file) for export, source, found in opened for file in found]
    counts = Counts()
    destination = Destination(
        region, tuple(regions), Vocabulary(tuple(product_areas), region.languages)
    )
    judge = _Judge(destination, _Window(first_day, kept_since, now))

    def rows() -> Iterator[Accepted | Quarantined]:
        for export, source, file in reversed(files):
            for row in source.rows(file, limits=limits):
                counts.rows += 1
                yield judge.judge(row, simulated=export.simulated)
            judge.end_of_file()

    return Reading(rows(), counts)


class _Judge:
    """Decides row by row; remembers the ids it accepted."""

    def __init__(self, destination: Destination, window: _Window) -> None:
        self._destination = destination
        self._window = window
        self._in_newer_files: set[bytes] = set()
        self._in_this_file: set[bytes] = set()

    def judge(self, row: RawRow, *, simulated: bool) -> Accepted | Quarantined:
        made: Conversation | Problem
        if row.problem is not None:
            made = row.problem
        else:
            made = attempt(row.location, lambda: self._conversation(row, simulated))
        if isinstance(made, Problem):
            kept = b"" if made.reason is Reason.PAST_RETENTION else row.original
            return Quarantined(made.reason, row.location, kept, made.detail)
        return Accepted(made, row.location)

    def end_of_file(self) -> None:
        self._in_newer_files |= self._in_this_file
        self._in_this_file.clear()

    def _conversation(self, row: RawRow, simulated: bool) -> Conversation:
        conversation = conversation_of(row.data or {}, self._destination, simulated=simulated)
        self._window.check(conversation)
        identity = hashlib.blake2b(conversation.conversation_id.encode(), digest_size=16).digest()
        if identity in self._in_this_file:
            raise Unusable(Reason.DUPLICATE, "the same conversation id stands earlier in this file")
        if identity in self._in_newer_files:
            raise Unusable(Reason.SUPERSEDED, "a newer export holds this conversation too")
        self._in_this_file.add(identity)
        return with_verified_language(conversation, self._destination.vocabulary)


def content_of(export: Export) -> str:
    """What the files of `export` hold, as one hash, however they are read.

    A file elsewhere counts by the mark that it was listed with: nothing of it is read.
    """
    _, found = export.open()
    files = [file for each in found for file in files_of(each)]
    return digest([(_below(file, export.path), _content(file)) for file in files])


def fingerprint(export: Export) -> str:
    """All that decides what `export` gives: its files' content, its mapping, format and mark."""
    mapping = None if export.mapping is None else export.mapping.digest
    return digest([content_of(export), mapping, export.format, export.simulated])


def _below(file: Readable, top: Readable) -> str:
    if isinstance(file, Path) and isinstance(top, Path):
        return str(file.relative_to(top))
    return str(file).removeprefix(str(top)).strip("/") or "."


def _content(file: Readable) -> str:
    if isinstance(file, RemoteFile):
        return file.mark
    try:
        with regular_file(file) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        msg = f"{file} can't be read to its end ({error.strerror}): check the disk it lies on"
        raise BadInput(msg) from None
