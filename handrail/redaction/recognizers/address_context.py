"""Streets without a word for street: given away by what follows, or by what leads to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import cache

from handrail.redaction.recognizers.address_rest import (
    CAPITALIZED,
    UK_CODE,
    begins,
    countries,
    rest,
)
from handrail.redaction.recognizers.base import Cued, Sought, listed
from handrail.redaction.recognizers.names import is_common

_PARTICLE = (
    r"(?:(?:de|del|della|di|da|do|du|des|la|le|van|von|der|den|the|of|e|y|u|z|v|las|los|el|les|"
    r"dos|das) ){0,3}"
)
_NUMBER = r"(?<![\w$€£:#-])(?<!\d[.,])\d{1,6}[A-Za-z]?(?:[-/]\d{1,5})?,? (?:\d{1,5} )?"
# "641 Market", "104 North Avenue 56"
NUMBERED = Sought(
    rf"{_NUMBER}{_PARTICLE}{CAPITALIZED}"
    rf"(?:[ -]{_PARTICLE}{CAPITALIZED}| \d{{1,2}}(?:st|nd|rd|th)){{0,5}}"
    r"(?P<house> \d{1,4}[a-z]?\b\.?(?! \d|[:.,/]\d))?"
)
# "Mellemvej 32"
NAMED = Sought(
    rf"(?<![\w-])(?:{CAPITALIZED}[ -]{_PARTICLE}){{1,5}}"
    r"\d{1,4}(?:-\d{1,4})?[a-z]?\b\.?(?![:.,/-]\d)"
)
# "641 market", by a writer who uses no capitals
LOWER_NUMBERED = Sought(
    rf"{_NUMBER}[^\W\d_][\w'-]{{0,40}}(?: [^\W\d_][\w'-]{{0,40}}){{0,3}}?(?: \d{{1,4}}[a-z]?)?"
    r"(?= ?(?:,|\n|$| (?:apt|suite|unit|flat)\b))"
)
# Places with a name instead of a street and number.
_ESTATE = Cued(
    """residence|immeuble|villa|domaine|chateau|lieu-dit|hameau|quartier|edificio|urbanizacion|finca|
    conjunto|barrio""",
    rf"\s{_PARTICLE}{CAPITALIZED}(?: {_PARTICLE}{CAPITALIZED}){{0,3}}",
)
# A look for what could prove a street, before any street is looked for.
_PROOF = re.compile(r"\d{4}|\d{2,3} \d\d|\d-\d{3}|\d[A-Z]{2}\b| \d{1,4},")
_DIGIT = re.compile(r"\d")
_NEAR = 200
_PROVING_UNITS = listed("apt apartment suite ste appt app apto")

# A number and a name after "at" is a place, unless the name is a measure or a kind of thing.
_NO_PLACE = listed(
    """hz khz mhz ghz hd uhd watt watts volt volts points point gmt utc hours hour hrs hr am pm est
    pst cet ist bst usd eur gbp mb gb tb kb mbps rpm dpi btu series pro max plus star stars euros
    dollars pounds rupees percent units pieces items people adults seats miles meters metres kg
    january february march april may june july august september october november december jan feb
    mar apr jun jul aug sep sept oct nov dec business personal edition model version calories mg ml
    days weeks months years minutes seconds times kw kwh ah mah mbit gbit kbit lbs inch inches feet
    steps users customers followers celsius fahrenheit euro percent stores shops gate room model
    building order invoice terminal"""
)
_LONG_NUMBER = re.compile(r"\d{3}")
_AT = Sought(
    r"\b(?:[Aa]t|[Oo]n|[Tt]o|[Nn]ear)\s((?!(?:19|20)\d\d\s)\d{3,6}(?:\s\d{1,5})?,?\s"
    rf"(?:the\s)?({CAPITALIZED})(?:\s{CAPITALIZED}){{0,3}}(?:\s\d{{1,4}}\b(?![:.,/]\d))?)"
)
_LOWER_AT = Sought(
    r"\b(?:at|on|to|near)\s(\d{3,6}\s([^\W\d_]{3,20})(?:\s[^\W\d_]{3,20})?\s"
    r"(?:drive|court|place|square|way|close|walk|row|mews|grove|hill|park|gardens?|trail|loop|"
    r"circle|alley|common|plaza|terrace)\b)",
    re.IGNORECASE,
)
# "in Springfield 62701", but not "in March 2026"
_IN_TOWN = Sought(
    rf"\b[Ii]n (({CAPITALIZED})(?: {CAPITALIZED}){{0,2}},? (?!(?:19|20)\d\d\b)\d{{4,5}})"
    r"(?![\w%€$]|[.,:/-]\d)"
)
_LIVES = Cued(
    "lives|live|living|resides|located|situated|station is|office is|house is|stop is",
    r"\s(?:on|at|in)\s(?:the\s(?:north|south|east|west)\sside\sof\s)?"
    r"((?!(?:gate|room|building|terminal|desk|store|branch)\b)"
    r"(?:(?-i:[A-Z])[\w'.-]{1,40}\s){1,4}(?:\d{1,4}[a-z]?\b(?=[,.;!?\n]|$|\s(?:street|st|and|in)\b)(?![.,]\d)|"
    r"(?:street|road|avenue|lane|boulevard|drive|gardens|crescent|terrace)\b))",
)
_CODE_SAID = Cued(
    "zip|zip code|zipcode|postal code|postcode|post code|plz|postleitzahl|code postal|"
    "codigo postal|pin code|pincode|eircode|cp|c.p.",
    r"[\"']?(?:\s?(?:is|ist|est|es|c'est|lautet|el|le|no\.?|number)\b){0,2}\s?[:=-]?\s{0,2}[\"']?"
    r"(\d{4,6}(?:-\d{3,4})?(?:\s(?-i:[A-Z]{2})\b)?|"
    rf"\d{{3}}\s\d{{2,3}}|\d{{2}}-\d{{3}}|\d{{3}}|{UK_CODE})(?![\w%€$]|[.,]\d)",
)
# A field of a form, in words or as JSON.
_FIELD = Cued(
    """street|street name|street address|house number|house no|strasse|straße|hausnummer|hausnr|
    strasse und hausnummer|straße und hausnummer|rue|calle|address1|address2|address 1|address 2|
    address line 1|address line 2""",
    r"[\"'*]{0,3}\s?:[\"'* ]{1,5}([^\n,;:\"'?!]{1,60})",
)
_HOUSE_SAID = Cued(
    """at number|at no|at no.|from number|lives at number|im haus nummer|haus nummer|au numero|
    en el numero|house number|house no|door number|hausnummer|hausnr|numero de casa|numero de rue|
    numero de portal""",
    r"\.?\s?(?:is|ist|est|es)?\s?[:=]?\s?(\d{1,5}\s?[a-z]?\b)",
)
# Boxes and lockers that mail is sent to.
_BOX = Cued(
    """postfach|postbus|postboks|postbox|casella postale|case postale|boite postale|bp|cs|cp|
    apartado|apartado de correos|apdo|apdo.|apdo. de correos|
    apdo de correos|caixa postal|locked bag|private bag|packstation|
    postfiliale""",
    r"\.?\s(?:n\.?o?\.?\s?|nr\.?\s?|number\s)?\d{1,3}(?:\s?\d{2,3}){0,2}(?![\w%€$]|[.,]\d)",
)
_CORNER = Cued(
    """the corner of|corner of|the intersection of|intersection of|junction of|angle de|esquina de|
    esquina|ecke""",
    r"\s((?:la\s)?(?:(?!(?<=[a-z]{4})\.\s(?-i:[A-Z]))[^\n,;!?]){2,40}?"
    r"(?:\s(?:and|&|und|et|y|con|e)\s|/)(?:de\s)?(?:la\s)?"
    rf"(?:{CAPITALIZED}(?:\s{_PARTICLE}{CAPITALIZED}){{0,4}}(?:\s\d{{1,4}}\b)?|"
    r"(?-i:[a-z])[\w'.-]{0,40}(?:\s(?-i:[a-z])[\w'.-]{0,40}){0,3}(?=[.,;!?\n]|$)))",
)
FORMS = (
    NUMBERED,
    NAMED,
    LOWER_NUMBERED,
    _AT,
    _LOWER_AT,
    _IN_TOWN,
    _LIVES,
    _CODE_SAID,
    _FIELD,
    _HOUSE_SAID,
    _BOX,
    _CORNER,
    _ESTATE,
)


def in_context(text: str, words: Set[str], *, lower: bool) -> Iterator[tuple[int, int]]:
    """Where streets stand in `text` that only their surroundings give away."""
    yield from _proved(text, words, lower=lower)
    for start, street_ends in _led_to(text):
        yield start, rest(text, street_ends, lower=lower).end
    for cued in (_FIELD, _HOUSE_SAID, _CODE_SAID):
        for found in cued.finditer(text):
            yield found.span(1)


def _proved(text: str, words: Set[str], *, lower: bool) -> Iterator[tuple[int, int]]:
    """Streets that the parts behind them prove."""
    in_words = not _proving_words().isdisjoint(words)
    if not in_words and not _PROOF.search(text):
        return
    for pattern in (LOWER_NUMBERED,) if lower else (NUMBERED, NAMED, _ESTATE):
        read_until = 0
        for found in pattern.finditer(text):
            if found.end() <= read_until:
                continue
            house = pattern is NUMBERED and found["house"]
            if not (in_words or house or _DIGIT.search(text, found.end(), found.end() + _NEAR)):
                continue
            behind = rest(text, found.end(), lower=lower)
            read_until = behind.end
            if behind.proves_address or (house and "town" in behind.seen):
                yield begins(text, found.start()), behind.end


def _led_to(text: str) -> Iterator[tuple[int, int]]:
    """Where streets begin and end that words in front give away."""
    if _LONG_NUMBER.search(text):
        for found in _AT.finditer(text):
            if found[2].lower().strip(".") not in _NO_PLACE:
                yield found.span(1)
        for pattern in (_LOWER_AT, _IN_TOWN):
            for found in pattern.finditer(text):
                if found[2].lower() not in _NO_PLACE and not is_common(found[2]):
                    yield found.span(1)
    for found in _LIVES.finditer(text):
        yield found.span(1)
    for cued in (_CORNER, _BOX):
        for found in cued.finditer(text):
            yield found.span()


@cache
def _proving_words() -> frozenset[str]:
    """Words for a unit, and the last words of countries."""
    return _PROVING_UNITS | {name.rpartition(" ")[2] for name in countries()}
