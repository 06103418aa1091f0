"""Numbers and codes in a reply to a question for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import either, listed
from handrail.redaction.recognizers.names import is_everyday
from handrail.redaction.turns.replies import FILLERS, leads_on, part_begins, words

Stretch = tuple[int, int]

# Groups of letters and digits; further groups of digits may follow after a space: HP 32 408 518 53.
_CODE = re.compile(
    r"(?<![\w@.,/€$£-])(?:#\s?|[A-Z]{1,4} (?=[A-Z-]{0,4}\d)|\d [A-Z]{1,3} (?=\d))?"
    r"(?=[A-Za-z/.-]{0,12}\d)[A-Za-z0-9]+(?:(?:[-/_.#]|//)[A-Za-z0-9]+|'\d{3})*"
    r"(?: (?:[A-Z]{1,2} )?\d[\dA-Z]*(?:[-/.]\d+)*| / \d+(?:[-/.]\d+)*)*"
    r"(?: (?:[A-Z](?![\w'-])|[a-z](?=$|[.,;!?])))?"
    r"(?![\w@]|[.,:]\d|\s?[€$£%])"
)
_LOCATOR = re.compile(r"(?<![\w-])[A-Z]{5,8}(?![\w-])")
_SORT_CODE = re.compile(r"(?<![\w-])\d\d-\d\d-\d\d(?![\w-])")
_DATE = re.compile(
    r"\d{1,2}[./-]\d{1,2}(?:[./-](?:\d{4}|\d{2}))?|\d{4}[-./]\d{1,2}[-./]\d{1,2}|"
    r"(?:19|20)\d\d|\d{1,2}h\d\d|\d{1,2} \d{1,2} (?:19|20)\d\d|"
    r"\d{1,2}(?:st|nd|rd|th|er|h|am|pm)(?:-\d{1,2}(?:st|nd|rd|th|h|am|pm))?"
)
_AMOUNT = re.compile(r"\d{1,7}[.,]\d{2}")
_VERSION = re.compile(r"[vV]?\d{1,3}(?:\.\d{1,2}){1,3}|\d{1,3}\.\d\.\d{2,5}(?:\.\d{1,4})?")
UNIT = re.compile(
    r"\s?"
    + either("""
        euros|euro|eur|usd|gbp|chf|dollars|dollar|pounds|pound|quid|bucks|pesos|francs|cents|points|
        punkte|kwh|kw|km|kg|mg|ml|cm|mm|gb|mb|tb|mbps|miles|percent|prozent|watts|volt|
        yen|rupees|lbs|rpm|am|pm|o'clock|uhr|seconds|second|secs|sekunden|secondes|segundos|minutes|mins|min|minuten|
        minutos|hours|hour|stunden|heures|horas|days|day|tage|tagen|jours|jour|dias|weeks|wochen|
        semaines|semanas|months|monate|mois|meses|years|year|jahre|ans|anos|
        pieces|items|times|people|mal|stuck""")
    + r"\b",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(?:[€$£]|\b(?:rs|usd|eur|chf|gbp|inr))\.?\s?$", re.IGNORECASE)
_NO_CODE_BEFORE = listed(
    "error fehler erreur fehlercode errore version modell model modele modelo size grosse "
    "taille talla article artikel articulo windows ios android iphone galaxy pixel ipad macos "
    "firmware room flight flug vol vuelo zimmer chambre habitacion sku"
)
# Capitals before a number that aren't its own: "IBAN GB33", but "TCR 53447798".
_LABELS = listed("iban bic swift ssn nhs utr dni nie nif cuit cbu cvu pan tfn mrn nmi tel")
# Letters and a number of five digits and more are no model's.
_PREFIXED = re.compile(r"[A-Z]{1,4}[-/]\d{5,}")
_ARTICLES = listed("the a an der die das den ein eine le un une el la")
_SHORT_CODE = re.compile(
    r"(?<![\w.,/€$£:-])(?:\d{3}[ -]\d{3}|\d{1,2}(?: \d{1,2}){2,7}|\d\d \d\d|\d{3,8}|"
    r"(?=[A-Za-z-]{0,30}\d)[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{2,8}){0,6})"
    r"(?![\w@]|[.,:/-]\d|\s?[€$£%])"
)
# SUMMER25 is for everybody.
_VOUCHER = re.compile(r"[A-Z]{4}")
_LAST = re.compile(r"(?<![\w.,/€$£:-])(?:\d{4}|\d \d \d \d)(?![\w@]|[.,:/-]\d|\s?[€$£%])")
_POSTCODE = re.compile(
    r"(?<![\w-])(?:[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}|[a-z]\d[a-z]\s?\d[a-z]\d|"
    r"[a-z]\d[\dw]\s?[a-z\d]{4}|[a-z]\d{4}(?:[a-z]{3})?|\d{4}\s?[a-z]{2}|\d{5}-\d{3,4}|"
    r"\d{3}\s\d{2,3}|\d{2}-\d{3}|\d{4,6})(?![\w%€$-]|[.,]\d)",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"(?<!\S)(?=\S{0,63}[^\W\d_])(?=\S{0,63}[\d@#$%&*+])[^\s,;]{6,64}?(?=[.,;]?(?:\s|$))"
)
_WILL_BE = listed("it'll be ce sera sera fue c'etait would wird warte espere attendez")
_TITLES = listed(
    "mr mrs ms miss dr sir lady herr frau tante onkel madame monsieur mme tata tonton soeur senor "
    "senora don dona tia tio sor sister uncle aunt auntie schwester"
)
FEWEST = 4
_STRONG = 5
_FEW_WORDS = 4
_NEAR = 24


def codes(text: str, begin: int, end: int) -> Iterator[Stretch]:
    """What looks like a number or code that somebody was given, and not like a measure or date."""
    for found in _CODE.finditer(text, begin, end):
        start, end = found.span()
        first, behind, _ = found.group().partition(" ")
        if behind and _leads(first, shouted=text[max(0, start - _NEAR) : end].isupper()):
            start += len(first) + 1
        if _is_code(text, begin, start, end):
            yield start, end


def _leads(first: str, *, shouted: bool) -> bool:
    """Whether letters before a number are a word: "IBAN 44", "es 44", but "ES 44" or "A 44"."""
    lower = first.lower()
    return lower in _LABELS or (lower in FILLERS and (shouted or not first.isupper()))


def _is_code(text: str, begin: int, start: int, end: int) -> bool:
    written = text[start:end]
    digits = digits_in(written)
    marked = written.startswith("#")
    mixed = digits > 0 and len(written) >= _STRONG and written.isalnum() and written.isupper()
    if digits < FEWEST and not (marked and len(written) >= FEWEST) and not mixed:
        return digits == FEWEST - 1 and "-" in written and written.upper() == written
    if (
        is_date_amount_or_version(written)
        or is_measure(text, start, end)
        or _names_a_thing(text, start)
    ):
        return False
    if _follows(text, start, _ARTICLES) and not (marked or _PREFIXED.fullmatch(written)):
        return digits > _STRONG or (digits == _STRONG and not any(c.isalpha() for c in written))
    return marked or digits >= _STRONG or is_led(text, start, begin=begin)


def digits_in(written: str) -> int:
    """How many digits there are."""
    return sum(c.isdigit() for c in written)


def is_date_amount_or_version(written: str) -> bool:
    """Whether `written` is a date, an amount or a version, and no number of somebody's."""
    return any(one.fullmatch(written) for one in (_DATE, _AMOUNT, _VERSION))


def is_measure(text: str, start: int, end: int) -> bool:
    """Whether a unit stands behind, or a currency before."""
    before = _MONEY_BEFORE.search(text, max(0, start - 5), start)
    return before is not None or UNIT.match(text, end) is not None


def _names_a_thing(text: str, start: int) -> bool:
    """Whether the word before is one for errors, models, sizes and such."""
    return _follows(text, start, _NO_CODE_BEFORE)


def _follows(text: str, start: int, those: frozenset[str]) -> bool:
    """Whether the word right before is one of `those`."""
    ahead = words(text, max(0, start - _NEAR), start)
    return bool(ahead) and ahead[-1].lower in those and not text[ahead[-1].end : start].strip(" :")


def is_led(text: str, start: int, *, begin: int = 0) -> bool:
    """Whether only words that lead to a value stand before it in its part of the reply.

    What stands before `begin` doesn't count.
    """
    ahead = words(text, part_begins(text, begin, start), start)
    return all(leads_on(word.lower) for word in ahead)


def locators(text: str) -> Iterator[Stretch]:
    """A booking code without a digit, where nothing else is said."""
    for found in _LOCATOR.finditer(text):
        start, end = found.span()
        alone = not text[end:].strip(" .!") and is_led(text, start)
        if alone and not is_everyday(found[0].lower()):
            yield start, end


def sort_codes(text: str) -> Iterator[Stretch]:
    """British bank codes, which look like dates."""
    for found in _SORT_CODE.finditer(text):
        yield found.span()


def short_codes(text: str) -> Iterator[Stretch]:
    """Codes that open something: three digits and more, alone or behind few words."""
    for found in _SHORT_CODE.finditer(text):
        start, end = found.span()
        if _DATE.fullmatch(found.group()) and found.group() != text.strip():
            continue
        if is_measure(text, start, end) or _names_a_thing(text, start):
            continue
        if is_led(text, start) or few_words(text[:start] + "0" + text[end:]):
            yield start, end


def secret_codes(text: str, begin: int, end: int) -> Iterator[Stretch]:
    """Codes in a stretch of a sentence: four digits and more, or fewer among capitals."""
    for found in _SHORT_CODE.finditer(text, begin, end):
        written = found.group()
        letters = any(c.isalpha() for c in written)
        enough = digits_in(written) >= FEWEST or (
            letters and written.isupper() and len(written) >= _STRONG
        )
        wordy = _VOUCHER.match(written) or (letters and not written.isupper())
        if not enough or wordy or _DATE.fullmatch(written):
            continue
        if not is_measure(text, *found.span()) and not _names_a_thing(text, found.start()):
            yield found.span()


def last_digits(text: str) -> Iterator[Stretch]:
    """The last four digits of something."""
    for found in _LAST.finditer(text):
        start, end = found.span()
        if not is_measure(text, start, end) and (is_led(text, start) or few_words(text)):
            yield start, end


def postcodes(text: str) -> Iterator[Stretch]:
    """Postal codes of any country, where one was asked for."""
    for found in _POSTCODE.finditer(text):
        yield found.span()


def is_postcode(written: str) -> bool:
    """Whether all of it is a postal code of some country."""
    return _POSTCODE.fullmatch(written) is not None


def passwords(text: str) -> Iterator[Stretch]:
    """Letters with digits or signs among them, six and more."""
    for found in _PASSWORD.finditer(text):
        measure = is_measure(text, *found.span()) or _names_a_thing(text, found.start())
        if not measure and not _DATE.fullmatch(found.group()):
            yield found.span()


def secret_words(text: str) -> Iterator[Stretch]:
    """A reply of nothing but one word and a title, or of unusual words: the answer to a question.

    Of whole replies only; one that goes on with a sentence, as "not mine", is none.
    """
    # "hang on... hedgehog"
    begins = text.rfind("..") + 2 if ".." in text.rstrip(" .") else 0
    said = words(text, begins, len(text))
    while said and (said[0].lower in FILLERS or said[0].lower in _WILL_BE):
        said = said[1:]
    if not said or len(said) > _FEW_WORDS or text[said[-1].end :].strip(" .!"):
        return
    if any(c.isdigit() for c in text[: said[0].start]):
        return
    rest = said[1:] if said[0].lower in _TITLES else said
    rare = [_is_rare(word.lower) for word in rest]
    if any(rare) and not any(leads_on(word.lower) for word in rest):
        yield said[0].start, said[-1].end


def _is_rare(lower: str) -> bool:
    return len(lower) >= FEWEST and lower not in FILLERS and not is_everyday(lower)


def few_words(text: str) -> bool:
    """Whether a text has at most four words."""
    return len(text.split()) <= _FEW_WORDS
