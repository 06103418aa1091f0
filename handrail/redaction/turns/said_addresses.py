"""Addresses in a reply to a question for one: all parts of it, known streets or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.address_spoken import is_number_word
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
# What buildings and the places around them are called: a name with one is somebody's house.
_DWELLINGS = listed(
    """
    place plaza rue calle avenue avenida boulevard
    house cottage farm lodge forge rectory vicarage barn mill villa manor hall grange bungalow
    stables court mansion mansions wharf granary lane street road terrace close brae row
    hof gut chalet villa muhle schloss siedlung forsthaus
    ferme mas domaine chateau moulin villa chemin residence hameau lieu-dit bourg
    cortijo finca quinta hacienda villa casa camino residencial masia caserio
    """
)
_ADJECTIVES = listed("old new upper lower great little alte neue")
# "number 27", "die 17", "no its 43": nothing else is said.
_HOUSE_NUMBER = re.compile(r"\d{1,4}\s?[A-Za-z]?(?:[/-]\d{1,4})?(?!\w|[.,:]\d)")
_SAYS_NUMBER = listed(
    """
    number no nr nummer hausnummer numero num die der das the le la el au it's its c'est es ist is
    jetzt now maintenant ahora nein non not ne nur only that's portal haus house we we're wir
    """
)
# Behind such words a number in a reply is the house, whatever else is said.
_CORRECTS = re.compile(
    r"\b(?:c'est (?:le|au)|it'?s (?:number|no\.?)|(?:die|hausnummer) (?=\d)|es el|es al)\s*"
    r"(\d{1,4}[a-z]?)(?=\s*(?:[,;!?\n]|\.(?!\d)|$))",
    re.IGNORECASE,
)
# A floor and a door, in digits or in words.
_FLOOR = re.compile(
    r"(?<!\w)(?:\d{1,2}|primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|quint[oa]|sext[oa]|bajo|"
    r"premier|deuxieme|troisieme|erster|zweiter|dritter)(?:o|a|e|er|eme|\.)?,?\s"
    r"(?:izq\w*|izda|dcha|derecha|gauche|droite|links|rechts|stock|og|etage|[a-h])(?!\w)\.?",
    re.IGNORECASE,
)
_MOST_NAMES = 3
_ARTICLES = listed("one un une a ein eine uno una o oh")
_FEWEST_SPOKEN = 2
_MOST_ORDINARY = 1
_DIGIT = re.compile(r"\d")
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


def named_houses(text: str) -> Iterator[tuple[int, int]]:
    """A reply that is nothing but names, one of them a house's or a street's: "The Old Forge"."""
    stretches = [(start, end, words(text, start, end)) for start, end in parts(text)]
    if any(_is_dwelling(said) for _, _, said in stretches) and all(
        _is_dwelling(said) or _is_proper(said) or _is_strange(said) for _, _, said in stretches
    ):
        first, last = stretches[0], stretches[-1]
        yield _trimmed(text, *first)[0], _trimmed(text, *last)[1]


def house_numbers(text: str) -> Iterator[tuple[int, int]]:
    """The number of a house: all that a reply says, or what it says the number is."""
    for found in _HOUSE_NUMBER.finditer(text):
        around = (*words(text, 0, found.start()), *words(text, found.end(), len(text)))
        bare = all(w.lower in _SAYS_NUMBER or w.lower in FILLERS for w in around)
        if bare and not is_measure(text, *found.span()) and not _DIGIT.search(text, found.end()):
            yield found.span()
        break
    for found in _FLOOR.finditer(text):
        yield found.span()
    for found in _CORRECTS.finditer(text):
        if not is_measure(text, *found.span(1)):
            yield found.span(1)


def street_names(text: str) -> Iterator[tuple[int, int]]:
    """A name in capitals that is all a reply says, where a street was asked for."""
    said = [
        word
        for word in words(text, 0, len(text))
        if word.lower not in FILLERS or (word.capital and word.lower in _OF_ADDRESSES)
    ]
    if 0 < len(said) <= _MOST_NAMES and not _DIGIT.search(text):
        names = [word for word in said if word.lower not in _OF_ADDRESSES]
        if names and all(word.capital and not is_common(word.lower) for word in names):
            yield said[0].start, said[-1].end


def said_house_numbers(text: str) -> Iterator[tuple[int, int]]:
    """The number of a house in words, where a reply says nothing else."""
    said = words(text, 0, len(text))
    numbers = [word for word in said if is_number_word(word.lower)]
    others = [word for word in said if not is_number_word(word.lower)]
    plain = all(word.lower in FILLERS or word.lower in _SAYS_NUMBER for word in others)
    if numbers and plain and not (len(said) == 1 and numbers[0].lower in _ARTICLES):
        yield numbers[0].start, numbers[-1].end


def said_postcodes(text: str) -> Iterator[tuple[int, int]]:
    """A postal code said in words: "six oh six one four", "vierundachtzig null achtundzwanzig"."""
    said = words(text, 0, len(text))
    numbers = [word for word in said if is_number_word(word.lower)]
    others = [word for word in said if not is_number_word(word.lower)]
    if len(numbers) >= _FEWEST_SPOKEN and all(word.lower in FILLERS for word in others):
        yield numbers[0].start, numbers[-1].end


def _is_strange(said: list[Word]) -> bool:
    """Whether a part is one or two words that are no ordinary ones: a town in small letters."""
    return 0 < len(said) <= 2 and not any(is_common(word.lower) for word in said)


def _is_dwelling(said: list[Word]) -> bool:
    """Whether a part is the name of a house or street, with a word for one: "The Old Forge"."""
    lower = [word.lower for word in said if word.lower not in FILLERS]
    named = [word for word in lower if word not in _DWELLINGS and word not in _OF_ADDRESSES]
    if len(named) == len(lower) or len(lower) > _MOST_NAMES + 2:
        return False
    strange = [word for word in named if not is_common(word)]
    return _DWELLINGS.isdisjoint(lower) is False and (
        bool(strange) or all(word in _ADJECTIVES for word in named)
    )


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
