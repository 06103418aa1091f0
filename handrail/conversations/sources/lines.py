"""Lines of a file, plain or packed, in memory bounded by the record limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.rows import Problem, Reason
from handrail.conversations.sources.unpacking import unpacked
from handrail.settings import IntakeSettings

_EMPTY_LINES = re.compile(rb"\n+")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """One line without its line feed; `number` counts from 1.

    `quotes_cut` counts the double quotes in what was cut off, for who must know where a cell ends.
    """

    number: int
    data: bytes = field(repr=False)
    problem: Problem | None
    quotes_cut: int = 0


def read_lines(file: Readable, *, limits: IntakeSettings) -> Iterator[Line]:
    """The lines of `file`; one longer than the record limit is `oversized` and cut there.

    A file that is damaged, truncated, unpacks too far or is no text yields every whole line before
    that, then one line with the problem, then ends. A run of empty lines comes as one line of line
    feeds, because a small packed file may hold millions of them.
    """
    limit = limits.max_record_bytes
    number, held, quotes_cut = 1, bytearray(), 0
    for piece in unpacked(file, limits=limits):
        chunk = piece.data
        if piece.problem is not None:
            yield Line(number, bytes((held + chunk)[:limit]), piece.problem)
            return
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            if end == start and not held:
                empty = _EMPTY_LINES.match(chunk, start, start + limit)
                end = empty.end() if empty else start + 1
                yield Line(number, chunk[start : end - 1], None)
                number, start = number + end - start, end
                continue
            cut = min(end, start + limit + 1 - len(held))
            held += chunk[start:cut]
            yield _line(number, held, limit, quotes_cut + chunk.count(b'"', cut, end))
            number, held, start, quotes_cut = number + 1, bytearray(), end + 1, 0
        cut = start + limit + 1 - len(held)
        held += chunk[start:cut]
        quotes_cut += chunk.count(b'"', cut)
    if held:
        yield _line(number, held, limit, quotes_cut)


def _line(number: int, held: bytearray, limit: int, quotes_cut: int) -> Line:
    if len(held) > limit:
        problem = Problem(Reason.OVERSIZED, f"longer than the record limit of {limit} bytes")
        return Line(number, bytes(held[:limit]), problem, quotes_cut + held.count(b'"', limit))
    data = bytes(held)
    return Line(number, data.removeprefix(_BYTE_ORDER_MARK) if number == 1 else data, None)
