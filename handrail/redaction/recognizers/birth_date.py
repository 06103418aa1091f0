"""Dates of birth: a date that is said to be one. Other dates stay."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import Recognizer, either
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
_BIRTH = re.compile(
    r"\b"
    + either("""born|dob|d.o.b|date of birth|birth date|birthdate|birthday|bday|geboren|geb|
        geburtsdatum|geburtstag|geb.datum|ne le|nee le|ne(e) le|naissance|anniversaire|
        naci|nacido|nacida|nacimiento|cumpleanos|f. nac""")
    + r"\b[^\d\n]{0,20}?("
    + _DATE
    + ")",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?<!\d)(" + _DATE + r")\s(?:is|ist|est|es)\s(?:my|mein|ma|mi)\s"
    r"(?:date of birth|dob|birthday|geburtsdatum|geburtstag|date de naissance|fecha de nacimiento)",
    re.IGNORECASE,
)


class BirthDate(Recognizer):
    """Numeric and written dates next to a word for birth in English, German, French, Spanish."""

    needs_digit = True

    def find(self, text: str, *, language: str) -> list[Span]:
        """Only in context: an order date or a delivery date isn't personal."""
        return [
            Span(found.start(1), found.end(1), SpanType.DATE_OF_BIRTH, 0.95)
            for pattern in (_BIRTH, _AFTER)
            for found in pattern.finditer(text)
        ]
