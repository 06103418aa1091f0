"""How addresses are written in German: street and house number, code and town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED, NAME
from handrail.redaction.recognizers.base import beginnings, beginnings_of, listed

_DE_STRONG = r"(?:stra(?:ss|ß)e|str\.|str|platz|gasse|allee|chaussee|promenade)"
_DE_WEAK = (
    r"(?:weg|ring|damm|ufer|steig|pfad|markt|hof|berg|graben|kai|zeile|stieg|garten|"
    r"feld|park|bogen)"
)
_DE_STEM = (
    r"(?<![\w-])(?:[^\W\d_][\w.-]{0,40}?|(?:(?!(?:is|on|at|in|der|die|das|den|dem|am|an|im|zu|auf|vor|mit|nach|"
    r"wohne|ich|und|bin|ist|adresse|lautet|von|the|to)\b)[^\W\d_][\w.-]{1,30}\s){1,3}?)"
)
_HOUSE = r"\s\d{1,4}\s?[a-h]?(?:\s?[-/]\s?\d{1,4}[a-h]?){0,2}(?![\w%€:])"
_DE_CODE = r"(?:,?\s(?:[AD]-)?\d{4,5}\s" + NAME
_DE_TOWN = (
    _DE_CODE
    + r"(?:\s(?:am|an|im|in|bei|ob|der|dem|(?-i:[A-Z])[\w.-]*)\b(?:\s(?:(?-i:[A-Z])[\w.-]*|"
    r"see)\b)?)?)"
)
_STREETS = (
    re.compile(_DE_STEM + _DE_STRONG + _HOUSE + _DE_TOWN + "?", re.IGNORECASE),
    re.compile(_DE_STEM + _DE_WEAK + _HOUSE + _DE_TOWN, re.IGNORECASE),
    re.compile(r"(?<![\w-])(?:[A-Z][\w.]*[- ]){0,3}?[A-Z][\w.-]*?(?i:" + _DE_WEAK + r")" + _HOUSE),
)
_BY_ARTICLE = re.compile(
    r"\b(?:Am|An der|An den|Im|In der|Auf der|Auf dem|Zum|Zur|Unter den|Hinter der)\s"
    + CAPITALIZED
    + _HOUSE
)
_TOWN = re.compile(
    r"(?<![\w.,-])(?:[AD]-)?\d{5} [A-Z][a-z]\w{1,30}(?:\s(?:am|an der|im|in)\s[A-Z]\w+|"
    r"-[A-Z]\w+)?(?!\w)"
)
_FIVE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_ENDINGS = tuple(
    listed(
        "strasse straße str platz gasse allee chaussee promenade weg ring damm ufer steig pfad "
        "markt hof berg graben kai zeile stieg garten feld park bogen"
    )
)
_ARTICLES = beginnings_of("am|an|im|in|auf|zum|zur|unter|hinter")


def forms(text: str, words: Set[str]) -> Iterator[re.Pattern[str]]:
    """The patterns that may match `text`, whose words are `words`."""
    if any(word.endswith(_ENDINGS) for word in words):
        yield from _STREETS
    if not _ARTICLES.isdisjoint(beginnings(text)):
        yield _BY_ARTICLE
    if _FIVE.search(text):
        yield _TOWN
