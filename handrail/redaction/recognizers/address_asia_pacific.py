"""How addresses are written in Australia, Singapore and India."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from handrail.redaction.recognizers.address_rest import CAPITALIZED
from handrail.redaction.recognizers.base import Cued, Sought, listed

_STATES = "NSW|VIC|QLD|WA|SA|TAS|ACT|NT"
# A suburb with state and code; the state in capitals, because "act" and "nt" are words.
_AUSTRALIAN = Sought(
    r"\b" + CAPITALIZED + r"(?:\s" + CAPITALIZED + r"){0,2},?\s(?:" + _STATES + r")\.?,?\s"
    r"(?:0[289]\d\d|[1-7]\d{3})(?![\w.,-]?\d)"
)
_SINGAPOREAN = (
    Sought(
        r"\b(?:blk|block|apt blk)\.?\s\d{1,4}[a-z]?,?\s(?:[^\W\d_][\w.'-]*\s){1,5}?"
        r"(?:[^\W\d_][\w.'-]*)(?:\s\d{1,3})?(?=\s?[,#]|\ss?\(?\d{6}|\ssingapore|\.?$)"
        r"(?:,?\s?#\d{1,3}-\d{1,5}[a-z]?)?(?:,?\s(?:singapore|s)?\s?\(?\d{6}\)?)?",
        re.IGNORECASE,
    ),
    Sought(
        r"(?:(?<![\w$])\d{1,4}[A-Z]?\s(?:[A-Z][\w.'-]*\s){1,4}\d{0,3},?\s?)?#\d{2,3}-\d{2,5}[A-Z]?"
        r"(?:,?\s(?:[Ss]ingapore|S)?\s?\(?\d{6}\)?)?"
    ),
    Sought(r"\b(?:[Ss]ingapore|SINGAPORE|S)\s?\(?\d{6}(?:\)|\b)"),
)
_PIN = r"[1-9]\d{2}\s?\d{3}(?!\d)"
_PART = r"(?:\s?[^,;!?\n]{2,40},)"
_INDIAN = (
    Sought(
        r"\b(?:(?:flat|plot|house|door|shop|room)\s?(?:no\.?|number)?|h\.?\s?no\.?|d\.?\s?no\.?)\s?:?\s?"
        r"[\w/-]{1,14},"
        + _PART
        + r"{0,6}\s?(?=[^\W\d_][^,;!?\n\d]{2})"
        + r"[^,;!?\n\d.]{1,30}(?:\.\w[^,;!?\n\d.]{0,30}){0,2}(?:[\s,-]{1,3}"
        + _PIN
        + r")?",
        re.IGNORECASE,
    ),
    Sought(
        r"(?<![\w$.,-])\d{1,5}(?:[/-]\w{1,5})?,"
        + _PART
        + r"{1,5}\s?"
        + CAPITALIZED
        + r"(?:\s"
        + CAPITALIZED
        + r"){0,2}[\s,-]{1,3}"
        + _PIN
    ),
    Sought(r"\bpin(?:\s?code)?\s?(?:is|no\.?|number|:|-)?\s?:?\s?" + _PIN, re.IGNORECASE),
)
# Large cities and states, with the code behind them.
_INDIAN_CITY = Cued(
    """mumbai|delhi|new delhi|bangalore|bengaluru|hyderabad|chennai|kolkata|pune|
        ahmedabad|jaipur|lucknow|surat|kanpur|nagpur|indore|thane|bhopal|patna|
        vadodara|ghaziabad|ludhiana|agra|nashik|faridabad|meerut|rajkot|varanasi|
        srinagar|amritsar|navi mumbai|ranchi|coimbatore|vijayawada|jodhpur|madurai|
        raipur|kochi|cochin|gurgaon|gurugram|noida|chandigarh|mysore|mysuru|
        trivandrum|visakhapatnam|vizag|mangalore|secunderabad|haryana|karnataka|
        maharashtra|gujarat|kerala|punjab|rajasthan|telangana|tamil nadu""",
    r"\s?[,-]?\s?" + _PIN,
)
_AUSTRALIAN_WORDS = listed(_STATES.lower().replace("|", " "))
_SIX_OR_UNIT = re.compile(r"(?<!\d)\d{3}\s?\d{3}(?!\d)|#\d")
_INDIAN_WORDS = listed("flat plot house door shop room h hno d dno")
FORMS = (_AUSTRALIAN, *_SINGAPOREAN, *_INDIAN, _INDIAN_CITY)


def forms(text: str, words: Set[str]) -> Iterator[Sought]:
    """The patterns that may match `text`, whose words are `words`."""
    if not _AUSTRALIAN_WORDS.isdisjoint(words):
        yield _AUSTRALIAN
    if _SIX_OR_UNIT.search(text) or "blk" in words or "block" in words:
        yield from _SINGAPOREAN
        yield from _INDIAN
        yield _INDIAN_CITY
    elif not _INDIAN_WORDS.isdisjoint(words):
        yield _INDIAN[0]
