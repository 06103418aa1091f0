"""What stands around the street of an address: unit, town, region, code, country, over lines.

An address is written in parts that hardly vary between countries while their order does, so the
parts are read one after the other as they come, and what was seen decides whether a line that
only looks like a street is one.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

from handrail.redaction.recognizers.base import either
from handrail.redaction.recognizers.names import TABLES

# Latin, Greek and Cyrillic capitals, as far as plain text still has them.
_UPPER = "A-ZÞÆŒÐΑ-ΩЀ-Я"  # noqa: RUF001 - Greek and Cyrillic are meant
_ABBREVIATION = r"(?-i:St|Sta|Ste|Sto|Mt|Ft|Dr|Gen|Col|Brgy|Bgy|Urb|Fracc|Res|Av|Gral|Pte)\."
_INITIALS = r"\.(?:[A-Z]\.){0,3}"
# A word of a name; a full stop ends it, except in initials and in the middle of a word.
CAPITALIZED = (
    rf"(?:{_ABBREVIATION}|(?-i:[{_UPPER}])(?:{_INITIALS}|(?:[^\W\d_]|['-](?=[^\W\d_])){{0,40}}+)"
    r"(?!\w))"
)
NAME = r"[^\W\d_](?:[^\W\d_]{0,2}\.(?:[^\W\d_]\.){0,3}|[\w'-]{0,40}(?:\.(?-i:[a-z])[\w'-]{0,40})?)"
_PARTICLE = (
    r"(?:de|del|della|di|da|do|dos|la|le|les|el|los|las|sur|sous|en|am|an der|bei|ob der|im|in|"
    r"nad|pod|u|upon|on|by|of|the|ved|pri|aan|den|op|van|von|v|z|und|and|y|i|och|St\.)"
)
_QUARTER = either("""residence|res.|immeuble|quartier|hameau|lotissement|lieu-dit|barrio|bo.|
    colonia|col.|urbanizacion|urb.|poligono|ortsteil|ot|near|opp.|opposite|behind|brgy.|barangay|
    edificio|fracc.|fraccionamiento""")
# Capitals that open a sentence, a label or a farewell behind an address, and no town.
NO_NAME = (
    r"(?!(?i:mobile|phone|tel|telephone|telefon|desk|fax|office|email|e-mail|mail|website|web|"
    r"thanks?|sorry|oh|well|ok|okay|sure|great|please|regards|best|kind|cheers|danke|bitte|merci|"
    r"gracias|saludos|cordialement|name|tel|cel|unterschrift|codewort|kennwort|notiz|"
    r"hinweis|bemerkung|alternate|ask|driver|her|his|cdt|code|contact|instructions|order|it|its|the|this|that|there|i|i'm|my|we|you|your|"
    r"they|and|but|is|are|was|can|could|have|has|how|what|when|where|why|which|if|so|then|also|"
    r"hi|hello|do|does|would|will|let|ich|wir|und|es|das|der|die|je|nous|c'est|et|yo|mi|el|la|"
    r"por|con|yes|no|not|enjoy)\b)"
)

UNIT_WORD = either("""apt|apt.|apartment|suite|ste|ste.|unit|flat|floor|fl|room|rm|rm.|tower|
    tower no|building|bldg|bldg.|block|blk|level|lot|mailbox|pmb|stop|piso|puerta|pta|esc|esc.|
    escalera|planta|portal|bloque|nave|chalet|parcela|depto|dpto|departamento|local|interior|int|int.|oficina|apto|
    apto.|apartamento|casa|bur|bur.|bureau|of.|ofic|ofic.|torre|manzana|lote|appt|appt.|app|app.|appartement|bat|bat.|batiment|
    etage|escalier|porte|boite|bte|bus|cage|hall|wohnung|whg|whg.|top|tur|stiege|etg|etg.|stock|aufgang|haus|lgh|
    interno|scala|piano|sc.|andar|sala|bloco|lokal|lok.|m.|byt|em.|emelet""")
_UNIT = (
    rf"\b{UNIT_WORD}(?![^\W_])\s?(?:no\.?\s|number\s|nr\.?\s|n\.\s|#\s?)?"
    r"(?:\d{1,5}(?: ?[a-z])?(?!\w)|[a-z]?\d{1,5}[a-z]?(?:[-/]\d{1,4})?(?!\w)|[a-z](?!\w))"
    r"|\b\d{1,2}\.?\s?(?:st|nd|rd|th|er|e|eme|o|a)?\.?\s(?:floor|fl|etage|piso|planta|stock|og|ezk|"
    r"andar|piano|izq|izda|izquierda|dcha|derecha)\b\.?"
    r"(?:\s(?:links|rechts|mitte|gauche|droite|left|right)\b)?"
    # Spanish floor and door: "3o B", "4.o 1.a", and French numbers used again: "21 bis".
    r"|\b\d{1,2}(?:\.?[oa]\.?|\s?°)\s?-?\s?(?:[a-h]\b|\d{1,2}\.?a\b)|\b(?:bis|ter|quater)\b|#\s?(?:[a-z]?\d{1,5}(?:-\d{1,5})?[a-z]?|[a-z])\b"
    r"|\b\d{1,2}(?:er|e|eme)?\s(?:droite|gauche|et\b)\.?"
    r"|\b\d{1,2}(?:o|a)(?=,)|\b\d{1,2}o?\s?(?:izq|izda|dcha)\b\.?"
    r"|\b(?:pral|ppal|principal|entlo)\b\.?(?:\s(?:\d{1,2}\.?a|[a-h]|izq\w*|dcha|derecha)\b\.?)?"
    r"|\b(?:eg|dg|dachgeschoss|erdgeschoss|rez-de-chaussee|rdc|ground floor|top floor|basement|"
    r"bajo|entresuelo|atico|pb)\b(?:\s(?:links|rechts|gauche|droite|face|izq\w*|dcha|derecha)\b\.?)?"
)
# The letters that Royal Mail uses in each place; Irish and Canadian codes.
UK_CODE = (
    r"(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}|[A-Z]\d[\dW]\s?[A-Z\d]{4}|"
    r"[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
)
_CODE = (
    r"(?:(?:[A-Z]{1,2}-)?\d{4,6}(?:-\d{3,4})?|\d{3}\s\d{2,3}|\d{2}-\d{3}|\d{4}\s?[A-Z]{2}|"
    rf"\d{{5}}\s[A-Z]{{2}}|{UK_CODE})(?!\w|[.,:/-]\d|[ -]\d{{3}})"
)
# A table's empty cell stands where a region would.
_REGION = r"(?:(?-i:[A-Z]{2,3})|nan)\b\.?"
_DOOR = r"\d{1,2}(?=\s{1,3}\d{4,6}(?!\d))|(?-i:[A-Z])\d{1,4}(?![\w-])"
# How the next part is set off: space, comma, line ends with the marks of quoted mail in front.
_GAP = r"[ \t]{0,4}(?P<comma>,|-(?= )|/)?[ \t]{0,4}(?:\r?\n[ \t>?|*]{0,12}){0,2},?[ \t]{0,2}"
_DONE = r"(?=[ \t]*(?:[,.;!?)\"\n]|\r\n|$))"
_MOST_PARTS = 10
_MOST_BEFORE = 60
# What is behind one place is asked for by several forms; no text is kept for longer.
_AT_HAND = 8


class Rest(NamedTuple):
    """Where the parts behind a street end, and which kinds of part were seen."""

    end: int
    seen: frozenset[str]

    @property
    def proves_address(self) -> bool:
        """Whether the parts are such as only an address has."""
        if "unit" in self.seen or {"code", "country"} <= self.seen:
            return True
        named = not self.seen.isdisjoint(("town", "region", "street"))
        return named and not self.seen.isdisjoint(("code", "country"))


@lru_cache(maxsize=_AT_HAND)
def rest(text: str, at: int, *, lower: bool) -> Rest:
    """The parts of an address that stand in `text` from `at` on.

    Names open with a capital, except where `lower` says that the writer uses none.
    """
    part = _part(lower=lower)
    seen: set[str] = set()
    for _ in range(_MOST_PARTS):
        found = part.match(text, at)
        if not found or (at and text[at - 1] == "." and _opens_sentence(text, found)):
            break
        seen.add(found.lastgroup or "")
        at = found.end()
    return Rest(at, frozenset(seen))


def begins(text: str, start: int) -> int:
    """Where an address begins whose street begins at `start`: unit or number may be ahead."""
    first = max(0, start - _MOST_BEFORE)
    if not _AHEAD.search(text, first, start):
        return start
    found = _BEFORE.search(text, first, start)
    return found.start() if found else start


# Without any of these nothing of an address is ahead; mostly there are none.
_AHEAD = re.compile(r"[\d,#]|n[°o]|\b(?:and|lot|nr|numero|porte|app|bat)", re.IGNORECASE)
_BEFORE = re.compile(
    # Code and town ahead of the street, the name of a house, or floor and door.
    rf"(?:(?<![\w.,-])(?:[AD]-|CH-)?\d{{4,5}}\s{CAPITALIZED}(?:[ -]{CAPITALIZED}){{0,2}},\s)?"
    rf"(?:\b(?:the\s)?{CAPITALIZED}\s(?:(?:flat|house|cottage|lodge|barn|farm|mill)),\s)?"
    r"(?:(?:\b\d{1,2}(?:er|re|e|eme)\setage\b(?:\s(?:gauche|droite|face))?|\b(?:porte|appt?\.?|appartement|bat\.?)\s\w{1,5})"
    r",?\s(?:(?:du|au)\s)?){0,3}"
    r"(?:\b(?:residence|immeuble|edificio|villa|house|haus|tower|za|zi|zac)\s[^\n,;.!?\d]{2,30},\s)?"
    # "Anne and Main St": two streets that meet.
    rf"(?:(?:^|(?<=\n)|(?<=\b(?:at|is|to)\s)|(?<=[:?]\s))"
    rf"{CAPITALIZED}(?:-{CAPITALIZED})?\sand\s)?"
    rf"(?:\b{UNIT_WORD}(?![^\W_])\s?#?[a-z]?\d{{1,5}}[a-z]?[ ,]{{1,3}})?"
    r"(?:(?<![\w$€£.,#:/-])(?:\d{1,6}[a-z]?,?[ ]){1,2}|"
    r"\b(?:lot|no\.?|nr\.?|numero)\s|\bn[°o]\.?|#)?\Z",
    re.IGNORECASE,
)


@cache
def countries() -> tuple[str, ...]:
    """The names of countries, in lower case."""
    lines = (TABLES / "countries.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if not line.startswith("#"))


@cache
def _country() -> str:
    return rf"{either('|'.join(countries()))}(?!\w)(?:\s\([^\W\d_]{{3,12}}\))?"


@cache
def _part(*, lower: bool) -> re.Pattern[str]:
    """The next part of an address; its kind is the last group that matched."""
    word = NAME if lower else CAPITALIZED
    names = (
        rf"{NO_NAME}(?:{_QUARTER}\s)?\(?{word}\)?(?: (?:{_PARTICLE} ){{0,2}}\(?{word}\)?){{0,3}}"
    )
    street = rf"(?:\d{{1,6}}\s){{0,2}}{names}\s\d{{1,4}}[a-z]?\.?(?![\w%€$£:]|[.,]\d)"
    ahead = rf"(?=[\s,]{{1,6}}(?:(?:{_REGION}[\s,]{{1,3}})?{_CODE}|{_country()}|{_REGION}|{_UNIT}))"
    # Behind a comma a town may stand in the middle of a sentence.
    within = "(?!)" if lower else r"(?(comma)(?=\s(?-i:[a-z]))|(?!))"
    return re.compile(
        rf"{_GAP}(?:(?P<unit>\((?:{_UNIT})\)|{_UNIT})"
        rf"|(?P<code>(?:(?:in|a|en)\s)?{_CODE})"
        rf"|(?P<country>{_country()})"
        rf"|(?P<region>{_REGION}(?=[ \t]*(?:[,.;!?)\n]|$|\d{{3}}|[a-z])))"
        rf"|(?P<door>{_DOOR})"
        rf"|(?P<crossing>(?:esq\.?|esquina|casi|entre) {word}(?: {word})?"
        rf"(?: y {word}(?: {word})?)?)"
        rf"|(?P<aside>[a-z]{{2,20}}(?: [a-z]{{2,20}}){{0,2}}(?=,\s\d{{5}}\s(?-i:[A-Z])))"
        rf"|(?P<street>{street})(?=[\s,]{{1,6}}(?:{_UNIT}|{_CODE})|{_DONE})"
        rf"|(?P<town>{names})(?:{_DONE}|{ahead}|{within}))",
        re.IGNORECASE,
    )


@cache
def _numbers_ahead() -> re.Pattern[str]:
    return re.compile(
        rf"[\s,]{{1,6}}(?:{_REGION}[\s,]{{1,3}})?(?:{_CODE}|{_country()})", re.IGNORECASE
    )


def _opens_sentence(text: str, found: re.Match[str]) -> bool:
    """Whether capitals behind a full stop open a sentence, and don't name a town."""
    return found.lastgroup == "town" and not _numbers_ahead().match(text, found.end())
