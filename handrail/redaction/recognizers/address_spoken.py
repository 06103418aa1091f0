"""Addresses whose numbers are said in words: "twelve Albert Road", "lindenweg fuenf".

The words are written as digits and the text is read again, so all that is known of written
addresses holds for spoken ones; what is found counts only if such a number is a part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from handrail.redaction.recognizers.base import Sought, either, listed, spelled
from handrail.redaction.recognizers.spoken_digits import DIGITS

_HUNDREDS = listed("hundred cent cents hundert ciento cien")
_HUNDRED = {
    "cien": 100, "ciento": 100, "doscientos": 200, "trescientos": 300, "cuatrocientos": 400,
    "quinientos": 500, "seiscientos": 600, "setecientos": 700, "ochocientos": 800,
    "novecientos": 900,
}  # fmt: skip
_VALUES = {word: int(digits) for word, digits in DIGITS.items() if digits != "00"} | _HUNDRED
# "dreihunderteinunddreissig"
_GERMAN_HUNDRED = re.compile(r"([a-z]{3,6})?hundert(?:und)?([a-zß]{3,20})?")
# Alone they are articles and pronouns, and signs of a code.
_ARTICLES = listed("one un une uno una ein eins o oh a")
_WORD = (
    r"(?:"
    + either("|".join((*sorted(_VALUES), *sorted(_HUNDREDS))))
    + r"|(?:ein|zwei|drei|vier|funf|sechs|sieben|acht|neun)?hundert[a-zß]{0,20})(?!\w)"
)
_SAID = r"(?:number|nummer|hausnummer|hausnr\.?|nr\.|no\.|numero|num\.)"
# A look for any of them that is more than an article, before all of them are read.
_MAY = Sought(
    r"\b(?:"
    + either("|".join(sorted(word for word in _VALUES if len(word) > 2 and word not in _ARTICLES)))
    + r")\b|hundert|\b(?:number|nummer|hausnummer|numero)\s\d",
    re.IGNORECASE,
)
# The words of a number, with "number" in front of them or of digits.
_NUMBER = re.compile(
    rf"(?<![\w'-])(?:,?\s?{_SAID}\s(?:\d{{1,4}}[a-z]?(?![\w.,-]*\d| \d)|{_WORD})|{_WORD})"
    rf"(?:(?:[ -]|[ -](?:and|und|et|y)[ -])(?:{_WORD}))*",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+[a-z]?", re.IGNORECASE)
_JOINED = listed("and und et y number nummer hausnummer hausnr nr no numero num")
_FEWEST_LETTERS = 2
FORMS = (_MAY,)


class _Written(NamedTuple):
    """A number in words: `text[start:end]`, and the digits for it."""

    start: int
    end: int
    digits: str


def spoken(
    text: str,
    streets: frozenset[str],
    find: Callable[[str], Iterable[tuple[int, int]]],
    *,
    is_led_to: bool,
) -> Iterator[tuple[int, int]]:
    """Where addresses stand in plain `text` that `find` finds once their numbers are digits.

    Of `streets` one is in each text that holds an address, a word or how one ends, unless the text
    says that an address follows (`is_led_to`).
    """
    if not _MAY.may_be_in(text):
        return
    ends = tuple(street for street in streets if len(street) > _FEWEST_LETTERS)
    if not is_led_to and not any(word in streets or word.endswith(ends) for word in spelled(text)):
        return
    numbers = [one for found in _NUMBER.finditer(text) if (one := _written(text, found))]
    if not numbers:
        return
    pieces, shifts, at, length = [], [], 0, 0
    stretches: list[tuple[int, int]] = []
    for start, end, digits in numbers:
        pieces += [text[at:start], digits]
        length += start - at
        stretches.append((length, length + len(digits)))
        length += len(digits)
        shifts.append((length, end))
        at = end
    pieces.append(text[at:])
    for start, end in find("".join(pieces)):
        if any(start < last and first < end for first, last in stretches):
            yield (
                _source(start, numbers, stretches, shifts, is_end=False),
                _source(end, numbers, stretches, shifts, is_end=True),
            )


def is_number_word(lower: str) -> bool:
    """Whether a word, in lower case, stands for a number: "six", "oh", "vierundachtzig"."""
    return all(
        part in _VALUES or part in _HUNDREDS or _GERMAN_HUNDRED.fullmatch(part) is not None
        for part in lower.split("-")
    )


def _source(
    place: int,
    numbers: list[_Written],
    stretches: list[tuple[int, int]],
    shifts: list[tuple[int, int]],
    *,
    is_end: bool,
) -> int:
    """Where a place in the text with digits stood in the text with words."""
    for number, (first, last) in zip(numbers, stretches, strict=True):
        if first <= place <= last and (first < place or not is_end) and (place < last or is_end):
            return number.end if is_end else number.start
    before = bisect_right([new for new, _ in shifts], place) - 1
    if before < 0:
        return place
    new, old = shifts[before]
    return place - new + old


def _written(text: str, found: re.Match[str]) -> _Written | None:
    """A number as digits; none if it is no more than an article."""
    tokens = [token.lower() for token in _TOKEN.findall(found.group())]
    words = [token for token in tokens if token not in _JOINED]
    if not words or (len(tokens) == 1 and words[0] in _ARTICLES):
        return None
    start = found.start()
    separator = ""
    if text[start] in ", ":
        separator = " "
    return _Written(start, found.end(), separator + _digits(words))


def _digits(words: list[str]) -> str:
    """The digits of words for numbers: "six hundred two" is 602, "one five seven" is 157."""
    groups: list[int] = []
    written = ""
    for word in words:
        if word[0].isdigit():
            return word
        if word in _HUNDREDS and word not in _HUNDRED:
            groups[-1:] = [(groups[-1] if groups else 1) * 100]
            continue
        value = _value(word)
        if groups and _goes_into(value, groups[-1]):
            groups[-1] += value
        else:
            groups.append(value)
    written = "".join(map(str, groups))
    return written or "0"


def _value(word: str) -> int:
    if word in _VALUES:
        return _VALUES[word]
    found = _GERMAN_HUNDRED.fullmatch(word)
    if not found:
        return 0
    return _VALUES.get(found[1] or "ein", 1) * 100 + _VALUES.get(found[2] or "", 0)


def _goes_into(value: int, before: int) -> bool:
    """Whether a number is said as one with the tens or hundreds before it."""
    if not value or not before:
        return False
    if before % 100 == 0:
        return value < 100
    return before % 10 == 0 and before >= 20 and (value < 10 or (before in (60, 80) and value < 20))
