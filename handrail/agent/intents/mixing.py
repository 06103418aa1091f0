"""From the heads' scores to one calibrated probability per label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def probabilities(
    logits: Sequence[NDArray[np.float64]], weights: Sequence[float]
) -> NDArray[np.float64]:
    """The softmax of the weighted sum of the heads' scores, n x labels."""
    import numpy as np

    summed = np.sum([w * scores for w, scores in zip(weights, logits, strict=True)], axis=0)
    powers = np.exp(summed - summed.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_weights(
    logits: Sequence[NDArray[np.float64]], labels: NDArray[np.int_]
) -> tuple[float, ...]:
    """The weight of each head, none below zero, that make the labels likeliest.

    A weight is one over the head's temperature (Guo et al., ICML 2017) and its vote at once: the
    heads' experts are multiplied (Hinton, 2002), and the loss is convex. Labels are smoothed as in
    Platt (1999): n rows without a mistake don't prove certainty, and without this, rows that the
    heads separate perfectly would call for a temperature of zero.
    """
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import log_softmax

    n, labeled = len(labels), logits[0].shape[1]
    doubt = 1 / (n + 2)
    wanted = np.full((n, labeled), doubt / max(labeled - 1, 1))
    wanted[np.arange(n), labels] = 1 - doubt
    stacked = np.stack(logits)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logs = log_softmax(np.tensordot(weights, stacked, axes=1), axis=1)
        slope = np.tensordot(stacked, np.exp(logs) - wanted, axes=2) / n
        return -float(np.sum(wanted * logs)) / n, slope

    start = np.array([1 / max(float(np.std(scores)), 1e-6) for scores in logits])
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 100.0)] * len(logits))
    return tuple(round(float(weight), 6) for weight in best.x)
