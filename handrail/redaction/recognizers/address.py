"""Postal addresses: a number beside a street word, a place with its code, or said to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers import (
    address_asia_pacific,
    address_context,
    address_english,
    address_europe,
    address_german,
    address_regional,
    address_romance,
    address_said,
    address_spoken,
    address_streets,
)
from handrail.redaction.recognizers.address_rest import begins, rest
from handrail.redaction.recognizers.base import (
    Recognizer,
    Sought,
    listed,
    places_of,
    possible,
    spelled,
)
from handrail.redaction.spans import Span, SpanType

_LOOSE_END = listed(
    "svp stp et y por favor pero mais s'il gracias merci "
    "that has a an with and the for is at in on it to or was are have costs which"
)
_NOT_TOWN = re.compile(
    r"\d\s(?:Euros?|EUROS?|Pesos|Dolares|Dollars|Rupees|Unidades|Articles|Personnes|Clients|Points|"
    r"Puntos|Mois|Meses|Jours|Dias|Heures|Horas|Stuck|Uhr|Mal|Punkte|Tage|Kunden|Fallen|Nutzer|"
    r"Besucher|Exemplare|Artikel|Meter|Schritte|Jahre|Zeichen)\b"
)
_NOT_STREET = re.compile(
    # What servers answer: "502 Bad Gateway".
    r"(?:[45]\d\d\s(?:bad|forbidden|not|internal|unauthorized|service|gateway|too|conflict)|"
    r"during|spring|string|bring|ring|holding|und|"
    r"(?:unter|ruck|heim|hin|um|aus|dienst|rechts|versand|liefer|post|schul|arbeits|lebens)weg)\b",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(
    r"(?<![^\W\d_])([^\W\d_]{1,60})(?:[.,]{0,2}\s|\.)(?:n\.?o?\.?:?\s?|nr\.?\s)?\d", re.IGNORECASE
)
# "s/n": a street without numbers.
_NUMBERED = re.compile(r"\d|\bs/n\b")
_CONFIDENCE = 0.8
# Nearly every text with a number may hold this one, and it is for writers without capitals.
_LOWER = frozenset({address_context.LOWER_NUMBERED.place})
_ENGLISH = places_of(address_english.FORMS)
_GERMAN = places_of(address_german.FORMS)
_ROMANCE = places_of(address_romance.FORMS)
_EUROPE = places_of(address_europe.FORMS)
_ASIA_PACIFIC = places_of(address_asia_pacific.FORMS)
_ELSE = places_of(
    (
        *address_context.FORMS,
        *address_said.FORMS,
        *address_streets.FORMS,
        *address_regional.FORMS,
    )
)
_CASED = (_ENGLISH | _GERMAN | _ROMANCE | _EUROPE | _ASIA_PACIFIC | _ELSE) - _LOWER


_STREET_WORDS = (
    address_english.STREET_WORDS
    | address_german.STREET_WORDS
    | address_romance.STREET_WORDS
    | listed("hausnummer zip postcode postleitzahl plz postal portal")
)


class Address(Recognizer):
    """Street addresses as written in English, German, French, Spanish, and around Asia."""

    name = "address"
    types = frozenset({SpanType.ADDRESS})
    needs = (
        *address_english.FORMS,
        *address_german.FORMS,
        *address_romance.FORMS,
        *address_europe.FORMS,
        *address_asia_pacific.FORMS,
        *address_context.FORMS,
        *address_said.FORMS,
        *address_spoken.FORMS,
        *address_streets.FORMS,
        *address_regional.FORMS,
    )

    def find(self, text: str, *, language: str) -> list[Span]:
        """Any of the ways to write one, because people abroad write as at home."""
        found = [*_written(text)]
        is_led_to = any(cue.may_be_in(text) for cue in address_said.FORMS)
        found += address_spoken.spoken(text, _STREET_WORDS, _written, is_led_to=is_led_to)
        return [_trimmed(text, start, end) for start, end in found]


def _written(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand whose numbers are digits, as far as they have any."""
    lower = text.islower()
    may = possible(text)
    if (_CASED | _LOWER if lower else _CASED).isdisjoint(may):
        return
    words = frozenset(spelled(text))
    if _NUMBERED.search(text):
        for pattern in _worth_trying(text, words):
            yield from _whole(pattern, text, lower=lower)
        yield from address_context.in_context(text, words, lower=lower)
        yield from address_said.said(text, lower=lower)
    yield from address_streets.streets(text, lower=lower)
    yield from address_regional.regional(text, lower=lower)


def _whole(pattern: Sought, text: str, *, lower: bool) -> Iterator[tuple[int, int]]:
    """Where the addresses begin and end whose streets `pattern` finds."""
    read_until = 0
    for street in pattern.finditer(text):
        # A part of an address may look like a street; it is read already.
        if street.end() <= read_until:
            continue
        if not _NOT_TOWN.search(street.group()) and not _NOT_STREET.match(street.group()):
            read_until = rest(text, street.end(), lower=lower).end
            yield begins(text, street.start()), read_until


def _worth_trying(text: str, words: Set[str]) -> Iterator[Sought]:
    """The patterns whose words are in `text`: one look at them saves a dozen searches."""
    may = possible(text)
    if not _ENGLISH.isdisjoint(may):
        yield from address_english.forms(text, words)
    if not _GERMAN.isdisjoint(may):
        yield from address_german.forms(text, words, _before_numbers(text))
    if not _ROMANCE.isdisjoint(may):
        yield from address_romance.forms(text, words)
    if not _EUROPE.isdisjoint(may):
        yield from address_europe.forms(text, words, _before_numbers(text))
    if not _ASIA_PACIFIC.isdisjoint(may):
        yield from address_asia_pacific.forms(text, words)


def _before_numbers(text: str) -> frozenset[str]:
    """The words that stand before a number."""
    return frozenset(word.lower() for word in _BEFORE_NUMBER.findall(text))


def _trimmed(text: str, start: int, end: int) -> Span:
    """Without ordinary words and punctuation at the end."""
    while True:
        found = text[start:end].rstrip(" ,.;:")
        head, space, last = found.rpartition(" ")
        if not space or last not in _LOOSE_END or not any(c.isdigit() for c in head):
            return Span(start, start + len(found), SpanType.ADDRESS, _CONFIDENCE)
        end = start + len(head)
