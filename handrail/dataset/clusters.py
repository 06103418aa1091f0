"""Near-duplicate messages: the same request in nearly the same words.

Two messages are alike when they use the same set of words, or when the Jaccard similarity of their
shingles, runs of five characters of the plain form, is at least `SIMILARITY` (Broder, "On the
resemblance and containment of documents", 1997). Pairs worth comparing come from MinHash
signatures in bands (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3). Each
is then compared exactly, so nothing is called alike that isn't; of the pairs at the very threshold
the bands find 99.99 %, of closer ones more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import shake_256
from typing import TYPE_CHECKING

from handrail.conversations.wording import signature, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

# The threshold of Lee et al., "Deduplicating training data makes language models better" (ACL
# 2022). Among 6,000 real openings the pairs above it differ by a greeting, a comma or a typing
# error; from 0.7 down they are two people who ask for two things of one kind.
SIMILARITY = 0.8
# A pair whose signatures agree less often than three standard deviations below is not compared.
_LEAST_ESTIMATE = 0.71
_CHARACTERS = 5
_BANDS, _ROWS = 30, 6
_TEXTS_AT_ONCE, _PAIRS_AT_ONCE = 2_000, 20_000
_ODD = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio: spreads neighbors (Knuth, 6.4)


def clusters(messages: Sequence[str]) -> list[str]:
    """The name of each message's cluster: alike ones, and all that are linked by them, share it.

    The name is the smallest `signature` in the cluster, so it depends on no order and seldom
    changes when messages are added. About 60 CPU seconds and 0.5 GiB for a million messages.
    """
    forms = [" ".join(words(text)) for text in messages]
    distinct = sorted(set(forms))
    signs = [signature(form) for form in distinct]
    home = _Components(len(distinct))
    first: dict[str, int] = {}
    for number, sign in enumerate(signs):
        home.join(first.setdefault(sign, number), number)
    sketches = _Sketches(distinct)
    for one, other in sketches.candidates():
        apart = home.apart(one, other)
        for a, b in sketches.likely(one[apart], other[apart]):
            if home.root(a) != home.root(b) and sketches.similarity(a, b) >= SIMILARITY:
                home.join(a, b)
    names: dict[int, str] = {}
    for number, sign in enumerate(signs):
        root = home.root(number)
        names[root] = min(names.get(root, sign), sign)
    name_of = {form: names[home.root(number)] for number, form in enumerate(distinct)}
    return [name_of[form] for form in forms]


def nearly_among(asked: Sequence[str], known: Sequence[str]) -> list[bool]:
    """Whether each message of `asked` is alike one of `known`, directly."""
    import numpy as np

    forms = [" ".join(words(text)) for text in asked]
    others = {" ".join(words(text)) for text in known}
    signs = {signature(form) for form in others}
    found = {form for form in forms if form in others or signature(form) in signs}
    open_ = sorted(set(forms) - found)
    sketches = _Sketches([*open_, *sorted(others)])
    is_found = np.zeros(len(open_) + len(others), dtype=bool)
    for one, other in sketches.candidates():
        low, high = np.minimum(one, other), np.maximum(one, other)
        worth = (low < len(open_)) & (high >= len(open_)) & ~is_found[low]
        for a, b in sketches.likely(low[worth], high[worth]):
            is_found[a] |= sketches.similarity(a, b) >= SIMILARITY
    found.update(form for form, is_known in zip(open_, is_found, strict=False) if is_known)
    return [form in found for form in forms]


class _Components:
    """Which of so many numbers are linked (union-find)."""

    def __init__(self, size: int) -> None:
        import numpy as np

        self._parent: Numbers = np.arange(size)

    def root(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return int(number)

    def join(self, one: int, other: int) -> None:
        one, other = self.root(one), self.root(other)
        self._parent[max(one, other)] = min(one, other)

    def apart(self, one: Numbers, other: Numbers) -> NDArray[np.intp]:
        """The places of the pairs that are in two components."""
        import numpy as np

        while (self._parent[self._parent] != self._parent).any():
            self._parent = self._parent[self._parent]
        return np.flatnonzero(self._parent[one] != self._parent[other])


class _Sketches:
    """The shingles of texts in plain form and their MinHash signatures, at 0.7 KB a text."""

    def __init__(self, forms: Sequence[str]) -> None:
        import numpy as np

        self._bands = np.empty((len(forms), _BANDS), dtype=np.uint64)
        # The low bytes of a signature are enough to estimate from.
        self._low = np.empty((len(forms), _BANDS * _ROWS), dtype=np.uint8)
        sizes = np.empty(len(forms), dtype=np.int64)
        shingles = [np.empty(0, dtype=np.uint32)]
        for at in range(0, len(forms), _TEXTS_AT_ONCE):
            here = slice(at, at + _TEXTS_AT_ONCE)
            values, sizes[here] = _shingles(forms[here])
            signatures = _signatures(values, sizes[here])
            self._bands[here] = _banded(signatures)
            self._low[here] = signatures.astype(np.uint8)
            shingles.append(values)
        self._shingles = np.concatenate(shingles)
        self._ends = np.concatenate([[0], np.cumsum(sizes)])

    def candidates(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Pairs that agree in a band, many at a time; one that agrees in several comes again."""
        import numpy as np

        for band in self._bands.T:
            order = np.argsort(band, kind="stable")
            ranked, at, distance = band[order], np.arange(len(order)), 0
            while len(at):
                distance += 1
                at = at[: np.searchsorted(at, len(order) - distance)]
                at = at[ranked[at] == ranked[at + distance]]
                for portion in range(0, len(at), _PAIRS_AT_ONCE):
                    some = at[portion : portion + _PAIRS_AT_ONCE]
                    yield order[some], order[some + distance]

    def likely(self, one: Numbers, other: Numbers) -> list[tuple[int, int]]:
        """The pairs whose signatures say that they may be alike."""
        likely = (self._low[one] == self._low[other]).mean(axis=1) >= _LEAST_ESTIMATE
        return list(zip(one[likely].tolist(), other[likely].tolist(), strict=True))

    def similarity(self, one: int, other: int) -> float:
        """The Jaccard similarity of two texts."""
        import numpy as np

        left, right = (self._shingles[self._ends[n] : self._ends[n + 1]] for n in (one, other))
        both = len(np.intersect1d(left, right, assume_unique=True))
        return both / (len(left) + len(right) - both)


def _shingles(forms: Sequence[str]) -> tuple[NDArray[np.uint32], Numbers]:
    """The distinct shingles of each text as 32-bit hashes, one after the other; how many each."""
    import numpy as np

    padded = [form.ljust(_CHARACTERS) for form in forms]
    text_of = np.repeat(np.arange(len(padded)), [len(form) for form in padded])
    characters = np.frombuffer("".join(padded).encode("utf-32-le"), dtype=np.uint32)
    last = len(characters) - _CHARACTERS + 1
    hashed = np.zeros(last, dtype=np.uint64)
    for offset in range(_CHARACTERS):
        hashed = _mixed(hashed ^ characters[offset : last + offset])
    is_whole = text_of[:last] == text_of[_CHARACTERS - 1 :]
    keys = np.unique((text_of[:last].astype(np.uint64) << 32 | hashed >> 32)[is_whole])
    counts = np.bincount((keys >> 32).astype(np.int64), minlength=len(padded))
    return keys.astype(np.uint32), counts


def _signatures(shingles: NDArray[np.uint32], counts: Numbers) -> NDArray[np.uint32]:
    """For each text the least value of each of the hash functions over its shingles."""
    import numpy as np

    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    columns = [
        np.minimum.reduceat(shingles * a + b, starts) for a, b in zip(*_hashes(), strict=True)
    ]
    return np.stack(columns, axis=1)


def _banded(signatures: NDArray[np.uint32]) -> NDArray[np.uint64]:
    import numpy as np

    rows = signatures.reshape(len(signatures), _BANDS, _ROWS)
    hashed = np.zeros((len(signatures), _BANDS), dtype=np.uint64)
    for row in range(_ROWS):
        hashed = _mixed(hashed ^ rows[:, :, row])
    return hashed


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    import numpy as np

    spread = values * np.uint64(_ODD)
    return spread ^ (spread >> np.uint64(29))


@cache
def _hashes() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Factors and summands of the hash functions, the same on every machine and for ever."""
    import numpy as np

    drawn = shake_256(b"handrail near-duplicates").digest(8 * _BANDS * _ROWS)
    factors, summands = np.frombuffer(drawn, dtype="<u4").reshape(2, -1)
    return factors | np.uint32(1), summands
