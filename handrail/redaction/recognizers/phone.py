"""Telephone numbers: a run of digits proposes, the numbering plans of libphonenumber dispose."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Recognizer, digits_of, either
from handrail.redaction.spans import Span, SpanType

_CANDIDATE = re.compile(
    r"(?<![\w/\-$€£#+])(?<!\d[.,])(?:\+\s?|00)?[(\[]?\d(?:[\s().\-/\[\]]{0,3}\d){5,16}"
    r"(?:\s?(?:x|ext\.?|extension|durchwahl|poste)\s?\d{1,6})?(?![\w]|[.,]\d|\s?[€$£%])",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b"
    + either("""phone|telephone|tel|mobile|cell|cellphone|call me|call|text me|reach me|
        contact me|my number|number is|number|whatsapp|sms|fax|landline|dial|telefon|
        telefonnummer|handy|handynummer|mobil|mobilnummer|rufnummer|ruf mich|anrufen|
        erreichbar|meine nummer|nummer|portable|numero|appelez|joindre|telefono|movil|
        celular|llamar|llame|llamame|ring me|ring|registered|contact number|fixe|gsm|joignable|
        appeler|rappeler|rappelez|rappelez-moi|tfno|tlf|tlfno|telf|fijo|cel|llamenme|llamadme|
        localizarme|localizar|contactarme|mob|mobile no|contact no|ph|ph no|hp|hp no|hp number|
        handphone|handphone no""")
    + r"\b[^\d+]{0,24}$",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b"
    + either("""sku|art|art.|article|artikel|version|v|isbn|ean|model|part|serial|order|
        invoice|tracking|bestellung|ref|size|total|eur|usd|error|code|pedido|
        commande|account|zip""")
    + r"[^\w]{0,3}(?:(?:number|no|nr|id|is)[^\w]{0,3}){0,2}$",
    re.IGNORECASE,
)
_WITHIN_ID = re.compile(
    r"(?:^|[^\w])(?=[\w -]{0,30}\d)[A-Z]{2}[\dA-Z]{2}(?:[ -][\dA-Z]{2,4}){0,6}[ -]$"
)
_NOT_PHONE = re.compile(
    r"^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d{2}(?!\d)"
    r"|\d{1,3}(?:[., ]000)+$|[1-9]\d{0,3}(?:\.\d{1,5}){3}$|(?:\d{4}[ -]){3}\d{4}$|"
    r"\d{3}-\d{2}-\d{4}$"
    r"|\d{1,2}:\d\d|(?:19|20)\d\d\s?-\s?(?:19|20)\d\d$)"
)
_NORTH_AMERICA = re.compile(
    r"^(?:(?:\+|00)?\s?1[\s.-]?)?\(?[2-9]\d{2}\)?[\s.-]{0,2}\d{3}[\s.-]\d{4}(?:\D.*)?$"
)
_REGIONS = {
    "en": ("US", "GB", "IE", "AU", "NZ", "IN", "SG", "PH", "HK"),
    "de": ("DE", "AT", "CH"),
    "fr": ("FR", "BE", "CH", "CA", "LU"),
    "es": ("ES", "MX", "AR", "CO", "CL", "PE"),
}
_FALLBACK = ("US", "GB", "DE", "FR", "ES", "AT", "IT", "NL")


class Phone(Recognizer):
    """Numbers of a numbering plan that are written like a phone number or said to be one."""

    name = "phone"
    types = frozenset({SpanType.PHONE})
    digits = 6

    def find(self, text: str, *, language: str) -> list[Span]:
        """A bare run of digits without a word for it isn't a phone number, valid or not."""
        spans: list[Span] = []
        for found in _CANDIDATE.finditer(text):
            number, start = found.group(), found.start()
            if _NOT_PHONE.match(number):
                continue
            before = text[max(0, start - 48) : start]
            said = bool(_SAID.search(before))
            if not said and _WITHIN_ID.search(before):
                continue
            confidence = _confidence(
                number,
                said=said,
                other=bool(_OTHER.search(before)),
                alone=number == text.strip(" .!,"),
                on_its_line=_on_its_line(text, found.start(), found.end()),
                language=language,
            )
            if confidence:
                spans.append(Span(start, found.end(), SpanType.PHONE, confidence))
        return spans


def _on_its_line(text: str, start: int, end: int) -> bool:
    """Whether nothing else stands on the line, as under a signature."""
    before, after = text[:start].rstrip(" "), text[end:].lstrip(" .")
    return (not before or before[-1] == "\n") and (not after or after[0] == "\n")


def _confidence(
    number: str, *, said: bool, other: bool, alone: bool, on_its_line: bool, language: str
) -> float:
    """How surely `number` is a phone number; 0 when it is something else."""
    digits = digits_of(number)
    if len(set(digits)) < 2:
        return 0.0
    opening = number.lstrip("([")
    if opening.startswith(("+", "00")) and len(digits) >= 8:
        international = opening if opening[0] == "+" else "+" + opening[2:].lstrip("-. ")
        return 0.95 if said or _exists(international, None, exactly=False) else 0.0
    if other and not said:
        return 0.0
    if _NORTH_AMERICA.match(number) and (number.strip() != digits or said):
        return 0.9
    if said and 7 <= len(digits) <= 15:
        return 0.85
    if alone and 10 <= len(digits) <= 15 and number == digits:
        return 0.7 if digits[0] == "0" or _exists("+" + digits, None, exactly=False) else 0.0
    shaped = digits != number or digits.startswith("0")
    groups = len(re.findall(r"\d+", number))
    eight = len(digits) == 8 and (groups >= 3 or (on_its_line and groups == 2))
    if shaped and (len(digits) >= 9 or eight):
        return 0.85 if any(_exists(number, r, exactly=True) for r in _regions(language)) else 0.0
    return 0.0


def _regions(language: str) -> tuple[str, ...]:
    first = _REGIONS.get(language[:2].lower(), ())
    return (*first, *(region for region in _FALLBACK if region not in first))


def _exists(number: str, region: str | None, *, exactly: bool) -> bool:
    """Whether `number` fits a numbering plan: by its ranges if `exactly`, else by its length."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    if exactly:
        return bool(phonenumbers.is_valid_number(parsed))
    return bool(phonenumbers.is_possible_number(parsed))
