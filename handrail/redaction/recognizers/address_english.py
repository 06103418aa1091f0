"""How addresses are written in English: number, street, town, state, code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED, NAME, UK_CODE
from handrail.redaction.recognizers.base import Sought, openings

# Street words of USPS Publication 28 and Royal Mail that mean little else before or after a
# number, and those of India.
_STRONG = (
    "street|avenue|boulevard|highway|crescent|parkway|turnpike|expressway|causeway|freeway|terrace|"
    "esplanade|stravenue|cul-de-sac|blvd|bvd|cct|pde|tce|gdns|ave|hwy|expy|pkwy|rd|road|lane|st|ln|ct|cres|"
    "marg|nagar|chowk|salai|vihar"
)
# Ordinary words too: they need capitals, a code behind them or a word for address before them.
_WEAK = (
    "drive|court|place|square|way|close|walk|row|mews|grove|hill|park|gardens?|trail|loop|circle|"
    "alley|parade|quay|wharf|bend|bridge|brook|bypass|camp|canyon|cape|center|centre|cliffs?|"
    "common|corners?|course|cove|creek|crest|crossing|crossroad|curve|dale|dam|divide|estates?|"
    "extension|falls?|ferry|fields?|flats?|fords?|forest|forges?|forks?|fort|gateway|glens?|"
    "greens?|groves?|harbors?|haven|heights|hills?|hollow|inlet|islands?|isle|junctions?|keys?|"
    "knolls?|lakes?|land|landing|light|locks?|lodge|mall|manors?|meadows?|mills?|mission|motorway|"
    "mount|mountain|neck|orchard|oval|overpass|parks|pass|passage|path|pike|pines?|plains?|plaza|"
    "points?|ports?|prairie|radial|ramp|ranch|rapids?|rest|ridges?|river|route|rue|run|shoals?|"
    "shores?|skyway|springs?|spurs?|station|stream|summit|throughway|trace|track|trafficway|"
    "tunnel|underpass|unions?|valleys?|via|viaduct|views?|villages?|ville|vista|walks|wall|wells?|"
    "dr|pl|sq|ter"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|"
    "NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC|PR|GU|VI|AS|MP|FM|MH|PW|AE|"
    "AP|AA"
)
_UNIT = r"(?:,?\s(?:apt|apartment|suite|ste|unit|flat|room|rm|floor|fl|#)\.?\s?[\w-]{1,6})?"
_CODE = (
    rf"(?:(?:(?:{_STATES})\.?,?\s)?(?:\d{{5}}(?:-\d{{4}})?|{UK_CODE})|"
    r"(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT)\.?,?\s\d{4})"
)
_TAIL = rf"(?:(?:,\s?{NAME}(?:\s{NAME}){{0,3}}){{0,2}},?\s{_CODE}(?!\w))"
_CAP_TAIL = rf"(?:,\s?{CAPITALIZED}(?:\s{CAPITALIZED}){{0,3}}){{0,3}}(?:,?\s{_CODE}(?!\w))?"
_DIRECTION = (
    r"(?:\s(?i:north|south|east|west|northeast|northwest|southeast|southwest|[NSEW]{1,2})\b\.?)?"
)
_NUMBER = (
    r"(?<![\w$€£:-])(?<!\d[.,])"
    r"(?:(?i:unit|shop|level|lot|suite|flat|villa|u)\s?\d{1,4}[A-Za-z]?\s?[,/]\s?|"
    r"\d{1,4}[A-Za-z]?(?:\s?/\s?|\s-\s))?\d{1,6}(?:\s?[a-c](?!\w)|-\d{1,4})?,?\s"
    r"(?!(?:am|pm|at|of|on|or|and|is|in|x|days?|hours?|minutes?|times?|january|february|march|april|may|june|july|august|"
    r"september|october|november|december)\b)"
)
# A word of a street's name, in small letters too, but none that a sentence is made of.
_WORD = (
    r"(?!(?:to|at|for|with|in|on|from|and|or|is|are|was|called|one|of|the|a|an|you|your|my|we|i|"
    rf"it)\b)(?:{NAME}|\d{{1,3}}(?:st|nd|rd|th)|\d{{1,3}})"
)
# One of the words has a letter: looked for once, and not at each way to cut a row of numbers.
_LETTERED = r"(?=[\d\s]{0,16}[^\W\d])"
_STREETS = (
    Sought(
        rf"{_NUMBER}{CAPITALIZED}(?:\s(?:{CAPITALIZED}|of|the|de|la)){{0,3}}"
        rf"\s(?:(?i:{_STRONG})|(?=[A-Z])(?i:{_WEAK}))\b\.?{_DIRECTION}(?i:{_UNIT}){_CAP_TAIL}"
    ),
    Sought(
        rf"{_NUMBER}{_LETTERED}(?:{_WORD}\s){{1,4}}?(?:{_STRONG})\b\.?{_DIRECTION}{_UNIT}{_TAIL}?",
        re.IGNORECASE,
    ),
    Sought(
        rf"{_NUMBER}{_LETTERED}(?:{_WORD}\s){{1,4}}?(?:{_WEAK})\b\.?{_DIRECTION}{_UNIT}{_TAIL}",
        re.IGNORECASE,
    ),
)
_UNITS = (
    Sought(
        rf"\b(?:flat|studio|apartment|apt|suite|unit)\s?\w{{1,5}},?\s{NAME}(?:\s{NAME}){{0,3}}{_TAIL}",
        re.IGNORECASE,
    ),
    Sought(
        r"(?<![\w$€£.,:-])\d{1,6}\s(?:[^\s,;!?]{1,30}\s){1,5}?"
        r"(?:apt|suite|apartment)\.?\s\d{1,5}\b",
        re.IGNORECASE,
    ),
)
_BOX = Sought(rf"\bg?p\.?\s?o\.?\s?box\s\d{{1,7}}{_TAIL}?", re.IGNORECASE)
# Post of the armed forces.
_FORCES = Sought(
    r"\b(?:PSC|CMR|Unit)\s\d{3,5},?\sBox\s\d{1,5}|"
    r"(?:\b(?:uss|usns|uscgc)\s[^\W\d_][\w' -]{1,24}[\s,]{1,3})?"
    r"\b[afd]po,?\s(?:aa|ae|ap)\s\d{5}",
    re.IGNORECASE,
)
_US_TOWN = Sought(
    rf"\b{CAPITALIZED}(?:\s{CAPITALIZED}){{0,2}},?\s(?:{_STATES})\s\d{{5}}(?:-\d{{4}})?(?!\w)"
)
_UK_POSTCODE = r"(?<![\w-])[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}(?![\w-])"
_UK = re.compile(_UK_POSTCODE)
# With the house, street and town in front, which may have no number.
_UK_TOWN = Sought(
    rf"(?:(?<!\w)(?:{CAPITALIZED}(?: {CAPITALIZED}){{0,3}}, ){{0,3}}"
    rf"{CAPITALIZED}(?: {CAPITALIZED}){{0,2}},? )?{_UK_POSTCODE}"
)
# Ireland's codes, with house, road, town and county in front.
_EIRE_CODE = r"(?<![\w-])(?:[AC-FHKNPRTV-Y]\d\d|D6W) ?[AC-FHKNPRTV-Y\d]{4}(?![\w-])"
_EIRE = re.compile(_EIRE_CODE)
_EIRE_TOWN = Sought(
    rf"(?:(?<!\w)(?:\d{{1,4}} )?{CAPITALIZED}(?: {CAPITALIZED}){{0,3}}, ){{1,4}}"
    rf"(?:(?:Co\.?|County) )?{CAPITALIZED}(?: {CAPITALIZED}){{0,2}},? {_EIRE_CODE}"
)
_FIVE = re.compile(r"(?<!\d)\d{5}(?!\d)")
STREET_WORDS = openings(f"{_STRONG}|{_WEAK}")
_UNIT_WORDS = openings("flat|studio|apartment|apt|suite|unit")
_FORCES_WORDS = openings("psc|cmr|unit|apo|fpo|dpo")
FORMS = (*_STREETS, *_UNITS, _BOX, _FORCES, _US_TOWN, _UK_TOWN, _EIRE_TOWN)


def forms(text: str, words: Set[str]) -> Iterator[Sought]:
    """The patterns that may match `text`, whose words are `words`."""
    if not STREET_WORDS.isdisjoint(words):
        yield from _STREETS
    if not _UNIT_WORDS.isdisjoint(words):
        yield from _UNITS
    if not _FORCES_WORDS.isdisjoint(words):
        yield _FORCES
    if "box" in words:
        yield _BOX
    if _FIVE.search(text):
        yield _US_TOWN
    if _UK.search(text):
        yield _UK_TOWN
    if _EIRE.search(text):
        yield _EIRE_TOWN
