"""The texts of a batch as the recognizers read them: each once, however often asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from handrail.redaction.bare import Bare
from handrail.redaction.opinion import Question
from handrail.redaction.placeholders import masked
from handrail.redaction.plain import Plain, plain
from handrail.redaction.recognizers import find_all, find_in_each
from handrail.redaction.remembered import Remembered
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType
from handrail.redaction.turns.heard import Heard, hear
from handrail.redaction.turns.question_phrases import Asked
from handrail.redaction.turns.questions import asked_in

_MOST_REMEMBERED = 20_000


class Reading:
    """What was found in texts of one language, kept while their conversations are scrubbed."""

    def __init__(self, *, language: str, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._nothing_in = _nothing_in(ruleset)
        self.language = language
        self._found: dict[tuple[str, frozenset[SpanType]], list[Span]] = {}
        self._heard: dict[str, Heard] = {}
        self._asked: dict[str, tuple[Asked, ...]] = {}
        self._shown: dict[str, Plain] = {}
        self._bare: dict[str, Bare] = {}
        self._questions: dict[tuple[str, tuple[Span, ...]], Question] = {}

    def shown(self, message: str) -> Plain:
        """A message as recognizers read it: plain text, its placeholders masked."""
        shown = self._shown.get(message)
        if shown is None:
            shown = self._shown[message] = plain(masked(message))
        return shown

    def found(self, text: str, *, types: frozenset[SpanType]) -> list[Span]:
        """What the recognizers find of `types` in plain `text`."""
        if (text, types) not in self._found:
            if types is EVERY_TYPE:
                for mark in self.unread([text]).values():
                    self.take(text, mark, self._find(text, types))
            else:
                self._found[(text, types)] = self._find(text, types)
        return self._found[(text, types)]

    def unread(self, texts: Iterable[str]) -> dict[str, bytes]:
        """The plain `texts` that the recognizers have yet to look at, each with its mark.

        That nothing is in a text is remembered for all conversations.
        """
        due: dict[str, bytes] = {}
        for text in texts:
            if (text, EVERY_TYPE) not in self._found and text not in due:
                mark = self._nothing_in.mark(f"{self.language}\n{text}")
                if self._nothing_in.get(mark):
                    self._found[(text, EVERY_TYPE)] = []
                else:
                    due[text] = mark
        return due

    def take(self, text: str, mark: bytes, spans: list[Span]) -> None:
        """Learn what the recognizers found in a text of `unread`."""
        if not spans:
            self._nothing_in.keep(mark, True)
        self._found[(text, EVERY_TYPE)] = spans

    def _find(self, text: str, types: frozenset[SpanType]) -> list[Span]:
        return find_all(text, language=self.language, types=types, among=self.ruleset.recognizers)

    def heard(self, text: str) -> Heard:
        """What plain `text` says by itself of the values in it and around it."""
        heard = self._heard.get(text)
        if heard is None:
            (heard,) = hear([text])
            self._heard[text] = heard
        return heard

    def unheard(self, texts: Iterable[str]) -> list[str]:
        """The plain `texts` of which it isn't known yet what they say."""
        return [text for text in texts if text not in self._heard]

    def learn(self, text: str, heard: Heard) -> None:
        """Learn what a text says."""
        self._heard[text] = heard

    def asked(self, text: str) -> tuple[Asked, ...]:
        """What plain `text` asks for."""
        asked = self._asked.get(text)
        if asked is None:
            asked = self._asked[text] = asked_in(text) if self.heard(text).may_ask else ()
        return asked

    def bare(self, text: str) -> Bare:
        """Plain `text` as known values are matched on it."""
        found = self._bare.get(text)
        if found is None:
            found = self._bare[text] = Bare(text)
        return found

    def question(self, text: str, found: Sequence[Span]) -> Question:
        """What is to be asked about plain `text`, in which `found` (merged) was found."""
        key = (text, tuple(found))
        question = self._questions.get(key)
        if question is None:
            question = self._questions[key] = Question(text, found)
        return question


class Texts(NamedTuple):
    """Plain texts that a `Reading` is to know before the work goes on."""

    reading: Reading
    texts: Sequence[str]


def listen(unheard: Iterable[Texts]) -> None:
    """Find out what texts of many conversations say, so that each `Reading` knows it."""
    due: dict[str, list[Reading]] = {}
    for reading, texts in unheard:
        for text in reading.unheard(texts):
            due.setdefault(text, []).append(reading)
    for (text, readers), heard in zip(due.items(), hear([*due]), strict=True):
        for reading in readers:
            reading.learn(text, heard)


def read(unread: Iterable[Texts]) -> None:
    """Let the recognizers look at texts of many conversations, so that each `Reading` has them.

    All are read by the same rules.
    """
    due: dict[bytes, list[tuple[Reading, str]]] = {}
    for reading, texts in unread:
        for text, mark in reading.unread(texts).items():
            due.setdefault(mark, []).append((reading, text))
    firsts = [readers[0] for readers in due.values()]
    if not firsts:
        return
    found = find_in_each(
        [(text, reading.language) for reading, text in firsts],
        among=firsts[0][0].ruleset.recognizers,
    )
    for (mark, readers), spans in zip(due.items(), found, strict=True):
        for reading, text in readers:
            reading.take(text, mark, spans)


@cache
def _nothing_in(ruleset: Ruleset) -> Remembered[bool]:
    """The latest texts in which the recognizers of `ruleset` found nothing.

    Most messages have nothing in them, or nothing but placeholders; people write the same ones
    again and again.
    """
    return Remembered(_MOST_REMEMBERED)
