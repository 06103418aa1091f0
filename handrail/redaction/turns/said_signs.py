"""Numbers and codes said aloud: "seven seven one two nine", "Anton sieben zwo", "quarante-quatre".

Words for digits, in tens too, letters, the words with which letters are spelled, and digits as
they are written, one behind the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from handrail.redaction.recognizers.base import listed, spelled
from handrail.redaction.recognizers.spoken_digits import DIGITS, TIMES

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_GAP = re.compile(r"[\s,./:-]{1,4}")
_GERMAN = re.compile(
    r"(?:ein|zwei|drei|vier|funf|sechs|sieben|acht|neun)und"
    r"(?:zwanzig|drei(?:ss|ß)ig|vierzig|funfzig|sechzig|siebzig|achtzig|neunzig)"
)
# The alphabets of telephones: NATO, German, French.
_LETTERS = listed(
    """
    alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike
    november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu
    anton berta casar dora emil friedrich gustav heinrich ida julius kaufmann konrad ludwig martha
    nordpol otto quelle richard samuel siegfried schule theodor ulrich viktor wilhelm ypsilon
    zacharias zeppelin anatole berthe celestin eugene gaston henri irma joseph kleber louis marcel
    nicolas pierre quintal raoul suzanne therese ursule william xavier yvonne zoe
    """
)
_MARKS = listed(
    """
    and und et y dash hyphen minus slash dot point strich bindestrich schragstrich punkt tiret
    barre trait guion barra punto then dann puis luego fois mal veces space capital gross majuscule
    mayuscula
    """
)
# "o as in Oscar", "B wie Berta": the word behind these is the letter again.
_LIKE = listed("as like wie comme for como in")
# Letters that are words of a sentence as well.
_WORDS = frozenset("aiyeou")
_FEWEST_SIGNS = 5
_FEWEST_DIGITS = 3
_FEWEST_DIGITS_ALONE = 4
_FEWEST_SAID = 3
_LONGEST_WRITTEN = 5
_LONGEST_PREFIX = 3


class _Sign(NamedTuple):
    """One word of a number said aloud: where it stands, its digits and letters, how it is said.

    `is_word`: a letter that is a word as well.
    """

    start: int
    end: int
    digits: int
    letters: int
    aloud: bool
    is_word: bool = False


def may_say_digits(text: str) -> bool:
    """Whether plain `text` has words for digits, and so many that they may be a number."""
    return sum(word in DIGITS or _GERMAN.fullmatch(word) is not None for word in spelled(text)) > 1


def said_aloud(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """Where numbers and codes are said in `text[begin:end]`."""
    run: list[_Sign] = []
    explains = False
    for token in _TOKEN.finditer(text, begin, end):
        goes_on = bool(run) and _GAP.fullmatch(text, run[-1].end, token.start()) is not None
        if run and not goes_on:
            yield from _value(run)
            run, explains = [], False
        word = token.group()
        likens = bool(run) and word.lower() in _LIKE and (explains or _is_letter(run[-1]))
        if likens or explains:
            run.append(_Sign(*token.span(), 0, 0, False))
        elif (sign := _sign(word, token.start(), token.end())) is not None:
            run.append(sign)
        elif run:
            yield from _value(run)
            run = []
        explains = likens
    yield from _value(run)


def _sign(word: str, start: int, end: int) -> _Sign | None:
    lower = word.lower()
    if lower in TIMES:
        return _Sign(start, end, 1, 0, True)
    if lower in DIGITS:
        return _Sign(start, end, len(DIGITS[lower]), 0, True)
    if _GERMAN.fullmatch(lower):
        return _Sign(start, end, 2, 0, True)
    if word.isdigit():
        return _Sign(start, end, len(word), 0, False) if len(word) <= _LONGEST_WRITTEN else None
    if lower in _WORDS:
        return _Sign(start, end, 0, 1, False, is_word=True)
    if len(word) == 1 or lower in _LETTERS or (word.isupper() and len(word) <= _LONGEST_PREFIX):
        return _Sign(start, end, 0, 1, False)
    return _Sign(start, end, 0, 0, False) if lower in _MARKS else None


def _value(run: Sequence[_Sign]) -> Iterator[tuple[int, int]]:
    """The number that a run of signs is, without the words at its ends that join signs."""
    first, last = 0, len(run)
    while first < last and not _opens(run[first], run[first + 1 : first + 2]):
        first += 1
    while last > first and not (run[last - 1].digits or run[last - 1].letters):
        last -= 1
    signs = run[first:last]
    digits = sum(sign.digits for sign in signs)
    letters = sum(sign.letters for sign in signs)
    aloud = sum(sign.aloud for sign in signs)
    fewest = _FEWEST_DIGITS if letters else _FEWEST_DIGITS_ALONE
    enough = digits >= fewest and digits + letters >= _FEWEST_SIGNS - (not letters)
    told = aloud >= _FEWEST_SAID or (aloud >= _FEWEST_SAID - 1 and digits > _FEWEST_SIGNS)
    if enough and told:
        yield signs[0].start, signs[-1].end


def _is_letter(sign: _Sign) -> bool:
    return sign.end - sign.start == 1


def _opens(sign: _Sign, following: Sequence[_Sign]) -> bool:
    """Whether a number begins with a sign: "a four" is a word and a digit, "a b four" a code."""
    if sign.is_word:
        return bool(following) and not following[0].digits and not following[0].is_word
    return bool(sign.digits or sign.letters)
