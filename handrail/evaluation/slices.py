"""Scores by slice, with exact intervals and small cells suppressed (R18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handrail.bounds import SMALLEST_CELL, clopper_pearson_lower, interval
from handrail.evaluation.results import CaseScores, Evaluation

DIMENSIONS: Mapping[str, Callable[[CaseScores], str]] = {
    "stratum": lambda case: case.stratum,
    "topic": lambda case: case.topic,
    "language": lambda case: case.language,
    "role": lambda case: case.role,
}


@dataclass(frozen=True)
class Slice:
    """One measure over one part of the suite: share of ones among `n`, with its interval.

    `share`, `low` and `high` are None in a cell of fewer than `SMALLEST_CELL` cases: suppressed.
    """

    dimension: str
    value: str
    measure: str
    n: int
    share: float | None
    low: float | None
    high: float | None


def overall(evaluation: Evaluation, measure: str, *, delta: float) -> Slice:
    """One measure over the whole region."""
    values = list(evaluation.values(measure).values())
    return _slice("region", evaluation.region, measure, values, delta)


def slices(evaluation: Evaluation, *, delta: float) -> tuple[Slice, ...]:
    """Every measure over region, stratum, topic, language and role.

    Intervals are two-sided Clopper-Pearson with error `delta` each.
    """
    measures = sorted({measure for case in evaluation.cases for measure in case.scores})
    rows = [overall(evaluation, measure, delta=delta) for measure in measures]
    for dimension, value_of in DIMENSIONS.items():
        cells: dict[tuple[str, str], list[float]] = defaultdict(list)
        for case in evaluation.cases:
            for measure, score in case.scores.items():
                if score is not None:
                    cells[value_of(case), measure].append(score)
        rows += [_slice(dimension, v, m, cells[v, m], delta) for v, m in sorted(cells)]
    return tuple(rows)


def lower_bound(evaluation: Evaluation, measure: str, *, delta: float) -> tuple[float, int]:
    """One-sided lower bound of a measure's share, and the number of cases behind it."""
    values = evaluation.values(measure)
    return clopper_pearson_lower(round(sum(values.values())), len(values), delta=delta), len(values)


def _slice(dimension: str, value: str, measure: str, values: list[float], delta: float) -> Slice:
    n = len(values)
    if n < SMALLEST_CELL:
        return Slice(dimension, value, measure, n, None, None, None)
    ones = round(sum(values))
    low, high = interval(ones, n, delta=delta)
    return Slice(dimension, value, measure, n, ones / n, low, high)
