"""Fitting the heads on a sample of labeled messages."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from handrail.agent.features import Counts
from handrail.agent.intents.heads import HiddenHead, JointHead, MeaningHead, WordsHead
from handrail.agent.intents.matrices import beneath, in_doubles, side_by_side
from handrail.conversations.wording import MIN_CUSTOMERS, unnumbered
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

# Chosen on the validation rows of Banking77 (DialoGLUE), full and 10-shot.
_WORDS_C = 1.0
_MEANING_C = 30.0
# The share of a sphere in the covariance of rows around their label's mean: the same choice.
_SHRINKAGE = 0.2
# Chosen on the validation rows of CLINC150, as are the axes of a vector that are enough.
_JOINT_C, _JOINT_TOLERANCE, _JOINT_AXES = 1.0, 0.1, 128
# Units, weight decay and epochs of the hidden layer, chosen on the validation rows of CLINC150.
_HIDDEN, _DECAY, _EPOCHS = 384, 1e-3, 25
# A vector in doubles is twice as large: products with its weight are made of so many at a time.
_VECTORS_AT_ONCE = 1_000
# Customers whose messages fit no label; below, nothing is learned of what they say.
_LEAST_STRANGE = 20


@dataclass(frozen=True, eq=False)
class Sample:
    """Messages to learn from: n-gram counts, vectors where there is an encoder, label numbers.

    A label of -1 fits none. `groups` numbers the customers; a row of -1 is the playbook's.
    """

    counts: Counts
    vectors: NDArray[np.float32] | None
    labels: NDArray[np.int_]
    weights: NDArray[np.float64]
    groups: NDArray[np.int_]

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Sample:
        """Some of the rows; this, where they are all of them."""
        if rows.dtype == bool and rows.all():
            return self
        return Sample(
            counts=self.counts.of_rows(rows),
            vectors=None if self.vectors is None else self.vectors[rows],
            labels=self.labels[rows],
            weights=self.weights[rows],
            groups=self.groups[rows],
        )

    def encoded(self, texts: Sequence[str], encoder: Encoder | None) -> Sample:
        """With the vectors of `texts`, the rows' own."""
        if encoder is None:
            return self
        return replace(self, vectors=encoder.encode([unnumbered(text) for text in texts]))


def fit_words(sample: Sample, strange: Sample, *, seed: int) -> tuple[WordsHead, NDArray[np.bool_]]:
    """The head that sees words, and the columns it knows: those that five customers used.

    `strange` rows fit none of the labels. One squared hinge a label against the rest: as accurate
    as a softmax, and a message that fits none is on the wrong side of all. The head's columns are
    the sorted distinct labels of the sample.
    """
    import numpy as np
    from sklearn.svm import LinearSVC

    columns = sample.counts.in_order().customers(sample.groups) >= MIN_CUSTOMERS
    counts = sample.counts.of_columns(columns)
    idf = counts.frequencies()
    known = in_doubles(counts.weighted(idf)[0])
    others = in_doubles(strange.counts.of_columns(columns).weighted(idf)[0])
    labels, numbers = np.unique(sample.labels, return_inverse=True)
    weights, groups = sample.weights, strange.groups
    del sample, strange, counts  # liblinear makes a copy of its own, twice as large as the rows
    both, rows = beneath(known, others)
    del known, others
    model = LinearSVC(C=_WORDS_C, random_state=seed)
    model.fit(rows, numbers, sample_weight=weights / weights.mean())
    coefficients, intercepts = _per_label(model.coef_, model.intercept_, len(labels))
    none_weights, none_bias = _none(
        LinearSVC(C=_WORDS_C, random_state=seed, class_weight="balanced"),
        both,
        known=len(numbers),
        groups=groups,
    )
    head = WordsHead(
        idf=idf,
        weights=np.ascontiguousarray(coefficients.T, dtype=np.float32),
        bias=intercepts.astype(np.float32),
        none_weights=none_weights,
        none_bias=none_bias,
        centroids=_centroids(rows, numbers, weights),
    )
    return head, columns


def fit_meaning(sample: Sample, typical: Sample, strange: Sample, *, seed: int) -> MeaningHead:
    """The head that sees what the encoder made of the messages.

    `typical` rows, of the same labels, say how familiar a message is; `strange` ones fit none.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    vectors = _vectors(typical)
    weights, bias = _softmax(sample, seed=seed)
    same = len(sample.labels) == len(typical.labels)
    typical_weights, typical_bias = (weights, bias) if same else _softmax(typical, seed=seed)
    labels, numbers = np.unique(typical.labels, return_inverse=True)
    shares = typical.weights / typical.weights.sum()
    sums = np.zeros((len(labels), vectors.shape[1]))
    for at in range(0, len(vectors), _VECTORS_AT_ONCE):
        here = slice(at, at + _VECTORS_AT_ONCE)
        np.add.at(sums, numbers[here], vectors[here] * shares[here, None])
    means = sums / np.bincount(numbers, shares)[:, None]
    around = means[numbers]
    np.subtract(vectors, around, out=around)
    around *= np.sqrt(shares)[:, None]
    spread, axes = np.linalg.eigh(around.T @ around)
    del around
    shrunk = (1 - _SHRINKAGE) * np.maximum(spread, 0) + _SHRINKAGE * spread.mean()
    none_weights, none_bias = _none(
        LogisticRegression(C=_MEANING_C, max_iter=500, class_weight="balanced"),
        np.vstack([_vectors(sample), _vectors(strange)]),
        known=len(sample.labels),
        groups=strange.groups,
    )
    return MeaningHead(
        weights=weights,
        bias=bias,
        none_weights=none_weights,
        none_bias=none_bias,
        typical_weights=typical_weights,
        typical_bias=typical_bias,
        means=means.astype(np.float32),
        center=(shares @ vectors).astype(np.float32),
        whitening=(axes / np.sqrt(np.maximum(shrunk, 1e-12))).astype(np.float32),
    )


def fit_joint(sample: Sample, strange: Sample, idf: NDArray[np.float32], *, seed: int) -> JointHead:
    """The head that sees words and meaning at once; an n-gram of few customers weighs nothing.

    `idf` is the words head's, of the sample's columns. A squared hinge a label, as for words.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.svm import LinearSVC

    known = sample.counts.in_order().customers(sample.groups) >= MIN_CUSTOMERS
    axes = _main_axes(_vectors(sample))

    def beside(of: Sample) -> csr_matrix:
        grams, _ = of.counts.weighted(idf)
        return side_by_side(grams[:, known], csr_matrix(_vectors(of) @ axes))

    both, rows = beneath(beside(sample), beside(strange))
    labels, numbers = np.unique(sample.labels, return_inverse=True)
    scaled, groups = sample.weights / sample.weights.mean(), strange.groups
    del sample, strange  # liblinear makes a copy of its own, larger than the rows
    model = LinearSVC(C=_JOINT_C, tol=_JOINT_TOLERANCE, random_state=seed)
    model.fit(rows, numbers, sample_weight=scaled)
    coefficients, intercepts = _per_label(model.coef_, model.intercept_, len(labels))
    grams, weights = _apart(coefficients.T, known, axes)
    detector = LinearSVC(
        C=_JOINT_C, tol=_JOINT_TOLERANCE, random_state=seed, class_weight="balanced"
    )
    none, none_bias = _none(detector, both, known=len(numbers), groups=groups)
    none_grams, none_weights = _apart(none[:, None], known, axes)
    return JointHead(
        gram_weights=grams,
        weights=weights,
        bias=intercepts.astype(np.float32),
        none_gram_weights=none_grams[:, 0],
        none_weights=none_weights[:, 0],
        none_bias=none_bias,
    )


def _main_axes(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions in which vectors differ most; a dense row costs a hinge a pass over it."""
    import numpy as np

    _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    return axes[:, -_JOINT_AXES:].astype(np.float32)


def _apart(
    weights: NDArray[Any], known: NDArray[np.bool_], axes: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The weights of all n-grams, and those of the vector's dimensions."""
    import numpy as np

    grams = np.zeros((len(known), weights.shape[1]), dtype=np.float32)
    grams[known] = weights[: known.sum()]
    return grams, np.ascontiguousarray(axes @ weights[known.sum() :], dtype=np.float32)


def fit_hidden(sample: Sample, *, seed: int) -> HiddenHead:
    """One hidden layer on the rows that have a label."""
    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    known = sample.labels >= 0
    labels, numbers = np.unique(sample.labels[known], return_inverse=True)
    vectors, weights = _vectors(sample)[known], sample.weights[known]
    model = MLPClassifier(_HIDDEN, alpha=_DECAY, max_iter=_EPOCHS, random_state=seed)
    with warnings.catch_warnings():  # it stops early on purpose
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(vectors, numbers, sample_weight=weights / weights.mean())
    inner, outer = model.coefs_
    coefficients, intercepts = _per_label(outer.T, model.intercepts_[1], len(labels))
    return HiddenHead(
        inner=inner.astype(np.float32),
        inner_bias=model.intercepts_[0].astype(np.float32),
        weights=np.ascontiguousarray(coefficients.T, dtype=np.float32),
        bias=intercepts.astype(np.float32),
    )


def _softmax(sample: Sample, *, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    labels, numbers = np.unique(sample.labels, return_inverse=True)
    model = LogisticRegression(C=_MEANING_C, max_iter=500, random_state=seed)
    scaled = sample.weights / sample.weights.mean()
    model.fit(_vectors(sample), numbers, sample_weight=scaled)
    coefficients, intercepts = _per_label(model.coef_, model.intercept_, len(labels))
    return np.ascontiguousarray(coefficients.T, np.float32), intercepts.astype(np.float32)


def _none(
    model: Any, rows: Any, *, known: int, groups: NDArray[np.int_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A linear score of what fits no label; zeros where too few customers said such a thing.

    The first `known` of the rows fit one, the others, which `groups` said, none.
    """
    import numpy as np

    if len(np.unique(groups)) < _LEAST_STRANGE:
        return np.zeros(rows.shape[1], np.float32), np.zeros(1, np.float32)
    model.fit(rows, np.repeat([0, 1], [known, rows.shape[0] - known]))
    return model.coef_[0].astype(np.float32), model.intercept_.astype(np.float32)


def _vectors(sample: Sample) -> NDArray[np.float32]:
    if sample.vectors is None:
        msg = "a sample without vectors has no meaning to learn"
        raise ValueError(msg)
    return sample.vectors


def _per_label(
    coefficients: NDArray[np.float64], intercepts: NDArray[np.float64], labels: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A row per label; a binary model has one row, the second label against the first."""
    import numpy as np

    if labels > 2:
        return coefficients, intercepts
    return (
        np.vstack([-coefficients / 2, coefficients / 2]),
        np.concatenate([-intercepts / 2, intercepts / 2]),
    )


def _centroids(
    rows: csr_matrix, numbers: NDArray[np.intp], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Each label's weighted mean at length one: n-grams x labels."""
    import numpy as np
    from scipy.sparse import csr_matrix

    shape = (int(numbers.max()) + 1, len(numbers))
    one_hot = csr_matrix((weights, (numbers, np.arange(len(numbers)))), shape=shape)
    sums = np.asarray((one_hot @ rows).todense())
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.ascontiguousarray((sums / np.maximum(lengths, 1e-12)).T, dtype=np.float32)
