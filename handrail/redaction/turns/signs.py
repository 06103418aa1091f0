"""What one pass over a message tells of it, so that few messages are read for what they ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from enum import Enum, auto
from functools import cache

from handrail.inference.weights import installed
from handrail.redaction.prefilter import Prefilter
from handrail.redaction.recognizers.base import either
from handrail.redaction.recognizers.reference import TECHNICAL
from handrail.redaction.turns.numbered import NUMBERED
from handrail.redaction.turns.question_phrases import PHRASES
from handrail.redaction.turns.questions import ENDINGS, HEADS, NUMBER

# Digits together or in a word, or a sign in one.
VALUE = re.compile(r"\d[\W_]?\d|[^\W\d]\d|\w[_#!*$+]\w|\w[.-]\w+\d|[a-z]{3}[A-Z]")


class Sign(Enum):
    """What a message may hold."""

    NAMES = auto()  # a word for something people ask for
    NUMBERS = auto()  # a word for a number of any other kind
    NUMBERED = auto()  # the same where nobody asks
    TECHNICAL = auto()  # what programs are written in
    VALUE = auto()  # what could be a value that the talk gives away

    # Enum's own hash is a Python call.
    __hash__ = object.__hash__


def signs(text: str) -> Set[Sign]:
    """What plain `text` may hold; a sign that isn't among these is surely not in it."""
    watching, meant = _watching()
    return {meant[place] for place in watching.possible(text)}


@cache
def _watching() -> tuple[Prefilter, tuple[Sign, ...]]:
    """A pass for all signs, and the sign that each of its patterns is."""
    watching = Prefilter(kept=installed())
    meant = []
    for sign, pattern in _patterns():
        watching.watch(pattern)
        meant.append(sign)
    return watching, tuple(meant)


def _patterns() -> Iterator[tuple[Sign, re.Pattern[str]]]:
    for languages in PHRASES.values():
        words = rf"\b{either('|'.join(languages.values()))}{ENDINGS}\b"
        yield Sign.NAMES, re.compile(words, re.IGNORECASE)
    # What ends a compound, and "order #".
    yield Sign.NAMES, re.compile(either("|".join(HEADS)) + "|#", re.IGNORECASE)
    yield Sign.NUMBERS, re.compile(NUMBER.pattern, re.IGNORECASE)
    yield Sign.NUMBERED, NUMBERED
    yield Sign.TECHNICAL, TECHNICAL
    yield Sign.VALUE, VALUE
