"""What the router sees of a message: word 1-2-grams and character 3-5-grams, TF-IDF weighted.

The same plain Python counts them in training and in serving, so both see the same numbers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from handrail.conversations.wording import with_pairs, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Character n-grams carry this mark, which no word has, so one table holds both kinds.
MARK = "#"
# Weighting takes several numbers a value, so it is done for so many rows at a time.
_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class Vector:
    """A sparse unit vector: columns, values, and the share of character n-grams known at all."""

    columns: NDArray[np.intp]
    values: NDArray[np.float32]
    coverage: float


def ngrams(text: str) -> Counter[str]:
    """The n-grams of a message with their counts."""
    found = words(text)
    return Counter(chain(with_pairs(found), *map(_characters, found)))


@lru_cache(maxsize=20_000)
def _characters(word: str) -> tuple[str, ...]:
    """The character n-grams of a word; a placeholder has none. Most words come again and again."""
    if word[0] == "<":
        return ()
    padded = f" {word} "
    return tuple(
        MARK + padded[at : at + size] for size in (3, 4, 5) for at in range(len(padded) - size + 1)
    )


def ngram_use(
    messages: Iterable[tuple[str, str]], *, of: AbstractSet[str] | None = None
) -> Counter[str]:
    """How many distinct customers used each n-gram, or each one of `of`.

    `messages` are (customer group, text). All n-grams of many messages take much memory.
    """
    customers: Counter[str] = Counter()
    for _, own in groupby(sorted(messages), key=itemgetter(0)):
        said = set(chain.from_iterable(ngrams(text) for _, text in own))
        customers.update(said if of is None else said & of)
    return customers


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


@dataclass(frozen=True, eq=False)
class Counts:
    """Many messages as a matrix of logarithmic n-gram counts, to be weighted more than once.

    `is_character` marks columns, `characters` is each message's number of character n-grams, of
    the vocabulary or not.
    """

    matrix: csr_matrix
    is_character: NDArray[np.bool_]
    characters: NDArray[np.int_]

    @classmethod
    def of(cls, texts: Iterable[str], vocabulary: Sequence[str]) -> Counts:
        """The counts of `texts`. Those of one text are made and forgotten: they outweigh all."""
        import numpy as np
        from scipy.sparse import csr_matrix

        table = {gram: column for column, gram in enumerate(vocabulary)}
        values, columns, ends, characters = [], [], [0], []
        for text in texts:
            counts = ngrams(text)
            known = {table[gram]: n for gram, n in counts.items() if gram in table}
            columns.append(np.fromiter(known, dtype=np.int32, count=len(known)))
            values.append(1 + np.log(np.fromiter(known.values(), np.float32, count=len(known))))
            ends.append(ends[-1] + len(known))
            characters.append(sum(1 for gram in counts if gram[0] == MARK))
        matrix = csr_matrix(
            (np.concatenate(values), np.concatenate(columns), ends),
            shape=(len(characters), len(vocabulary)),
        )
        is_character = np.array([gram[0] == MARK for gram in vocabulary], dtype=bool)
        return cls(matrix, is_character, np.array(characters))

    def of_rows(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Counts:
        """Some of the messages; this, where they are all of them."""
        if rows.dtype == bool and rows.all():
            return self
        return Counts(self.matrix[rows], self.is_character, self.characters[rows])

    def of_columns(self, columns: NDArray[np.bool_]) -> Counts:
        """With a part of the vocabulary; the rest is unknown."""
        return Counts(self.matrix[:, columns], self.is_character[columns], self.characters)

    def in_order(self) -> Counts:
        """The same, columns of each row in order from now on: sums are rounded in that."""
        self.matrix.sort_indices()
        return self

    def customers(self, groups: NDArray[np.intp]) -> NDArray[np.int_]:
        """How many distinct customers used each n-gram; `groups` numbers the customer of a row.

        A row of -1 is no customer's.
        """
        import numpy as np
        from scipy.sparse import csr_matrix

        own = np.flatnonzero(groups >= 0)
        shape = (int(groups.max(initial=-1)) + 1, len(groups))
        said_by = csr_matrix((np.ones(len(own), dtype=bool), (groups[own], own)), shape=shape)
        kept = self.matrix
        stands_in = csr_matrix(
            (np.ones(kept.nnz, dtype=bool), kept.indices, kept.indptr), shape=kept.shape
        )
        return np.bincount((said_by @ stands_in).indices, minlength=kept.shape[1])

    def frequencies(self) -> NDArray[np.float32]:
        """Smoothed inverse document frequency of each n-gram, from the messages it stands in."""
        import numpy as np

        rows, grams = self.matrix.shape
        stands_in = np.bincount(self.matrix.indices, minlength=grams)
        inverse = np.log((1 + rows) / (1 + stands_in)) + 1
        return np.asarray(inverse, dtype=np.float32)

    def weighted(self, idf: NDArray[np.float32]) -> tuple[csr_matrix, NDArray[np.float64]]:
        """What `vector` makes of each message: unit rows, and the coverage of each."""
        import numpy as np
        from scipy.sparse import csr_matrix

        kept = self.matrix
        values = np.empty(kept.nnz, dtype=np.float32)
        coverage = np.empty(kept.shape[0])
        for at in range(0, kept.shape[0], _ROWS_AT_ONCE):
            ends = kept.indptr[at : at + _ROWS_AT_ONCE + 1]
            here = slice(ends[0], ends[-1])
            count, columns = len(ends) - 1, kept.indices[here]
            rows = np.repeat(np.arange(count), np.diff(ends))
            weighed = kept.data[here] * idf[columns]
            is_character = self.is_character[columns]
            for block in (is_character, ~is_character):
                norms = np.sqrt(np.bincount(rows[block], weighed[block] ** 2, minlength=count))
                weighed[block] /= (norms * math.sqrt(2))[rows[block]]
            values[here] = weighed
            known = np.bincount(rows[is_character], minlength=count)
            coverage[at : at + count] = known / np.maximum(self.characters[at : at + count], 1)
        return csr_matrix((values, kept.indices, kept.indptr), kept.shape), coverage
