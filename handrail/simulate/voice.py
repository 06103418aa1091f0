"""Telephone calls as a speech recognizer writes them down.

No capitals, no punctuation, hesitations, numbers as words, and words that it heard wrong. Words
that announce a value are heard right: what rules can't find is planted on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from random import Random

from handrail.simulate.data import read
from handrail.simulate.phrasing import Phrases, around_slots, phrases

HESITATION_SHARE = 0.06
MISHEARD_SHARE = 0.12

# Values that are said sign by sign; all others are said as they are written.
_IN_DIGITS = ("phone", "card", "iban", "account", "order_id")
_IN_SIGNS = ("email", "username")
_PUNCTUATION = re.compile(r"[.,](?!\d)|[!?¿¡;:\"()\n]")
_PIECES = re.compile(r"[^\W\d_]+|\d|[@._+-]")


class Voice:
    """How calls in one language are written down."""

    def __init__(self, language: str, phrases: Phrases) -> None:
        self._hesitations = phrases.all_of("voice.hesitations")
        self._misheard = _table(phrases.all_of("voice.misheard"))
        self._signs = _table(phrases.all_of("voice.signs"))
        digits = read(f"names/{language}.yaml")["digits"].split()
        self._signs |= {str(n): word for n, word in enumerate(digits)}

    def heard(self, phrase: str, rng: Random) -> str:
        """The phrase as it was understood; slots stay untouched."""
        parts = around_slots(phrase)
        for i in range(0, len(parts), 2):
            words = _PUNCTUATION.sub(" ", parts[i]).lower().split()
            if i == len(parts) - 1:
                words = self._hesitating([self._heard(word, rng) for word in words], rng)
            parts[i] = " ".join(words)
        return " ".join(part for part in parts if part)

    def spoken(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values as they are said and written down."""
        said = {name: value.lower() for name, value in values.items()}
        for name in _IN_DIGITS:
            if name in said:
                said[name] = self._by_sign(said[name], letter_by_letter=True)
        for name in _IN_SIGNS:
            said[name] = self._by_sign(said[name], letter_by_letter=False)
        said["address"] = _PUNCTUATION.sub("", said["address"])
        return said

    def _heard(self, word: str, rng: Random) -> str:
        if word in self._misheard and rng.random() < MISHEARD_SHARE:
            return self._misheard[word]
        return word

    def _hesitating(self, words: list[str], rng: Random) -> list[str]:
        said: list[str] = []
        for word in words:
            if rng.random() < HESITATION_SHARE:
                said.append(rng.choice(self._hesitations))
            said.append(word)
        return said

    def _by_sign(self, value: str, *, letter_by_letter: bool) -> str:
        said: list[str] = []
        for piece in _PIECES.findall(value):
            if letter_by_letter and piece == "-":
                continue
            letters = letter_by_letter and piece not in self._signs
            said += piece if letters else [self._signs.get(piece, piece)]
        return " ".join(said)


@cache
def voice(language: str) -> Voice | None:
    """The language's voice; None if nobody wrote down how it sounds."""
    spoken = phrases(language)
    return Voice(language, spoken) if spoken.has("voice.hesitations") else None


def _table(rows: tuple[str, ...]) -> dict[str, str]:
    return {written: said for written, _, said in (row.partition(" = ") for row in rows)}
