"""Lines of a file, plain or gzip, in memory bounded by the record limit."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from handrail.conversations.sources.rows import Problem, Reason
from handrail.errors import BadInput

_CHUNK = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TRUNCATED = Problem(
    Reason.MALFORMED, "truncated file: it ends or breaks in the middle; export it again"
)


@dataclass(frozen=True)
class Line:
    """One line without its line feed; `number` counts from 1."""

    number: int
    data: bytes = field(repr=False)
    problem: Problem | None


def read_lines(file: Path, *, limit: int) -> Iterator[Line]:
    """The lines of `file`; one longer than `limit` bytes is `oversized` and cut at the limit.

    A damaged or truncated file yields every whole line before the damage, then one line with the
    problem, then ends.
    """
    number, held = 1, bytearray()
    with open_binary(file) as stream:
        while True:
            try:
                chunk = stream.read1(_CHUNK)  # read() would lose what precedes the damage
            except (EOFError, OSError, zlib.error):
                yield Line(number, bytes(held[:limit]), _TRUNCATED)
                return
            if not chunk:
                break
            start = 0
            while (end := chunk.find(b"\n", start)) >= 0:
                held += chunk[start : min(end, start + limit + 1 - len(held))]
                yield _line(number, held, limit)
                number, held, start = number + 1, bytearray(), end + 1
            held += chunk[start : start + limit + 1 - len(held)]
    if held:
        yield _line(number, held, limit)


def open_binary(file: Path) -> gzip.GzipFile | io.BufferedReader:
    """`file` opened for reading, unpacked if its name ends in `.gz`."""
    try:
        return gzip.GzipFile(file, "rb") if file.suffix.lower() == ".gz" else file.open("rb")
    except OSError as error:
        msg = f"{file} can't be opened ({type(error).__name__}): check the path and its permissions"
        raise BadInput(msg) from None


def _line(number: int, held: bytearray, limit: int) -> Line:
    if len(held) > limit:
        problem = Problem(Reason.OVERSIZED, f"longer than the record limit of {limit} bytes")
        return Line(number, bytes(held[:limit]), problem)
    data = bytes(held)
    return Line(number, data.removeprefix(_BYTE_ORDER_MARK) if number == 1 else data, None)
