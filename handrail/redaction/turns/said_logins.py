"""User names in a reply to a question for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import is_common, is_everyday
from handrail.redaction.turns.replies import FILLERS, leads_on, parts, words
from handrail.redaction.turns.said_numbers import (
    FEWEST,
    UNIT,
    Stretch,
    few_words,
    is_date_amount_or_version,
    is_led,
)

_LOGIN = re.compile(r"(?<![\w.@/-])@?\w(?:\w|[._#-](?=\w)){2,31}_?(?![\w@]|[.,]\d)")
_MARKED = re.compile(r"[\d_#]|[a-z][A-Z]|^@")
_MOST_WORDS = 3
# "I don't remember", "why do you ask".
_DENYING = listed(
    "don't dont not no never can't cant nicht kein keine nie pas jamais aucune nunca ningun "
    "why what where how warum wozu wieso was wo pourquoi quoi comment donde porque que"
)
# "oakandivy, all lower case"
_WRITTEN_HOW = re.compile(
    r",?\s(?:(?:all|alles|tout|todo|toute|toda)\s)?(?:in\s|en\s|as\s)?"
    r"(?:lower ?case|small letters|one word|no spaces|klein(?:geschrieben)?|"
    r"zusammen(?:geschrieben)?|"
    r"minuscules?|attache|un seul mot|minusculas?|junto|una palabra)\W*$",
    re.IGNORECASE,
)
_WITHIN = listed("the of der die das von le la les de du el los las")


def logins(text: str) -> Iterator[Stretch]:
    """User names: with a mark of one anywhere; a mere word where the reply is nothing but names."""
    yield from marked_logins(text, 0, len(text))
    if how := _WRITTEN_HOW.search(text):
        text = text[: how.start()]
    listed_only = all(len(text[start:end].split()) == 1 for start, end in parts(text))
    few = few_words(text)
    for found in _LOGIN.finditer(text):
        alone = listed_only or _ends_few(text, *found.span(), few=few)
        halves = found.group().lower().split("-")
        if not alone or not all(map(str.isalpha, halves)) or all(map(leads_on, halves)):
            continue
        if _DENYING.isdisjoint(word.lower for word in words(text, 0, found.start())):
            yield found.span()
    yield from _names_of_words(text)


def _names_of_words(text: str) -> Iterator[Stretch]:
    """A user name of several words, where the reply is nothing else: "Lazy Otter"."""
    row = words(text, 0, len(text))
    while row and row[0].lower in FILLERS and row[0].lower not in _WITHIN:
        row = row[1:]
    named = [word for word in row if word.lower not in _WITHIN]
    if not 1 < len(named) <= _MOST_WORDS or any(is_common(word.lower) for word in named):
        return
    start, end = row[0].start, row[-1].end
    alone = not text[end:].strip(" .!") and len(text[start:end].split()) == len(row)
    if alone and any(not is_everyday(word.lower) for word in named):
        yield start, end


def marked_logins(text: str, begin: int, end: int) -> Iterator[Stretch]:
    """User names with digits, signs or capitals inside, as no word has them."""
    for found in _LOGIN.finditer(text, begin, end):
        name = found.group()
        if is_date_amount_or_version(name) or UNIT.match(text, found.end()):
            continue
        if name.isdigit() and len(name) < FEWEST:
            continue
        dotted = "." in name and not all(is_common(half) for half in name.split("."))
        if _MARKED.search(name) or dotted:
            yield found.span()


def _ends_few(text: str, start: int, end: int, *, few: bool) -> bool:
    """Whether a word is all that a short reply says, but for fillers."""
    behind = all(word.lower in FILLERS for word in words(text, end, len(text)))
    return few and behind and is_led(text, start)
