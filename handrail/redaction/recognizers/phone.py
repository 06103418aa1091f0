"""Telephone numbers: a run of digits proposes, the numbering plans of libphonenumber dispose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from handrail.redaction.recognizers.base import Cued, Recognizer, Sought, digits_of, either
from handrail.redaction.spans import Span, SpanType

_CANDIDATE = Sought(
    r"(?<![\w/\-$€£#+])(?<!\d[.,])(?:\(?\+\s?|00)?[(\[]?\d(?:[\s().\-/\[\]]{0,3}\d){5,16}"
    r"(?:\s?(?:x|ext\.?|extension|durchwahl|poste)\s?\d{1,6})?"
    r"(?![\w]|[.,]\d|\s?(?:[€£%]|\$(?!\d)))",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b"
    + either("""phone|phone no|telephone|tel|tel no|landline|mobile|mobile no|mob|cell|cellphone|
        number|my number|number is|my no|my no.|contact number|contact no|handphone|handphone no|hp|
        hp no|hp number|ph|ph no|hotline|whatsapp|sms|fax|dial|call|call me|call from|calls from|
        ring|ring me|text me|texts from|texts to|message to|messages from|messages to|reach me|
        reach us at|reachable at|reached at|answer at|answering at|contact me|registered|
        telefon|telefonnummer|rufnummer|handy|handynummer|mobil|mobilnummer|natel|nummer|
        meine nummer|meine nr|durchwahl|ruf mich|anrufen|erreichbar|sms an|
        portable|fixe|gsm|numero|mon num|appelez|appeler|rappeler|rappelez|rappelez-moi|joindre|
        joignable|sms au|
        telefono|tfno|tlf|tlfno|telf|fijo|movil|cel|celular|mi num|llamar|llame|llamame|llamenme|
        llamadme|contactarme|localizar|localizarme|mensajes a|
        cellulaire|cell|telephone|tph|tel.|mon fixe|contactez-moi|contacter au|appelle|rappelle|
        rappelle-moi|sms sur le|texto au|textez-moi|whatsapp al|wsp|wasap|guasap|wa|marcar al|
        marqueme|hablame al|llamen al|comunicarse al|ubicarme|mi numero""")
    # The number of a thing is no phone number.
    + r"\b(?:(?!seri|model|artic|artik)[^\d+]){0,24}$",
    re.IGNORECASE,
)
# What kind of line it is stands close to the number, in front ("Office: 030 901820") or behind.
_LINE = either("""office|desk|work|home|private|direct|direct line|line|contact|mobile|cell|fax|
    landline|whatsapp|buro|privat|dienstlich|festnetz|handy|mobil|bureau|domicile|portable|fixe|
    oficina|casa|trabajo|movil|fijo""")
_LINE_BEFORE = re.compile(rf"\b{_LINE}\W{{0,4}}$", re.IGNORECASE)
_LINE_BEHIND = re.compile(rf"[ \t]?-?[ \t]?\(?{_LINE}\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b"
    + either("""sku|art|art.|article|artikel|version|v|model|part|serial|isbn|ean|upc|imei|vin|lot|
        batch|meter|size|total|eur|usd|error|code|zip|order|invoice|tracking|ref|account|policy|
        claim|case|ticket|booking|room|bestellung|rechnung|reservierung|vorgang|konto|zahler|
        commande|facture|dossier|pedido|factura|expediente|cuenta""")
    + r"[^\w]{0,3}(?:(?:number|no|nr|id|is)[^\w]{0,3}){0,2}$",
    re.IGNORECASE,
)
# Words before a value that is an answer, whatever was asked.
_ANSWER = re.compile(
    r"\b"
    + either("""it is|it's|its|that is|that's|is|id|here|new one|use|try|ist|ist die|es|sie|
        nehmen sie|c'est|c'est le|est|est le|prends|utilisez|es el|use el|usa""")
    + r"[:,]?\s*$",
    re.IGNORECASE,
)
_AREA_CODE = re.compile(r"\(0?\d{2,4}\)[ \-]?\d{3}(?:[ \-]?\d){1,7}(?:\D.*)?$")
_YEAR = re.compile(r"\((?:19|20)\d\d\)")
# "area code 415, then 555 2671"
_APART = Cued(
    "area code|vorwahl|indicatif|prefijo",
    r"\s(?:is\s|ist\s|est\s|es\s)?\(?(\d{2,5})\)?[^\d\n]{1,24}(\d(?:[ -]?\d){4,9})(?!\d)",
)
_WITHIN_ID = re.compile(
    r"(?:^|[^\w])(?=[\w -]{0,30}\d)[A-Z]{2}[\dA-Z]{2}(?:[ -][\dA-Z]{2,4}){0,6}[ -]$"
)
_NOT_PHONE = re.compile(
    r"^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d{2}(?!\d)"
    r"|\d{1,3}(?:[., ]000)+$|[1-9]\d{0,3}(?:\.\d{1,5}){3}$|(?:\d{4}[ -]){3}\d{4}$|"
    r"\d{3}-\d{2}-\d{4}$"
    r"|\d{1,2}:\d\d|(?:19|20)\d\d\s?-\s?(?:19|20)\d\d$)"
)
# Nothing else stands on the line, as under a signature.
_LINE_OPENS = re.compile(r"(?:^|\n)[ ]*$")
_LINE_ENDS = re.compile(r"[ .]*(?:\n|$)")
_EXTENSION = re.compile(r"\s?(?:x|ext\.?|extension|durchwahl|poste)\s?\d{1,6}$", re.IGNORECASE)
_LONGEST = 64
_LONG = 9
# With a plus in front so many digits are a number of some country, in use or not any more.
_WHOLE = 11
_BARE = Sought(r"(?<![\w/\-$€£#+.,])\d{9,13}(?![\w]|[.,]\d)")
_NORTH_AMERICA = re.compile(
    r"^(?:(?:\+|00)?\s?1[\s.-]?)?\(?[2-9]\d{2}\)?[\s.-]{0,2}\d{3}[\s.-]\d{4}(?:\D.*)?$"
)
_NORTH_AMERICAN_DIGITS = re.compile(r"[2-9]\d{2}[2-9]\d{6}$")
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
    needs = (_CANDIDATE, _APART, _BARE)

    def find(self, text: str, *, language: str) -> list[Span]:
        """A bare run of digits without a word for it isn't a phone number, valid or not."""
        spans: list[Span] = []
        whole = text.strip(" .!,") if len(text) < _LONGEST else ""
        for found in _CANDIDATE.finditer(text):
            number, start = found.group(), found.start()
            if _NOT_PHONE.match(number):
                continue
            before = text[max(0, start - 48) : start]
            said = bool(
                _SAID.search(before)
                or _LINE_BEFORE.search(before)
                or _LINE_BEHIND.match(text, found.end())
            )
            if not said and _WITHIN_ID.search(before):
                continue
            alone = number == whole
            on_its_line = bool(_LINE_OPENS.search(before) and _LINE_ENDS.match(text, found.end()))
            confidence = _confidence(
                number,
                said=said,
                other=bool(_OTHER.search(before)),
                answer=bool(_ANSWER.search(before)) or (on_its_line and not alone),
                alone=alone,
                on_its_line=on_its_line,
                language=language,
            )
            if confidence:
                spans.append(Span(start, found.end(), SpanType.PHONE, confidence))
        spans += _alike(text, spans)
        for found in _APART.finditer(text):
            value = found[1] + found[2]
            spans += [Span(*found.span(part), SpanType.PHONE, 0.9, value) for part in (1, 2)]
        return spans


def _alike(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Bare numbers as long as one found in the same message: "0171..., no, rather 0172..."."""
    lengths = {len(digits_of(text[span.start : span.end])) for span in spans}
    if not lengths or max(lengths) < _LONG:
        return
    starts = {span.start for span in spans}
    for found in _BARE.finditer(text):
        if found.start() not in starts and len(found[0]) in lengths:
            before = text[max(0, found.start() - 48) : found.start()]
            if not _OTHER.search(before):
                yield Span(*found.span(), SpanType.PHONE, 0.8)


def _confidence(
    number: str,
    *,
    said: bool,
    other: bool,
    answer: bool,
    alone: bool,
    on_its_line: bool,
    language: str,
) -> float:
    """How surely `number` is a phone number; 0 when it is something else."""
    number = _EXTENSION.sub("", number)
    digits = digits_of(number)
    if len(set(digits)) < 2:
        return 0.0
    opening = number.lstrip("([")
    if opening.startswith(("+", "00")) and len(digits) >= 8:
        international = opening if opening[0] == "+" else "+" + opening[2:].lstrip("-. ")
        if said or (opening[0] == "+" and len(digits) >= _WHOLE):
            return 0.95
        return 0.95 if _exists(international, None, exactly=False) else 0.0
    if other and not said:
        return 0.0
    if _NORTH_AMERICA.match(number) and (number.strip() != digits or said):
        return 0.9
    if _AREA_CODE.match(number) and not _YEAR.match(number) and 7 <= len(digits) <= 12:
        return 0.85
    if said and 7 <= len(digits) <= 15:
        return 0.85
    if alone and 10 <= len(digits) <= 15 and number == digits:
        known = digits[0] == "0" or _NORTH_AMERICAN_DIGITS.match(digits)
        return 0.7 if known or _exists("+" + digits, None, exactly=False) else 0.0
    shaped = digits != number or digits.startswith("0")
    groups = len(re.findall(r"\d+", number))
    eight = len(digits) == 8 and (groups >= 3 or (on_its_line and groups == 2))
    if shaped and (len(digits) >= 9 or eight):
        return 0.85 if _dialed_somewhere(number, digits, answer=answer, language=language) else 0.0
    return 0.0


def _dialed_somewhere(number: str, digits: str, *, answer: bool, language: str) -> bool:
    """Whether `number` is written as in one of the regions, with the 0 in front if they have one.

    An answer may leave the 0 out.
    """
    return any(
        (answer or digits[0] == "0" or not _has_trunk_zero(region))
        and _dialed(region).fullmatch(digits)
        and _exists(number, region, exactly=True)
        for region in _regions(language[:2].lower(), everywhere=answer or digits[0] == "0")
    )


@cache
def _regions(language: str, *, everywhere: bool) -> tuple[str, ...]:
    first = _REGIONS.get(language, _FALLBACK)
    return tuple(dict.fromkeys((*first, *_FALLBACK))) if everywhere else first


@cache
def _has_trunk_zero(region: str) -> bool:
    """Whether national numbers of `region` are dialed with a 0 in front."""
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region)
    return metadata is not None and metadata.national_prefix == "0"


@cache
def _dialed(region: str) -> re.Pattern[str]:
    """What the digits of all numbers look like that are dialed in `region`, and of few others.

    Behind the prefix of calls abroad anything may follow; else the prefix of calls within the
    country, its code, and a number of the plan that it may share with others.
    """
    from phonenumbers import PhoneMetadata, region_codes_for_country_code

    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.national_prefix_transform_rule:
        return re.compile(r"\d*")
    sharing = region_codes_for_country_code(metadata.country_code or 0)
    plans = [PhoneMetadata.metadata_for_region(one) for one in sharing]
    kinds = [plan.general_desc for plan in plans if plan is not None]
    national = "|".join(kind.national_number_pattern or "" for kind in kinds if kind is not None)
    prefix = metadata.national_prefix_for_parsing or ""
    abroad = metadata.international_prefix or ""
    return re.compile(
        rf"(?:{abroad})\d*|(?:{prefix})?(?:{metadata.country_code})?(?:{prefix})?(?:{national})"
    )


# The same number is read again behind an answer's prefix and where messages are joined.
@lru_cache(maxsize=32)
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
