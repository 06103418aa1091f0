"""Dates of birth: a date that is said to be one. Other dates stay."""

from __future__ import annotations

import re

from handrail.redaction.recognizers.base import (
    Cued,
    Recognizer,
    Sought,
    beginnings,
    beginnings_of,
    either,
)
from handrail.redaction.spans import Span, SpanType

_MONTH = (
    r"\b(?:jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|fev|avr|aou|ene|abr|"
    r"ago|dic|marz|maerz|juin|juil|set)[a-z]{0,7}\.?"
)
# "19AUG1980", as airlines write it.
_AIRLINE_MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# German days without their last letter: "ersten", "erster".
_GERMAN_DAY = either("""erste|zweite|dritte|vierte|funfte|sechste|siebte|achte|neunte|zehnte|elfte|
    zwolfte|dreizehnte|vierzehnte|funfzehnte|sechzehnte|siebzehnte|achtzehnte|neunzehnte|
    zwanzigste|einundzwanzigste|zweiundzwanzigste|dreiundzwanzigste|vierundzwanzigste|
    funfundzwanzigste|sechsundzwanzigste|siebenundzwanzigste|achtundzwanzigste|
    neunundzwanzigste|dreissigste|einunddreissigste""")
_DAY = either("""
    first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|
    fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|twenty first|
    twenty-first|twenty-second|twenty-third|twenty-fourth|twenty-fifth|twenty-sixth|twenty-seventh|
    twenty-eighth|twenty-ninth|thirtieth|thirty-first|
    premier|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|
    seize|dix-sept|dix-huit|dix-neuf|vingt|vingt et un|vingt-et-un|vingt-deux|vingt-trois|
    vingt-quatre|vingt-cinq|vingt-six|vingt-sept|vingt-huit|vingt-neuf|trente|trente et un|
    trente-et-un|
    primero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|
    dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidos|veintitres|veinticuatro|
    veinticinco|veintiseis|veintisiete|veintiocho|veintinueve|treinta|treinta y uno""")
_SPELLED_DAY = rf"(?:{_GERMAN_DAY}[nr]|{_DAY})"
# From "nineteen", "mille", "mil" on, as far as words for numbers go.
_SPELLED_YEAR = (
    r"(?:nineteen|twenty|two thousand|mille|mil|deux mille|dos mil|dix-neuf cent|"
    r"(?:neunzehnhundert|zweitausend)[a-z]{0,24})"
    r"(?:[\s-](?:and|et|y|hundred|cents?|novecientos|"
    + either("""one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|
        fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|
        eighty|ninety|oh|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|
        quatorze|quinze|seize|vingt|vingts|trente|quarante|cinquante|soixante|uno|dos|tres|
        cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis|
        diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidos|veintitres|treinta|cuarenta|
        cincuenta|sesenta|setenta|ochenta|noventa""")
    + r")\b){0,6}"
)
_DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}[-./]\d{1,2}[-./]\d{1,2}|"
    r"\d{1,2}\s\d{1,2}\s(?:19|20)\d\d|\d{8}(?!\d)|\d{6}(?!\d)|"
    rf"\d{{1,2}}[-/.]{_MONTH}[-/.]\d{{2,4}}|\d{{2}}(?:{_AIRLINE_MONTH})\d{{2,4}}|"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)?|\b{_SPELLED_DAY})\s(?:of\s|de\s)?{_MONTH},?"
    rf"(?:\s(?:de\s|del\s)?(?:\d{{2,4}}|{_SPELLED_YEAR}))?|"
    rf"{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{2,4}})?)(?![\d%€$£])"
)
# What was bought for a birthday has numbers of its own.
_NO_GOODS = r"(?!order|number|gift|card|bestell|geschenk|command|cadeau|pedid|regal)"
# "born on ... and my wife on ...", "is ... and not ..."
_ANOTHER = (
    r"(?:[^\d\n]{0,24}?\b(?:and|not|but|instead|und|nicht|statt|richtig|et|pas|y|no|sino)\b"
    rf"[^\d\n]{{1,24}}?\b({_DATE}))?"
)
_BIRTH = (
    Cued(
        """born|born on|dob|d.o.b|d.o.b.|birthday|bday|b-day|d/o/b|geboren|geb|geburtstag|
        geb.datum|gebdatum|ne le|nee|nee le|ne(e)|ne(e) le|ne un|nee un|ne en|nee en|
        anniversaire|ddn|naci|nacio|nacido|nacida|cumpleanos|fdn|
        nac|nac.|cumplo anos|cumple anos|date naiss|ma fete""",
        rf"\b(?:{_NO_GOODS}[^\d\n]){{0,20}}?\b({_DATE}){_ANOTHER}",
    ),
    # Words for nothing but the date: it may stand further behind.
    Cued(
        """date of birth|birth date|birthdate|geburtsdatum|geb.-datum|date de naissance|naissance|
        fecha de nacimiento|nacimiento|fecha nac|fecha de nac|fec. nac|f. nac|f.nac|f. de nac|
        fecha nacimiento|date naissance|date de naiss""",
        rf"\b[^\d\n]{{0,40}}?\b({_DATE}){_ANOTHER}",
    ),
    # Without any word for birth, but with the year.
    Cued(
        "je suis du|soy del",
        rf"\s(\d{{1,2}}(?:er)?\s(?:de\s)?{_MONTH}\s(?:de\s|del\s)?\d{{4}})(?!\d)",
    ),
)
# A month or a year alone, close behind a word for birth.
_BORN_IN = Cued(
    """born|year of birth|birth year|geboren|jahrgang|jg|geburtsjahr|ne|nee|annee de naissance|naci|
        nacido|nacida|nacio|ano de nacimiento|
        je suis de|soy de|soy del""",
    r"\b\.?\s?:?\s?(?:(?:in|im|en|en el|back in|is|ist|est|es)\s)?"
    rf"((?:{_MONTH}\s(?:de\s|del\s|of\s)?)?(?:19\d\d|20[0-2]\d)|(?<=\ben\sel\s)\d\d)"
    r"(?![\w%€$£]|[.,:/-]\d)",
)
_AFTER = Sought(
    r"(?<!\d)((?!\d{6})" + _DATE + r")(?:\s(?:is|ist|est|es)\s(?:my|mein|ma|mi)\s|\s?[(,-]\s?|\s)"
    r"(?:date of birth|dob|d\.o\.b|birthday|birthdate|geburtsdatum|geburtstag|geboren|geb\b|"
    r"date de naissance|fecha de nacimiento|born\b|auf die welt)",
    re.IGNORECASE,
)
# The star for birth in German papers; a second one behind makes it mere emphasis.
_STAR = Sought(r"(?<![\w*])\*\s?(\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d\d)(?![\d*])")
_BEHIND = beginnings_of("dob|birth|geburt|geboren|geb|naissance|nacimiento|born|welt")


class BirthDate(Recognizer):
    """Numeric and written dates next to a word for birth in English, German, French, Spanish."""

    name = "birth_date"
    types = frozenset({SpanType.DATE_OF_BIRTH})
    needs = (*_BIRTH, _BORN_IN, _AFTER, _STAR)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Only in context: an order date or a delivery date isn't personal."""
        finds = [found for cued in (*_BIRTH, _BORN_IN) for found in cued.finditer(text)]
        if _AFTER.may_be_in(text) and not _BEHIND.isdisjoint(beginnings(text)):
            finds += _AFTER.finditer(text)
        finds += _STAR.finditer(text)
        return [
            Span(*found.span(group), SpanType.DATE_OF_BIRTH, 0.95)
            for found in finds
            for group, value in enumerate(found.groups(), start=1)
            if value
        ]
