"""Typed placeholders: `[PERSON_1]` is one person in one conversation, and nothing outside it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from handrail.redaction.plain import plain
from handrail.redaction.recognizers.base import listed
from handrail.redaction.spans import Span, SpanType

PLACEHOLDER = re.compile(r"\[(?:" + "|".join(SpanType) + r")_\d{1,6}\]")

_TITLES = listed(
    "mr mrs ms miss mx dr prof sir madam herr frau hr fr m mme mlle monsieur madame "
    "mademoiselle sr sra srta senor senora senorita don dona"
)
_DIGITAL = frozenset({SpanType.CARD, SpanType.PHONE})
_NATIONAL_DIGITS = 8


def identity(kind: SpanType, value: str) -> str:
    """What makes two written values the same: no case, accents, spaces or separators.

    Phone numbers count by their last eight digits, so with and without country code are one.
    """
    text = plain(value).text.lower()
    if kind in _DIGITAL:
        digits = "".join(filter(str.isdigit, text))
        if digits:
            return digits[-_NATIONAL_DIGITS:] if kind is SpanType.PHONE else digits
    if kind is SpanType.PERSON:
        names = [w for w in re.findall(r"[^\W\d_]+", text) if w not in _TITLES]
        return " ".join(names) or text
    return "".join(filter(str.isalnum, text)) or text


@dataclass
class Placeholders:
    """The placeholders of one conversation, numbered by first appearance per type.

    Persons are one when the words of one name are among the words of the other: "Larry" and
    "larry smith" share a placeholder. `called` are nicknames, each with the name it stands for.
    """

    called: Mapping[str, str] = field(default_factory=dict)
    _numbers: dict[tuple[SpanType, str], int] = field(default_factory=dict)
    _persons: dict[frozenset[str], None] = field(default_factory=dict)
    _persons_with: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    _taken: dict[SpanType, int] = field(default_factory=dict)
    hits: dict[str, int] = field(default_factory=dict)

    def reserve(self, texts: Iterable[str]) -> None:
        """Never reuse a number that stands in a text already."""
        for text in texts:
            for found in PLACEHOLDER.findall(text) if "[" in text else ():
                kind, _, number = found[1:-1].rpartition("_")
                self._taken[SpanType(kind)] = max(self._taken.get(SpanType(kind), 0), int(number))

    def meet(self, names: Iterable[str]) -> None:
        """Learn full names before any is numbered, so that their parts find them."""
        met = (frozenset(self._person(name).split()) for name in names)
        self._persons |= dict.fromkeys(filter(None, met))
        self._persons_with = {}
        for person in sorted(self._persons, key=len, reverse=True):
            for word in person:
                self._persons_with.setdefault(word, []).append(person)

    def of(self, kind: SpanType, value: str) -> str:
        """The placeholder of `value`."""
        key = self._person(value) if kind is SpanType.PERSON else identity(kind, value)
        if kind is SpanType.PERSON:
            words = frozenset(key.split())
            with_rarest = min((self._persons_with.get(w, []) for w in words), key=len, default=[])
            whole = next((person for person in with_rarest if words <= person), words)
            key = " ".join(sorted(whole))
        number = self._numbers.get((kind, key))
        if number is None:
            number = self._taken.get(kind, 0) + 1
            self._taken[kind] = number
            self._numbers[(kind, key)] = number
        return f"[{kind}_{number}]"

    def _person(self, name: str) -> str:
        """The identity of a person, whatever they are called."""
        key = identity(SpanType.PERSON, name)
        return " ".join([self.called.get(word, word) for word in key.split()])

    def replace(self, text: str, spans: Sequence[Span]) -> str:
        """`text` with each of the merged `spans` replaced."""
        parts: list[str] = []
        at = 0
        for span in spans:
            parts += (
                text[at : span.start],
                self.of(span.type, span.value or text[span.start : span.end]),
            )
            self.hits[span.type.value] = self.hits.get(span.type.value, 0) + 1
            at = span.end
        return "".join((*parts, text[at:]))


def masked(text: str) -> str:
    """`text` with the words and numbers of its placeholders hidden, in the same places."""
    if "[" not in text:
        return text
    return PLACEHOLDER.sub(lambda found: "[" + "_" * (len(found.group()) - 2) + "]", text)


def standing_in(text: str) -> list[Span]:
    """The placeholders that stand in `text` already, in the coordinates of its plain form."""
    if "[" not in text:
        return []
    return [
        Span(*found.span(), SpanType(found.group()[1:].rpartition("_")[0]), 1.0)
        for found in PLACEHOLDER.finditer(plain(text).text)
    ]


def outside(text: str, spans: Iterable[Span]) -> list[Span]:
    """`spans` without what lies in placeholders that already stand in `text`.

    What is left of a span keeps its type if a letter or digit is in it.
    """
    if "[" not in text:
        return list(spans)
    holes = [found.span() for found in PLACEHOLDER.finditer(text)]
    if not holes:
        return list(spans)
    ends = [end for _, end in holes]
    left: list[Span] = []
    for span in spans:
        at = span.start
        place = bisect_right(ends, at)
        while place < len(holes) and holes[place][0] < span.end:
            start, end = holes[place]
            left += _piece(text, span, at, start)
            at = end
            place += 1
        left += _piece(text, span, at, span.end)
    return left


def _piece(text: str, span: Span, start: int, end: int) -> list[Span]:
    if (start, end) == (span.start, span.end):
        return [span]
    piece = text[start:end]
    if not any(c.isalnum() for c in piece):
        return []
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    return [Span(start, end, span.type, span.confidence, rule=span.rule)]
