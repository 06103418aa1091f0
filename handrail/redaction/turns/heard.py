"""What each message says by itself of the values in it and around it, found out once a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from handrail.redaction.recognizers.reference import is_technical
from handrail.redaction.spans import Span
from handrail.redaction.turns.numbered import numbered_in
from handrail.redaction.turns.questions import Named, named_in
from handrail.redaction.turns.signs import VALUE, Sign, signs
from handrail.redaction.turns.told import told


class Heard(NamedTuple):
    """What one plain message says.

    `named` are the things it names that people ask for, asking or not; `told` are the values that a
    word for them gives away; `has_value`: something in it looks like a value, and nothing
    technical; `may_ask`: it may ask for something.
    """

    named: tuple[Named, ...]
    told: tuple[Span, ...]
    has_value: bool
    may_ask: bool


def hear(texts: Sequence[str]) -> list[Heard]:
    """What each of some plain texts says.

    One thing is found out of all of them before the next, while its patterns are at hand.
    """
    seen = [signs(text) for text in texts]
    named = [
        tuple(named_in(text)) if Sign.NAMES in signs_of else ()
        for text, signs_of in zip(texts, seen, strict=True)
    ]
    values = [
        Sign.VALUE in signs_of
        and VALUE.search(text) is not None
        and not (Sign.TECHNICAL in signs_of and is_technical(text))
        for text, signs_of in zip(texts, seen, strict=True)
    ]
    numbered = [
        tuple(numbered_in(text, things)) if Sign.NUMBERED in signs_of else ()
        for text, signs_of, things in zip(texts, seen, named, strict=True)
    ]
    return [
        Heard(
            things,
            tuple(told(text, (*things, *others))) if things or others else (),
            has_value,
            bool(things) or Sign.NUMBERS in signs_of,
        )
        for text, signs_of, things, others, has_value in zip(
            texts, seen, named, numbered, values, strict=True
        )
    ]
