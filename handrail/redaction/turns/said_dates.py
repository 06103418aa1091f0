"""Dates of birth said in words in a reply to a question for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import either, listed
from handrail.redaction.turns.replies import Word, parts, words

_MONTHS = listed(
    """
    january february march april may june july august september october november december
    januar janner februar marz mai juni juli oktober dezember
    janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre
    """
)
_BETWEEN = listed("of the and de del et y und le el der den am vom")
# A number word, or an ordinal; German joins several: neunzehnhundertsiebenundachtzig.
_NUMBER = re.compile(
    r"(?:"
    + either(
        """one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|
        fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|
        eighty|ninety|hundred|thousand|oh|first|second|third|fif|eigh|nin|twelf|twentie|thirtie|
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
    + r"){1,9}(?:st|nd|rd|th|te[nrs]?|ste[nrs]?)?(?:-\w+)?"
)
_FEWEST = 3


def spelled_dates(text: str) -> Iterator[tuple[int, int]]:
    """A run of words for numbers with the name of a month among them."""
    for start, end in ((0, len(text)), *parts(text)):
        run: list[Word] = []
        for word in words(text, start, end):
            if word.lower in _MONTHS or word.lower in _BETWEEN or _NUMBER.fullmatch(word.lower):
                run.append(word)
                continue
            if _is_date(run):
                break
            run = []
        while run and run[0].lower in _BETWEEN:
            run = run[1:]
        while run and run[-1].lower in _BETWEEN:
            run = run[:-1]
        if _is_date(run):
            yield run[0].start, run[-1].end


def _is_date(run: list[Word]) -> bool:
    """Whether words make up a day, a month and a year."""
    if not any(word.lower in _MONTHS for word in run):
        return False
    numbers = [word for word in run if word.lower not in _MONTHS and word.lower not in _BETWEEN]
    return len(numbers) >= _FEWEST - 1
