"""Dates of birth in a reply to a question for one: in words, or no more than a part of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.birth_date_said import Part, Run, runs
from handrail.redaction.turns.replies import FILLERS, leads_on, words
from handrail.redaction.turns.said_numbers import is_measure

# "03.04.", "5/6", "09/68" and "3 4 71", where nothing else is said in a part of the reply.
_SHORT = re.compile(r"\d{1,2}\s?[./-]\s?\d{1,2}\.?|\d{1,2}[./-](?:19|20)\d\d")
# What was left of a date that was sent too soon: ".11.75" after "22".
_REST = re.compile(r"\s*([./-]\d{1,2}[./-](?:\d{4}|\d\d))(?!\d)")
_FOUR = re.compile(r"(?:19|20)\d\d")
# Between commas and ends of sentences; "and" joins the words of a year.
_BREAK = re.compile(r"[,;:\n()!?]+|(?<=\w\w\w)\.(?=\s|$)|(?<=\d)\.(?=\s[^\W\d_]{4})")
_LIVED = re.compile(r"(?<!\d)(?:19\d\d|200\d|201[0-5])(?!\d)")
_LATEST_BIRTH = "2025"


def asked_dates(text: str) -> Iterator[tuple[int, int]]:
    """What a reply holds of a date: all of it, a year, a day and month, a feast and a year."""
    if rest := _REST.match(text):
        yield rest.span(1)
    for start, end in _parts(text):
        first, last = _bare(text, start, end)
        if _SHORT.fullmatch(text, first, last):
            yield first, last
            continue
        for run in runs(text, start, end):
            if run.is_date or _is_year(text, start, end, run):
                yield _with_article(text, run), run.end


def dates_of_lives(text: str) -> Iterator[tuple[int, int]]:
    """Dates with the name of a month and a year in which customers were born: "4 July 1991"."""
    if not _LIVED.search(text):
        return
    for start, end in _parts(text):
        for run in runs(text, start, end):
            if run.is_date and Part.MONTH in run.kinds and _LIVED.search(text, run.start, run.end):
                yield run.start, run.end


def _parts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _BREAK.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def _is_year(text: str, start: int, end: int, run: Run) -> bool:
    """Whether a run is a year: of four digits anywhere; else only fillers may stand around it."""
    if not run.is_year or is_measure(text, run.start, run.end):
        return False
    around = (*words(text, start, run.start), *words(text, run.end, end))
    if _FOUR.fullmatch(text, run.start, run.end):
        return text[run.start : run.end] <= _LATEST_BIRTH and all(
            leads_on(word.lower) for word in around
        )
    return all(word.lower in FILLERS for word in around)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A part of a reply without the fillers at its ends."""
    for word in words(text, start, end):
        if word.lower not in FILLERS or text[start : word.start].strip(" .-"):
            break
        start = word.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _with_article(text: str, run: Run) -> int:
    """Where a date begins, with the article that opens the reply: "the 3rd of March"."""
    before = text[: run.start].strip().lower()
    return 0 if before in ("the", "le", "el") else run.start
