"""Enough rows to learn from and measure on: past some thousands, more only take time and memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from handrail.agent.terms import Terms
from handrail.conversations.wording import MIN_CUSTOMERS
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import share_of

MOST_ROWS = 20_000
# Two thirds of the first are what promises are tested on: 4,000 rows tell 2 % wrong from 2.5 %.
MOST_HELD_OUT = {Split.CALIBRATION: 6_000, Split.TEST: 3_000}


def enough_of(
    rows: Sequence[TrainingExample], *, seed: int, most: int = MOST_ROWS
) -> list[TrainingExample]:
    """About `most` of the rows, in their order; all, if they are no more.

    The topics with most rows give some up, down to one level for all; which customers' rows stay is
    drawn by seed, at least five customers'. A topic's rows weigh together as much as before.
    """
    if len(rows) <= most:
        return list(rows)
    by_topic: defaultdict[str, list[TrainingExample]] = defaultdict(list)
    for row in rows:
        by_topic[row.topic].append(row)
    level = _level({topic: len(of_it) for topic, of_it in by_topic.items()}, most)
    kept: dict[str, TrainingExample] = {}
    for of_topic in by_topic.values():
        some = list(_drawn(of_topic, level, seed))
        heavier = sum(row.weight for row in of_topic) / sum(row.weight for row in some)
        kept |= {row.example_id: replace(row, weight=row.weight * heavier) for row in some}
    return [kept[row.example_id] for row in rows if row.example_id in kept]


def enough_held_out(
    rows: Sequence[TrainingExample], *, terms: Terms, seed: int
) -> list[TrainingExample]:
    """The rows, of held-out ones about 6,000 to calibrate and 3,000 to test on, in their order.

    Where there are more, a seeded share of the customers stands for all: what is measured on them
    is as true of the others, and stated with how many there were. All calibrate where the terms ask
    for a promise so strict that it takes a number of rows in its tier.
    """
    counts = Counter(row.split for row in rows)
    shares = {split: most / max(counts[split], 1) for split, most in MOST_HELD_OUT.items()}
    if any(alpha and terms.least_rows(alpha) for alpha in terms.alpha.values()):
        del shares[Split.CALIBRATION]
    return [
        row
        for row in rows
        if share_of(row.group, seed=seed, purpose="held out") < shares.get(row.split, 1.0)
    ]


def _level(counts: Mapping[str, int], most: int) -> float:
    """How many rows a topic may keep so that all together keep `most`."""
    left, topics = float(most), sorted(counts.values())
    for place, count in enumerate(topics):
        fair = left / (len(topics) - place)
        if count > fair:
            return fair
        left -= count
    return float(topics[-1])


def _drawn(rows: Sequence[TrainingExample], level: float, seed: int) -> Iterator[TrainingExample]:
    """The rows of so many customers as reach the level, drawn by seed."""
    sizes = Counter(row.group for row in rows)
    order = sorted(sizes, key=lambda group: share_of(group, seed=seed, purpose="enough rows"))
    chosen: set[str] = set()
    taken = 0
    for group in order:
        if taken >= level and len(chosen) >= MIN_CUSTOMERS:
            break
        chosen.add(group)
        taken += sizes[group]
    return (row for row in rows if row.group in chosen)
