"""The heads: one sees words, one what a sentence encoder made of them, one both. All are linear.

They also say how familiar a message is, which is what `scope` learns from.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from handrail.agent.features import Vector

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, eq=False)
class WordsView:
    """n messages: a score per label, cosine to each centroid (n x k), share of known n-grams.

    `none` is the score of what people named out of scope, 0 where nobody did.
    """

    logits: NDArray[np.float64]
    none: NDArray[np.float64]
    cosines: NDArray[np.float64]
    coverage: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MeaningView:
    """n messages: a score per label, and how near each label's rows lie (all n x k).

    `typical` are the scores of a head that learned from typical rows only. `cosines` are those to
    each mean, `whitened` the same where directions that rows of one label differ in don't count;
    `distances` are squared Mahalanobis distances to each mean, `background` (n) the one to the mean
    of all (Ren et al., 2021).
    """

    logits: NDArray[np.float64]
    none: NDArray[np.float64]
    typical: NDArray[np.float64]
    cosines: NDArray[np.float64]
    whitened: NDArray[np.float64]
    distances: NDArray[np.float64]
    background: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class JointView:
    """n messages: a score per label, and that of what people named out of scope, 0 where nobody."""

    logits: NDArray[np.float64]
    none: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WordsHead:
    """Linear over TF-IDF n-grams: rows are n-grams, columns labels."""

    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    none_weights: NDArray[np.float32]
    none_bias: NDArray[np.float32]
    centroids: NDArray[np.float32]

    def view(self, seen: Vector) -> WordsView:
        """What it makes of one message."""
        import numpy as np

        logits = np.asarray(seen.values @ self.weights[seen.columns] + self.bias, np.float64)
        cosines = np.asarray(seen.values @ self.centroids[seen.columns], np.float64)
        none = seen.values @ self.none_weights[seen.columns] + self.none_bias
        return WordsView(
            logits[None], np.asarray(none, np.float64), cosines[None], np.array([seen.coverage])
        )

    def view_rows(self, rows: csr_matrix, coverage: NDArray[np.float64]) -> WordsView:
        """The same for many, for training: other roundings, so nothing served comes from here."""
        import numpy as np

        logits = np.asarray(rows @ self.weights + self.bias, dtype=np.float64)
        none = np.asarray(rows @ self.none_weights + self.none_bias, dtype=np.float64)
        cosines = np.asarray(rows @ self.centroids, dtype=np.float64)
        return WordsView(logits, none, cosines, coverage)


@dataclass(frozen=True, eq=False)
class MeaningHead:
    """Linear over an encoder's vectors, with each label's mean and what rows of a label share.

    `weights` are dimensions x labels, `means` labels x dimensions; `whitening` maps a vector to
    where rows of one label have unit covariance. All but `weights` and `bias` rest on typical rows.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    none_weights: NDArray[np.float32]
    none_bias: NDArray[np.float32]
    typical_weights: NDArray[np.float32]
    typical_bias: NDArray[np.float32]
    means: NDArray[np.float32]
    center: NDArray[np.float32]
    whitening: NDArray[np.float32]

    @cached_property
    def _directions(self) -> NDArray[np.float32]:
        return _unit(self.means)

    @cached_property
    def _whitened(self) -> NDArray[np.float64]:
        return ((self.means - self.center) @ self.whitening).astype("float64")

    @cached_property
    def _whitened_directions(self) -> NDArray[np.float64]:
        return _unit(self._whitened)

    @cached_property
    def _lengths(self) -> NDArray[np.float64]:
        import numpy as np

        return np.asarray(np.sum(self._whitened**2, axis=1))

    def view(self, vectors: NDArray[np.float32]) -> MeaningView:
        """What it makes of messages, n x dimensions. What is served comes one at a time."""
        import numpy as np

        logits = np.asarray(vectors @ self.weights + self.bias, dtype=np.float64)
        at = ((vectors - self.center) @ self.whitening).astype(np.float64)
        background = np.sum(at**2, axis=1)
        typical = np.asarray(vectors @ self.typical_weights + self.typical_bias, dtype=np.float64)
        return MeaningView(
            logits=logits,
            none=np.asarray(vectors @ self.none_weights + self.none_bias, dtype=np.float64),
            typical=typical,
            cosines=np.asarray(vectors @ self._directions.T, dtype=np.float64),
            whitened=_unit(at) @ self._whitened_directions.T,
            distances=background[:, None] - 2 * (at @ self._whitened.T) + self._lengths,
            background=background,
        )


@dataclass(frozen=True, eq=False)
class JointHead:
    """Linear over TF-IDF n-grams and an encoder's vector side by side.

    Heads that see one of them have to explain whole rows with it; here each explains what the other
    leaves open.
    """

    gram_weights: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    none_gram_weights: NDArray[np.float32]
    none_weights: NDArray[np.float32]
    none_bias: NDArray[np.float32]

    def view(self, seen: Vector, vectors: NDArray[np.float32]) -> JointView:
        """What it makes of one message, its vector 1 x dimensions."""
        import numpy as np

        logits = seen.values @ self.gram_weights[seen.columns] + vectors @ self.weights
        none = seen.values @ self.none_gram_weights[seen.columns] + vectors @ self.none_weights
        return JointView(
            np.asarray(logits + self.bias, np.float64),
            np.asarray(none + self.none_bias, np.float64),
        )

    def view_rows(self, rows: csr_matrix, vectors: NDArray[np.float32]) -> JointView:
        """The same for many, for training: other roundings, so nothing served comes from here."""
        import numpy as np

        logits = rows @ self.gram_weights + vectors @ self.weights + self.bias
        none = rows @ self.none_gram_weights + vectors @ self.none_weights + self.none_bias
        return JointView(np.asarray(logits, np.float64), np.asarray(none, np.float64))


@dataclass(frozen=True, eq=False)
class HiddenHead:
    """One hidden layer over an encoder's vectors: sees what no line divides, says nothing else."""

    inner: NDArray[np.float32]
    inner_bias: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """A score per label, n x k."""
        import numpy as np

        inside = np.maximum(vectors @ self.inner + self.inner_bias, 0)
        return np.asarray(inside @ self.weights + self.bias, dtype=np.float64)


def _unit(rows: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0))
