"""What the router sees of a message: word 1-2-grams and character 3-5-grams, TF-IDF weighted.

The same plain Python counts them in training and in serving, so both see the same numbers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from handrail.dataset.wording import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Character n-grams carry this mark, which no word has, so one table holds both kinds.
MARK = "#"
# An n-gram that fewer customers used could be somebody's name or number: the model may not hold it.
MIN_CUSTOMERS = 5


@dataclass(frozen=True)
class Vector:
    """A sparse unit vector: columns, values, and the share of character n-grams known at all."""

    columns: NDArray[np.intp]
    values: NDArray[np.float32]
    coverage: float


def ngrams(text: str) -> Counter[str]:
    """The n-grams of a message with their counts."""
    found = words(text)
    pairs = (f"{a} {b}" for a, b in pairwise(found))
    return Counter(chain(found, pairs, *map(_characters, found)))


@lru_cache(maxsize=20_000)
def _characters(word: str) -> tuple[str, ...]:
    """The character n-grams of a word; a placeholder has none. Most words come again and again."""
    if word[0] == "<":
        return ()
    padded = f" {word} "
    return tuple(
        MARK + padded[at : at + size] for size in (3, 4, 5) for at in range(len(padded) - size + 1)
    )


def ngram_use(messages: Iterable[tuple[str, str]]) -> tuple[dict[str, int], dict[str, int]]:
    """How many distinct customers used each n-gram, and in how many messages it stands.

    `messages` are (customer group, text).
    """
    last: dict[str, str] = {}
    customers: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for group, text in sorted(messages):
        grams = ngrams(text)
        rows.update(grams.keys())
        for gram in grams:
            if last.get(gram) != group:
                last[gram] = group
                customers[gram] += 1
    return customers, rows


def inverse_frequencies(
    vocabulary: Sequence[str], rows: Mapping[str, int], *, messages: int
) -> NDArray[np.float32]:
    """Smoothed inverse document frequency of each n-gram, from the messages it stands in."""
    import numpy as np

    return np.array(
        [math.log((1 + messages) / (1 + rows[gram])) + 1 for gram in vocabulary],
        dtype=np.float32,
    )


def vector(counts: Mapping[str, int], table: Mapping[str, int], idf: NDArray[np.float32]) -> Vector:
    """TF-IDF of counted n-grams: logarithmic counts; words and characters weigh the same."""
    import numpy as np

    known = [(table[gram], gram[0] == MARK, n) for gram, n in counts.items() if gram in table]
    characters = sum(1 for gram in counts if gram[0] == MARK)
    columns = np.array([column for column, _, _ in known], dtype=np.intp)
    is_char = np.array([char for _, char, _ in known], dtype=bool)
    values = (1 + np.log(np.array([n for _, _, n in known], dtype=np.float32))) * idf[columns]
    for block in (is_char, ~is_char):
        norm = float(np.sqrt(np.sum(values[block] ** 2)))
        if norm:
            values[block] /= norm * math.sqrt(2)
    return Vector(
        columns=columns,
        values=values.astype(np.float32),
        coverage=float(is_char.sum()) / characters if characters else 0.0,
    )
