"""Addresses in a reply to a question for one: all parts of it, known streets or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import is_common
from handrail.redaction.turns.replies import FILLERS, Word, leads_on, parts, words
from handrail.redaction.turns.said_numbers import is_measure, is_postcode

_NUMBER = re.compile(r"(?<![\w.,:/€$£])\d{1,6}[A-Za-z]?(?![\w%€$£]|[.,:]\d)")
# Ordinary words that are at home in an address.
_OF_ADDRESSES = listed(
    """
    street st road rd avenue ave lane ln drive dr close court way place square house flat floor
    apt apartment suite unit room building block no number box po
    strasse straße str weg platz gasse haus hausnummer nummer stock etage wohnung zimmer og eg
    links rechts tur stiege top am im an der den dem bei
    rue avenue boulevard place chemin quai allee impasse route etage appartement batiment porte
    bis ter numero
    calle avenida plaza paseo camino carrera piso planta puerta bloque portal depto casa edificio
    de del la las los le les l' du des d' y
    """
)
_MOST_ORDINARY = 1
_AROUND = " \t.:-"


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Parts in a row that are a street and number, a postal code, or names in capitals."""
    row: list[tuple[int, int]] = []
    proven = False
    for start, end in parts(text):
        said = words(text, start, end)
        numbered = _is_numbered(text, start, end, said)
        if numbered or (said and _is_proper(said)):
            row.append(_trimmed(text, start, end, said))
            proven = proven or numbered
            continue
        if proven:
            yield row[0][0], row[-1][1]
        row, proven = [], False
    if proven:
        yield row[0][0], row[-1][1]


def _is_numbered(text: str, start: int, end: int, said: list[Word]) -> bool:
    """Whether a part is a street with a number, or begins or ends with a postal code."""
    numbers = list(_NUMBER.finditer(text, start, end))
    if any(is_measure(text, *number.span()) for number in numbers):
        return False
    if not numbers and not is_postcode(text[start:end].strip()):
        return False
    ordinary = [word for word in said if is_common(word.lower) and word.lower not in _OF_ADDRESSES]
    ordinary = [word for word in ordinary if word.lower not in FILLERS]
    named = [word for word in said if word not in ordinary and word.lower not in FILLERS]
    return len(ordinary) <= _MOST_ORDINARY and (bool(named) or is_postcode(text[start:end].strip()))


def _is_proper(said: list[Word]) -> bool:
    """Whether all words are in capitals, but for fillers and those at home in an address."""
    named = [word for word in said if word.lower not in FILLERS]
    capital = [word for word in named if word.capital]
    return bool(capital) and all(w.capital or w.lower in _OF_ADDRESSES for w in named)


def _trimmed(text: str, start: int, end: int, said: list[Word]) -> tuple[int, int]:
    """A part without the words that lead to an address, and without those that go on behind it."""
    for word in said:
        plain = not word.capital and len(word.text) > 1 and word.lower not in _OF_ADDRESSES
        leads = plain and leads_on(word.lower)
        if leads and not text[start : word.start].strip(_AROUND):
            start = word.end
        elif leads:
            end = word.start
            break
    while start < end and text[start] in _AROUND:
        start += 1
    while end > start and text[end - 1] in _AROUND:
        end -= 1
    return start, end
