"""How addresses are written in German: street and house number, code and town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED, NAME
from handrail.redaction.recognizers.base import listed

_STRONG = r"(?:stra(?:ss|ß)e|str\.|str|platz|gasse|allee|chaussee|promenade)"
_WEAK = (
    r"(?:weg|ring|damm|ufer|steig|pfad|markt|hof|berg|graben|kai|zeile|stieg|garten|"
    r"feld|park|bogen)"
)
# "Haupt" or "Karl Marx ", but no words of the sentence.
_STEM = (
    r"(?<![\w-])(?:(?:(?:alte|neue|grosse|große|kleine|lange|kurze|obere|untere|hohe|breite|innere)\s)?"
    r"[^\W\d_][\w.-]{0,40}?|"
    r"(?:(?!(?:is|on|at|in|der|die|das|den|dem|am|an|im|zu|auf|vor|mit|nach|wohne|wohnhaft|ich|und|"
    r"bin|ist|adresse|lautet|von|the|to)\b)[^\W\d_][\w.-]{1,30}\s){1,3}?)"
)
_HOUSE = r"(?:\s|(?<=str\.))\d{1,4}\s?[a-h]?(?:\s?[-/]\s?\d{1,4}[a-h]?){0,2}(?![\w%€:])"
_CODE_AND_TOWN = (
    rf"(?:,?\s(?:[AD]-)?\d{{4,5}}\s{NAME}"
    r"(?:\s(?:am|an|im|in|bei|ob|der|dem|(?-i:[A-Z])[\w.-]{0,40})\b"
    r"(?:\s(?:(?-i:[A-Z])[\w.-]{0,40}|see)\b)?)?)"
)
_STREETS = (
    re.compile(f"{_STEM}{_STRONG}{_HOUSE}{_CODE_AND_TOWN}?", re.IGNORECASE),
    re.compile(f"{_STEM}{_WEAK}{_HOUSE}{_CODE_AND_TOWN}", re.IGNORECASE),
    re.compile(
        rf"(?<![\w-])(?:[A-Z][\w.]{{0,40}}[- ]){{0,3}}?[A-Z][\w.-]{{0,40}}?(?i:{_WEAK}){_HOUSE}"
    ),
)
_BY_ARTICLE = re.compile(
    r"\b(?:Am|An der|An den|Im|In der|Auf der|Auf dem|Zum|Zur|Unter den|Hinter der)\s"
    rf"{CAPITALIZED}{_HOUSE}"
)
_TOWN = re.compile(
    r"(?<![\w.,-])(?:[AD]-)?\d{5} [A-Z][a-z]\w{1,30}(?:\s(?:am|an der|im|in)\s[A-Z]\w{1,30}|"
    r"-[A-Z]\w{1,30})?(?!\w)"
)
# "28012, Madrid" and nothing else on the line.
_TOWN_ALONE = re.compile(rf"^\d{{5}}, {CAPITALIZED}(?: {CAPITALIZED})?$", re.MULTILINE)
_FIVE = re.compile(r"(?<!\d)\d{5}(?!\d)")
_ENDINGS = tuple(
    listed(
        "strasse straße str platz gasse allee chaussee promenade weg ring damm ufer steig pfad "
        "markt hof berg graben kai zeile stieg garten feld park bogen"
    )
)
_ARTICLES = listed("am an im in auf zum zur unter hinter")


def forms(text: str, words: Set[str], numbered: Set[str]) -> Iterator[re.Pattern[str]]:
    """The patterns that may match `text`, whose words are `words`, `numbered` before a number."""
    if any(word.endswith(_ENDINGS) for word in numbered):
        yield from _STREETS
    if not _ARTICLES.isdisjoint(words):
        yield _BY_ARTICLE
    if _FIVE.search(text):
        yield _TOWN
        yield _TOWN_ALONE
