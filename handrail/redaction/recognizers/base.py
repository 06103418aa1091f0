"""The contract of a recognizer: one file, one class, one line in the registry, one table test."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from functools import lru_cache
from typing import ClassVar

from handrail.inference.weights import installed
from handrail.redaction.prefilter import Prefilter
from handrail.redaction.spans import Span, SpanType

_LETTERS = re.compile(r"[^\W\d_]+")
_NO_LETTERS = {code: " " for code in range(128) if not chr(code).isalpha()}
_END = ""
# The recognizers look at one text one after the other; no text is kept for longer.
_AT_HAND = 4
# So many are looked through ahead.
AHEAD = 256

_Tree = dict[str, "_Tree"]


class Recognizer(ABC):
    """Finds one kind of value in one message. A pattern proposes, a checksum disposes.

    `name` is what people call it in the config file. All its finds are of its `types`. It isn't
    asked about texts with fewer than its `digits`, nor where none of the patterns that it `needs`
    for a find matches; one that names no pattern is asked about every text.
    """

    name: ClassVar[str]
    types: ClassVar[frozenset[SpanType]]
    digits: ClassVar[int] = 0
    needs: ClassVar[tuple[Sought, ...]] = ()

    @abstractmethod
    def find(self, text: str, *, language: str) -> list[Span]:
        """All finds in `text`, which is plain text (`handrail.redaction.plain`).

        `language` is a BCP 47 tag of the conversation, "" if unknown; it is a hint, never a filter.
        """


@lru_cache(maxsize=_AT_HAND)
def spelled(text: str) -> tuple[str, ...]:
    """The runs of letters in `text`, in lower case."""
    lower = text.lower()
    words = lower.translate(_NO_LETTERS).split() if text.isascii() else _LETTERS.findall(lower)
    return tuple(words)


@lru_cache(maxsize=_AT_HAND)
def beginnings(text: str) -> frozenset[str]:
    """The first three and the first two letters of each run of letters in `text`."""
    words = spelled(text)
    return frozenset([word[:3] for word in words] + [word[:2] for word in words])


def beginnings_of(phrases: str) -> frozenset[str]:
    """Of which `beginnings` of a text hold one if one of the `phrases` stands in it.

    One for each phrase, of its longest word, which is the rarest as a rule; `|` separates them.
    """
    return frozenset(max(_LETTERS.findall(one), key=len)[:3] for one in phrases.lower().split("|"))


def openings(alternatives: str) -> frozenset[str]:
    """The words with which the `alternatives` of a pattern open; `|` separates them."""
    spelled_out: set[str] = set()
    for word, optional in re.findall(r"(?:^|\|)([^\W\d_]+)(\?)?", alternatives):
        spelled_out |= {word, word[:-1]} if optional else {word}
    return frozenset(spelled_out)


_PREFILTER = Prefilter(kept=installed())
# By their place, the patterns that open with a phrase, and of which beginnings a text then has one.
_CUED: dict[int, frozenset[str]] = {}


@lru_cache(maxsize=AHEAD)
def possible(text: str) -> Set[int]:
    """The places (`Sought.place`) of the patterns that may match in `text`: one pass for all.

    Where Hyperscan is missing, the beginnings of a text's words rule out some.
    """
    places = _PREFILTER.possible(text)
    if _PREFILTER.sees:
        return places
    begun = beginnings(text)
    return places - {place for place, cues in _CUED.items() if cues.isdisjoint(begun)}


@contextmanager
def looked_ahead(texts: Iterable[str]) -> Iterator[None]:
    """Find out first what is `possible` in texts that are read inside, at most `AHEAD` of them.

    One after the other they take less time: the patterns stay in the processor's cache. No text is
    kept for longer.
    """
    try:
        for text in texts:
            possible(text)
        yield
    finally:
        possible.cache_clear()


def watched() -> tuple[re.Pattern[str], ...]:
    """All patterns that are sought in whole texts."""
    return _PREFILTER.patterns


class Sought:
    """A pattern that is tried only on texts in which it may match."""

    def __init__(self, expression: str, flags: int = 0) -> None:
        self.pattern = re.compile(expression, flags)
        self.place = _PREFILTER.watch(self.pattern)
        self.match = self.pattern.match

    def may_be_in(self, text: str) -> bool:
        """Whether the pattern may match in `text`."""
        return self.place in possible(text)

    def finditer(self, text: str) -> Iterable[re.Match[str]]:
        """Every match in `text`, from left to right."""
        return self.pattern.finditer(text) if self.place in possible(text) else ()


def places_of(patterns: Iterable[Sought]) -> frozenset[int]:
    """The places of some patterns."""
    return frozenset(one.place for one in patterns)


class Cued(Sought):
    """A pattern that opens with one of some phrases."""

    def __init__(self, phrases: str, rest: str, *, left: str = r"\b") -> None:
        """`phrases` as for `either`; `left` stands before them and `rest` behind."""
        super().__init__(left + either(phrases) + rest, re.IGNORECASE)
        _CUED[self.place] = beginnings_of(phrases)


def either(phrases: str) -> str:
    """A non-capturing group of the literal `phrases`, which `|` separates, longest first.

    A space in a phrase matches any white space. What phrases have in common is written once, and
    how they begin is looked at first, so that most places in a text are compared with one set of
    letters and not with every phrase.
    """
    tree: _Tree = {}
    for phrase in phrases.split("|"):
        node = tree
        for character in " ".join(phrase.split()):
            node = node.setdefault(character, {})
        node[_END] = {}
    opening = "".join(map(re.escape, sorted(tree)))
    return f"(?:(?=[{opening}])" + _written(tree) + ")"


def _written(tree: _Tree) -> str:
    """The pattern of a tree of characters; where a phrase may end, a longer one is tried first."""
    branches = [
        (r"\s+" if character == " " else re.escape(character)) + _written(below)
        for character, below in sorted(tree.items())
        if character != _END
    ]
    if not branches:
        return ""
    together = "|".join(branches)
    if _END in tree:
        return f"(?:{together})?"
    return together if len(branches) == 1 else f"(?:{together})"


def listed(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


def digits_of(text: str) -> str:
    """The digits of `text`."""
    return "".join(re.findall(r"\d", text))
