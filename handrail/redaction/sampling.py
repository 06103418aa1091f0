"""The mathematics of the manual audit (R33): how many chats to read, and what that bounds.

Pure: no vault, no chat. A round is a sample of redacted chats among which copies with a seeded leak
are mixed, the plants. Verdicts on the sample bound how often reviewers would find a leak, verdicts
on the plants how often they find one that is there.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handrail.bounds import clopper_pearson_lower, clopper_pearson_upper, interval, sidak_error
from handrail.settings import LeakBudget
from handrail.verdicts import Finding, Verdict

LEAK_BOUND = "leak_bound_within_budget"
_FEWEST_SHOWN = 5


class ReviewerKind(StrEnum):
    """Who gave a verdict; a simulated reviewer knows the answers and counts for simulated chats."""

    PERSON = "person"
    SIMULATED = "simulated"


class Shows(StrEnum):
    """What a reviewer saw that should not be there."""

    NAME = "name"
    CONTACT = "contact"
    ADDRESS = "address"
    ID = "id"
    PAYMENT = "payment"
    SECRET = "secret"  # noqa: S105 - a kind, not a secret
    OTHER = "other"


@dataclass(frozen=True)
class Review:
    """One reviewer's verdict on one chat of a round; `shows` is what they saw, if they said it."""

    conversation_id: str
    leaked: bool
    shows: Shows | None
    reviewer: str
    reviewer_kind: ReviewerKind
    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            msg = "a review carries an aware time: pass a datetime with tzinfo=UTC"
            raise ValueError(msg)


@dataclass(frozen=True)
class Plan:
    """What a round is measured by, fixed before anyone looks.

    `error` is the region's part of the family error; `n` chats are sampled and `plants` mixed in.
    With no more leaks and missed plants than are tolerated, the round meets its budget.
    """

    max_leaking_share: float
    error: float
    tolerated_leaks: int
    tolerated_misses: int
    n: int
    plants: int

    @property
    def chats(self) -> int:
        """How many chats a region must hold: those that are read and those that take a plant."""
        return self.n + self.plants

    def needs(self, held: int) -> str:
        """What the budget takes, beside how many chats there are to draw from."""
        return (
            f"a budget of {self.max_leaking_share:.2%} takes {self.n} chats and {self.plants} to "
            f"seed leaks in, and the region holds {held:,}"
        )


@dataclass(frozen=True)
class Cell:
    """Sampled chats of one language and channel; the interval is two-sided, of 95 %.

    Cells of fewer than five say nothing of leaks, so that nobody is singled out.
    """

    language: str
    channel: str
    n: int
    leaking: int | None
    low: float
    high: float


@dataclass(frozen=True)
class Tally:
    """The verdicts of a whole round, counted.

    `n` sampled chats were read and `leaking` of them leak; of `plants` the reviewers found `found`.
    `carried` are leaks of earlier, failed rounds that count here too. `by_reviewer` has the plants
    each reviewer found and judged.
    """

    n: int
    leaking: int
    carried: int
    plants: int
    found: int
    by_reviewer: Mapping[str, tuple[int, int]]
    by_kind: Mapping[Shows, int]
    simulated: bool


def leak_bound(*, leaking: int, n: int, found: int, plants: int, error: float) -> float:
    """Upper bound of the share of conversations that leak, wrong with probability at most `error`.

    U / S. U is the one-sided Clopper-Pearson upper bound of the share of conversations in which
    reviewers find a leak, S the lower bound of their sensitivity (Clopper and Pearson, Biometrika
    26, 1934), each with half the error, so both hold but for `error` (Bonferroni). A leak is found
    with probability S at least, if it is as easy to see as a seeded one (plants are whole values:
    a reviewer may overlook the half of one more often, and then S says too much), so the true share
    is at most U / S: Rogan and Gladen, American Journal of Epidemiology 107 (1978), without their
    correction for false alarms, which can only make this bound too high. A sample without
    replacement is no more spread than one with (Hoeffding, Journal of the American Statistical
    Association 58, 1963), so the binomial is on the safe side. 1.0 where nothing was read or no
    plant was found.
    """
    upper = clopper_pearson_upper(min(leaking, n), n, delta=error / 2)
    lower = clopper_pearson_lower(found, plants, delta=error / 2)
    return min(1.0, upper / lower) if lower > 0 else 1.0


def plan_round(budget: LeakBudget, *, regions: int, carried: int) -> Plan:
    """The smallest round that meets the budget with as many leaks and misses as are tolerated.

    Leaks `carried` from rounds that failed come on top; misses are rounded down to whole plants.
    The family error is split over all regions the config names, which may be deployed one by one.
    """
    error = sidak_error(budget.family_error, regions)
    leaking = budget.tolerated_leaks + carried
    # So much more than the product's rounding error: 0.29 of 100 plants are 29.
    misses = int(budget.tolerated_missed_share * budget.plants + 1e-9)

    def meets(n: int) -> bool:
        bound = leak_bound(
            leaking=leaking, n=n, found=budget.plants - misses, plants=budget.plants, error=error
        )
        return bound <= budget.max_leaking_share

    high = leaking + 1
    while not meets(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if meets(middle) else (middle, high)
    return Plan(
        budget.max_leaking_share, error, budget.tolerated_leaks, misses, high, budget.plants
    )


def draw(conversation_ids: Collection[str], *, n: int, seed: int) -> tuple[str, ...]:
    """A simple random sample without replacement: the same for the same ids in any order."""
    population = sorted(set(conversation_ids))
    return tuple(sorted(random.Random(seed).sample(population, n)))  # noqa: S311 - no key


def tally(
    reviews: Iterable[Review],
    *,
    sampled: Collection[str],
    planted: Collection[str],
    carried: Collection[str],
    simulated: bool,
) -> Tally:
    """Count the verdicts: a chat leaks, and a plant is found, if any reviewer says so."""
    said = list(reviews)
    yes = {review.conversation_id for review in said if review.leaked}
    leaking = yes & set(sampled)
    judged: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for review in said:
        if review.conversation_id in planted:
            judged[review.reviewer] += 1
            found[review.reviewer] += review.leaked
    kinds = {
        (review.conversation_id, review.shows)
        for review in said
        if review.leaked and review.shows and review.conversation_id in sampled
    }
    return Tally(
        n=len(sampled),
        leaking=len(leaking),
        carried=len(set(carried) - leaking),
        plants=len(planted),
        found=len(yes & set(planted)),
        by_reviewer={name: (found[name], n) for name, n in sorted(judged.items())},
        by_kind=Counter(shows for _, shows in sorted(kinds)),
        simulated=simulated,
    )


def judge(counted: Tally, plan: Plan, *, max_leaking_share: float, population: int) -> Finding:
    """Whether the share of conversations with a residual leak is within budget.

    The budget is the stricter of what was fixed at the draw and what holds now. A round too small
    to meet it, with no more leaks and missed plants than tolerated, is NOT MEASURED.
    """
    budget = min(plan.max_leaking_share, max_leaking_share)
    leaking = counted.leaking + counted.carried
    bound = leak_bound(
        leaking=leaking, n=counted.n, found=counted.found, plants=counted.plants, error=plan.error
    )
    measures: dict[str, int | float | str] = {
        "n": counted.n, "leaking": counted.leaking, "carried": counted.carried,
        "plants": counted.plants, "plants_found": counted.found,
        "upper_bound": bound, "budget": budget, "population": population,
        "reviewer_kind": str(ReviewerKind.SIMULATED if counted.simulated else ReviewerKind.PERSON),
    }  # fmt: skip
    by = " by a simulated reviewer" if counted.simulated else ""
    earlier = f" and {counted.carried} found in a failed round before" if counted.carried else ""
    reason = (
        f"{counted.leaking} of {counted.n} chats read{by} leak{earlier}, {counted.found} of "
        f"{counted.plants} seeded leaks were found: at most {bound:.2%} of {population:,} chats "
        f"leak (confidence {1 - plan.error:.1%} here, budget {budget:.2%})"
    )
    if bound <= budget:
        verdict = Verdict.PASS
    elif counted.leaking > plan.tolerated_leaks:
        verdict = Verdict.FAIL
        reason += "; mend the scrubber and redact again"
    elif counted.plants - counted.found > plan.tolerated_misses:
        verdict = Verdict.FAIL
        reason += "; let a second person read the round, `handrail sample review --from 1`"
    else:
        verdict = Verdict.NOT_MEASURED
        reason += "; the round is too small for this budget: `handrail sample draw`"
    return Finding(LEAK_BOUND, verdict, reason, True, measures)


def cells(where: Mapping[str, tuple[str, str]], leaking: Collection[str]) -> Sequence[Cell]:
    """Language x channel of the sampled chats: reported, not gated."""
    sizes = Counter(where.values())
    leaks = Counter(place for chat, place in where.items() if chat in leaking)
    rows = []
    for (language, channel), n in sorted(sizes.items()):
        if n < _FEWEST_SHOWN:
            rows.append(Cell(language, channel, n, None, 0.0, 1.0))
        else:
            low, high = interval(leaks[language, channel], n, delta=0.05)
            rows.append(Cell(language, channel, n, leaks[language, channel], low, high))
    return rows
