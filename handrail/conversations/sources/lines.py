"""Lines of a file, plain or gzip, in memory bounded by the record limit."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from handrail.conversations.sources.files import regular_file, size_of
from handrail.conversations.sources.rows import Problem, Reason
from handrail.conversations.sources.unpacking import no_lines, unpacks_too_far
from handrail.settings import IntakeSettings

_CHUNK = 1 << 16
_EMPTY_LINES = re.compile(rb"\n+")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TRUNCATED = Problem(
    Reason.MALFORMED,
    "truncated file: it breaks in the middle, or something else follows its end; export it again",
)


@dataclass(frozen=True)
class Line:
    """One line without its line feed; `number` counts from 1.

    `quotes_cut` counts the double quotes in what was cut off, for who must know where a cell ends.
    """

    number: int
    data: bytes = field(repr=False)
    problem: Problem | None
    quotes_cut: int = 0


def read_lines(file: Path, *, limits: IntakeSettings) -> Iterator[Line]:
    """The lines of `file`; one longer than the record limit is `oversized` and cut there.

    A file that is damaged, truncated, unpacks too far or is no text yields every whole line before
    that, then one line with the problem, then ends. A run of empty lines comes as one line of line
    feeds, because a small packed file may hold millions of them.
    """
    limit = limits.max_record_bytes
    number, held, taken, quotes_cut = 1, bytearray(), 0, 0
    with regular_file(file) as packed:
        size = size_of(packed)
        is_packed = file.suffix.lower() == ".gz"
        stream = gzip.GzipFile(fileobj=packed) if is_packed else packed
        while is_packed or taken < size:  # a file that grows as fast as it is read has an end too
            try:
                chunk = stream.read1(_CHUNK)  # read() would lose what precedes the damage
            except (EOFError, OSError, zlib.error):
                yield Line(number, bytes(held[:limit]), _TRUNCATED)
                return
            if not chunk:
                break
            problem = None if taken else no_lines(chunk)
            taken += len(chunk)
            if is_packed:
                problem = problem or unpacks_too_far(taken, packed=packed.tell(), limits=limits)
            if problem is not None:
                yield Line(number, bytes((held + chunk)[:limit]), problem)
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
