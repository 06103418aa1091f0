"""IBANs (ISO 13616): country length and MOD 97-10 dispose; the word IBAN excuses a typing error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction import checksums
from handrail.redaction.recognizers.base import Cued, Recognizer, Sought, either
from handrail.redaction.spans import Span, SpanType

# Lengths from the SWIFT IBAN registry.
_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV YE",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_LENGTH_OF = {country: length for length, line in _LENGTHS.items() for country in line.split()}

_START = Sought(
    rf"(?<![A-Za-z0-9])({either('|'.join(_LENGTH_OF))})[ -]?\d{{2}}(?=[ -.]?[A-Za-z0-9])",
    re.IGNORECASE,
)
_CHARACTER = re.compile(r"[ \-.]{0,2}([A-Za-z0-9])")
_SAID = Sought(
    r"\biban\b[^A-Za-z0-9]{0,4}(?:(?:is|ist|lautet|est|es|number|nummer)[^A-Za-z0-9]{1,3}){0,2}"
    r"([A-Z]{2}[ -]?\d{2}(?:[ -]?[A-Z0-9]){8,30})\b",
    re.IGNORECASE,
)
# What a statement shows of it: "DE** **** 0034 97", "ES91 ... 1332".
_HIDDEN = Sought(
    r"(?<![A-Za-z0-9])([A-Z]{2})(?:\d{2}|[*xX\u2022]{2})"
    r"(?=[ -]?[\d *xX\u2022.-]{0,30}?(?:[*xX\u2022.]{2}|\u2026))"
    r"(?:[ -]?[\d*xX\u2022.\u2026]){4,34}(?<=\d)(?!\w)"
)
# The bank's code, and the British pair of sort code and account number.
_BIC = Cued(
    "bic|swift|swift code|bic code|bic/swift|swift/bic|bic-code|code bic|codigo bic|codigo swift",
    r"(?:\s?(?:(?:is|ist|lautet|est|es)\b|:|=)){0,2}\s?([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b",
)
_SORT_CODE = Cued(
    "sort code|sortcode|sort-code|s/c",
    r"(?:\s?(?:is|:|=|,|and account(?: number)?)){0,2}\s?(\d{2}[ -]?\d{2}[ -]?\d{2})(?!\d)",
)
# Both numbers of a British account side by side.
_PAIR = Sought(r"(?<![\w-])(\d\d-\d\d-\d\d)[ ,/]{1,3}(\d{8})(?![\w-]|[.,]\d)")


class Iban(Recognizer):
    """International bank account numbers in any grouping and case, and the codes of banks."""

    name = "iban"
    types = frozenset({SpanType.IBAN})
    needs = (_START, _SAID, _HIDDEN, _BIC, _SORT_CODE, _PAIR)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Takes exactly the country's number of characters, so a word that follows stays."""
        spans = list(_accounts(text))
        for hidden in _HIDDEN.finditer(text):
            if hidden[1] in _LENGTH_OF:
                spans.append(Span(*hidden.span(), SpanType.IBAN, 0.85))
        for pair in _PAIR.finditer(text):
            spans += [Span(*pair.span(part), SpanType.IBAN, 0.85) for part in (1, 2)]
        for pattern in (_BIC, _SORT_CODE):
            for found in pattern.finditer(text):
                spans.append(Span(*found.span(1), SpanType.IBAN, 0.8))
        return spans


def _accounts(text: str) -> Iterator[Span]:
    for start in _START.finditer(text):
        length = _LENGTH_OF[start.group(1).upper()]
        end, characters = _take(text, start.start(), length)
        whole = end == len(text) or not text[end].isalnum()
        if len(characters) == length and whole and checksums.mod97(characters):
            yield Span(start.start(), end, SpanType.IBAN, 0.98)
    for said in _SAID.finditer(text):
        end = said.end(1)
        country = said.group(1)[:2].upper()
        if country in _LENGTH_OF:
            end = min(end, _take(text, said.start(1), _LENGTH_OF[country])[0])
        yield Span(said.start(1), end, SpanType.IBAN, 0.8)


def is_iban(characters: str) -> bool:
    """Whether letters and digits in capitals are a country's number, check digits and all."""
    length = _LENGTH_OF.get(characters[:2])
    return len(characters) == length and checksums.mod97(characters)


def _take(text: str, start: int, length: int) -> tuple[int, str]:
    """The end of the next `length` letters and digits, and them."""
    characters: list[str] = []
    at = start
    while len(characters) < length:
        found = _CHARACTER.match(text, at)
        if found is None:
            break
        characters.append(found.group(1))
        at = found.end()
    return at, "".join(characters)
