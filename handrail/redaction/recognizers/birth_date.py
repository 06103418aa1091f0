"""Dates of birth: a date that is said to be one. Other dates stay."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Cued, Recognizer, beginnings, beginnings_of
from handrail.redaction.spans import Span, SpanType

_MONTH = (
    r"(?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|fev|avr|aou|ene|abr|"
    r"ago|dic|"
    r"marz|maerz|juin|juil|set)[a-z]{0,7}\.?"
)
_DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{8}(?!\d)|"
    r"\d{6}(?!\d)"
    r"|\d{1,2}(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?" + _MONTH + r",?(?:\s(?:de\s|del\s)?\d{2,4})?"
    r"|" + _MONTH + r"\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{2,4})(?!\d)"
)
_BIRTH = Cued(
    """born|dob|d.o.b|date of birth|birth date|birthdate|birthday|bday|geboren|geb|
        geburtsdatum|geburtstag|geb.datum|ne le|nee le|ne(e) le|naissance|anniversaire|
        naci|nacido|nacida|nacimiento|cumpleanos|f. nac""",
    r"\b[^\d\n]{0,20}?(" + _DATE + ")",
)
_AFTER = re.compile(
    r"(?<!\d)(" + _DATE + r")\s(?:is|ist|est|es)\s(?:my|mein|ma|mi)\s"
    r"(?:date of birth|dob|birthday|geburtsdatum|geburtstag|date de naissance|fecha de nacimiento)",
    re.IGNORECASE,
)
_BEHIND = beginnings_of("dob|birth|geburt|naissance|nacimiento")


class BirthDate(Recognizer):
    """Numeric and written dates next to a word for birth in English, German, French, Spanish."""

    digits = 1

    def find(self, text: str, *, language: str) -> list[Span]:
        """Only in context: an order date or a delivery date isn't personal."""
        finds = list(_BIRTH.finditer(text))
        if not _BEHIND.isdisjoint(beginnings(text)):
            finds += _AFTER.finditer(text)
        return [Span(*found.span(1), SpanType.DATE_OF_BIRTH, 0.95) for found in finds]
