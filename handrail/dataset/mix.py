"""The mix of training rows: no corner of the data drowns the others, and a wanted mix is met. R7.

Only training rows are left out. Calibration and test rows stay as they came, because a promise is
about what customers really ask (R25).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple, Self

import yaml

from handrail.dataset.model import LeftOut, Split, TrainingExample
from handrail.dataset.splits import share_of
from handrail.errors import BadInput
from handrail.verdicts import Finding, holds, not_measured

RULES = Path(__file__).with_name("mix.yaml")
OVER_MIX = "over_mix"
_ROUNDS = 50


@dataclass(frozen=True)
class MixTarget:
    """The wanted mix, read from a YAML file shaped like `mix.yaml`, which says what each part is.

    `shares` maps a dimension (`topic`, `language`, `channel`) to shares by value.
    """

    most_times_median: float
    uncapped_rows: int
    shares: Mapping[str, Mapping[str, float]]
    tolerance: float
    least_kept: float

    def __post_init__(self) -> None:
        strange = sorted(self.shares.keys() - set(MixCell._fields))
        beyond = [d for d, shares in self.shares.items() if sum(shares.values()) > 1 + 1e-9]
        if strange or beyond:
            msg = f"the target mix can't be met: shares of {', '.join(strange or beyond)} "
            msg += "are no dimension of it" if strange else "are more than everything"
            raise BadInput(msg)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The target in a YAML file."""
        return cls(**yaml.safe_load(path.read_text(encoding="utf-8")))


class MixCell(NamedTuple):
    """What the mix is about: its fields are the dimensions."""

    topic: str
    language: str
    channel: str


def sampled(
    examples: Iterable[TrainingExample], *, target: MixTarget, seed: int
) -> tuple[list[TrainingExample], list[LeftOut]]:
    """The rows that fit the target mix, in the order given, and those that were too many.

    Needs rows that have their split. Within a cell those with the smallest hash of id and seed
    stay (bottom-k sampling), so that one more row changes at most one other; what a person flagged
    stays before the rest.
    """
    rows = list(examples)
    room = _wanted(_counted(rows), target)
    over: set[str] = set()
    for row in sorted(
        filter(_counts, rows),
        key=lambda e: (e.accepted is None, share_of(e.example_id, seed=seed, purpose="mix")),
    ):
        if room[cell_of(row)] > 0:
            room[cell_of(row)] -= 1
        else:
            over.add(row.example_id)
    kept = [row for row in rows if row.example_id not in over]
    return kept, [LeftOut(row.example_id, OVER_MIX) for row in rows if row.example_id in over]


def cell_of(example: TrainingExample) -> MixCell:
    """The cell a row counts in."""
    return MixCell(example.topic, example.language, example.channel)


def mix_within_tolerance(
    offered: Sequence[TrainingExample], kept: Sequence[TrainingExample], *, target: MixTarget
) -> Finding:
    """The share of each topic, language and channel is as the target says, within its tolerance.

    Where the target names no shares it is the mix as offered with no cell over its cap. Shown, not
    blocking: a mix that the data can't give is said, not forced.
    """
    check = "mix_within_tolerance"
    before, after = _counted(offered), _counted(kept)
    if not after:
        return not_measured(check, "there are no training rows", blocking=False)
    wanted = _goal(_capped(before, target), target)
    worst, where = max(
        (
            (abs(_share(after, d, value) - _share(wanted, d, value)), f"{d} {value}")
            for d in MixCell._fields
            for value in sorted({getattr(cell, d) for cell in before})
        ),
    )
    return holds(
        check,
        worst <= target.tolerance,
        f"{sum(after.values())} of {sum(before.values())} training rows kept; the largest "
        f"deviation from the target mix is {100 * worst:.1f} points, of {where} (tolerance "
        f"{100 * target.tolerance:.1f})",
        blocking=False,
        training_rows_offered=sum(before.values()),
        training_rows_kept=sum(after.values()),
        largest_deviation_points=round(100 * worst, 2),
        rows_a_cell_at_most=_cap(before, target),
    )


def _counts(row: TrainingExample) -> bool:
    """Whether a row is part of the mix; what a generator wrote fills gaps and is not."""
    return row.split is Split.TRAIN and not row.synthetic


def _counted(rows: Iterable[TrainingExample]) -> Counter[MixCell]:
    return Counter(map(cell_of, filter(_counts, rows)))


def _cap(counts: Mapping[MixCell, int], target: MixTarget) -> int:
    return max(target.uncapped_rows, int(target.most_times_median * median(counts.values() or [0])))


def _capped(counts: Mapping[MixCell, int], target: MixTarget) -> dict[MixCell, float]:
    cap = _cap(counts, target)
    return {cell: min(n, cap) for cell, n in counts.items()}


def _wanted(counts: Mapping[MixCell, int], target: MixTarget) -> dict[MixCell, int]:
    """How many rows of each cell stay: the goal scaled to what there is.

    As large as the scarcest cell lets it be, but never less than `least_kept` of the rows: then the
    scarce cells stay short of their share, and the finding says by how much.
    """
    there = _capped(counts, target)
    goal = _goal(there, target)
    least = target.least_kept * sum(there.values())
    low, high = 0.0, max((there[c] / g for c, g in goal.items() if g), default=0.0)
    exact = min((there[c] / g for c, g in goal.items() if g), default=0.0)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        enough = sum(min(there[c], middle * g) for c, g in goal.items()) >= least
        low, high = (low, middle) if enough else (middle, high)
    scale = max(exact, high)
    return {cell: min(int(there[cell]), round(scale * goal[cell])) for cell in there}


def _goal(there: Mapping[MixCell, float], target: MixTarget) -> dict[MixCell, float]:
    """`there` raked to the target's shares: iterative proportional fitting (Deming and Stephan,
    1940). Values that the target doesn't name share what it leaves, in their own proportion.
    """
    goal, total = dict(there), sum(there.values())
    for _ in range(_ROUNDS):
        for dimension, shares in target.shares.items():
            now: Counter[str] = Counter()
            for cell, n in goal.items():
                now[getattr(cell, dimension)] += n  # type: ignore[assignment]
            rest = sum(n for value, n in now.items() if value not in shares)
            left = max(0.0, 1 - sum(shares[v] for v in now if v in shares))
            for cell in goal:
                value = getattr(cell, dimension)
                if now[value]:  # what nothing is wanted of stays at nothing
                    share = shares[value] if value in shares else left * now[value] / rest
                    goal[cell] *= share * total / now[value]
    return goal


def _share(counts: Mapping[MixCell, float], dimension: str, value: str) -> float:
    whole = sum(counts.values())
    return sum(n for c, n in counts.items() if getattr(c, dimension) == value) / whole
