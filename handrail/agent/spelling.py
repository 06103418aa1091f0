"""What a mistyped message would say if each strange word were the known one it is a slip of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handrail.agent.asks import one_letter_apart, shortened
from handrail.conversations.wording import words

_FEWEST_LETTERS = 6  # a shorter word, mistyped, is too often another word


@dataclass(frozen=True)
class Speller:
    """Known words, and the long ones of them by what is left without one of their letters."""

    known: frozenset[str]
    near: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, vocabulary: Iterable[str]) -> Speller:
        """A speller that knows the words among some n-grams."""
        known = frozenset(gram for gram in vocabulary if gram.isalpha())
        near: dict[str, tuple[str, ...]] = {}
        for word in sorted(known):
            if len(word) >= _FEWEST_LETTERS:
                for short in shortened(word):
                    near[short] = (*near.get(short, ()), word)
        return cls(known, near)

    def respelled(self, text: str) -> str | None:
        """The text in plain words, its slips mended; None where it has none."""
        said = words(text)
        meant = [self._meant(word) for word in said]
        return " ".join(meant) if meant != said else None

    def _meant(self, word: str) -> str:
        if word in self.known or len(word) < _FEWEST_LETTERS or not word.isalpha():
            return word
        near = sorted({known for short in shortened(word) for known in self.near.get(short, ())})
        return next((known for known in near if one_letter_apart(known, word)), word)
