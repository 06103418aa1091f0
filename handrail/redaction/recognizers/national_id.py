"""National identifiers with check digits, and any identifier that is said to be one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from handrail.inference.weights import installed
from handrail.redaction.prefilter import Prefilter
from handrail.redaction.recognizers import national_schemes, national_schemes_overseas
from handrail.redaction.recognizers.base import (
    Cued,
    Recognizer,
    Sought,
    beginnings,
    beginnings_of,
    listed,
)
from handrail.redaction.recognizers.national_scheme import Evidence
from handrail.redaction.spans import CHECK_DIGITS_ALONE, Span, SpanType

_SCHEMES = (*national_schemes.SCHEMES, *national_schemes_overseas.SCHEMES)
# What all of them have: five digits close to each other, four behind letters, or one long word in
# which letters can stand for digits. Much cheaper to look for than each of them.
_LIKE_ONE = (
    r"(?:[A-Z -]{0,10}\d(?:[A-Z ./()+-]{0,5}\d){4}|[A-Z]{3,5}\d{4}|[A-Z\d]{8,9}\d|"
    r"[A-Z\d]{16}|U1[A-Z\d]{7}[A-Z])"
)
_SHAPED = Sought(_LIKE_ONE, re.IGNORECASE)
# Where an identifier can begin, which may be within another: at a digit, at up to six letters
# before one, or like a codice fiscale, in which letters can stand for the digits.
_START = re.compile(
    r"(?<![\w-])(?!\d[ .-]\d[ .-])"
    r"(?=\d|[A-Z]{1,9}[ -]?\d|[A-Z]{2}[ -]?[A-Z]-?\d|[A-Z]{6}[\dL-V]{2}|"
    rf"[A-HJ-NPR-Z\d]{{17}}(?!\w))(?={_LIKE_ONE})",
    re.IGNORECASE,
)
# Says of a text which schemes may be in it: few, and each of them is tried at each place.
_PREFILTER = Prefilter(kept=installed())
for _scheme in _SCHEMES:
    _PREFILTER.watch(_scheme.pattern)
# Words in front of a number that is somebody's answer: "my number is", "please use".
_ANNOUNCED = re.compile(
    r"(?:\bein|\bid|\bid\s?(?:no|number)|\b(?:nummer|numero|num|nr|no|n°)|\bidentifi\w{0,8}(?:\s(?:is|no|number))?"
    r"|\b(?:it'?s|it is|this is|that is|that's|here(?:'s| is| it is)|use|take|try|es ist|das ist|"
    r"hier|nehmen sie|ja gerne|gerne|c'est(?: le)?|voici|utilisez|prenez|es el|(?:si|ya), es|use|"
    r"usa|aqui(?: va| esta)?|tome))"
    r"\s?[.:=#,]?\s?$",
    re.IGNORECASE,
)
_LINK = (
    r"\b\.?(?:\s{0,2}(?:number|no\.?|nr\.?|nummer|numero|num|#|n°|code|card|is now)){0,2}"
    r"(?:\s{0,2}(?:(?:is|was|ist|war|lautet|c'est|(?:est|es|era)(?:\s(?:el|la|le))?)\b|:|=|,|#)){0,2}\s{0,2}"
)
_SAID = Cued(
    """ssn|social security|social security number|social|national insurance|nino|
        ni number|national id|id number|identity card|id card|personal id|
        personal identity code|identity code|id code|driving licence|driver's license|
        drivers license|driver license|license number|license|licence|tax id|tax number|
        tin|itin|fein|ein number|        employer id|employer identification number|
        steuer-id|steuerid|steuernummer|steueridentifikationsnummer|identifikationsnummer|
        idnr|sozialversicherungsnummer|svnr|sv-nummer|rentenversicherungsnummer|
        krankenversicherungsnummer|versichertennummer|versicherungsnummer|fuhrerschein|
        fuhrerscheinnummer|umsatzsteuer-id|ust-id|ust-idnr|arztnummer|
        numero de securite sociale|securite sociale|secu|numero de secu|nir|
        carte d'identite|numero fiscal|dni|nie|nif|cif|documento|seguridad social|
        numero de la seguridad social|bsn|aadhaar|pan|medicare|nhs|npi|lanr|pesel|
        codice fiscale|partita iva|cpf|personnummer|south african id|nss|insee|carte vitale|
        titre de sejour|permis de conduire|permis|siret|siren|rfc|curp|cuit|cuil|rut|cedula|
        permiso de conducir|carnet de conducir|carnet de identidad|tarjeta de residencia|
        documento de identidad|tarjeta sanitaria|tfn|tax file number|nric|fin|aadhar|uidai|
        pan card|gstin|gst number|voter id|driver's licence|driver licence|abn|acn|ic number|
        mbi|dea|utr|unique taxpayer reference|vat id|vat number|ird|ird number|nhi|hkid|
        philsys|sss|umid|philhealth|uen|tnin|thai id|rrn|frn|brn|oib|egn|cnp|nip|regon|ahv|
        ahv-nummer|avs|numero avs|pps|ppsn|hetu|cpr|emso|imei|imei number|vin number|
        vin-nummer|fin-nummer|fahrgestellnummer|chassis number|numero de bastidor|
        numero de chassis|green card|
        alien number|visa number|residence permit|aufenthaltstitel|national number|
        identification number|numero d'identification|numero de identificacion""",
    _LINK + r"((?=[\w./ -]{0,9}\d)[A-Z0-9](?:[ ./-](?=[A-Z0-9]{0,20}\d)[A-Z0-9]|[A-Z0-9]|"
    r" [A-Z](?![A-Z0-9])){4,22})(?!\w)",
)
_PASSPORT = Sought(
    r"\b(?i:passport|pass|reisepass|reisepassnummer|ausweis|ausweisnummer|personalausweis|"
    r"personalausweisnummer|passeport|travel document|"
    r"pasaporte|id card|identity card|license|licence)(?i:" + _LINK + r")"
    r"((?=[A-Z0-9]{0,8}\d|[B-DF-HJ-NP-TV-Z]{8})[A-Z0-9]{6,12}|[a-z]{1,3}\d{6,8})(?!\w)"
)
# "AAA123456 is my passport number"
_SAID_AFTER = Sought(
    r"(?<![\w-])((?=[A-Z0-9./-]{0,12}\d)[A-Z0-9](?:[./-]?[A-Z0-9]){4,22})\s(?:is|ist|est|es)\s"
    r"(?:my|his|her|our|the|meine?|unsere?|die|mon|ma|notre|le|mi|su|el)\s(?:[\w']{1,14}\s){0,3}"
    r"(?:passport|pasaporte|passeport|reisepass\w{0,8}|ausweis\w{0,8}|ssn|social security|id|dni|"
    r"nie|steuer-?id|tax|licen[cs]e|permis|secu|securite sociale|bsn|pesel|nino|nhs|tfn|nric|"
    r"aadhaar|pan|personalausweis\w{0,8})\b",
    re.IGNORECASE,
)
# What may stand between identifiers where a message is nothing but a list of them.
_BETWEEN = listed("and und et y or oder ou o & + / , ; -")
_DOCUMENTS = beginnings_of("pass|reisepass|ausweis|personal|id|identity|licence|travel")


class NationalId(Recognizer):
    """Identity, tax and social security numbers of the countries the regions serve, and others."""

    name = "national_id"
    types = frozenset({SpanType.NATIONAL_ID})
    needs = (_SHAPED, _SAID, _PASSPORT, _SAID_AFTER)

    def find(self, text: str, *, language: str) -> list[Span]:
        """A scheme proposes and its checksum disposes; a word for it excuses a wrong checksum."""
        spans = list(_schemes(text)) if _SHAPED.may_be_in(text) else []
        finds = [m for m in _SAID.finditer(text) if sum(map(str.isdigit, m.group(1))) >= 3]
        if _PASSPORT.may_be_in(text) and not _DOCUMENTS.isdisjoint(beginnings(text)):
            finds += _PASSPORT.finditer(text)
        finds += _SAID_AFTER.finditer(text)
        spans += [Span(*found.span(1), SpanType.NATIONAL_ID, 0.9) for found in finds]
        return spans


def _schemes(text: str) -> Iterator[Span]:
    """Each scheme that may be in `text` is tried only where an identifier can begin."""
    schemes = [_SCHEMES[place] for place in sorted(_PREFILTER.possible(text))]
    for start in _START.finditer(text) if schemes else ():
        at = start.start()
        # Asked for late, and once for all schemes.
        announced: bool | None = None
        for scheme in schemes:
            found = scheme.pattern.match(text, at)
            if found is None:
                continue
            written = found.group()
            placed = scheme.needs is Evidence.PLACE and (
                _grouped(written) or _numbers_alone(text) or written == _whole(text)
            )
            if scheme.needs is not Evidence.NOTHING and not placed:
                if announced is None:
                    announced = _ANNOUNCED.search(text[max(0, at - 24) : at]) is not None
                if not announced:
                    continue
            characters = "".join(c for c in written if c.isalnum()).upper()
            if not _monotonous(characters) and scheme.holds(characters):
                alone = scheme.needs is not Evidence.NOTHING
                confidence = CHECK_DIGITS_ALONE if alone else 0.85
                yield Span(*found.span(), SpanType.NATIONAL_ID, confidence)


@lru_cache(maxsize=1)
def _numbers_alone(text: str) -> bool:
    """Whether a message is nothing but a list of numbers."""
    return all(w in _BETWEEN or any(map(str.isdigit, w)) for w in text.lower().split())


@lru_cache(maxsize=1)
def _whole(text: str) -> str:
    """All that a message says, without the marks at its ends."""
    return text.strip(" .!,")


def _monotonous(characters: str) -> bool:
    """Whether a long number has only one or two different digits, as hardly one given out has."""
    return len(characters) >= 9 and characters.isdigit() and len(set(characters)) <= 2


def _grouped(written: str) -> bool:
    """Whether a number is written in groups, as on a card."""
    return len(re.findall(r"[ .-]", written)) >= 2
