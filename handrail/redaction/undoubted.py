"""Texts in which surely no word is in doubt: a few looks tell, and most are cut into no tokens.

What `doubts.mark` would find in them is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from handrail.redaction.doubts import JOINS, REACH, TOKEN
from handrail.redaction.recognizers.names import (
    is_first_name,
    is_last_name,
    is_ordinary,
    ordinary_words,
)
from handrail.redaction.spans import Span, SpanType

# A word that is longer is taken for one that may be in doubt.
_LONG_WORD = 40


def none_in(text: str, found: Sequence[Span]) -> bool:
    """Whether plain `text`, in which `found` was found, has surely no word in doubt.

    Ordinary words are in doubt beside a person and behind an address only, and a number only beside
    words that aren't ordinary.
    """
    written: set[str] = set()
    at = 0
    for number, span in enumerate(found):
        if span.type is SpanType.PERSON and _has_neighbor(text, span):
            return False
        if span.type is SpanType.ADDRESS and _may_go_on(text, span, found[number + 1 :][:1]):
            return False
        written.update(TOKEN.findall(text, at, span.start))
        at = span.end
    written.update(TOKEN.findall(text, at))
    return all(map(_is_never_in_doubt, written - _settled()))


def _has_neighbor(text: str, person: Span) -> bool:
    """Whether a word may stand beside a person, in capitals if the person is."""
    capital = not text[person.start].islower()
    gap = text[person.end : person.end + 1] in JOINS
    behind = text[person.end + gap : person.end + gap + 1]
    if behind.isalnum() and behind.isupper() is capital:
        return True
    ahead = text[max(0, person.start - _LONG_WORD) : person.start]
    if ahead[-1:] in JOINS:
        ahead = ahead[:-1]
    if not ahead[-1:].isalnum():
        return False
    word = ahead.split()[-1]
    return not capital or word != word.lower() or len(word) > _LONG_WORD - 2


def _may_go_on(text: str, address: Span, following: Sequence[Span]) -> bool:
    """Whether a number or a word in capitals may stand close behind an address."""
    until = address.end + REACH * _LONG_WORD
    close = TOKEN.findall(text, address.end, until)[:REACH]
    if len(close) < REACH and (until < len(text) or following):
        return True
    if following and following[0].start < until:
        return True
    return any(word[0].isdigit() or (word[0].isupper() and len(word) > 1) for word in close)


@cache
def _settled() -> frozenset[str]:
    """What stands in most messages and is never in doubt: ordinary words, with a capital or not."""
    ordinary = ordinary_words()
    capitals = filter(_is_never_in_doubt, (word.capitalize() for word in ordinary))
    return ordinary.union(capitals, map(chr, range(128)))


def _is_never_in_doubt(word: str) -> bool:
    lower = word.lower().removesuffix("'s")
    if len(lower) < 2 or lower[0].isdigit():
        return True
    if not is_ordinary(lower):
        return False
    return not word[0].isupper() or not (is_first_name(lower) or is_last_name(lower))
