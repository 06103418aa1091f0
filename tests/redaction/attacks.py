"""Texts made from a pattern: what it matches, what it almost matches, and long runs of either."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 40
_CHARACTERS = [chr(code) for code in range(32, 127)]
_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
# Runs that are no pattern's own: letters, digits, spaces, marks, and words of one kind.
RUNS = (
    *("a", "1", "A", " ", "\n", "-", ".", ":", '"', "/", "@", "a ", "1 ", "A ", "Ab ", "1-", "a."),
    *("A.", "a@", "a-", "a'", "0 0 a ", ".,", "=a", "a1", "1:"),
)


def written(pattern: re.Pattern[str], random: Random) -> str:
    """A text of the shape of `pattern`; lookarounds and references are not heeded."""
    return _sequence(_parser.parse(pattern.pattern, pattern.flags), random)


def attacks(pattern: re.Pattern[str], random: Random) -> Iterator[str]:
    """Short texts whose repetition is hard on `pattern`."""
    whole = written(pattern, random)
    yield from (whole, whole + " ", whole[:-1] or "x", whole[: len(whole) // 2] + " ", *RUNS)


def _sequence(nodes: Any, random: Random) -> str:
    return "".join(_part(kind, what, random) for kind, what in nodes)


def _part(kind: Any, what: Any, random: Random) -> str:
    if kind is op.LITERAL:
        return chr(what)
    if kind is op.IN:
        return _one_of(what, random)
    if kind in (op.ANY, op.NOT_LITERAL):
        return "~"
    if kind is op.BRANCH:
        return _sequence(random.choice(what[1]), random)
    if kind is op.SUBPATTERN:
        return _sequence(what[3], random)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        fewest, most, inside = what
        times = min(random.choice((fewest, fewest + 1, fewest + 3)), int(most), _MOST)
        return "".join(_sequence(inside, random) for _ in range(times))
    return ""


def _one_of(items: Sequence[tuple[Any, Any]], random: Random) -> str:
    negated = items[0][0] is op.NEGATE
    fitting = [c for c in _CHARACTERS if any(_is_in(c, *item) for item in items) is not negated]
    return random.choice([c for c in fitting if c.isalnum()] or fitting or ["\n"])


def _is_in(character: str, kind: Any, what: Any) -> bool:
    if kind is op.LITERAL:
        return bool(ord(character) == what)
    if kind is op.RANGE:
        return bool(what[0] <= ord(character) <= what[1])
    return kind is op.CATEGORY and re.match(_CATEGORIES[what], character) is not None
