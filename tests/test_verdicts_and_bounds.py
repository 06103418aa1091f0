"""PASS, FAIL, NOT MEASURED and the exact bounds behind them (R33)."""

from __future__ import annotations

import pytest

from handrail.bounds import (
    binomial_tail_p,
    clopper_pearson_lower,
    clopper_pearson_upper,
    interval,
)
from handrail.verdicts import Finding, Verdict, holds, not_measured, worst

PASSED, FAILED = holds("a", True, ""), holds("b", False, "")
OPEN, SHOWN = not_measured("c", ""), holds("d", False, "", blocking=False)


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([], Verdict.NOT_MEASURED),
        ([PASSED], Verdict.PASS),
        ([PASSED, OPEN], Verdict.NOT_MEASURED),
        ([PASSED, OPEN, FAILED], Verdict.FAIL),
        ([PASSED, SHOWN], Verdict.PASS),
        ([SHOWN], Verdict.NOT_MEASURED),
    ],
)
def test_worst_of_findings(findings: list[Finding], verdict: Verdict) -> None:
    assert worst(findings) is verdict


@pytest.mark.parametrize(
    ("errors", "n", "delta", "bound"),
    [
        (0, 59, 0.05, 1 - 0.05 ** (1 / 59)),  # the rule of three, exactly
        (0, 200, 0.05, 1 - 0.05 ** (1 / 200)),
        (1, 10, 0.05, 0.3942),  # Clopper and Pearson's published charts
        (10, 10, 0.05, 1.0),
        (0, 0, 0.05, 1.0),
    ],
)
def test_upper_bound(errors: int, n: int, delta: float, bound: float) -> None:
    assert clopper_pearson_upper(errors, n, delta=delta) == pytest.approx(bound, abs=1e-4)


def test_lower_bound_mirrors_the_upper_one() -> None:
    for errors in range(11):
        upper = clopper_pearson_upper(errors, 10, delta=0.05)
        assert clopper_pearson_lower(10 - errors, 10, delta=0.05) == pytest.approx(1 - upper)


def test_interval_without_trials_says_nothing() -> None:
    assert interval(0, 0, delta=0.05) == (0.0, 1.0)


def test_bound_and_tail_agree() -> None:
    """The upper bound is where the chance of so few errors is delta."""
    upper = clopper_pearson_upper(3, 100, delta=0.05)
    assert binomial_tail_p(3, 100, alpha=upper) == pytest.approx(0.05)


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(count: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        clopper_pearson_upper(count, n, delta=0.05)
