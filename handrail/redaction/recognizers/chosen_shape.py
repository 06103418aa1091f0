"""What passwords look like that people think of, and what only resembles one."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import is_brand, is_common, is_everyday, is_first_name
from handrail.redaction.recognizers.opaque import is_placeholder

_WORD = re.compile(r"[^\W\d_]+")
_SIGN = re.compile(r"[^\W_][!#$*&%+]+[^\W_]|[!#$*&%+]$|[A-Za-z]_\d|\d_[A-Za-z]")
# Also what people count up to: "Welcome123".
_YEAR = re.compile(r"(?<!\d)(?:(?:19|20)\d\d|1234?5?6?|321|007)(?!\d)")
# A file or host, a version, a time, a model, an amount, dots, a variable; names in programs.
_OTHER = re.compile(
    r".{0,40}\.[a-z]{2,4}\d?$|v?\d{1,4}(?:[._-]\d{1,8}){1,6}[a-z]?$|\d{1,4}[a-z]{1,8}$"
    r"|[a-z]{1,2}[-_]?\d{1,8}$|[\d.,%€$£+-]+$|.{0,30}\.{2}|[$%#&]|[a-z]+_[a-z]+(?:_\w*)?$",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"[A-Z\d_.#&+!-]+")
# Of a word for a thing and a number people make names of places, plans and days.
_THINGS = listed(
    "order ticket room unit page level option step phase case table column row line tier plan "
    "paket tarif schritt seite zimmer etape palier opcion nivel paso puerto port slot mode profile "
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july "
    "august september october november december mai juni juli okt dez januar februar marz oktober "
    "dezember fev avr juin juil aout janvier fevrier mars avril juillet septembre octobre novembre "
    "decembre ene abr ago dic enero febrero marzo abril mayo junio julio agosto septiembre octubre "
    "noviembre diciembre"
)
_LEET = re.compile(r"[a-z]{2}\d[a-z]{2}|[A-Za-z][430][a-z]\w*[a-z]")
_CAMEL = re.compile(r"[a-z]{2}[A-Z][a-z]{2}")
_MANY = re.compile(r"[A-Za-z]{3,}(?:[-_.][A-Za-z]{2,}){1,4}[-_.]?\d{1,4}")
_NUMBERED = re.compile(r"[A-Za-z]{4,20}[-_.]?\d{2,4}[!?*]{0,2}")
_FEWEST = 6
_FEWEST_LETTERS = 4
_DISCORD = re.compile(r"#\d{4}$")
_AMOUNT = re.compile(r"[$*]\d+$")


def is_chosen(value: str, *, surely: bool) -> bool:
    """Whether `value` looks like a password that somebody thought of: a word and more.

    The word is no brand's and no ordinary one with a digit behind, as `Windows11` and `Terminal2`;
    where the words around it leave little doubt (`surely`) only a very common one isn't enough.
    """
    if len(value) < _FEWEST or _OTHER.match(value) or _CAPITALS.fullmatch(value):
        return False
    if is_placeholder(value):
        return False
    words = [word.lower() for word in _WORD.findall(value)]
    if words and all(is_brand(word) or word in _THINGS for word in words):
        return False
    longest = max(map(len, words), default=0)
    if _SIGN.search(value) or _YEAR.search(value):
        return longest >= _FEWEST_LETTERS - 1
    if longest < _FEWEST_LETTERS or not any(c.isdigit() for c in value):
        return False
    return not all(map(is_common if surely else is_everyday, words))


def is_signed(value: str) -> bool:
    """Whether a sign stands between a word and a number as nowhere else in a text.

    `order#12`, `great!2` and `transfers$10` are sentences, `tamara#8152` is a name.
    """
    if len(value) < _FEWEST or not any(map(str.isdigit, value)):
        return False
    if _DISCORD.search(value) or _AMOUNT.search(value):
        return False
    word = _WORD.match(value)
    if word is None or sum(map(str.isalnum, value[word.end() :])) < 2:
        return False
    return not (is_everyday(word[0].lower()) and value[word.end() + 1 :].isalnum())


def is_joined(value: str) -> bool:
    """Whether words and a number are joined by hyphens, and none of them is a brand's."""
    return not any(is_brand(word.lower()) for word in _WORD.findall(value))


def is_distinct(value: str) -> bool:
    """Whether `value` looks like a password and like no name of a thing with its number.

    Signs among letters and digits, digits inside a word (`latte4life`), several words in one
    (`BlauerVogel8`, `Summer-Rain-31`), or a word that no list knows with two digits and more.
    """
    bare = value.rstrip("!*")
    if not any(map(str.isdigit, bare)) or not is_chosen(bare, surely=False):
        return False
    words = [word.lower() for word in _WORD.findall(value)]
    if any(is_brand(word) or is_first_name(word) for word in words):
        return False
    shapes = (_SIGN.search, _LEET.search, _CAMEL.search, _MANY.fullmatch, _NUMBERED.fullmatch)
    return any(shape(bare) for shape in shapes)


def is_run_together(value: str) -> bool:
    """Whether words are written as one: `EllaMaxTheo`, or one that no list of words has."""
    if _CAMEL.search(value):
        return True
    return not value.isupper() and not is_everyday(value.lower()) and not value.isdigit()


def is_mixed(value: str) -> bool:
    """Whether small letters, capitals and digits are mixed without an ordinary word among them."""
    kinds = (str.islower, str.isupper, str.isdigit)
    if not all(any(map(kind, value)) for kind in kinds) or _OTHER.match(value):
        return False
    return not any(is_everyday(word.lower()) for word in _WORD.findall(value) if len(word) > 3)
