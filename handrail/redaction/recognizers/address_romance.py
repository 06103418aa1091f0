"""How addresses are written in French and Spanish: the kind of street comes first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_europe import BY_MEANS_OF
from handrail.redaction.recognizers.address_rest import NAME
from handrail.redaction.recognizers.base import Sought, listed, openings

_FR_TYPE = (
    r"(?:rue|r\.|avenue|av\.|av|ave|boulevard|boul\.|bd|bld|blvd|place|pl\.|chemin|ch\.|allee|allees|"
    r"all\.|impasse|imp\.|quai|cours|route|rte|square|sq\.|passage|faubourg|fbg|sentier|ruelle|"
    r"villa|residence|lotissement|lot\.|lieu-dit|lieu\sdit|lieudit|hameau|cite|clos|esplanade|promenade|"
    r"montee|traverse|venelle|rond-point|parvis|mail|voie|chaussee|domaine|zone)"
)
# Ordinary words too: they need a name in capitals behind them, or a postcode at the end.
_FR_NAMED = (
    r"(?!(?:square|place|villa|mail|cours|zone|route|passage|domaine|promenade|voie|sq\.|pl\.)"
    r"\s(?![^\d\n,]{0,40}(?-i:[A-Z])|[^\n]{0,60}(?<!\d)\d{5}\s))"
)
_FR_CODE = r"(?:,?\s\d{5}(?!\d)(?=\s[^\W\d_]))"
# Where the name of a street ends and the sentence goes on.
_PROSE = (
    r"\s(?:the|first|for|and|has|is|at|on|in|with|et|est|pour|avec|merci|svp|mais|car|que|qui|a|"
    r"mon|ma|je|nous|depuis|apt|suite|but|or|please|i|we)\b"
)
# "avenue du 8 mai 1945"
_FR_DAY = r"\d{1,2}\s(?:mai|novembre|juin|juillet|aout|septembre|mars)(?:\s\d{4})?"
_FRENCH = (
    Sought(
        r"(?<![\w$€£.,])\d{1,4}(?:\s?(?:bis|ter|quater|[a-d])(?!\w))?,?\s(?:de\s(?:la\s|l')?)?"
        rf"{_FR_NAMED}{_FR_TYPE}\s{NAME}(?:\s(?:{NAME}|{_FR_DAY})){{0,5}}?"
        rf"(?:{_FR_CODE}|(?=[,.;!?\n(]|\s(?!{_FR_DAY})[-\d?!:;]|$|{_PROSE}))",
        re.IGNORECASE,
    ),
    # "Mas de l'Olivier, 30250 Aspères"
    Sought(
        rf"(?-i:\b(?:Mas|Moulin|Ferme|Quartier|Clos|Manoir|Ham\.|ZA|ZI|ZAC))\s{NAME}(?:\s{NAME}){{0,4}}{_FR_CODE}",
        re.IGNORECASE,
    ),
    Sought(rf"\b{_FR_TYPE}\s{NAME}(?:\s{NAME}){{0,4}}{_FR_CODE}", re.IGNORECASE),
)
_ES_TYPE = (
    r"(?:calle|c/|c\.|cl\.|avenida|avda\.?|avd\.?|av\.|plaza|pza\.?|plza\.?|pl\.|plazuela|paseo|"
    r"p\.o|po\.|pasaje|pje\.?|psje\.?|carretera|ctra\.?|carrer|rda\.?|glorieta|callejon|alameda|"
    r"urbanizacion|urb\.|rambla|travesia|trav\.|costanilla|gran\svia|bulevar|jiron|jr\.)"
)
# Ordinary words too: they need a name in capitals behind them, or a postcode at the end.
_ES_WEAK = (
    r"(?:camino|cno\.?|ronda|cuesta|via|pasadizo|acceso|canada|vial|calzada|privada|cerrada|"
    r"prolongacion|poligono|partida|sendero|vereda|corredera)"
    r"(?=\s[^\d\n]{0,40}(?:(?-i:[A-Z])|\d{1,5}(?:,|\s)[^\n]{0,60}?(?<!\d)\d{5}(?!\d)))"
)
_ES_DOOR = (
    r"(?:,?\s(?:(?:primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|quint[oa]|sext[oa]|septim[oa]|"
    r"octav[oa]|bajo|letra|be|ce|efe|piso|puerta|pta|apto?|apartamento|bajos?|esc|escalera|planta|portal|bloque|"
    r"atico|entresuelo|entlo|local|casa|int|interior|depto|departamento|izq|izda|izquierda|dcha|"
    r"derecha|dto|dpto|torre|manzana|mz|lote|timbre|pb|\d{1,2}(?:o|a|er|ro|do|to)?)\b\.?|\d{1,2}(?:o|a)?\s?-?\s?[a-h]\b)"
    r"(?:\s[a-h\d]{1,2}\b)?){0,5}"
)
# Where the sentence goes on behind a town.
_NO_PROSE = (
    r"(?!(?:y|e|o|u|pero|que|para|por|en|es|no|si|quiero|gracias|porque|cuando|mi|me|and|is|the)\b)"
)
# No words of an English sentence: "via United Airlines that leaves at 11".
_ES_NAME = (
    r"(?!(?:at|on|in|with|and|has|is|are|located|for|that|leaves|to|from|by|as|the|it|i|we|you|es|hay|dura|esta|estaba|cortada|"
    rf"your|will|be)\b){NAME}"
)
_ES_TOWN = rf"{_NO_PROSE}{NAME}(?:\s{_NO_PROSE}{NAME}){{0,3}}"
_SPANISH = (
    Sought(
        rf"(?<!\w){BY_MEANS_OF}(?:{_ES_TYPE}|{_ES_WEAK})(?:\s|(?<=[./]))"
        rf"{_ES_NAME}(?:\s{_ES_NAME}){{0,6}},?\s"
        r"(?:(?:n\.?o?\.?\s?|num\.?\s|numero\s|km\.?\s|nave\s|chalet\s|casa\s|parcela\s|bloque\s|#\s?)?"
        r"\d{1,5}|s/n\b|numero\s(?!de\b)[a-z]{3,14}\b)"
        r"(?!\d|[.,:]\d|\s?[%€$£]|(?:st|nd|rd|th)\b|\s(?!gracias\b)[a-z]{3,}s\b)"
        rf"{_ES_DOOR}(?:\s?,?\s\d{{5}}(?!\d)(?:\s{_ES_TOWN})?|"
        rf"\s?,\s?{_ES_TOWN}(?:\s?,\s?\d{{5}}(?:\s{_ES_TOWN})?|\s\d{{5}})?)?",
        re.IGNORECASE,
    ),
    Sought(rf"\bgran\svia,?\s(?:n\.?o?\.?\s?)?\d{{1,4}}(?!\d){_ES_DOOR}", re.IGNORECASE),
    # "el 15 de la calle Mayor"
    Sought(
        rf"(?<![\w$€£.,])(?:numero\s)?\d{{1,4}}\sde\s(?:la\s|el\s)?{_ES_TYPE}\s(?-i:[A-Z])[\w'-]{{1,30}}"
        r"(?:\s(?:de\s|la\s){0,2}(?-i:[A-Z])[\w'-]{1,30}){0,3}",
        re.IGNORECASE,
    ),
    # Colombia and its neighbors number the streets: "carrera 7 # 45-12", "calle 50 con 72".
    Sought(
        r"\b(?:carrera|cra|kra|cr|calle|cll|cl|diagonal|dg|transversal|transv|tv|avenida|av)\.?\s\d{1,3}"
        r"\s?[a-z]?(?:\sbis)?(?:\s(?:sur|norte|este|oeste)\s\d{1,3}[a-z]?-\d{1,3}|\s?(?:#|no\.?|n\.)\s?\d{1,3}\s?[a-z]?\s?-\s?\d{1,3}(?!\d)|"
        r"\scon\s(?:carrera|calle|cra\.?|cr\.?)?\s?\d{1,3}\b)",
        re.IGNORECASE,
    ),
)
# A floor and a door alone: "el vecino del 5oA", "la del 3 dcha", but no class of a school.
_ES_ALONE = Sought(
    r"(?<![\w.,/-])(?:\d{1,2}\s?o\s?-?\s?(?-i:[A-H])|"
    r"(?:(?<=el )|(?<=al ))\d{1,2}\s?o?\s(?:dcha|izq|izda|izquierda|derecha))\b"
    r"(?!\s(?:de\s(?:la\s)?)?(?:eso|primaria|bach|infantil|secundaria))",
    re.IGNORECASE,
)
_NUMBERED = listed("carrera cra kra cr cll cl diagonal dg transversal transv tv gran")
_FR_WORDS = openings(_FR_TYPE[3:-1]) | listed("mas moulin ferme quartier manoir ham za zi zac")
_ES_WORDS = openings(_ES_TYPE[3:-1]) | openings(_ES_WEAK[3:]) | _NUMBERED
STREET_WORDS = _FR_WORDS | _ES_WORDS
FORMS = (*_FRENCH, *_SPANISH, _ES_ALONE)


def forms(text: str, words: Set[str]) -> Iterator[Sought]:
    """The patterns that may match `text`, whose words are `words`."""
    if not _FR_WORDS.isdisjoint(words):
        yield from _FRENCH
    if not _ES_WORDS.isdisjoint(words):
        yield from _SPANISH
    if _ES_ALONE.may_be_in(text):
        yield _ES_ALONE
