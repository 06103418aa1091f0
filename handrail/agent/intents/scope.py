"""Whether a message fits any label at all: a logistic over what the heads say of its familiarity.

It is learned from messages of labels that the heads had to do without, and from rows that people
named out of scope. Some labels are wider than others, so each feature is measured against those of
rows in scope that the heads gave the same label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handrail.agent.intents.heads import JointView, MeaningView, WordsView
from handrail.agent.intents.mixing import probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How many numbers `words_features` and `all_features` give.
WORDS_FEATURES, ALL_FEATURES = 8, 30
# The columns that score what people named out of scope. No row of theirs is like every message that
# fits no label, so a score counts where it is above the usual by a deviation, and never against.
_NAMED = (7, 24, 29)
_NAMED_FROM = 1.0
_LEAST = 1e-9
_PENALTY = 0.01
# So many rows of a label weigh as much as all rows.
_SHRINKAGE = 60
# No feature is further from usual than this many deviations: one alone decides nothing.
_FARTHEST = 5.0


@dataclass(frozen=True, eq=False)
class Usual:
    """Mean and deviation of each feature over rows in scope, by the label they were given."""

    middle: NDArray[np.float32]
    scale: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        features: NDArray[np.float64],
        given: NDArray[np.int_],
        *,
        labels: int,
        least: NDArray[np.float64],
    ) -> Usual:
        """Labels x features, drawn towards those of all rows: the fewer rows, the more.

        No deviation is below `least`, a number per feature.
        """
        import numpy as np

        middles = np.tile(features.mean(axis=0), (labels, 1))
        squares = np.tile(features.var(axis=0), (labels, 1))
        for label in range(labels):
            own = features[given == label]
            share = len(own) / (len(own) + _SHRINKAGE)
            if len(own):
                middles[label] += share * (own.mean(axis=0) - middles[label])
                squares[label] += share * (own.var(axis=0) - squares[label])
        scales = np.maximum(np.sqrt(squares), np.maximum(least, 1e-3))
        return cls(middles.astype(np.float32), scales.astype(np.float32))

    def deviations(
        self, features: NDArray[np.float64], given: NDArray[np.int_]
    ) -> NDArray[np.float64]:
        """How far from usual each feature is, in deviations."""
        import numpy as np

        far = (features - self.middle[given]) / self.scale[given]
        far = np.asarray(np.clip(far, -_FARTHEST, _FARTHEST), dtype=np.float64)
        named = [column for column in _NAMED if column < far.shape[1]]
        far[:, named] = np.maximum(far[:, named] - _NAMED_FROM, 0)
        return far


@dataclass(frozen=True, eq=False)
class ScopeHead:
    """A logistic over deviations from what is usual."""

    usual: Usual
    weights: NDArray[np.float32]
    bias: float

    def scores(self, features: NDArray[np.float64], given: NDArray[np.int_]) -> NDArray[np.float64]:
        """How much like out-of-scope rows each message is, in [0, 1]; `given` its best label."""
        import numpy as np

        odds = np.sum(self.usual.deviations(features, given) * self.weights, axis=1) + self.bias
        return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


def words_features(view: WordsView, weight: float) -> NDArray[np.float64]:
    """How strange each message is to the head that sees words; `weight` makes it calibrated."""
    import numpy as np

    return np.column_stack(
        [
            *_of_logits(view.logits, weight),
            *_best_two(view.cosines),
            1 - view.coverage,
            view.none,
        ]
    )


def all_features(
    words: WordsView,
    meaning: MeaningView,
    joint: JointView,
    *,
    alone: Sequence[float],
    together: Sequence[float],
) -> NDArray[np.float64]:
    """With what the heads that see meaning add, and how far it and words differ.

    `alone` are the weights that calibrate each head by itself, `together` those of the mix.
    """
    import numpy as np

    by_words = probabilities([words.logits], alone[:1])
    by_meaning = probabilities([meaning.logits], alone[1:2])
    heads = (words.logits, meaning.logits, joint.logits)
    mixed = np.sum([w * scores for w, scores in zip(together, heads, strict=True)], axis=0)
    nearest = np.partition(meaning.distances, 1, axis=1)[:, :2]
    return np.column_stack(
        [
            words_features(words, alone[0]),
            *_of_logits(meaning.typical, alone[1]),
            *_best_two(meaning.cosines),
            *_best_two(meaning.whitened),
            nearest[:, 0],
            np.log(nearest[:, 0] / np.maximum(nearest[:, 1], _LEAST)),
            nearest[:, 0] - meaning.background,
            -np.log(np.maximum(np.sum(by_words * by_meaning, axis=1), _LEAST)),
            *_of_logits(mixed, 1.0),
            meaning.none,
            *_of_logits(joint.logits, alone[2]),
            joint.none,
        ]
    )


def _of_logits(logits: NDArray[np.float64], weight: float) -> list[NDArray[np.float64]]:
    """Doubt, best score, margin, and energy (Liu et al., NeurIPS 2020) of one head's scores.

    Energy of the scores of one head: that of mixed probabilities would mean nothing.
    """
    import numpy as np

    best = logits.max(axis=1)
    above = np.log(np.sum(np.exp(weight * (logits - best[:, None])), axis=1))
    chance = np.clip(np.exp(-above), _LEAST, 1 - _LEAST)
    doubt = np.log1p(-chance) - np.log(chance)
    return [doubt, *_best_two(logits), -(weight * best + above)]


def _best_two(scores: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The best score, and its lead over the second; negated, so that strange is high."""
    import numpy as np

    second, best = np.partition(scores, -2, axis=1)[:, -2:].T
    return [-best, second - best]


def fit_scope(
    features: NDArray[np.float64],
    given: NDArray[np.int_],
    strange: NDArray[np.bool_],
    weights: NDArray[np.float64],
    usual: Usual,
) -> ScopeHead:
    """The head that best tells `strange` rows from the others; both kinds weigh the same."""
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import expit

    x = usual.deviations(features, given)
    sums = np.array([weights[~strange].sum(), weights[strange].sum()])
    shares = weights / (2 * sums[strange.astype(int)])

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds = x @ at[:-1] + at[-1]
        value = np.sum(shares * (np.logaddexp(0, odds) - strange * odds))
        slope = shares * (expit(odds) - strange)
        return (
            float(value + _PENALTY * np.sum(at[:-1] ** 2) / 2),
            np.append(slope @ x + _PENALTY * at[:-1], slope.sum()),
        )

    start = np.zeros(x.shape[1] + 1)
    best = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return ScopeHead(usual, best[:-1].astype(np.float32), round(float(best[-1]), 6))


def unlearned_scope(usual: Usual) -> ScopeHead:
    """Where too few rows show what fits no label: all features weigh alike."""
    import numpy as np

    many = usual.middle.shape[1]
    return ScopeHead(usual, np.full(many, 2 / many, dtype=np.float32), -3.0)
