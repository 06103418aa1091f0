"""Near-duplicates between suite and training data, found without comparing every pair.

Two messages are near-duplicates when they are equal after normalization or when the Jaccard
similarity of their shingles reaches a threshold (Broder, "On the resemblance and containment of
documents", 1997). Candidates come from an inverted index over each message's rarest shingles
(prefix filtering: Chaudhuri, Ganti and Kaushik, ICDE 2006), so no pair above the threshold is lost.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

_PLACEHOLDER = re.compile(r"\[([A-Z][A-Z_]*)_\d+\]")
_WORD = re.compile(r"\w+")
_WORDS_A_SHINGLE = 5
_LETTERS_A_SHINGLE = 5
_SHORT = 10  # below this many words, word shingles are too few to compare


def normalized(text: str) -> str:
    """Lower case, one form of every letter, words only; `[PERSON_7]` reads like `[PERSON_1]`."""
    plain = unicodedata.normalize("NFKC", _PLACEHOLDER.sub(r" \1 ", text)).casefold()
    return " ".join(_WORD.findall(plain))


def shingles(text: str) -> frozenset[str]:
    """The 5-word shingles of a normalized text, or its 5-letter shingles if it is short."""
    words = text.split(" ")
    if len(words) >= _SHORT:
        last = len(words) - _WORDS_A_SHINGLE
        return frozenset(" ".join(words[i : i + _WORDS_A_SHINGLE]) for i in range(last + 1))
    last = max(0, len(text) - _LETTERS_A_SHINGLE)
    return frozenset(text[i : i + _LETTERS_A_SHINGLE] for i in range(last + 1))


class NearDuplicates:
    """An index of messages that answers whether a new one was, nearly, among them."""

    def __init__(self, messages: Iterable[str], *, similarity: float) -> None:
        self._similarity = similarity
        self._exact = {normalized(m) for m in messages}
        self._sets = [shingles(text) for text in sorted(self._exact)]
        self._frequency = Counter(shingle for known in self._sets for shingle in known)
        self._index: dict[str, list[int]] = defaultdict(list)
        for number, known in enumerate(self._sets):
            for shingle in self._prefix(known):
                self._index[shingle].append(number)

    def contains(self, message: str) -> bool:
        """Whether `message` equals an indexed one or is at least `similarity` like it."""
        text = normalized(message)
        if text in self._exact:
            return True
        wanted = shingles(text)
        candidates = {n for shingle in self._prefix(wanted) for n in self._index.get(shingle, ())}
        return any(self._alike(wanted, self._sets[n]) for n in candidates)

    def _prefix(self, of: frozenset[str]) -> list[str]:
        """The rarest shingles: two sets that are alike share at least one of theirs."""
        rarest_first = sorted(of, key=lambda shingle: (self._frequency[shingle], shingle))
        return rarest_first[: len(of) - math.ceil(self._similarity * len(of) - 1e-9) + 1]

    def _alike(self, one: frozenset[str], other: frozenset[str]) -> bool:
        return len(one & other) >= self._similarity * len(one | other)
