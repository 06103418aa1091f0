"""How near a message is to each of some texts: by its words (BM25), and by meaning (an encoder).

BM25 is written out: a cell is small and its words are the router's (`wording.words`), while a
library brings its own tokenizer, index files and downloads. The scores are those of `bm25s` 0.3.16
(method "lucene") on the same words, within 4e-6.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from handrail.conversations.wording import unnumbered, unquoted, words
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENCODER_PART = 0.3  # of a similarity; chosen on validation dialogues of `bench/star.py`
# Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).
_K1, _B = 1.2, 0.75
# Beyond these, products of 32-bit numbers differ by where a row stands.
_DIGITS = 5


class Bm25:
    """Okapi BM25 over texts that are given once; every text is scored, none is skipped."""

    def __init__(self, texts: Sequence[str]) -> None:
        import numpy as np

        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([sum(one.values()) for one in counts], dtype=np.float64)
        norms = _K1 * (1 - _B + _B * lengths / max(float(lengths.mean()), 1.0))
        found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for number, one in enumerate(counts):
            for word, times in one.items():
                at, often = found[word]
                at.append(number)
                often.append(times)
        self._size = len(texts)
        self._postings: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]] = {}
        for word, (at, often) in found.items():
            places, tf = np.array(at, dtype=np.intp), np.array(often, dtype=np.float64)
            weight = self._rarity(len(at)) * tf / (tf + norms[places])
            self._postings[word] = (places, weight)

    def scores(self, text: str) -> NDArray[np.float64]:
        """How well each text fits, as a share of what a text could reach: 0 to below 1."""
        import numpy as np

        scores = np.zeros(self._size)
        most = 0.0
        for word in set(words(text)):
            posting = self._postings.get(word)
            if posting is None:
                most += self._rarity(0)
                continue
            places, weights = posting
            most += self._rarity(len(places))
            scores[places] += weights
        return scores / most if most else scores

    def _rarity(self, texts: int) -> float:
        """The inverse document frequency of a word that so many texts hold."""
        return math.log(1 + (self._size - texts + 0.5) / (texts + 0.5))


class Similarity:
    """How near a message is to each of some texts: words, and meaning where there is an encoder.

    Texts are encoded as the router encodes them: a vector that it has asked for serves both.
    """

    def __init__(self, texts: Sequence[str], *, encoder: Encoder | None) -> None:
        self._words = Bm25(texts)
        self._encoder = encoder
        self._vectors = encoder.encode([*map(_read, texts)]) if encoder is not None else None

    def scores(self, message: str) -> NDArray[np.float64]:
        """One number a text, from 0 to 1."""
        import numpy as np

        by_words = self._words.scores(message)
        if self._encoder is None or self._vectors is None:
            return by_words
        cosines = np.asarray(self._vectors @ self._encoder.encode([_read(message)])[0], np.float64)
        both = (1 - ENCODER_PART) * by_words + ENCODER_PART * np.maximum(cosines, 0)
        return np.round(both, _DIGITS)


def _read(text: str) -> str:
    return unnumbered(unquoted(text))
