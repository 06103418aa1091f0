"""The people who judge and edit what the AI drafted, each with a skill of their own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from handrail.simulate.data import read


@dataclass(frozen=True)
class Reviewer:
    """One of them. `errs`: the share of their labels and edits that are wrong."""

    name: str
    errs: float
    work: float


@cache
def staff() -> tuple[Reviewer, ...]:
    """Everybody (`staff.yaml`)."""
    return tuple(Reviewer(name, **skill) for name, skill in read("staff.yaml").items())


def on_duty(rng: Random, count: int) -> tuple[Reviewer, ...]:
    """`count` different people, those who do much of the work more often."""
    free = list(staff())
    chosen = []
    for _ in range(count):
        one = rng.choices(free, [reviewer.work for reviewer in free])[0]
        free.remove(one)
        chosen.append(one)
    return tuple(chosen)
