"""Payment card numbers: 13 to 19 digits of a known network that pass Luhn, or said to be a card."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction import checksums
from handrail.redaction.recognizers.base import Cued, Recognizer, digits_of
from handrail.redaction.spans import Span, SpanType

_RUN = re.compile(r"(?<!\d)\d(?:[ \-./_,\n]{0,3}\d){11,31}(?!\d)")
_GROUP = re.compile(r"\d+")
# First digits of Mastercard (2, 5), American Express and Diners (3), Visa, Discover and UnionPay.
_NETWORKS = frozenset("23456")
_IN_CONTEXT = Cued(
    """card|card number|card no|cc|visa|mastercard|amex|maestro|karte|kreditkarte|
        kartennummer|kreditkartennummer|carte|carte bancaire|numero de carte|tarjeta|
        numero de tarjeta|debit card|credit card""",
    r"(?:\s?(?:number|no\.?|nr\.?|num\.?|#))?"
    r"(?:\s(?:is|ist|lautet|est|es|was|ends in|would be))?\s?[:=#]?\s?"
    r"(\d(?:[ \-.]{0,3}\d){7,18})(?![\d,.]\d)",
)


class Card(Recognizer):
    """Primary account numbers, whole or as said after the word card."""

    name = "card"
    types = frozenset({SpanType.CARD})
    digits = 8

    def find(self, text: str, *, language: str) -> list[Span]:
        """Runs of digit groups are tried at every group boundary, so `... 1111 12/27` is found."""
        spans = [
            Span(start, end, SpanType.CARD, 0.97)
            for run in _RUN.finditer(text)
            for start, end in _valid(run.group(), run.start())
        ]
        for found in _IN_CONTEXT.finditer(text):
            spans.append(Span(found.start(1), found.end(1), SpanType.CARD, 0.8))
        return spans


def _valid(run: str, offset: int) -> Iterator[tuple[int, int]]:
    """The longest valid stretches of whole digit groups, from left to right."""
    groups = [found.span() for found in _GROUP.finditer(run)]
    first = 0
    while first < len(groups):
        for last in range(len(groups) - 1, first - 1, -1):
            start, end = groups[first][0], groups[last][1]
            digits = digits_of(run[start:end])
            if 13 <= len(digits) <= 19 and is_card(digits):
                yield start + offset, end + offset
                first = last
                break
        first += 1


def is_card(digits: str) -> bool:
    """Whether bare `digits` could be a card: network, Luhn, and not one digit repeated."""
    return digits[0] in _NETWORKS and len(set(digits)) > 1 and checksums.luhn(digits)
