"""Values that are known to be somebody's: found wherever they stand, however they are spaced.

The customer profile is matched exactly, with one typing error and by people's nicknames; values
that a recognizer found once in a conversation are matched exactly in all of it. Matching is on bare
text: letters and digits only, in lower case, without accents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from handrail.conversations.model import Customer
from handrail.redaction.bare import UNITS, Bare, letters_of
from handrail.redaction.openings import Openings
from handrail.redaction.plain import plain
from handrail.redaction.profile import called, given_names, kind_of
from handrail.redaction.recognizers.addressed import is_addressed, is_determined
from handrail.redaction.recognizers.names import (
    PARTICLES,
    is_ambiguous,
    is_common,
    is_first_name,
    is_ordinary,
)
from handrail.redaction.spans import KNOWN, Span, SpanType

_WRITTEN_VARIOUSLY = frozenset({SpanType.PERSON, SpanType.ADDRESS, SpanType.PHONE})
_PHONE_LEFT = re.compile(r"[+(\d][\d\s().\-/+]{0,8}$")
UMLAUT_E = re.compile(r"(?<=[aouAOU])e(?=[^\W\d_])")
LINE_ENDS = re.compile(r"[,\n]")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d]{3}")
_SHORTEST = 3
_TYPO_FROM = 6
_INSIDE_WORDS_FROM = 8
# More values than this are looked up by how they open; fewer are found sooner one by one.
MANY = 64
NATIONAL_DIGITS = 9
_WIDEST_GAP = 4
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class _Value(NamedTuple):
    """One way to write a value.

    `joined`: it is one word, so nothing may stand between its letters. `proper`: it is an ordinary
    word as well, so it counts only in capitals or where somebody is named. `clues`: one of these is
    in any text that holds it with one typing error; none if typing errors aren't looked for.
    `nickname`: whoever bears the value may be called so.
    """

    bare: str
    type: SpanType
    value: str
    joined: bool
    proper: bool
    clues: tuple[str, ...]
    nickname: bool = False


class Values:
    """Values to remove from a conversation's texts."""

    def __init__(
        self,
        exact: Iterable[tuple[SpanType, str]],
        *,
        typos: bool,
        confidence: float,
        nicknames: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`nicknames`: in plain lower case, each with the person's value it stands for."""
        self._confidence = confidence
        found: dict[tuple[str, SpanType], _Value] = {}
        for kind, value in exact:
            for written, is_part in _ways(kind, value):
                letters = letters_of(written)
                proper = is_part and (
                    len(letters) < _SHORTEST or is_common(letters) or is_ambiguous(letters)
                )
                if len(letters) < (2 if is_part else _SHORTEST):
                    continue
                clues = (
                    _clues(letters) if typos and not proper and len(letters) >= _TYPO_FROM else ()
                )
                found.setdefault(
                    (letters, kind), _Value(letters, kind, value, is_part, proper, clues)
                )
        for nickname, value in nicknames.items():
            found.setdefault((nickname, SpanType.PERSON), _nickname(nickname, value))
        self._values = sorted(found.values(), key=lambda v: (-len(v.bare), v.bare, v.type))
        self._openings = Openings(v.bare for v in self._values) if len(found) > MANY else None
        self._with_clues = [place for place, value in enumerate(self._values) if value.clues]

    def __bool__(self) -> bool:
        return bool(self._values)

    def find(self, text: Bare) -> list[Span]:
        """Every occurrence, in the coordinates of the plain text."""
        spans: list[Span] = []
        letters = text.text
        for value, starts in self._visited(letters):
            if starts:
                spans += _exact(value, text, starts, self._confidence)
                continue
            for clue in value.clues:
                if clue in letters:
                    spans += _mistyped(value, text)
                    break
        return spans

    def _visited(self, letters: str) -> Iterator[tuple[_Value, Sequence[int]]]:
        """The values that may stand in `letters`, each with where it begins."""
        if self._openings is None:
            return ((value, _every(value.bare, letters)) for value in self._values)
        standing = self._openings.find(letters)
        visited = sorted({*standing, *self._with_clues})
        return ((self._values[place], standing.get(place, ())) for place in visited)


def customer_values(customer: Customer) -> Values:
    """What the company knows of this customer; the id counts as an account."""
    if not customer.known and not customer.customer_id:
        return _NOTHING
    exact = [
        (kind_of(kind), value)
        for kind, values in sorted(customer.known.items())
        for value in values
    ]
    if customer.customer_id:
        exact.append((SpanType.ACCOUNT, customer.customer_id))
    names = [value for kind, value in exact if kind is SpanType.PERSON]
    owners = {given: name for name in reversed(names) for given in given_names(name)}
    standing_for = {nickname: owners[given] for nickname, given in called(customer).items()}
    return Values(exact, typos=True, confidence=KNOWN, nicknames=standing_for)


def _nickname(nickname: str, value: str) -> _Value:
    unclear = (
        is_ambiguous(nickname)
        or is_ordinary(nickname)
        or len(nickname) < _SHORTEST
        or (len(nickname) == _SHORTEST and not is_first_name(nickname))
    )
    return _Value(nickname, SpanType.PERSON, value, True, unclear, (), nickname=True)


_NOTHING = Values((), typos=True, confidence=KNOWN)


def _ways(kind: SpanType, value: str) -> Iterator[tuple[str, bool]]:
    """How `value` is written, and whether that is one part of a name."""
    if kind not in _WRITTEN_VARIOUSLY and value.isascii():
        yield value, False
        return
    written = {plain(value).text}
    if not value.isascii():
        written.add(plain(value.translate(_UMLAUTS)).text)
    if kind is SpanType.PERSON:
        written |= {UMLAUT_E.sub("", way) for way in written}
    if kind is SpanType.ADDRESS:
        lines = LINE_ENDS.split(plain(value).text)
        written |= {line for line in lines if _DIGIT.search(line) and _WORD.search(line)}
    if kind is SpanType.PHONE:
        digits = "".join(c for c in value if c.isdigit())
        written |= {digits, digits[-NATIONAL_DIGITS:]}
    for way in sorted(written):
        parts = UNITS.findall(way)
        one_name = kind is SpanType.PERSON and len(parts) == 1
        yield way, one_name
        if kind is SpanType.PERSON and not one_name:
            yield from ((part, True) for part in parts if part.lower() not in PARTICLES)


def _clues(letters: str) -> tuple[str, ...]:
    """A typing error leaves one half as it is, or swaps the two letters in the middle."""
    half = len(letters) // 2
    swapped = letters[: half - 1] + letters[half] + letters[half - 1] + letters[half + 1 :]
    return (letters[:half], letters[half:], swapped)


def _every(bare: str, letters: str) -> list[int]:
    """Where `bare` begins in `letters`."""
    places = []
    found = letters.find(bare)
    while found >= 0:
        places.append(found)
        found = letters.find(bare, found + 1)
    return places


def _exact(value: _Value, text: Bare, starts: Iterable[int], confidence: float) -> Iterator[Span]:
    length = len(value.bare)
    for found in starts:
        start, end = text.at[found], text.at[found + length - 1] + 1
        if _stands(value, text, found, start, end):
            if value.type is SpanType.PHONE:
                start = phone_begins(text.plain, start)
            yield Span(start, end, value.type, confidence, value.value)


def phone_begins(text: str, start: int) -> int:
    """Where a telephone number begins that is known from `start` on: prefixes may be ahead."""
    left = _PHONE_LEFT.search(text, max(0, start - 9), start)
    return left.start() if left else start


def _stands(value: _Value, text: Bare, found: int, start: int, end: int) -> bool:
    """Whether the letters found are the value, and not inside or across other words."""
    if value.joined and end - start != len(value.bare) and "ß" not in text.plain[start:end].lower():
        return False
    if value.proper and not _is_name(value, text.plain, start, end):
        return False
    if end - start > len(value.bare):
        places = text.at[found : found + len(value.bare)]
        if any(b - a > _WIDEST_GAP for a, b in pairwise(places)):
            return False
    inside = value.type is not SpanType.PERSON and len(value.bare) >= _INSIDE_WORDS_FROM
    if inside:
        return True
    before = text.plain[start - 1 : start]
    after = text.plain[end : end + 1]
    if value.type is SpanType.PHONE:
        return not after.isdigit()
    return not before.isalnum() and not after.isalnum()


def _is_name(value: _Value, text: str, start: int, end: int) -> bool:
    """Whether what may be an ordinary word is a name where it stands."""
    if is_addressed(text, start, end):
        return True
    if not text[start].isupper():
        return False
    return not value.nickname or not (is_common(value.bare) or is_determined(text, start))


def _mistyped(value: _Value, text: Bare) -> Iterator[Span]:
    units = list(UNITS.finditer(text.plain.lower()))
    for first, unit in enumerate(units):
        if unit.group()[0] != value.bare[0]:
            continue
        window = ""
        for last in units[first:]:
            window += last.group()
            if len(window) > len(value.bare) + 1:
                break
            ordinary = value.type is SpanType.PERSON and is_common(window)
            if one_edit(window, value.bare) and not ordinary:
                yield Span(unit.start(), last.end(), value.type, 0.99, value.value)


def one_edit(left: str, right: str) -> bool:
    """Whether at most one insertion, deletion, replacement or swap makes them equal."""
    if left == right:
        return True
    if len(left) > len(right):
        left, right = right, left
    if len(right) - len(left) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    if len(left) < len(right):
        return left[at:] == right[at + 1 :]
    if left[at + 1 :] == right[at + 1 :]:
        return True
    return left[at : at + 2] == right[at : at + 2][::-1] and left[at + 2 :] == right[at + 2 :]
