"""Codes and long numbers that nothing announces: no measure, model or error has such a shape."""

from __future__ import annotations

import re

from handrail.redaction.checksums import is_isin
from handrail.redaction.recognizers.base import Recognizer, Sought, listed
from handrail.redaction.recognizers.names import is_brand, is_ware
from handrail.redaction.recognizers.opaque import is_example
from handrail.redaction.spans import Span, SpanType

_LEFT = r"(?<![\w.,:/\\#@=+*$€£%&?~'\"`<>{}\[\]-])(?<![$€£#=] )(?<!\+\d )(?<!\+\d\d )(?<!\+\d{3} )"
_RIGHT = r"(?![\w$€£%@=\\&*{}<>-]|[.,:/]\w|\s?[€$£%])"
# What all codes have: a capital beside a digit.
_MIXED = Sought(r"[A-Z][/-]?\d|\d[/-]?[A-Z]")
# What all numbers have: eight digits close to each other, or five behind a capital.
_MANY = Sought(r"\d(?:[ -]?\d){7}|[A-Z] \d(?:[ -]?\d){4}")
# Capitals and digits, perhaps in groups: `VB6-2211-07459644`, `RK391367285FR`, `7Q2M3VW`.
CODE = re.compile(
    rf"{_LEFT}(?=[A-Z/-]{{0,8}}\d|\d[\d-]{{0,12}}[A-Z])[A-Z0-9]+(?:[-/][A-Z0-9]+){{0,5}}{_RIGHT}"
)
# Eight digits and more, in one or in groups; times and sums are shorter or set differently.
NUMBER = re.compile(
    rf"{_LEFT}(?:\d{{0,2}}[A-Z]{{1,2}} )?\d{{2,}}(?:(?: \d{{2,}}){{1,5}}|(?:-\d{{2,}}){{0,5}})"
    rf"(?: [A-HJ-Z]| \d)?{_RIGHT}"
)
_DAY = re.compile(
    r"(?:19|20)\d\d[-/ ]?(?:0\d|1[0-2])[-/ ]?(?:[0-2]\d|3[01])"
    r"|(?:[0-2]\d|3[01])[-/ ]?(?:0\d|1[0-2])[-/ ]?(?:19|20)\d\d"
    r"|(?:19|20)\d\d[-/ ](?:19|20)\d\d|\d{1,3}(?: ?000)+"
)
# What such words announce names a thing, an error or a place, and nobody.
_OF_THINGS = listed(
    """
    sku ean upc gtin isbn issn asin mpn art article articles artikel articulo articulos item items
    model models modell modele modelo type typ tipo version release build patch firmware kernel
    lot lote charge batch part parts teil teilenummer pieza piece size grosse taille talla
    error errors fehler fehlercode erreur errore exception bug status http
    flight flug vol vuelo train zug tren isin wkn bic swift ifsc cpt icd norm norme din iso
    commit hash sha sha1 sha256 md5 chunk port ports ral dot hsn tsn
    promo promotion promocional voucher coupon gutschein gutscheincode rabattcode cupon descuento
    remise reduction form formular formulaire formulario
    kennung biller blz bankleitzahl since seit depuis desde
    """
)
# What they number are parcels.
_CARRIERS = listed(
    "dhl ups fedex hermes dpd gls evri yodel usps tnt royal mail post colissimo chronopost correos "
    "seur mrw nacex amazon"
)
_NUMBER_WORDS = listed("number no nr num numero nummer id code ref reference is ist est es the der")
# Letters ahead of a number that are no part of it.
_NO_PART = _OF_THINGS | _NUMBER_WORDS
_WORD = re.compile(r"[^\W\d_]+|sha\d+|md5")
# What programs and their logs are written in.
TECHNICAL = re.compile(
    r"[{}<>|\\`]|=\S|://|\w\(|::|\b0x[0-9A-Fa-f]{4}|\b(?:curl|npm|pip|git|docker|kubectl|sudo)\s"
)
_UNIT = re.compile(
    r"\s?(?:k?wh|kw|km|kg|mg|g|ml|l|cm|mm|m|gb|mb|tb|mbps|mhz|ghz|hz|rpm|mah|v|w|"
    r"eur|euros?|usd|gbp|chf|dollars?|pounds?|pesos|points?|punkte|puntos|miles|meilen|"
    r"uhr|h|am|pm|people|users|pieces|stuck|mal|times|coins|monedas)\b",
    re.IGNORECASE,
)
_PROSE = re.compile(r"(?<![\w-])[^\W\dA-Z_]{2,}(?![\w-])|(?<![\w-])[A-Z][^\W\dA-Z_]+(?![\w-])")
_FEWEST_WORDS = 2
# Six letters and digits in turn, as bookings are named: `F7K2Q9`.
_LOCATOR = re.compile(r"(?=.*[A-Z]+\d+[A-Z]+\d|.*\d+[A-Z]+\d+[A-Z])[A-Z\d]{6}")
# How codes of things begin that say what they are: `ERR-4031-77`.
_OPENS_THING = re.compile(r"(?:ERR|ERROR|DOC|SKU|ART|EAN|ISO|DIN|EN|CVE|KB|HTTP|V|VER)(?=[-\d])")
# A word and a number are for everybody: `SUMMER2025`.
_VOUCHER = re.compile(r"[A-Z]{4,}-?\d{1,4}")
_AHEAD = 28
_FEWEST_IN_CODE = 4
_SHORTEST_CODE = 7
_FEWEST_IN_NUMBER = 8
_LONGEST = 34


class Reference(Recognizer):
    """Orders, contracts, devices and cards of customers, whatever they are called."""

    name = "reference"
    types = frozenset({SpanType.ORDER})
    digits = 2
    needs = (_MIXED, _MANY)

    def find(self, text: str, *, language: str) -> list[Span]:
        """By shape alone, in prose, unless the words before say that it is of a thing.

        What stands alone may be anything: there the conversation decides (`turns.answers`).
        Codes are of seven capitals and digits and more with four digits among them; numbers are of
        eight digits and more.
        """
        found = [
            match.span()
            for shape, pattern, is_one in _SHAPES
            if shape.may_be_in(text)
            for match in pattern.finditer(text)
            if is_one(match.group()) and not _is_of_a_thing(text, *match.span())
        ]
        if not found or not is_prose(text):
            return []
        return [Span(start, end, SpanType.ORDER, 0.75) for start, end in found]


def is_technical(text: str) -> bool:
    """Whether `text` holds what programs are written in, so that its tokens are no person's."""
    return TECHNICAL.search(text) is not None


def is_prose(text: str) -> bool:
    """Whether `text` is a sentence or a part of one, and nothing technical."""
    return len(_PROSE.findall(text)) >= _FEWEST_WORDS and not is_technical(text)


def names_a_thing(text: str) -> bool:
    """Whether a word in `text` is one for things, errors or versions, which have codes too."""
    return not _OF_THINGS.isdisjoint(word.lower() for word in _WORD.findall(text))


def _is_code(written: str) -> bool:
    """Letters and digits, and so many of them that it is no model of anything."""
    digits = sum(c.isdigit() for c in written)
    letters = sum(c.isalpha() for c in written)
    if _LOCATOR.fullmatch(written):
        return True
    return (
        letters > 0
        and digits >= _FEWEST_IN_CODE
        and _SHORTEST_CODE <= digits + letters <= _LONGEST
        and not is_example(written)
        and not is_isin(written)
        and not _OPENS_THING.match(written)
        and not _VOUCHER.fullmatch(written)
    )


def _is_number(written: str) -> bool:
    digits = sum(c.isdigit() for c in written)
    head = written.split()[0]
    lettered = any(c.isalpha() for c in head)
    if lettered and head.lower() in _NO_PART:
        return False
    return (
        _FEWEST_IN_NUMBER - lettered <= digits <= _LONGEST
        and len(set(written)) > 3
        and not _DAY.fullmatch(written)
        and not is_example(written)
    )


_SHAPES = ((_MIXED, CODE, _is_code), (_MANY, NUMBER, _is_number))


def _is_of_a_thing(text: str, start: int, end: int) -> bool:
    """Whether a unit stands behind, or a word for a thing, an error or a version before."""
    if _UNIT.match(text, end):
        return True
    sentence = text[max(0, start - _AHEAD) : start]
    words = [word.lower() for word in _WORD.findall(sentence)]
    while words and words[-1] in _NUMBER_WORDS and words[-1] not in _OF_THINGS:
        words.pop()
    if not _OF_THINGS.isdisjoint(words[-2:]):
        return True
    behind = [word.lower() for word in _WORD.findall(text[end : end + _AHEAD])[:2]]
    beside = (*words[-2:], *behind)
    return any(is_ware(word) or (is_brand(word) and word not in _CARRIERS) for word in beside)
