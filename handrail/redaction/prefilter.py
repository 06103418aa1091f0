"""One pass over a text that says which of many patterns may be in it, so that few are tried.

Hyperscan looks for all patterns at once, each in a looser form that matches wherever the pattern
does. Where it has no wheel, any pattern may be anywhere: the same is found, more slowly.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from functools import cache
from itertools import dropwhile
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from threading import Lock
from typing import Any

from handrail.redaction.prefilter_database import SEES, database_of

# What stands for a character beyond ASCII: a letter or digit is seen as the one, all else as the
# other, so that words begin and end in the same places.
_LETTER_BEYOND, _SIGN_BEYOND = "_", "\x7f"
_ANY = r"[\x00-\x7f]"
_ANY_RUN = _ANY + "*"
_DIGITS = "0123456789"
# To count what is longer or comes more often costs time to compile and rules out little.
_LONGEST_COUNTED = 80
_MOST_COPIES, _MOST_CHARACTERS = 8, 32

_DIGIT = re.compile(rb"[0-9]")
_CATEGORIES = {
    op.CATEGORY_DIGIT: re.compile(r"\d"),
    op.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    op.CATEGORY_SPACE: re.compile(r"\s"),
    op.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    op.CATEGORY_WORD: re.compile(r"\w"),
    op.CATEGORY_NOT_WORD: re.compile(r"\W"),
}


class Prefilter:
    """Watches for patterns: tells of a plain text which of them may match, and which surely don't.

    A pattern is known by its place: it has the number of patterns that were there before it.
    """

    def __init__(self, *, kept: Path | None) -> None:
        """`kept` is the folder that keeps what is compiled, which takes seconds, for the next."""
        self._kept = kept
        self._patterns: list[re.Pattern[str]] = []
        # Of the patterns that need no digit, and of those that do.
        self._databases: tuple[Any, Any] | None = None
        # A database scans one text at a time, and lets other threads run meanwhile.
        self._lock = Lock()

    @property
    def sees(self) -> bool:
        """Whether it can rule out anything."""
        return SEES

    @property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """What is watched for; a pattern's place is its place here."""
        return tuple(self._patterns)

    def watch(self, pattern: re.Pattern[str]) -> int:
        """The place of one more pattern to watch for."""
        with self._lock:
            self._patterns.append(pattern)
            self._databases = None
            return len(self._patterns) - 1

    def possible(self, text: str) -> Set[int]:
        """The places of the patterns that may match in `text`."""
        if not SEES:
            return frozenset(range(len(self._patterns)))
        data = _narrowed(text)
        places: set[int] = set()
        with self._lock:
            if self._databases is None:
                self._databases = self._compiled()
            of_any, of_digits = self._databases
            if of_any:
                of_any.scan(data, _note, context=places)
            if of_digits and _DIGIT.search(data):
                of_digits.scan(data, _note, context=places)
        return places

    def _compiled(self) -> tuple[Any, Any]:
        """What looks for the patterns that need no digit, and for those that do; None for none."""
        halves: tuple[dict[int, str], dict[int, str]] = ({}, {})
        for place, pattern in enumerate(self._patterns):
            parsed = _parser.parse(pattern.pattern, pattern.flags)
            halves[_has_digit(parsed)][place] = _loosened(parsed, pattern.flags)
        of_any, of_digits = (
            database_of(half, kept=self._kept) if half else None for half in halves
        )
        return of_any, of_digits


def _note(place: int, start: int, end: int, flags: int, places: set[int]) -> None:
    places.add(place)


def _narrowed(text: str) -> bytes:
    """One byte for each character of `text`."""
    if text.isascii():
        return text.encode()
    return "".join(
        c if c.isascii() else _LETTER_BEYOND if c.isalnum() else _SIGN_BEYOND for c in text
    ).encode()


def loosened(pattern: re.Pattern[str]) -> str:
    """An expression for Hyperscan that matches in each narrowed text in which `pattern` does.

    It has neither lookarounds nor references; what may be missing at its ends is cut off.
    """
    return _loosened(_parser.parse(pattern.pattern, pattern.flags), pattern.flags)


def _loosened(parsed: Any, flags: int) -> str:
    nodes = [(node, _parser.SubPattern(parsed.state, [node]).getwidth()[0]) for node in parsed]
    while nodes and not nodes[-1][1]:
        nodes.pop()
    written = _sequence(node for node, _ in dropwhile(lambda one: not one[1], nodes))
    return f"(?i:{written})" if flags & re.IGNORECASE else written


def needs_digit(pattern: re.Pattern[str]) -> bool:
    """Whether there is a digit in all that `pattern` matches; False if that can't be told."""
    return _has_digit(_parser.parse(pattern.pattern, pattern.flags))


def _has_digit(nodes: Iterable[Any]) -> bool:
    return any(_is_digit(kind, what) for kind, what in nodes)


def _is_digit(kind: Any, what: Any) -> bool:
    """Whether a part of a pattern always matches a digit, or looks at one ahead."""
    if kind is op.LITERAL:
        return chr(what) in _DIGITS
    if kind is op.IN:
        return all(_is_among_digits(*item) for item in what)
    if kind is op.BRANCH:
        return all(map(_has_digit, what[1]))
    if kind is op.SUBPATTERN:
        return _has_digit(what[-1])
    if kind is op.ATOMIC_GROUP:
        return _has_digit(what)
    if kind is op.ASSERT:
        return _has_digit(what[1])
    is_repeat = kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
    return is_repeat and what[0] > 0 and _has_digit(what[-1])


def _is_among_digits(kind: Any, what: Any) -> bool:
    """Whether an item of a set stands for digits and nothing else."""
    if kind is op.RANGE:
        return chr(what[0]) in _DIGITS and chr(what[1]) in _DIGITS
    if kind is op.LITERAL:
        return chr(what) in _DIGITS
    return kind is op.CATEGORY and what is op.CATEGORY_DIGIT


def _part(kind: Any, what: Any) -> str:
    if kind is op.LITERAL:
        return _one_of(((kind, what),))
    if kind is op.NOT_LITERAL:
        return _one_of(((op.NEGATE, None), (op.LITERAL, what)))
    if kind is op.IN:
        return _one_of(tuple(what))
    if kind is op.ANY:
        return _ANY
    if kind is op.BRANCH:
        return "(?:" + "|".join(map(_sequence, what[1])) + ")"
    if kind is op.SUBPATTERN:
        _, added, removed, inside = what
        case = "i" if added & re.IGNORECASE else "-i" if removed & re.IGNORECASE else ""
        return f"(?{case}:{_sequence(inside)})"
    if kind is op.ATOMIC_GROUP:
        return _sequence(what)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _repeated(*what)
    if kind is op.AT and what is op.AT_BOUNDARY:
        return r"\b"
    return "" if kind in (op.AT, op.ASSERT, op.ASSERT_NOT) else _ANY_RUN


def _sequence(nodes: Iterable[Any]) -> str:
    return "".join(_part(*node) for node in nodes)


def _repeated(fewest: int, most: int, inside: Sequence[Any]) -> str:
    """A repeated part; only what is short is counted."""
    written = _sequence(inside)
    if (fewest, most) == (0, 1):
        return f"(?:{written})?"
    is_one = len(inside) == 1 and inside[0][0] in (op.IN, op.LITERAL, op.NOT_LITERAL, op.ANY)
    short = _MOST_COPIES if len(written) <= _LONGEST_COUNTED else 1
    countable = _MOST_CHARACTERS if is_one else short
    until = most if is_one and most <= countable else ""
    group = written if is_one else f"(?:{written})"
    return f"{group}{{{min(fewest, countable)},{until}}}"


@cache
def _one_of(items: tuple[tuple[Any, Any], ...]) -> str:
    """The ASCII characters of a set, and what stands for all others if one of them is in it."""
    negated = items[0][0] is op.NEGATE
    inside = {code for code in range(128) if any(_is_in(code, *item) for item in items)}
    codes = set(range(128)) - inside if negated else inside
    if negated or any(_reaches_beyond(*item) for item in items):
        codes |= {ord(_LETTER_BEYOND), ord(_SIGN_BEYOND)}
    return _class(sorted(codes))


def _class(codes: Sequence[int]) -> str:
    """A set of characters by its ranges."""
    if len(codes) == 1 and chr(codes[0]).isalnum():
        return chr(codes[0])
    first = [code for code in codes if code - 1 not in codes]
    last = [code for code in codes if code + 1 not in codes]
    ranges = (
        f"{_escaped(a)}-{_escaped(b)}" if a < b else _escaped(a)
        for a, b in zip(first, last, strict=True)
    )
    return "[" + "".join(ranges) + "]"


def _escaped(code: int) -> str:
    return chr(code) if chr(code).isalnum() else f"\\x{code:02x}"


def _is_in(code: int, kind: Any, what: Any) -> bool:
    if kind is op.LITERAL:
        return bool(code == what)
    if kind is op.RANGE:
        return bool(what[0] <= code <= what[1])
    return kind is op.CATEGORY and _CATEGORIES[what].match(chr(code)) is not None


def _reaches_beyond(kind: Any, what: Any) -> bool:
    """Whether an item of a set may hold characters beyond ASCII; plain digits are within."""
    if kind is op.LITERAL:
        return bool(what > 127)
    if kind is op.RANGE:
        return bool(what[1] > 127)
    return kind is op.CATEGORY and what is not op.CATEGORY_DIGIT
