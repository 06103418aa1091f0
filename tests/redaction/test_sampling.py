"""R33: how large a round is, and what its verdicts bound."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.bounds import sidak_error
from handrail.redaction.sampling import (
    Plan,
    Review,
    ReviewerKind,
    Shows,
    Tally,
    cells,
    draw,
    judge,
    leak_bound,
    plan_round,
    tally,
)
from handrail.settings import LeakBudget
from handrail.verdicts import Verdict

IDS = [f"c-{i}" for i in range(500)]
PLAN = Plan(
    max_leaking_share=0.05, error=0.05, tolerated_leaks=1, tolerated_misses=1, n=130, plants=60
)
CLEAN = Tally(130, 0, 0, 60, 60, {"r-1": (60, 60)}, {}, simulated=False)
Say = Callable[..., Review]


@pytest.fixture
def say(at: datetime) -> Say:
    def _say(chat: str, leaked: bool, who: str = "r-1", shows: Shows | None = None) -> Review:
        return Review(chat, leaked, shows, who, ReviewerKind.PERSON, at)

    return _say


def test_the_sample_depends_on_the_seed_and_not_on_the_order() -> None:
    """R33"""
    first = draw(IDS, n=60, seed=7)
    assert first == draw(IDS[::-1], n=60, seed=7)
    assert first != draw(IDS, n=60, seed=8)
    assert len(set(first)) == 60


def test_every_chat_is_drawn_as_often_as_any_other() -> None:
    """R33: simple random sampling, over seeds."""
    times = dict.fromkeys(IDS[:20], 0)
    for seed in range(2000):
        for chat in draw(IDS[:20], n=5, seed=seed):
            times[chat] += 1
    assert all(400 <= n <= 600 for n in times.values()), "500 each, within five deviations"


def test_the_bound_is_upper_over_lower_by_hand() -> None:
    """R33: nobody found a leak in 100, all 50 plants were found; 2.5 % error on either side."""
    upper, lower = 1 - 0.025 ** (1 / 100), 0.025 ** (1 / 50)
    found = leak_bound(leaking=0, n=100, found=50, plants=50, error=0.05)
    assert found == pytest.approx(upper / lower)
    assert found == pytest.approx(0.03899, abs=1e-5)


@pytest.mark.parametrize(("n", "plants"), [(0, 50), (100, 0)])
def test_nothing_read_or_nobody_measured_bounds_nothing(n: int, plants: int) -> None:
    """R33"""
    assert leak_bound(leaking=0, n=n, found=plants, plants=plants, error=0.05) == 1.0


def test_reviewers_who_find_less_bound_less() -> None:
    """R33"""
    bounds = [
        leak_bound(leaking=1, n=300, found=found, plants=60, error=0.05) for found in range(61)
    ]
    assert bounds[0] == 1.0
    assert bounds == sorted(bounds, reverse=True)


@cache
def _bound(leaking: int, found: int) -> float:
    return leak_bound(leaking=leaking, n=80, found=found, plants=25, error=0.05)


@pytest.mark.parametrize("rate", [0.005, 0.03, 0.1, 0.3])
@pytest.mark.parametrize("sensitivity", [0.3, 0.7, 0.9, 0.99])
def test_the_joint_bound_holds_as_often_as_it_says(rate: float, sensitivity: float) -> None:
    """R33: exact, over every outcome of 80 chats and 25 plants."""
    from scipy.stats import binom

    covered = sum(
        binom.pmf(k, 80, rate * sensitivity) * binom.pmf(f, 25, sensitivity)
        for k in range(81)
        for f in range(26)
        if _bound(k, f) >= rate
    )
    assert covered >= 0.95


@pytest.mark.parametrize(("leaking", "sensitivity"), [(6, 0.8), (30, 0.6), (60, 0.95)])
def test_it_holds_for_a_sample_without_replacement(leaking: int, sensitivity: float) -> None:
    """R33: a region of 300 chats, 80 of them read by somebody who overlooks some."""
    chance = random.Random(20260105)
    wrong = 0
    for _ in range(400):
        read = chance.sample(range(300), 80)
        seen = sum(chat < leaking and chance.random() < sensitivity for chat in read)
        found = sum(chance.random() < sensitivity for _ in range(25))
        wrong += _bound(seen, found) < leaking / 300
    assert wrong <= 20, "5 % of 400"


def test_the_family_error_is_split_over_regions() -> None:
    """R33: Sidak, so that all of three hold with 95 %."""
    assert sidak_error(0.05, 3) == pytest.approx(0.016952, abs=1e-6)
    assert (1 - sidak_error(0.05, 3)) ** 3 == pytest.approx(0.95)
    assert sidak_error(0.05, 1) == pytest.approx(0.05)
    with pytest.raises(ValueError, match="at least one"):
        sidak_error(0.05, 0)


@given(
    budget=st.floats(0.01, 0.3),
    plants=st.integers(5, 100),
    tolerated=st.integers(0, 5),
    missed=st.floats(0, 0.5),
    carried=st.integers(0, 3),
    regions=st.integers(1, 5),
)
def test_the_size_is_the_smallest_that_meets_the_budget(
    budget: float, plants: int, tolerated: int, missed: float, carried: int, regions: int
) -> None:
    """R33: fixed beforehand, for no more leaks and missed plants than tolerated."""
    plan = plan_round(
        LeakBudget(
            max_leaking_share=budget, plants=plants, tolerated_leaks=tolerated,
            tolerated_missed_share=missed,
        ),
        regions=regions,
        carried=carried,
    )  # fmt: skip

    def bound(n: int) -> float:
        leaking, found = tolerated + carried, plants - plan.tolerated_misses
        return leak_bound(leaking=leaking, n=n, found=found, plants=plants, error=plan.error)

    assert plan.tolerated_misses == pytest.approx(missed * plants, abs=1)
    assert plan.tolerated_misses < missed * plants + 1e-6
    assert bound(plan.n) <= budget < bound(plan.n - 1)


@pytest.mark.parametrize(
    ("leaking", "missed", "verdict", "next_"),
    [
        (1, 3, Verdict.PASS, ""),
        (0, 3, Verdict.PASS, ""),
        (1, 4, Verdict.FAIL, "second person"),
        (2, 0, Verdict.FAIL, "mend the scrubber"),
    ],
)
def test_a_tolerated_leak_holds_with_the_tolerated_misses_too(
    leaking: int, missed: int, verdict: Verdict, next_: str
) -> None:
    """R33: three of 60 plants by default, one in twenty."""
    plan = plan_round(LeakBudget(max_leaking_share=0.05), regions=3, carried=0)
    counted = Tally(plan.n, leaking, 0, 60, 60 - missed, {}, {}, simulated=False)
    finding = judge(counted, plan, max_leaking_share=0.05, population=900)
    assert finding.verdict is verdict, finding.reason
    assert next_ in finding.reason


@pytest.mark.parametrize(
    ("leaks", "missed_share", "n", "passing"),
    [
        (1, 0.05, 160, (81, 80, 70)),  # the default
        (1, 0.0, 145, (84, 59, 52)),
        (0, 0.0, 101, (60, 18, 3)),
        (8, 0.05, 417, (100, 100, 100)),  # the example config
    ],
)
def test_how_often_a_good_scrubber_passes(
    leaks: int, missed_share: float, n: int, passing: tuple[int, ...]
) -> None:
    """R33: exact, as `LeakBudget` and the README say.

    Of a scrubber that leaks a tenth of the budget, read by people who find 100, 98 and 95 of 100
    leaks, planted or not, in percent.
    """
    from scipy.stats import binom

    budget = LeakBudget(
        max_leaking_share=0.05, tolerated_leaks=leaks, tolerated_missed_share=missed_share
    )
    plan = plan_round(budget, regions=3, carried=0)
    assert plan.n == n

    def passes(leaking: int, found: int) -> bool:
        counted = Tally(plan.n, leaking, 0, plan.plants, found, {}, {}, simulated=False)
        return judge(counted, plan, max_leaking_share=0.05, population=900).verdict.passed

    within = [(k, f) for k in range(20) for f in range(61) if passes(k, f)]
    assert max(k for k, _ in within) < 19, "more leaks than that never pass"
    for sensitivity, percent in zip((1.0, 0.98, 0.95), passing, strict=True):
        chance = sum(
            binom.pmf(k, n, 0.005 * sensitivity) * binom.pmf(f, 60, sensitivity) for k, f in within
        )
        assert round(100 * chance) == percent


def test_a_leak_that_is_carried_makes_the_round_larger() -> None:
    """R33: a second try on the same text has to be the harder one."""
    budget = LeakBudget(max_leaking_share=0.05)
    sizes = [plan_round(budget, regions=3, carried=carried).n for carried in range(4)]
    assert sizes == sorted(set(sizes))


def test_a_chat_leaks_if_any_reviewer_says_so_and_strangers_dont_count(say: Say) -> None:
    """R33"""
    said = [
        say("c-1", False), say("c-1", True, "r-2", Shows.NAME), say("c-2", False),
        say("p-1", True), say("p-2", False), say("p-2", False, "r-2"), say("elsewhere", True),
    ]  # fmt: skip
    counted = tally(
        said, sampled={"c-1", "c-2"}, planted={"p-1", "p-2"}, carried=["c-1", "c-9", "p-1"],
        simulated=False,
    )  # fmt: skip
    assert (counted.n, counted.leaking, counted.plants, counted.found) == (2, 1, 2, 1)
    assert counted.carried == 2, "c-1 is counted already, p-1 was found for its plant"
    assert counted.by_reviewer == {"r-1": (1, 2), "r-2": (0, 1)}
    assert counted.by_kind == {Shows.NAME: 1}


@pytest.mark.parametrize(
    ("changed", "verdict", "next_"),
    [
        ({}, Verdict.PASS, ""),
        ({"leaking": 1}, Verdict.PASS, ""),
        ({"leaking": 2}, Verdict.FAIL, "mend the scrubber"),
        ({"found": 40}, Verdict.FAIL, "second person"),
        ({"leaking": 1, "carried": 3}, Verdict.NOT_MEASURED, "too small"),
        ({"n": 60}, Verdict.NOT_MEASURED, "too small"),
        ({"plants": 0, "found": 0}, Verdict.NOT_MEASURED, "too small"),
    ],
)
def test_the_bound_decides_and_says_what_to_do(
    changed: dict[str, int], verdict: Verdict, next_: str
) -> None:
    """R33"""
    counted = Tally(**{**vars(CLEAN), **changed})
    finding = judge(counted, PLAN, max_leaking_share=0.05, population=900)
    assert (finding.check, finding.verdict) == ("leak_bound_within_budget", verdict)
    assert next_ in finding.reason
    assert "of 900 chats" in finding.reason


def test_the_stricter_budget_counts() -> None:
    """R33: not the one that was made looser after people had read."""
    assert judge(CLEAN, PLAN, max_leaking_share=0.5, population=900).measures["budget"] == 0.05
    finding = judge(CLEAN, PLAN, max_leaking_share=0.01, population=900)
    assert finding.verdict is Verdict.NOT_MEASURED


def test_simulated_verdicts_are_marked() -> None:
    """R33"""
    counted = Tally(**{**vars(CLEAN), "simulated": True})
    finding = judge(counted, PLAN, max_leaking_share=0.05, population=900)
    assert "simulated reviewer" in finding.reason
    assert finding.measures["reviewer_kind"] == "simulated"


def test_small_cells_say_nothing_of_leaks() -> None:
    """R33: languages and channels are reported, and nobody is singled out."""
    where = {f"a{n}": ("en", "chat") for n in range(40)}
    where |= {f"b{n}": ("de", "email") for n in range(4)}
    small, large = cells(where, {"a1", "b1"})
    assert (small.language, small.n, small.leaking, small.low, small.high) == ("de", 4, None, 0, 1)
    assert (large.n, large.leaking) == (40, 1)
    assert large.low < 1 / 40 < large.high


def test_a_review_without_a_time_zone_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        Review("c-1", False, None, "r-1", ReviewerKind.PERSON, at.replace(tzinfo=None))
