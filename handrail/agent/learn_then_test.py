"""The lowest threshold of which it is proven that at most alpha of what passes it is wrong.

Learn-then-Test (Angelopoulos, Bates, Candes, Jordan and Lei, 2021). For each threshold t the null
"more than alpha of what is sent at t is wrong" has an exact binomial p-value. Thresholds are tested
in a fixed order, from strict to loose, until one isn't rejected; several such sequences start at
different coverages and share delta equally (one alone stops at once where few rows pass), only as
many as the number of rows tested lets succeed. Order and starts come from rows disjoint from those
tested and from how many of these there are, so the guarantee is exact. R25.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import takewhile

from handrail.bounds import binomial_tail_p

# (calibrated probability, was it right): one reply that would be sent if the probability suffices.
Scored = tuple[float, bool]

# The thresholds that can be promised, loosest first: evenly spaced on the log-odds scale.
GRID = tuple(round(1 / (1 + math.exp(-step / 10)), 6) for step in range(-10, 100))
_START_COVERAGES = (0.95, 0.75, 0.5, 0.25)


def starting_points(
    probabilities: Sequence[float], *, tested: int, alpha: float, delta: float
) -> tuple[float, ...]:
    """Where to start testing: grid thresholds that let 95, 75, 50 and 25 % of these rows pass.

    The loosest, and of the others as many as could be rejected if none of the `tested` rows were
    wrong: another one would take its share of `delta` and give nothing.
    """
    if not (probabilities and alpha):
        return (GRID[0],)
    worth = max(
        (
            count
            for count, share in enumerate(_START_COVERAGES, 1)
            if share * tested >= rows_without_mistake(alpha, level=delta / count)
        ),
        default=1,
    )
    ranked = sorted(probabilities, reverse=True)
    passing = [ranked[math.ceil(share * len(ranked)) - 1] for share in _START_COVERAGES[:worth]]
    return tuple(sorted({max((t for t in GRID if t <= p), default=GRID[0]) for p in passing}))


def rows_without_mistake(alpha: float, *, level: float) -> int:
    """How many rows without a mistake it takes to reject "more than alpha are wrong" at a level."""
    return math.ceil(math.log(level) / math.log(1 - alpha))


def lowest_safe_threshold(
    rows: Sequence[Scored], *, starts: Iterable[float], alpha: float, level: float
) -> float | None:
    """Fixed-sequence testing from each start downwards, each at `level`; the lowest rejected.

    Of those that pass the same rows as the lowest it is the strictest: all rejected ones hold at
    once, and nothing is promised about probabilities that no row had.
    """

    @cache
    def sent(t: float) -> tuple[int, int]:
        passing = [right for p, right in rows if p >= t]
        return len(passing), passing.count(False)

    def rejected(t: float) -> bool:
        n, wrong = sent(t)
        return binomial_tail_p(wrong, n, alpha=alpha) <= level

    safe: list[float] = []
    for start in starts:
        safe += takewhile(rejected, [t for t in reversed(GRID) if t <= start])
    return max((t for t in safe if sent(t) == sent(min(safe))), default=None)
