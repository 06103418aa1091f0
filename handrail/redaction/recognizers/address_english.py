"""How addresses are written in English: number, street, town, state, code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED, NAME, UK_CODE
from handrail.redaction.recognizers.base import beginnings, beginnings_of, openings

# Street words of USPS Publication 28 and Royal Mail that mean little else before or after a number.
_STRONG = (
    "street|avenue|boulevard|highway|crescent|parkway|turnpike|expressway|causeway|freeway|terrace|"
    "esplanade|stravenue|cul-de-sac|boulevard|blvd|ave|hwy|pkwy|rd|road|lane|st|ln|ct|cres|marg|nagar|chowk|salai|vihar|hwy|expy"
)
# Ordinary words too: they need capitals, a code behind them or a word for address before them.
_WEAK = (
    "drive|court|place|square|way|close|walk|row|mews|grove|hill|park|gardens?|trail|loop|"
    "circle|alley|parade|quay|wharf|"
    "bend|bridge|brook|bypass|camp|canyon|cape|center|centre|cliffs?|common|corners?|course|"
    "cove|creek|"
    "crest|crossing|crossroad|curve|dale|dam|divide|estates?|extension|falls?|ferry|fields?|"
    "flats?|fords?|"
    "forest|forges?|forks?|fort|gateway|glens?|greens?|groves?|harbors?|haven|heights|hills?|"
    "hollow|inlet|"
    "islands?|isle|junctions?|keys?|knolls?|lakes?|land|landing|light|locks?|lodge|mall|"
    "manors?|meadows?|"
    "mills?|mission|motorway|mount|mountain|neck|orchard|oval|overpass|parks|pass|passage|path|"
    "pike|pines?|"
    "plains?|plaza|points?|ports?|prairie|radial|ramp|ranch|rapids?|rest|ridges?|river|route|"
    "rue|run|shoals?|"
    "shores?|skyway|springs?|spurs?|station|stream|summit|throughway|trace|track|trafficway|tunnel|"
    "underpass|unions?|valleys?|via|viaduct|views?|villages?|ville|vista|walks|wall|wells?|dr|"
    "pl|sq|ter"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|"
    "NM|NY|NC|ND|"
    "OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR|GU|VI|AS|MP|FM|MH|PW|AE|AP|AA"
)
_UNIT = r"(?:,?\s(?:apt|apartment|suite|ste|unit|flat|room|rm|floor|fl|#)\.?\s?[\w-]{1,6})?"
_AU_CODE = r"(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT)\.?,?\s\d{4}"
_CODE = (
    r"(?:(?:(?:" + _STATES + r")\.?,?\s)?(?:\d{5}(?:-\d{4})?|" + UK_CODE + r")|" + _AU_CODE + r")"
)
_TAIL = r"(?:(?:,\s?" + NAME + r"(?:\s" + NAME + r"){0,3}){0,2},?\s" + _CODE + r"(?!\w))"
_CAP_TAIL = (
    r"(?:,\s?" + CAPITALIZED + r"(?:\s" + CAPITALIZED + r"){0,3}){0,3}(?:,?\s" + _CODE + r"(?!\w))?"
)
_DIRECTION = (
    r"(?:\s(?i:north|south|east|west|northeast|northwest|southeast|southwest|[NSEW]{1,2})\b\.?)?"
)
_NUMBER = (
    r"(?<![\w$€£:-])(?<!\d[.,])(?:(?i:unit|shop|level|lot|suite|flat|villa|u)\s?\d{1,4}[A-Za-z]?\s?[,/]\s?|"
    r"\d{1,4}[A-Za-z]?\s?/\s?)?\d{1,6}(?:\s?[a-c](?!\w)|-\d{1,4})?,?\s(?!(?:am|pm|at|of|on|or|and|"
    r"is|in|x|days?|hours?|minutes?|times?)\b)"
)

_WORD = (
    r"(?!(?:to|at|for|with|in|on|from|and|or|is|are|was|called|one|of|the|a|an|you|your|my|we|i|it)\b)"
    rf"(?:{NAME}|\d{{1,3}}(?:st|nd|rd|th)|\d{{1,3}})"
)

_STREETS = (
    re.compile(
        _NUMBER
        + CAPITALIZED
        + r"(?:\s(?:"
        + CAPITALIZED
        + r"|of|the|de|la)){0,3}\s(?:(?i:"
        + _STRONG
        + ")|(?=[A-Z])(?i:"
        + _WEAK
        + r"))\b\.?"
        + _DIRECTION
        + r"(?i:"
        + _UNIT
        + r")"
        + _CAP_TAIL
    ),
    re.compile(
        _NUMBER
        + rf"(?:{_WORD}\s){{1,4}}?(?:"
        + _STRONG
        + r")\b\.?"
        + _DIRECTION
        + _UNIT
        + _TAIL
        + "?",
        re.IGNORECASE,
    ),
    re.compile(
        _NUMBER + rf"(?:{_WORD}\s){{1,4}}?(?:" + _WEAK + r")\b\.?" + _DIRECTION + _UNIT + _TAIL,
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:flat|studio|apartment|apt|suite|unit)\s?\w{1,5},?\s"
        + NAME
        + r"(?:\s"
        + NAME
        + r"){0,3}"
        + _TAIL,
        re.IGNORECASE,
    ),
    re.compile(r"\bg?p\.?\s?o\.?\s?box\s\d{1,7}" + _TAIL + "?", re.IGNORECASE),
)
_US_TOWN = re.compile(
    r"\b"
    + CAPITALIZED
    + r"(?:\s"
    + CAPITALIZED
    + r"){0,2},?\s(?:"
    + _STATES
    + r")\s\d{5}(?:-\d{4})?(?!\w)"
)
_ANY_UNIT = re.compile(
    r"(?<![\w$€£.,:-])\d{1,6}\s(?:[^\s,;!?]{1,30}\s){1,5}?(?:apt|suite|"
    r"apartment)\.?\s\d{1,5}\b|\b(?:PSC|CMR|Unit)\s\d{3,5},?\sBox\s\d{1,5}|"
    r"(?:\b(?:uss|usns|uscgc)\s[^\W\d_][\w' -]{1,24}[\s,]{1,3})?\b[afd]po,?\s(?:aa|ae|ap)\s\d{5}",
    re.IGNORECASE,
)
_UK_POSTCODE = re.compile(
    r"(?<![\w-])[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}(?![\w-])"
)
_FIVE = re.compile(r"(?<!\d)\d{5}(?!\d)")
STREET_WORDS = openings(_STRONG + "|" + _WEAK)
_ANY_WORDS = STREET_WORDS | openings("flat|studio|apartment|apt|suite|unit|box")
_UNITS = beginnings_of("apt|apartment|suite|psc|cmr|unit|apo|fpo|dpo")


def forms(text: str, words: Set[str]) -> Iterator[re.Pattern[str]]:
    """The patterns that may match `text`, whose words are `words`."""
    if not _ANY_WORDS.isdisjoint(words):
        yield from _STREETS
    if _FIVE.search(text):
        yield _US_TOWN
    if not _UNITS.isdisjoint(beginnings(text)):
        yield _ANY_UNIT
    yield _UK_POSTCODE
