"""National identifiers with check digits, and any identifier that is said to be one."""

from __future__ import annotations

import re
from functools import cache

from handrail.redaction.recognizers.base import Cued, Recognizer, beginnings, beginnings_of
from handrail.redaction.recognizers.national_schemes import SCHEMES
from handrail.redaction.spans import Span, SpanType

_SHORTEST = re.compile(r"\d(?:[ ./+-]?[A-Z\d]){5}", re.IGNORECASE)
# A digit, or a passport number that happens to have none.
_WORTH_IT = re.compile(r"[0-9]|[B-DF-HJ-NP-TV-Z]{8}")
_ANNOUNCED = re.compile(
    r"(?:\bid|\bid\s?(?:no|number)|\bnumber\s(?:is|:)|\bnummer\s(?:ist|:)|\bnumero\s(?:est|es|"
    r":)|\bidentifi\w{0,8}(?:\s(?:is|no|number))?)"
    r"\s?[:=]?\s?$",
    re.IGNORECASE,
)
_LINK = (
    r"\b(?:\s{0,2}(?:number|no\.?|nr\.?|nummer|numero|num|#|code|card)){0,2}(?:\s{0,2}(?:is|"
    r"ist|lautet|c'est|(?:est|es)(?:\s(?:el|la|le))?|:|=|,)){0,2}\s{0,2}"
)
_SAID = Cued(
    """ssn|social security|social security number|social|national insurance|nino|
        ni number|national id|id number|identity card|id card|personal id|
        personal identity code|driving licence|driver's license|drivers license|
        driver license|license number|license|licence|tax id|tax number|tin|itin|
        steuer-id|steuerid|steuernummer|steueridentifikationsnummer|identifikationsnummer|
        idnr|idnr.|sozialversicherungsnummer|svnr|rentenversicherungsnummer|
        krankenversicherungsnummer|versichertennummer|fuhrerschein|
        numero de securite sociale|securite sociale|secu|numero de secu|nir|
        carte d'identite|numero fiscal|dni|nie|nif|cif|documento|seguridad social|
        numero de la seguridad social|bsn|aadhaar|pan|medicare|nhs|npi|lanr|pesel|
        codice fiscale|cpf|personnummer|south african id|nss|insee|carte vitale|
        titre de sejour|permis de conduire|permis|siret|siren|rfc|curp|cuit|cuil|rut|cedula|
        permiso de conducir|carnet de conducir|carnet de identidad|tarjeta de residencia|
        documento de identidad|tfn|tax file number|nric|fin|aadhar|uidai|pan card|gstin|
        voter id|driver's licence|driver licence|abn|acn|ic number""",
    _LINK + r"((?=[\w./ -]{0,9}\d)[A-Z0-9](?:[ ./-](?=[A-Z0-9]{0,20}\d)[A-Z0-9]|[A-Z0-9]|"
    r" [A-Z](?![A-Z0-9])){4,22})(?!\w)",
)
_PASSPORT = re.compile(
    r"\b(?i:passport|pass|reisepass|reisepassnummer|ausweis|ausweisnummer|personalausweis|"
    r"personalausweisnummer|passeport|"
    r"pasaporte|id card|identity card|license|licence)(?i:" + _LINK + r")"
    r"((?=[A-Z0-9]{0,8}\d|[B-DF-HJ-NP-TV-Z]{8})[A-Z0-9]{6,12}|[a-z]{1,3}\d{6,8})(?!\w)"
)
_DOCUMENTS = beginnings_of("pass|reisepass|ausweis|personal|id|identity|licence")


class NationalId(Recognizer):
    """Identity, tax and social security numbers of the countries the regions serve, and others."""

    name = "national_id"
    types = frozenset({SpanType.NATIONAL_ID})

    def find(self, text: str, *, language: str) -> list[Span]:
        """A scheme proposes and its checksum disposes; a word for it excuses a wrong checksum."""
        if not _WORTH_IT.search(text):
            return []
        spans = list(_schemes(text)) if _SHORTEST.search(text) else []
        finds = [m for m in _SAID.finditer(text) if sum(map(str.isdigit, m.group(1))) >= 3]
        if not _DOCUMENTS.isdisjoint(beginnings(text)):
            finds += _PASSPORT.finditer(text)
        spans += [Span(*found.span(1), SpanType.NATIONAL_ID, 0.9) for found in finds]
        return spans


@cache
def _any_scheme() -> re.Pattern[str]:
    """Whether any scheme's shape is there at all, in one pass.

    All begin with a digit, with at most nine letters and a digit, or like a codice fiscale, in
    which letters can stand for the digits.
    """
    shapes = "|".join(scheme.pattern.pattern for scheme in SCHEMES)
    return re.compile(
        rf"(?<![\w-])(?=[A-Z]{{0,9}}[ -]?\d|[A-Z]{{6}}[\dL-V]{{2}})(?:{shapes})", re.I
    )


def _schemes(text: str) -> list[Span]:
    alone = text.strip(" .!,")
    spans: list[Span] = []
    if not _any_scheme().search(text):
        return spans
    for scheme in SCHEMES:
        for found in scheme.pattern.finditer(text):
            written = found.group()
            if not scheme.strong and written != alone:
                grouped = len(re.findall(r"[ .-]", written)) >= 2
                if not grouped and not _ANNOUNCED.search(
                    text[max(0, found.start() - 24) : found.start()]
                ):
                    continue
            if scheme.holds("".join(c for c in written if c.isalnum()).upper()):
                spans.append(Span(*found.span(), SpanType.NATIONAL_ID, 0.85))
    return spans
