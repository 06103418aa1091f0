"""What can be answered automatically under a promise, and whether the promise is kept.

The threshold is chosen by `handrail.agent.promise` from rows that the model which scored them was
not fitted on, before a test row is looked at.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.intents.systems import Fit, Judged
from handrail.agent.intents import Labeled
from handrail.agent.learn_then_test import Scored, lowest_safe_threshold, starting_points
from handrail.inference.encoders import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of the calibration rows these only say where testing starts.
STARTS_SHARE = 0.2


@dataclass(frozen=True)
class Threshold:
    """The probability from which is answered (None: no promise), and on how many rows it rests."""

    value: float | None
    tested: int


@dataclass(frozen=True)
class Simulated:
    """Of repeated draws: percent that kept the bound, percent without a promise, mean coverage."""

    kept: float
    without: float
    coverage: float
    repeats: int
    rows: int


def out_of_fold(
    fit: Fit, rows: Sequence[Labeled], *, encoder: Encoder, seed: int, folds: int
) -> list[Scored]:
    """Each row's probability and whether it was right, by a model that was fitted without it."""
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    scored: list[Scored] = [(0.0, False)] * len(rows)
    for fold in range(folds):
        left_out = set(order[fold::folds])
        rest = [row for n, row in enumerate(rows) if n not in left_out]
        model = fit(rest, validation=(), encoder=encoder, seed=seed)
        asked = sorted(left_out)
        pairs = scores(model.judge([rows[n].text for n in asked]), [rows[n] for n in asked])
        for n, pair in zip(asked, pairs, strict=True):
            scored[n] = pair
    return scored


def scores(judged: Judged, rows: Sequence[Labeled]) -> list[Scored]:
    """(probability of the answer, whether it was right) of each row."""
    return list(zip(judged.sureness, judged.right(rows), strict=True))


def fixed(rows: Sequence[Scored], *, alpha: float, delta: float, seed: int) -> Threshold:
    """The lowest threshold that keeps at most `alpha` wrong with confidence 1 - `delta`."""
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    cut = round(len(shuffled) * STARTS_SHARE)
    tested = shuffled[cut:]
    starts = starting_points(
        [p for p, _ in shuffled[:cut]], tested=len(tested), alpha=alpha, delta=delta
    )
    value = lowest_safe_threshold(tested, starts=starts, alpha=alpha, level=delta / len(starts))
    return Threshold(value, len(tested))


def answered(rows: Sequence[Scored], threshold: Threshold) -> tuple[float, float]:
    """Percent answered, and of those percent wrong."""
    if threshold.value is None:
        return 0.0, 0.0
    sent = [right for p, right in rows if p >= threshold.value]
    wrong = 100 * sent.count(False) / len(sent) if sent else 0.0
    return 100 * len(sent) / len(rows), wrong


def oracle(rows: Sequence[Scored], *, alpha: float) -> float:
    """Percent that could be answered by whoever knew the test rows: nobody does better."""
    best = wrong = 0
    for n, (_, right) in enumerate(sorted(rows, key=lambda pair: -pair[0]), 1):
        wrong += not right
        if wrong <= alpha * n:
            best = n
    return 100 * best / len(rows)


def simulate(
    rows: Sequence[Scored],
    *,
    alpha: float,
    delta: float,
    calibration: int,
    repeats: int,
    seed: int,
    splits: bool,
) -> Simulated:
    """Draw calibration rows again and again, choose the threshold, look at how much is wrong.

    `splits`: without putting back, and what is wrong is counted in the rows left, so its chance
    is on top of the threshold's. Otherwise rows are put back and all of them are the truth that
    they were drawn from: what the promise speaks of.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    sure = np.array([p for p, _ in rows])
    wrong = np.array([not right for _, right in rows])
    kept, without, coverage = 0, 0, []
    for repeat in range(repeats):
        if splits:
            order = rng.permutation(len(rows))
            drawn, judged = order[:calibration], order[calibration:]
        else:
            drawn, judged = rng.integers(len(rows), size=calibration), np.arange(len(rows))
        found = fixed([rows[n] for n in drawn], alpha=alpha, delta=delta, seed=seed + repeat)
        if found.value is None:
            without += 1
            continue
        sent = judged[sure[judged] >= found.value]
        kept += bool(_share(wrong[sent]) <= alpha)
        coverage.append(len(sent) / len(judged))
    return Simulated(
        kept=100 * (kept + without) / repeats,
        without=100 * without / repeats,
        coverage=100 * float(np.mean(coverage)) if coverage else 0.0,
        repeats=repeats,
        rows=calibration,
    )


def _share(wrong: NDArray[np.bool_]) -> float:
    return float(wrong.mean()) if len(wrong) else 0.0
