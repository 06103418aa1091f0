"""How addresses are written in French and Spanish: the kind of street comes first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_english import NAME
from handrail.redaction.recognizers.base import openings

_FR_TYPE = (
    r"(?:rue|avenue|av\.|boulevard|bd|bld|place|chemin|allee|impasse|quai|cours|route|rte|"
    r"square|passage|"
    r"faubourg|sentier|ruelle|villa|residence|lotissement|lieu-dit|hameau|cite)"
)
_FR_TOWN = r"(?:,?\s\d{5}\s" + NAME + r"(?:\s(?:" + NAME + r")){0,2}(?:\scedex(?:\s\d{1,2})?)?)"
_FRENCH = (
    re.compile(
        r"(?<![\w$€£.,])\d{1,4}\s?(?:bis|ter|[a-c])?,?\s"
        + _FR_TYPE
        + r"\s"
        + NAME
        + r"(?:\s"
        + NAME
        + r"){0,5}?"
        + r"(?:"
        + _FR_TOWN
        + r"|(?=[,.;!?\n]|$))",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b" + _FR_TYPE + r"\s" + NAME + r"(?:\s" + NAME + r"){0,4}" + _FR_TOWN, re.IGNORECASE
    ),
)
_ES_TYPE = (
    r"(?:calle|c/|c\.|cl\.|avenida|avda\.?|av\.|plaza|pza\.?|pl\.|paseo|p\.º|pasaje|camino|"
    r"carretera|ctra\.?|"
    r"ronda|glorieta|callejon|alameda|urbanizacion|urb\.|cuesta|rambla|via|pasadizo|travesia|"
    r"acceso|canada|costanilla|vial)"
)
_SPANISH = re.compile(
    r"(?<!\w)"
    + _ES_TYPE
    + r"(?:\s|(?<=[./]))"
    + NAME
    + r"(?:\s"
    + NAME
    + r"){0,6},?\s(?:n\.?º?\s?|numero\s)?\d{1,4}(?!\d)"
    r"(?:,?\s(?:piso|puerta|apt\.?|bajo|esc\.?|escalera|planta|portal|\dº|"
    r"\d{1,2}º?\s?[a-d]\b)(?:\s?[\w.º]{1,6})?){0,3}"
    r"(?:\s?,\s?(?:"
    + NAME
    + r"(?:\s"
    + NAME
    + r"){0,3}|\d{5})(?:\s?,\s?\d{5}(?:\s"
    + NAME
    + r")?|\s\d{5})?)?",
    re.IGNORECASE,
)
_FR_WORDS = openings(_FR_TYPE[3:-1])
_ES_WORDS = openings(_ES_TYPE[3:-1])


def forms(words: Set[str]) -> Iterator[re.Pattern[str]]:
    """The patterns that may match a text whose words are `words`."""
    if not _FR_WORDS.isdisjoint(words):
        yield from _FRENCH
    if not _ES_WORDS.isdisjoint(words):
        yield _SPANISH
