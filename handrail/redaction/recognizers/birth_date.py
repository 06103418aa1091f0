"""Dates of birth: a date that is said to be one. Other dates stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import (
    Cued,
    Recognizer,
    Sought,
    beginnings,
    beginnings_of,
)
from handrail.redaction.recognizers.birth_date_people import AGES, PEOPLE, of_people
from handrail.redaction.recognizers.birth_date_said import Part, runs
from handrail.redaction.recognizers.birth_date_written import (
    DATE,
    LIVED,
    LIVED_DATE,
    MONTH,
    PARTIAL,
)
from handrail.redaction.spans import Span, SpanType

# What was bought for a birthday has numbers of its own.
_GOODS = (
    r"order|number|gift|card|bestell|geschenk|command|cadeau|pedid|regal|present|"
    r"until|jusqu|hasta|\bbis\b|promo|coupon|voucher|gutschein"
)
_NO_GOODS = f"(?!{_GOODS})"
# "born on ... and my wife on ...", "is ... and not ..."
_ANOTHER = (
    r"(?:[^\d\n]{0,24}?\b(?:and|not|but|instead|und|nicht|statt|richtig|et|pas|y|no|sino)\b"
    rf"[^\d\n]{{1,24}}?\b({DATE}))?"
)
_BIRTH = (
    Cued(
        """born|born on|dob|d.o.b|d.o.b.|birthday|bday|b-day|d/o/b|geboren|geb|geburtstag|
        geb.datum|gebdatum|ne le|nee|nee le|ne(e)|ne(e) le|ne un|nee un|ne en|nee en|
        anniversaire|ddn|naci|nacio|nacido|nacida|cumpleanos|fdn|
        nac|nac.|cumplo anos|cumple anos|date naiss|ma fete|mi cumple|su cumple|anniv|f/n|fn|
        nacido/a|nacida/o""",
        rf"(?!\w)(?:{_NO_GOODS}[^\d\n]){{0,20}}?\b({DATE}){_ANOTHER}",
    ),
    # Words for nothing but the date: it may stand further behind.
    Cued(
        """date of birth|birth date|birthdate|geburtsdatum|geb.-datum|date de naissance|naissance|
        fecha de nacimiento|nacimiento|fecha nac|fecha de nac|fec. nac|f. nac|f.nac|f. de nac|
        fecha nacimiento|date naissance|date de naiss|gebdat|geb.-dat.|geb.dat.|fec nac|
        fec. nac.|f. nac.|f.nac.|birthdate""",
        rf"(?!\w)[^\d\n]{{0,40}}?\b({DATE}){_ANOTHER}",
    ),
    # Without any word for birth, but with the year.
    Cued(
        "je suis du|soy del",
        rf"\s(\d{{1,2}}(?:er)?\s(?:de\s)?{MONTH}(?:\s(?:de\s|del\s)?\d{{2,4}})?)(?!\d)",
    ),
)
# A month or a year alone, close behind a word for birth.
_BORN_IN = Cued(
    """born|year of birth|birth year|geboren|geb|geburtsjahr|ne|nee|annee de naissance|naci|
        nacido|nacida|nacio|ano de nacimiento|
        je suis de|soy de|soy del""",
    r"\b\.?\s?:?\s?(?:(?:in|im|en|en el|back in|is|ist|est|es)\s)?"
    rf"((?:{MONTH}\s(?:de\s|del\s|of\s)?)?(?:19\d\d|20[0-2]\d)|(?<=\ben\sel\s)\d\d)"
    r"(?![\w%€$£]|[.,:/-]\d)",
)
# A day and month in digits: "mi cumple es el 12/09", "dob is 09/68".
_PARTIAL_BEHIND = Cued(
    """dob|d.o.b|birthday|bday|date of birth|geburtstag|geburtsdatum|geb.|geboren am|
    date de naissance|anniversaire|anniv|fecha de nacimiento|cumpleanos|cumple|geb.tag""",
    r"(?!\w)\s?[:=(]?\s?(?:(?:is|on|ist|am|est|c'est|le|es|el|the)\s){0,2}"
    rf"({PARTIAL})",
)
# "mon fils ne 12/9/14": the word negates too, and wants a date in full right behind.
_NE = Cued(
    "ne|nee|nes|nees|ne(e)|ne.e",
    r"\s?:?\s(\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d\d))(?!\d)",
)
# Two digits for the year, where a clause ends with them: "geb. 58", "soy del 71".
_SHORT_YEAR = Cued(
    """born in|geb.|geb|im jahrgang|bin jahrgang|jahrgang|ne en|nee en|je suis de|naci en|
        naci en el|nacido en el|nacida en el|soy del|soy de|soy clase|
        soy modelo|de la classe|bin baujahr|es del|madre es del|padre es del""",
    rf"\s((?:{MONTH}\s(?:del\s|de\s)?)?'?\d\d)(?![\w%€$£/:]|[.,]\d)"
    r"(?=\s?(?:[.,;!?)\n]|$|(?:and|und|et|y)\b))",
)
# Of people and of wines: only years in which customers were born.
_COHORT = Cued(
    "jahrgang|jg.|jg|bin baujahr",
    rf"\s?:?\s?({LIVED})(?=\s?(?:[.,;!?)\n]|$|(?:und|also|aber)\b))",
)
_BABY = Sought(
    rf"(?<![\w.,/-])({LIVED})\sbaby\b|(?<![\w.,/-])(\d\der)\sjahrgang\b|\bbin\sein\s(\d\der)\b|"
    rf"(?<![\w.,/-])((?:{MONTH}\s)?(?:19\d\d|20[0-2]\d))\s(?:in\s\w{{3,20}}\s)?geboren\b",
    re.IGNORECASE,
)
_AFTER = Sought(
    r"(?<!\d)((?!\d{6})(?:" + DATE + "|" + PARTIAL + r"))"
    r"(?:\s(?:is|ist|est|es)\s(?:my|mein|ma|mi)\s|\s?[(,-]\s?|\s)(?:in\s\w{3,20}\s)?"
    r"(?:date of birth|dob|d\.o\.b|birthday|birthdate|geburtsdatum|geburtstag|geboren|geb\b|"
    r"date de naissance|fecha de nacimiento|born\b|auf die welt|zur welt)",
    re.IGNORECASE,
)
# The star for birth in German papers; a second one behind makes it mere emphasis.
_STAR = Sought(r"(?<![\w*])\*\s?(\d{1,2}\.\s?\d{1,2}\.\s?(?:19|20)\d\d|19\d\d|20[01]\d)(?![\d*])")
# Words for nothing but the date: all dates and years of the sentence are such, right or wrong.
_NAMES_IT = Cued(
    """date of birth|dob|d.o.b|birth date|birthdate|year of birth|birth year|birthday|
    geburtsdatum|geburtsjahr|geburtstag|naissance|nacimiento""",
    r"\b",
)
_YEAR_OR_DATE = re.compile(
    rf"(?<![\w.,/-])(?:{LIVED_DATE}|{PARTIAL}|{LIVED}(?![\w%€$£]|[.,:/-]\d))", re.IGNORECASE
)
_WRONG = re.compile(
    r"\b(?:wrong|incorrect|instead|not|should|entered|says|shows|correct|falsch|statt|steht|"
    r"richtig|nicht|stimmt|sondern|eingetragen|faux|erreur|au lieu|pas|mis|corriger|incorrect|"
    r"mal|equivocad[ao]|vez de|pone|puso|pusieron|corregir|sino|aparece|figura)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[!?\n]|(?<=\w\w)\.(?=\s|$)")
# Words for birth behind which a date may be said in words.
_SPEAKS = Cued(
    """born|dob|d.o.b|birthday|bday|date of birth|birth date|geboren|geb|geburtstag|geburtsdatum|
    ne|nee|anniversaire|anniv|date de naissance|naci|nacio|nacido|nacida|cumpleanos|cumple|
    fecha de nacimiento""",
    r"\W",
)
# Here only what opens with "twelfth" or "zwolfter" is a date.
_IS = Cued(
    "i am|i'm|he is|he's|she is|she's|ich bin|bin|er ist|sie ist",
    r"\s(\w{3,20}(?:st|nd|rd|th|te[rn]))\s",
)
_OF_GOODS = re.compile(_GOODS, re.IGNORECASE)
_SAID_WITHIN = 90
_SAID_SOON = 24
_BEHIND = beginnings_of("dob|birth|geburt|geboren|geb|naissance|nacimiento|born|welt")
_OTHERS = (_BORN_IN, _PARTIAL_BEHIND, _NE, _SHORT_YEAR, _COHORT, _BABY, *AGES)


class BirthDate(Recognizer):
    """Dates next to a word for birth, an age or a person in English, German, French, Spanish."""

    name = "birth_date"
    types = frozenset({SpanType.DATE_OF_BIRTH})
    needs = (*_BIRTH, *_OTHERS, *PEOPLE, _AFTER, _STAR, _NAMES_IT, _SPEAKS, _IS)

    def find(self, text: str, *, language: str) -> list[Span]:
        """Only in context: an order date or a delivery date isn't personal."""
        finds = [found for sought in (*_BIRTH, *_OTHERS) for found in sought.finditer(text)]
        if _AFTER.may_be_in(text) and not _BEHIND.isdisjoint(beginnings(text)):
            finds += _AFTER.finditer(text)
        finds += _STAR.finditer(text)
        places = [
            found.span(group)
            for found in finds
            for group, value in enumerate(found.groups(), start=1)
            if value
        ]
        places += [*of_people(text), *_corrected(text), *_said(text)]
        return [Span(*place, SpanType.DATE_OF_BIRTH, 0.95) for place in places]


def _corrected(text: str) -> Iterator[tuple[int, int]]:
    """Dates and years in a sentence that says that a date of birth is wrong, or what is right."""
    read_until = 0
    for cue in _NAMES_IT.finditer(text):
        if cue.start() < read_until:
            continue
        start = max((end.end() for end in _SENTENCE_END.finditer(text, read_until, cue.start())),
                    default=read_until)  # fmt: skip
        behind = _SENTENCE_END.search(text, cue.end())
        read_until = behind.start() if behind else len(text)
        if _WRONG.search(text, start, read_until):
            for found in _YEAR_OR_DATE.finditer(text, start, read_until):
                yield found.span()


def _said(text: str) -> Iterator[tuple[int, int]]:
    """Dates said in words behind a word for birth."""
    read_until = 0
    for cue in _SPEAKS.finditer(text):
        if cue.end() < read_until:
            continue
        behind = _SENTENCE_END.search(text, cue.end(), cue.end() + _SAID_WITHIN)
        read_until = behind.start() if behind else min(len(text), cue.end() + _SAID_WITHIN)
        for run in runs(text, cue.end(), read_until):
            between = text[cue.end() : run.start]
            if len(between) > _SAID_SOON or _OF_GOODS.search(between):
                break
            in_words = not all(word[0].isdigit() for word in run.words)
            if run.is_date and in_words and (Part.NUMBER in run.kinds or Part.FEAST in run.kinds):
                yield run.start, run.end
                break
    for cue in _IS.finditer(text):
        first = next(runs(text, cue.start(1), cue.end() + _SAID_WITHIN), None)
        if first and first.start == cue.start(1) and first.opens_with_ordinal and first.is_date:
            yield first.start, first.end
