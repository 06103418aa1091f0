"""Which topics customers write about on which day: weights that move over the year."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date
from itertools import accumulate

from handrail.simulate.data import read


def factor(region: str, topic: str, day: date) -> float:
    """By how much the topic's usual weight is multiplied in `region` on `day` (`seasons.yaml`)."""
    _, week, weekday = day.isocalendar()
    at = week + (weekday - 1) / 7
    found = 1.0
    for season in read("seasons.yaml")["seasons"]:
        if topic in season["topics"] and region in season.get("regions", (region,)):
            found *= _between(season["factors"], at)
    return found


def cumulative_weights(
    weights: Mapping[str, float], *, region: str, day: date
) -> tuple[float, ...]:
    """The running sum of the topics' weights on `day`, in their order."""
    return tuple(
        accumulate(weight * factor(region, topic, day) for topic, weight in weights.items())
    )


def _between(factors: Mapping[int, float], at: float) -> float:
    weeks = sorted(factors)
    if not weeks[0] <= at < weeks[-1] + 1:
        return 1.0
    after = bisect_right(weeks, at)
    left = weeks[after - 1]
    if after == len(weeks):
        return factors[left]
    right = weeks[after]
    return factors[left] + (factors[right] - factors[left]) * (at - left) / (right - left)
