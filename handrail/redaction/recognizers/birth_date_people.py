"""Dates of birth that the person beside them gives away: an age, a relative, a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import Cued, Sought, either
from handrail.redaction.recognizers.birth_date_written import LIVED, LIVED_DATE, PARTIAL, PLAIN_DATE
from handrail.redaction.recognizers.names import is_ordinary

_DAY = rf"((?:{PLAIN_DATE}|{PARTIAL}))"
_YEARS = (
    r"(?:\d{1,3}|"
    + either("""sixteen|eighteen|twenty|twenty-one|thirty|forty|fifty|sixty|seventy|eighty|
    sechzehn|achtzehn|zwanzig|dreissig|dreißig|vierzig|funfzig|sechzig|siebzig|achtzig|volljahrig|
    seize|dix-huit|vingt|trente|quarante|cinquante|soixante|
    dieciseis|dieciocho|veinte|treinta|cuarenta|cincuenta|sesenta|setenta""")
    + r")"
)
_CLAUSE_ENDS = r"(?=\s?(?:[.,;!?)\n]|$)|\s(?:jahre|and|und|so|also)\b)"
# "I turn 18 on ...", "am ... werde ich 50", "cumplo el ...", "j'aurai 18 ans le ...".
AGES = (
    Cued(
        "turn|turns|turned|turning|i'll be|he'll be|she'll be|will be",
        rf"\s{_YEARS}\s(?:years\sold\s)?on\s(?:the\s)?{_DAY}",
    ),
    Cued(
        "cumplo|cumple|cumplen|cumplire|cumplira|cumpli|cumplio",
        rf"\s(?:{_YEARS}\s(?:anos\s)?)?(?:el\s)?{_DAY}",
    ),
    Cued(
        "j'aurai|j'ai eu|il aura|elle aura|aura|fete ses|fetera ses|a eu",
        rf"\s{_YEARS}\sans\sle\s{_DAY}",
    ),
    Cued("werd|werde|wird|wurde", rf"\s(?:ich\s)?am\s{_DAY}\s{_YEARS}{_CLAUSE_ENDS}"),
    Sought(
        rf"\bam\s{_DAY}\s(?:werde|wird|wurde)\s(?:ich|er|sie|mein\w{{0,2}}\s\w{{3,12}})\s"
        rf"{_YEARS}{_CLAUSE_ENDS}",
        re.IGNORECASE,
    ),
)
_CAPITAL = r"(?-i:[A-Z])[^\W\d_]{1,20}(?:-(?-i:[A-Z])[^\W\d_]{1,20})?"
_NUMERIC = r"\d{1,2}[./-]\d{1,2}[./-](?:(?:19|20)\d\d|\d\d)(?!\d)"
_STANDS_ALONE = r"(?=\)?\s?(?:[,;!?\n)]|\.(?!\d)|$)|\s(?:and|und|et|y)\b)"
# A relative, perhaps by name, and a date: "my son, 12/09/2014, is allergic".
_KIN = Cued(
    """my son|my daughter|my child|my baby|my wife|my husband|my mother|my father|my mum|my mom|
    my dad|my partner|our son|our daughter|child|patient|
    mein sohn|meine tochter|mein kind|meine frau|mein mann|meine mutter|mein vater|unser sohn|
    unsere tochter|meinen sohn|meinem sohn|meiner tochter|kind|
    mon fils|ma fille|mon enfant|mon bebe|ma femme|mon mari|ma mere|mon pere|notre fils|
    notre fille|enfant|
    mi hijo|mi hija|mi nino|mi nina|mi bebe|mi mujer|mi esposa|mi marido|mi esposo|mi madre|
    mi padre|mi mama|mi papa|nuestro hijo|nuestra hija|menor""",
    rf"\s?[:,]?\s(?:{_CAPITAL}\s?){{0,3}}(?:,\s|\()?({_NUMERIC}){_STANDS_ALONE}",
)
# "he's 12/04/1950 and I'm 30/09/1952"
_IS = Cued(
    """i'm|i am|he's|he is|she's|she is|ich bin|er ist|sie ist|ich bin vom|bin vom|je suis|
    yo soy|soy|b.|age|aged""",
    rf"\s(?:\d{{1,3}},?\s)?\(?({LIVED_DATE}|(?<=vom\s){_NUMERIC}|(?<=\bb\.\s){LIVED})"
    rf"{_STANDS_ALONE}",
)
# "Lea Ruiz, 12/09/1988, quiero darme de baja"
_NAMED = Sought(
    rf"(?<![\w'-])({_CAPITAL})(?:\s{_CAPITAL}){{0,2}},?\s\(?({LIVED_DATE}){_STANDS_ALONE}"
)
PEOPLE = (_KIN, _IS, _NAMED)


def of_people(text: str) -> Iterator[tuple[int, int]]:
    """Where dates stand beside somebody who was born then."""
    for sought in (_KIN, _IS):
        for found in sought.finditer(text):
            yield found.span(1)
    for found in _NAMED.finditer(text):
        if not is_ordinary(found[1].lower()):
            yield found.span(2)
