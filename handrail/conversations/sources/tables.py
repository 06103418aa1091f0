"""Records of CSV files, streamed, as plain mappings.

What stands inside a quoted cell is somebody's text and never becomes a row of its own, however long
the cell is: a customer could write rows otherwise.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import dropwhile

from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.lines import Line, read_lines
from handrail.conversations.sources.rows import Problem, RawRow, Reason
from handrail.settings import IntakeSettings

_NEVER_CLOSED = Problem(Reason.MALFORMED, "a quote in this line is never closed")


def csv_records(
    file: Readable, *, limits: IntakeSettings, delimiter: str, encoding: str
) -> Iterator[RawRow]:
    """One mapping of column name to text a record; quoted fields may span lines.

    A record with a quote that nothing closes is that one line; the lines after it are read again.
    """
    max_bytes = limits.max_record_bytes
    csv.field_size_limit(max(csv.field_size_limit(), max_bytes))  # the module has one for all
    tape = _Tape(read_lines(file, limits=limits), max_bytes, encoding)
    header: list[str] | None = None
    while True:
        reader = csv.reader(tape, delimiter=delimiter, strict=True)
        problem: Problem | None = None
        cells: list[str] = []
        tape.start_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _Broken as broken:
            problem = tape.skip_record() or broken.problem
        except (csv.Error, UnicodeDecodeError):  # their messages may quote the record
            never_closed = tape.ended and tape.in_quotes
            problem = Problem(Reason.MALFORMED, f"not a CSV record in {encoding}")
            problem = _NEVER_CLOSED if never_closed else problem
        where = f"{file.name}:line {tape.first_line}"
        if problem is None and not cells:
            continue
        if header is None:
            problem = problem or header_problem(cells)
            if problem is not None:
                yield RawRow(where, None, problem, tape.record())
                return
            header = cells
            continue
        if problem is None and len(cells) != len(header):
            problem = Problem(Reason.MALFORMED, "not as many fields as the header has")
        data = None if problem else dict(zip(header, cells, strict=True))
        if problem is _NEVER_CLOSED:
            yield RawRow(where, None, problem, tape.record().partition(b"\n")[0])
            lines = _after(tape.first_line, read_lines(file, limits=limits))
            tape = _Tape(lines, max_bytes, encoding)
        else:
            yield RawRow(where, data, problem, tape.record())


def _after(number: int, lines: Iterator[Line]) -> Iterator[Line]:
    return dropwhile(lambda line: line.number <= number, lines)


def header_problem(names: list[str]) -> Problem | None:
    """Why the column names name nothing, if so."""
    if len(set(names)) == len(names) and all(names):
        return None
    return Problem(
        Reason.MALFORMED,
        "the file has no header (empty or repeated column names), so no row of it can be read",
    )


class _Broken(Exception):
    """Ends a CSV record early; the reader that met it is thrown away."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class _Tape(Iterator[str]):
    """Feeds decoded lines to a CSV reader and remembers the bytes of the current record."""

    def __init__(self, lines: Iterator[Line], max_bytes: int, encoding: str) -> None:
        self._lines = lines
        self._max_bytes = max_bytes
        self._encoding = encoding
        self._held = bytearray()
        self._quotes = 0
        self._last_problem: Problem | None = None
        self.first_line = 0
        self.ended = False

    @property
    def in_quotes(self) -> bool:
        """Whether the record stops inside a quoted cell: quotes in there come in pairs."""
        return self._quotes % 2 == 1

    def start_record(self) -> None:
        self._held = bytearray()
        self._quotes = 0
        self.first_line = 0

    def record(self) -> bytes:
        return bytes(self._held[: self._max_bytes])

    def skip_record(self) -> Problem | None:
        """Pass over the rest of a record that was broken off; its problem, if it has no end."""
        while self.in_quotes:
            if self._next() is None:
                return self._last_problem or _NEVER_CLOSED
        return None

    def __next__(self) -> str:
        line = self._next()
        if line is None:
            raise StopIteration
        self.first_line = self.first_line or line.number
        self._held += line.data + b"\n"
        if line.problem is not None:
            raise _Broken(line.problem)
        if len(self._held) > self._max_bytes + 1:
            detail = f"longer than the record limit of {self._max_bytes} bytes"
            raise _Broken(Problem(Reason.OVERSIZED, detail))
        return line.data.decode(self._encoding) + "\n"

    def _next(self) -> Line | None:
        line = next(self._lines, None)
        self.ended = line is None
        if line is not None:
            self._last_problem = line.problem
            self._quotes += line.data.count(b'"') + line.quotes_cut
        return line
