"""Payment card numbers: 13 to 19 digits of a known network that pass Luhn, or said to be a card."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from handrail.redaction import checksums
from handrail.redaction.recognizers.base import Cued, Recognizer, Sought, digits_of
from handrail.redaction.spans import Span, SpanType

# Grouped by almost anything; letters may touch it, but not those of a longer code.
_RUN = Sought(r"(?<!\d)(?<!\d[A-Za-z])\d(?:[ \-./_,\n]{0,3}\d){11,31}(?![A-Za-z]?\d)")
_SHORTEST, _LONGEST = 13, 19
_VERIFICATION = 3
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

# "ending in 4242", and what is left of a number that somebody masked.
_ENDING = Cued(
    """ending in|ends in|ending with|ends with|ending|last four|last 4|last four digits|
        final four|final 4|card ends|visa ends|mastercard ends|amex ends|endet in|endend auf|
        endend mit|mit endung|endnummer|
        last 4 digits|endet auf|endet mit|endziffern|letzte vier|letzten vier|letzten 4|
        letzte 4|vier letzten|termine par|finit par|finissant par|terminant par|
        derniers chiffres|4 derniers|quatre derniers|termina en|terminada en|acaba en|
        ultimos cuatro|ultimas cuatro|ultimos 4|ultimas 4|cuatro ultimos|
        se terminant par|finissant|terminant|se termine par|qui termine en|finit en|terminant en|
        finissant en|acabada en|
        finaliza en|finalizada en|con final|con terminacion|terminacion|terminado en|
        finalizado en|acabado en|
        4 ultimos|la que termina|la que acaba|la visa en|mi visa|ma visa|
        mi mastercard|ma mastercard""",
    r"(?:\s(?:digits|numbers|ziffern|stellen|chiffres|cifras|digitos|numeros|of|on|my|the|card|social|ssn|account|der|"
    r"meiner|karte|de|ma|la|mi|tarjeta|carte|are|sind|lauten|sont|son|is|ist)){0,6}"
    r"\s?[:=]?\s?(\d{2,4})(?![\d.,-]\d|\d|\s?[%€$£])",
)
_MASKED = Sought(
    r"(?<![\w*])(?=[*.\u2022xX -]{3,20}+\d{4})"
    r"(?:(?:[*.\u2022]{3,4}|[xX]{4})[ -]?){1,4}(\d{4})(?![\w.,])"
)
# What is left behind any other mark: `xx5027`, `**4417`, `...44`, `#### 31`.
_MASK = r"[*\u2022\u00b7#]{2,8}|[xX]{2,8}"
_HIDDEN = Sought(
    r"(?<![\w*~=#\u2022])((?:\+?\d{1,4}[ /-]?)?(?:[A-Z]{2})?"
    rf"(?:{_MASK}|(?:\u2026|\.{{3}})(?=\d))"
    rf"(?:[ /-]?(?:{_MASK}|\d{{2,4}})){{1,5}})(?![\w%€$£]|[.,:/-]\d)"
)
_TWO_DIGITS = re.compile(r"\d\d")
# "the card 4417", "la tarjeta 4417": no year, and no other digits beside it.
_OF_CARD = Cued(
    """card|debit card|credit card|debit|visa|mastercard|amex|maestro|girocard|karte|kreditkarte|
        ec-karte|carte|carte bleue|cb|tarjeta|tarjeta de credito|tarjeta de debito""",
    r"(?:\s(?:no|nr|n|num|number|nummer|numero|the|my|on|file|with|mit|der|die|auf|avec|la|le|que|"
    r"con|en|finissant|finit|fini|ende|endet|endung|end|ends|que|acaba|termina|terminada|par|in|"
    r"ist|is|est|es|was|war|qui|that)\b){0,3}[ .:,#-]{1,2}(?!(?:19|20)\d\d\b)(\d{4})"
    r"(?![\w%€$£]|[.,:/-]\d|\s?(?:[€$£%]|eur|euros?|usd|pesos)|\s\d)",
)
# "the number that ends with these", with the verb or the place behind: "auf 4417 endet".
_BEHIND_ENDS = Sought(
    r"(?<![\w.,:/€$£])-?(\d{2,4})\s"
    r"(?:endet|enden|endend|am ende|hinten|at the end|a la fin|al final)\b",
    re.IGNORECASE,
)
_EXPIRY = Cued(
    """exp|expiry|expires|exp date|expiry date|expiration|expiration date|valid until|valid thru|
        valid through|valid to|good thru|gultig bis|ablaufdatum|lauft ab|verfallsdatum|
        date d'expiration|expire|expire le|validite|valable jusqu'au|valable jusqu'en|caduca|
        caducidad|fecha de caducidad|vence|vencimiento|fecha de vencimiento|valida hasta""",
    r"(?:\s(?:date|is|ist|est|es|in|on|am|im|en|el|le|de|la))?\s?[:=]?\s?"
    r"(\d{1,2}\s?[/.-]\s?(?:20)?\d{2})(?![\d/.-])",
)
# What people write behind a whole number: until when it is good, and the digits that verify it.
_GAP = r"(?:[^\d\n]|\d(?=\s?(?:digits|numbers|ziffern|chiffres|cifras|digitos)))"
_GOOD_UNTIL = re.compile(
    rf"{_GAP}{{0,24}}?(?<!\d)((?:0?[1-9]|1[0-2])\s?[/.-]\s?(?:20)?[2-4]\d|(?:0[1-9]|1[0-2])[2-4]\d)"
    r"(?![\d/.-]\d|\d)"
)
_VERIFIED_BY = re.compile(
    rf"{_GAP}{{0,32}}?(?<![\d.,:/-])(\d{{3,4}})"
    r"(?![\w€$£%]|[.,:/-]\d|\s?(?:[€$£%]|eur|usd|euros?|dollars?|pounds|pesos)\b|\s\d)",
    re.IGNORECASE,
)
_CARD_WORD = re.compile(
    r"card|karte|\bcarte|tarjeta|\bvisa\b|mastercard|amex|\bcv[vc]2?\b|maestro", re.IGNORECASE
)


class Card(Recognizer):
    """Primary account numbers, whole or in part, and the month until which a card is good."""

    name = "card"
    types = frozenset({SpanType.CARD, SpanType.ACCOUNT, SpanType.SECRET})
    digits = 2
    needs = (_RUN, _IN_CONTEXT, _ENDING, _MASKED, _HIDDEN, _OF_CARD, _BEHIND_ENDS, _EXPIRY)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Runs of digit groups are tried at every group boundary, so `... 1111 12/27` is found."""
        spans = [
            Span(start, end, SpanType.CARD, 0.97)
            for run in _RUN.finditer(text)
            for start, end in _valid(run.group(), run.start())
        ]
        spans += [found for card in spans.copy() for found in _behind(text, card.end)]
        spans += [Span(*m.span(1), SpanType.CARD, 0.8) for m in _IN_CONTEXT.finditer(text)]
        # Four digits say nothing where they stand without their cue.
        parts = [
            found
            for pattern in (_ENDING, _MASKED, _HIDDEN, _OF_CARD, _BEHIND_ENDS)
            for found in pattern.finditer(text)
            if _TWO_DIGITS.search(found.group(1))
        ]
        expiry = list(_EXPIRY.finditer(text))
        if parts or expiry:
            of_card = _CARD_WORD.search(text) is not None
            kind = SpanType.CARD if of_card else SpanType.ACCOUNT
            spans += [Span(*found.span(1), kind, 0.75) for found in parts]
            if of_card:
                spans += [Span(*found.span(1), SpanType.CARD, 0.75) for found in expiry]
        return spans


def _behind(text: str, end: int) -> Iterator[Span]:
    """The month and the verification digits that stand behind a whole card number."""
    until = _GOOD_UNTIL.match(text, end)
    if until:
        yield Span(*until.span(1), SpanType.CARD, 0.75)
        end = until.end()
    verified = _VERIFIED_BY.match(text, end)
    if verified and (until or len(verified.group(1)) == _VERIFICATION):
        yield Span(*verified.span(1), SpanType.SECRET, 0.75, rule="card_verification")


def _valid(run: str, offset: int) -> Iterator[tuple[int, int]]:
    """The longest valid stretches of whole digit groups, from left to right."""
    groups = [found.span() for found in _GROUP.finditer(run)]
    digits = digits_of(run)
    # Where each group begins among the digits, and where the last one ends.
    places = list(accumulate((end - start for start, end in groups), initial=0))
    first = 0
    while first < len(groups):
        begin = places[first]
        if digits[begin] in _NETWORKS:
            for last in range(len(groups), first, -1):
                length = places[last] - begin
                if length < _SHORTEST:
                    break
                if length <= _LONGEST and is_card(digits[begin : places[last]]):
                    yield groups[first][0] + offset, groups[last - 1][1] + offset
                    first = last - 1
                    break
        first += 1


def is_card(digits: str) -> bool:
    """Whether bare `digits` could be a card: network, Luhn, and not one digit repeated."""
    return digits[0] in _NETWORKS and len(set(digits)) > 1 and checksums.luhn(digits)
