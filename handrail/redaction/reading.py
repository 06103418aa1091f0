"""One conversation's texts as the recognizers read them: each once, however often asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from handrail.redaction.known import Bare
from handrail.redaction.opinion import Question
from handrail.redaction.placeholders import masked
from handrail.redaction.plain import Plain, plain
from handrail.redaction.recognizers import find_all
from handrail.redaction.remembered import Remembered
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType

_MOST_REMEMBERED = 20_000


class Reading:
    """What was found in the texts of one conversation, kept while it is scrubbed."""

    def __init__(self, *, language: str, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._recognizers = ruleset.recognizers
        self._nothing_in = _nothing_in(ruleset)
        self._language = language
        self._found: dict[tuple[str, frozenset[SpanType]], list[Span]] = {}
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
        spans = self._found.get((text, types))
        if spans is None:
            spans = self._found[(text, types)] = self._find(text, types)
        return spans

    def _find(self, text: str, types: frozenset[SpanType]) -> list[Span]:
        """The same, asked for the first time; that nothing is in a text is remembered for all."""
        mark = b""
        if types is EVERY_TYPE:
            mark = self._nothing_in.mark(f"{self._language}\n{text}")
            if self._nothing_in.get(mark):
                return []
        spans = find_all(text, language=self._language, types=types, among=self._recognizers)
        if mark and not spans:
            self._nothing_in.keep(mark, True)
        return spans

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


@cache
def _nothing_in(ruleset: Ruleset) -> Remembered[bool]:
    """The latest texts in which the recognizers of `ruleset` found nothing.

    Most messages have nothing in them, or nothing but placeholders; people write the same ones
    again and again.
    """
    return Remembered(_MOST_REMEMBERED)
