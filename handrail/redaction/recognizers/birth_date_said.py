"""Dates as people say them where a date of birth is due: in words, cut short, or by a feast.

A date is read as a run of parts, each a number, the name of a month or feast, or a word between
them. What a run must hold depends on who reads it: beside "born" it is a date already with a month
and a number, and in reply to a question a year alone is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from handrail.redaction.recognizers.base import either, listed

_MONTHS = listed(
    """
    january february march april may june july august september october november december
    januar janner jaenner feber februar marz maerz mai juni juli oktober dezember
    janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre
    jan feb mar apr jun jul aug sep sept oct okt nov dec dez janv fev avr juil ene abr ago dic
    """
)
# Days that need no number: "Christmas Day 2019", "el dia de Reyes del 53".
_FEASTS = listed(
    """
    christmas boxing hogmanay halloween valentine's valentines patrick's patricks epiphany
    heiligabend weihnachten weihnachtstag silvester neujahr neujahrstag nikolaus nikolaustag
    dreikonig dreikonigstag
    noel saint-sylvestre sylvestre toussaint epiphanie
    navidad nochebuena nochevieja reyes
    """
)
_BETWEEN = listed(
    "of the and de del et y und le el der den dem am vom im in en day eve dia jour du d"
)
_DAY_OF = listed("dia jour")
_ARTICLES = listed("un une ein eine one")
# A number word, or an ordinal; German joins several: neunzehnhundertsiebenundachtzig.
_NUMBER_WORD = re.compile(
    r"(?:"
    + either(
        """one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|
        fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|
        eighty|ninety|hundred|thousand|oh|first|second|third|fif|eigh|nin|twelf|twentie|thirtie|
        zero|null|cero|
        ein|eins|ers|zwei|drei|drit|vier|funf|sechs|sech|sieben|sieb|acht|neun|zehn|elf|zwolf|
        dreizehn|zwan|vier|und|zig|ssig|ßig|hundert|tausend|
        un|une|premier|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|
        quinze|seize|vingt|vingts|trente|quarante|cinquante|soixante|septante|octante|nonante|
        huitante|cent|cents|mille|mil|
        uno|una|primero|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|
        quince|dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidos|veintitres|
        veinticuatro|veinticinco|veintiseis|veintisiete|veintiocho|veintinueve|treinta|cuarenta|
        cincuenta|sesenta|setenta|ochenta|noventa|novecientos"""
    )
    + r"){1,9}(?:st|nd|rd|th|te[nrs]?|ste[nrs]?)?(?:-(?:\w+-){0,3}\w+)?"
)
# Words with which a year of two digits opens: "seventy one", "einundsiebzig", "quatre-vingt-dix".
_TENS = re.compile(
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|nineteen)(?:-\w+)?|"
    r"\w*(?:zig|dreissig|dreißig|zehnhundert\w*|zweitausend\w*)|"
    r"(?:vingt|trente|quarante|cinquante|soixante|quatre-vingts?|septante|huitante|octante|nonante)"
    r"(?:-[\w-]+)?|veinti\w+|veinte|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa"
)
_ORDINAL = re.compile(r"\w+(?:st|nd|rd|th|te[nr]|ste[nr])|premier|primero")
_PART = re.compile(
    r"'?\d{1,4}(?:st|nd|rd|th|er|ten|ter|te)?(?!\w)|[^\W\d_]+(?:['-][^\W\d_]+)*", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19\d\d|20[0-2]\d)\Z")
_SHORT_YEAR = re.compile(r"'?\d\d\Z")
# What may stand between two parts; a sign that joins digits joins a date.
_JOINT = re.compile(r"\s?[./-]?\s?'?")
_LONGEST_JOINT = 3


class Part(Enum):
    """What a part of a date is."""

    MONTH = auto()
    FEAST = auto()
    NUMBER = auto()
    BETWEEN = auto()


class Run(NamedTuple):
    """Parts of a date in a row: `text[start:end]`, without words between at its ends."""

    start: int
    end: int
    kinds: tuple[Part, ...]
    words: tuple[str, ...]

    @property
    def is_date(self) -> bool:
        """Whether it has a month and a number, a feast, or a day, a month and a year."""
        numbers = self.kinds.count(Part.NUMBER)
        if Part.FEAST in self.kinds:
            return True
        if Part.MONTH in self.kinds:
            return numbers > 0
        return numbers > 2 and _day_and_month(self.words)

    @property
    def opens_with_ordinal(self) -> bool:
        """Whether its first part is "twelfth", "zwolfter", "4th"."""
        return _ORDINAL.fullmatch(self.words[0]) is not None

    @property
    def is_year(self) -> bool:
        """Whether it is a year and nothing else, of two or four digits or in words."""
        first, *others = self.words
        if not others and (_YEAR.match(first) or _SHORT_YEAR.match(first)):
            return True
        return len(others) <= 2 and _TENS.fullmatch(first) is not None


def runs(text: str, start: int, end: int) -> Iterator[Run]:
    """The runs of parts of dates in a stretch of plain text, from left to right."""
    row: list[tuple[re.Match[str], Part]] = []
    for found in _PART.finditer(text, start, end):
        kind = _kind(found.group().lower())
        if row and (kind is None or not _joins(text, row[-1][0].end(), found.start())):
            yield from _run(row)
            row = []
        if kind is not None:
            row.append((found, kind))
    yield from _run(row)


def _run(row: list[tuple[re.Match[str], Part]]) -> Iterator[Run]:
    while row and row[0][1] is Part.BETWEEN and not _leads_to_feast(row):
        row = row[1:]
    while row and row[-1][1] is Part.BETWEEN:
        row = row[:-1]
    # "un 3 de mayo": an article.
    if len(row) > 1 and row[0][0].group().lower() in _ARTICLES and row[1][0].group()[0].isdigit():
        row = row[1:]
    told = [(found, kind) for found, kind in row if kind is not Part.BETWEEN]
    if told:
        yield Run(
            row[0][0].start(),
            row[-1][0].end(),
            tuple(kind for _, kind in told),
            tuple(found.group().lower() for found, _ in told),
        )


def _leads_to_feast(row: list[tuple[re.Match[str], Part]]) -> bool:
    """Whether a run opens as "jour de Noel" and "dia de Reyes" do."""
    first = next((kind for _, kind in row if kind is not Part.BETWEEN), None)
    return first is Part.FEAST and row[0][0].group().lower() in _DAY_OF


def _kind(lower: str) -> Part | None:
    if lower[0].isdigit() or lower[0] == "'":
        return Part.NUMBER
    if lower in _MONTHS:
        return Part.MONTH
    if lower in _FEASTS:
        return Part.FEAST
    if lower in _BETWEEN:
        return Part.BETWEEN
    return Part.NUMBER if _NUMBER_WORD.fullmatch(lower) else None


def _joins(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_JOINT and _JOINT.fullmatch(text, start, end) is not None


def _day_and_month(words: tuple[str, ...]) -> bool:
    """Whether digits, as far as there are any, may be a day, a month and a year in some order."""
    written = [int(digits) for word in words if (digits := "".join(filter(str.isdigit, word)))]
    return len(words) <= 3 + 8 and all(0 < number <= 2030 for number in written)
