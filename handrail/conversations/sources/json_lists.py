"""The records of a JSON document: a list, an API's answer with one, or one after the other."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence

from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.records import LINE_SUFFIXES, json_records, json_row
from handrail.conversations.sources.rows import Problem, RawRow, Reason
from handrail.conversations.sources.unpacking import unpacked
from handrail.settings import IntakeSettings

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A whole string, the quote of one that goes on in the next piece, or a bracket.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]]', re.DOTALL)
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_OBJECT_A_LINE = re.compile(rb"\s*\{[^\n]*\}[ \t\r]*(?:\n|\Z)")
_BETWEEN = b" \t\r\n," + _BYTE_ORDER_MARK
_HEAD = 1 << 16  # an answer begins with its list, or with a few words about it
_DATA = re.compile(rb'"data"\s*:\s*$')
_LONGEST_NAME = 128
_CUT_OFF = Problem(
    Reason.MALFORMED, "the file ends in the middle of a record; export it again", ends=True
)


def json_objects(
    file: Readable, *, limits: IntakeSettings, lists: Sequence[str]
) -> Iterator[RawRow]:
    """The objects of `file`: one a line, those of a list, or one after the other.

    The list is the document or stands in it under a name of `lists`; what an answer says beside it
    (counts, links) is no record. A record that is no JSON, but whose brackets are paired, is one
    malformed row; after one whose brackets aren't, a document has no records any more.
    """
    head = b"" if file.name.lower().endswith(LINE_SUFFIXES) else _head(file, limits)
    named = re.compile(rb'"(?:' + "|".join(map(re.escape, lists)).encode() + rb')"\s*:\s*\[')
    if head.startswith(b"["):
        return _scanned(file, limits, re.compile(rb"\["))
    if (found := named.search(head)) and _is_beside_no_record(head[: found.start()]):
        return _scanned(file, limits, named)
    if not head or _OBJECT_A_LINE.match(head):
        return json_records(file, limits=limits)
    return _scanned(file, limits, re.compile(rb""))


def _head(file: Readable, limits: IntakeSettings) -> bytes:
    head = bytearray()
    for piece in unpacked(file, limits=limits):
        head += piece.data
        if piece.problem is not None or len(head) >= _HEAD:
            break
    return bytes(head[:_HEAD]).removeprefix(_BYTE_ORDER_MARK).lstrip()


def _is_beside_no_record(before: bytes) -> bool:
    """Whether a list that follows `before` is the answer's own, not one inside a record.

    It stands in the answer itself, or in the `data` of it.
    """
    opened: list[int] = []
    for token in _TOKEN.finditer(before):
        if token.group() in (b"{", b"["):
            opened.append(token.start())
        elif token.group() in (b"}", b"]") and opened:
            opened.pop()
            if not opened:
                return False
    return len(opened) == 1 or (len(opened) == 2 and bool(_DATA.search(before, 0, opened[1])))


def _scanned(file: Readable, limits: IntakeSettings, opens: re.Pattern[bytes]) -> Iterator[RawRow]:
    """The objects after each match of `opens`, up to the bracket that closes what it opened."""
    limit = limits.max_record_bytes
    number, scan = 0, _Scan(opens, limit)
    for piece in unpacked(file, limits=limits):
        for data, length in scan.objects(b"" if piece.problem else piece.data):
            number += 1
            yield _row(f"{file.name}:record {number}", data, length, limit)
        if piece.problem is not None:
            original = bytes((scan.held + piece.data)[:limit])
            yield RawRow(f"{file.name}:record {number + 1}", None, piece.problem, original)
            return
    if scan.held:
        yield RawRow(f"{file.name}:record {number + 1}", None, _CUT_OFF, bytes(scan.held))


def _row(where: str, data: bytes, length: int, limit: int) -> RawRow:
    if length <= limit:
        return json_row(where, data)
    problem = Problem(Reason.OVERSIZED, f"longer than the record limit of {limit} bytes")
    return RawRow(where, None, problem, data)


class _Scan:
    """Cuts objects out of a document that comes in pieces; holds one of them, up to the limit."""

    def __init__(self, opens: re.Pattern[bytes], limit: int) -> None:
        self.held = bytearray()
        self._length = 0
        self._opens = opens
        self._limit = limit
        self._before_list = b""  # the end of what was searched for a list, which may begin it
        self._is_in_list = self._is_in_string = self._is_escaped = False
        self._depth = 0

    def objects(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """The objects that end in `data`: at most the limit of their bytes, and their length."""
        at = 0
        while at < len(data):
            if not self._is_in_list:
                data, at = self._before_list + data[at:], 0
                found = self._opens.search(data)
                self._before_list = b"" if found else data[-_LONGEST_NAME:]
                if found is None:
                    return
                self._is_in_list, at = True, found.end()
            elif self._is_in_string:
                at = self._rest_of_string(data, at)
            else:
                at = yield from self._tokens(data, at)

    def _rest_of_string(self, data: bytes, at: int) -> int:
        begun, at = at, at + self._is_escaped
        found = _IN_STRING.match(data, at)
        end = found.end() if found else at
        self._is_escaped = data[end : end + 1] == b"\\"
        self._is_in_string = data[end : end + 1] != b'"'
        end = len(data) if self._is_in_string else end + 1
        self._keep(data, begun, end)
        return end

    def _tokens(self, data: bytes, at: int) -> Generator[tuple[bytes, int], None, int]:
        begun = at
        if self._depth == 0 and self.held:
            yield self._ended()
        for token in _TOKEN.finditer(data, at):
            mark = token.group()
            if self._depth == 0:
                if no_object := data[begun : token.start()].strip(_BETWEEN):
                    yield no_object, len(no_object)
                begun = token.start()
            if mark in (b"{", b"["):
                self._depth += 1
            elif mark in (b"}", b"]"):
                self._depth -= 1
            elif mark == b'"':
                self._is_in_string = True
                self._keep(data, begun, token.end())
                return token.end()
            if self._depth < 0:
                self._depth, self._is_in_list = 0, False
                return token.end()
            if self._depth == 0:
                self._keep(data, begun, token.end())
                yield self._ended()
                begun = token.end()
        if self._depth:
            self._keep(data, begun, len(data))
        elif no_object := data[begun:].strip(_BETWEEN):
            yield no_object, len(no_object)
        return len(data)

    def _keep(self, data: bytes, begin: int, end: int) -> None:
        self._length += end - begin
        self.held += data[begin : min(end, begin + self._limit - len(self.held))]

    def _ended(self) -> tuple[bytes, int]:
        ended = bytes(self.held), self._length
        self.held, self._length = bytearray(), 0
        return ended
