from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from handrail.agent.promise import (
    GRID,
    Promise,
    lowest_safe_threshold,
    make_promises,
    promise,
    starting_points,
)
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import RiskTier
from handrail.dataset.model import Split, Synthesis, TrainingExample
from handrail.dataset.reviews import with_reviews
from handrail.dataset.splits import calibration_parts
from handrail.playbook.model import Playbook
from handrail.verdicts import Verdict
from tests.agent.conftest import SEED

ALPHA, DELTA = 0.05, 0.10


def scored(rng: np.random.Generator, n: int) -> list[tuple[float, bool]]:
    """Scores of a model that is too sure of itself: wrong 1.5 times as often as it says."""
    scores = rng.beta(8, 0.4, size=n)
    right = rng.random(n) < 1 - 1.5 * (1 - scores)
    return list(zip(scores.tolist(), right.tolist(), strict=True))


def low(rows: list[tuple[float, bool]], starts: tuple[float, ...]) -> Promise:
    return promise(
        rows, starts=starts, region="eu", tier=RiskTier.LOW, alpha=ALPHA, delta=DELTA,
        simulated=False,
    )  # fmt: skip


def true_error(threshold: float) -> float:
    population = np.random.default_rng(99).beta(8, 0.4, size=200_000)
    return float(1.5 * np.mean(1 - population[population >= threshold]))


def test_promise_is_broken_in_at_most_delta_of_400_calibrations() -> None:
    """R25: the threshold chosen on 500 rows breaks the promise in at most 10 % of draws."""
    population_error = {t: true_error(t) for t in GRID}
    rng = np.random.default_rng(20260105)
    thresholds = []
    for _ in range(400):
        starts = starting_points([p for p, _ in scored(rng, 150)])
        rows = scored(rng, 500)
        thresholds.append(
            lowest_safe_threshold(rows, starts=starts, alpha=ALPHA, level=DELTA / len(starts))
        )
    made = [t for t in thresholds if t is not None]
    broken = sum(population_error[t] > ALPHA for t in made)
    assert len(made) > 300  # the promise isn't kept by never making it
    assert broken <= DELTA * 400


def test_more_wrong_rows_never_lower_the_threshold() -> None:
    rng = np.random.default_rng(4)
    rows = [(p, ok) for p, ok in scored(rng, 800)]
    starts = starting_points([p for p, _ in scored(rng, 200)])
    before = low(rows, starts).threshold
    spoiled = [(p, ok and index % 50 > 0) for index, (p, ok) in enumerate(rows)]
    after = low(spoiled, starts).threshold
    assert before is not None
    assert after is None or after >= before


def test_perfect_rows_are_promised_from_the_lowest_tested_point() -> None:
    rows = [(0.9 + 0.0001 * n, True) for n in range(300)]
    made = low(rows, starting_points([0.9 + 0.001 * n for n in range(30)]))
    assert made.verdict is Verdict.PASS
    assert made.coverage == 1.0
    assert made.threshold is not None
    assert 0.88 < made.threshold <= 0.9  # not below what was seen


def test_low_coverage_start_alone_would_have_stopped_at_once() -> None:
    """The trap: where few rows pass, no p-value is small, and a single sequence ends there."""
    rows = [(0.5 + n / 1000, True) for n in range(400)]
    assert lowest_safe_threshold(rows, starts=[0.89], alpha=ALPHA, level=DELTA) is None
    several = starting_points([p for p, _ in rows])
    found = lowest_safe_threshold(rows, starts=several, alpha=ALPHA, level=DELTA / len(several))
    assert found is not None


def test_too_few_rows_are_not_measured_and_say_how_many_it_takes() -> None:
    made = low([(0.99, True)] * 50, (0.9, 0.5))
    needed = math.ceil(math.log(DELTA / 2) / math.log(1 - ALPHA))
    assert (made.threshold, made.verdict) == (None, Verdict.NOT_MEASURED)
    assert f"takes {needed}" in made.reason


def test_bad_rows_are_not_measured_rather_than_promised() -> None:
    made = low([(0.99, n % 5 > 0) for n in range(500)], (0.9, 0.5))
    assert (made.threshold, made.verdict) == (None, Verdict.NOT_MEASURED)
    assert "100 of 500" in made.reason


def test_empty_calibration_is_not_measured() -> None:
    assert low([], starting_points([])).verdict is Verdict.NOT_MEASURED


def test_high_risk_is_never_promised() -> None:
    made = promise(
        [(0.999, True)] * 5000, starts=(0.9,), region="eu", tier=RiskTier.HIGH,
        alpha=load_terms().alpha.get(RiskTier.HIGH, 0.0), delta=DELTA, simulated=False,
    )  # fmt: skip
    assert made.threshold is None


@pytest.fixture(scope="module")
def tiers(playbook: Playbook) -> dict[str, RiskTier]:
    return {t.name: RiskTier(t.tier) for t in playbook.topics.values()}


def made_for(
    router: Router,
    rows: list[TrainingExample],
    tiers: dict[str, RiskTier],
    triggers: RegulatedTriggers,
) -> dict[RiskTier, Promise]:
    promises = make_promises(
        router, rows, tiers=tiers, triggers=triggers, terms=load_terms(), seed=SEED
    )
    return {p.tier: p for p in promises}


def test_trained_router_makes_its_low_tier_promise_and_marks_it_simulated(
    router: Router,
    dataset: list[TrainingExample],
    tiers: dict[str, RiskTier],
    triggers: RegulatedTriggers,
) -> None:
    promises = made_for(router, dataset, tiers, triggers)
    assert promises[RiskTier.LOW].verdict is Verdict.PASS
    assert promises[RiskTier.LOW].simulated
    assert promises[RiskTier.MEDIUM].verdict is Verdict.NOT_MEASURED
    assert promises[RiskTier.HIGH].verdict is Verdict.NOT_MEASURED


def test_flagged_replies_count_as_wrong(
    router: Router,
    dataset: list[TrainingExample],
    tiers: dict[str, RiskTier],
    triggers: RegulatedTriggers,
) -> None:
    """R24: a risky or off-topic flag is a mistake even where the topic was right."""
    flagged = [replace(e, accepted=False) for e in dataset]
    assert made_for(router, flagged, tiers, triggers)[RiskTier.LOW].threshold is None


def test_promise_rests_on_calibration_rows_the_router_was_not_fitted_on(
    router: Router,
    dataset: list[TrainingExample],
    tiers: dict[str, RiskTier],
    triggers: RegulatedTriggers,
) -> None:
    """R25: training, temperature and starting points are disjoint from the rows tested."""
    fitted, tested = calibration_parts(dataset, seed=SEED)
    assert {e.split for e in [*fitted, *tested]} == {Split.CALIBRATION}
    assert not {e.group for e in fitted} & {e.group for e in tested}
    elsewhere = [e for e in dataset if e.split is not Split.CALIBRATION]
    only_tested = made_for(router, [*fitted, *tested], tiers, triggers)
    spoiled = [replace(e, accepted=False) for e in elsewhere]
    assert made_for(router, [*fitted, *tested, *spoiled], tiers, triggers) == only_tested


def test_reviewers_verdict_replaces_wrong_labels_and_flags_on_held_out_rows_only(
    router: Router,
    dataset: list[TrainingExample],
    tiers: dict[str, RiskTier],
    triggers: RegulatedTriggers,
) -> None:
    """R25: a promise is measured against people's verdicts, not against an export's mistakes."""
    mislabeled = [
        replace(e, topic="promo_code", accepted=False) if n % 8 == 0 else e
        for n, e in enumerate(dataset)
    ]
    seen = with_reviews(mislabeled, {e.example_id: e.topic for e in dataset})
    assert made_for(router, mislabeled, tiers, triggers)[RiskTier.LOW].threshold is None
    assert made_for(router, seen, tiers, triggers)[RiskTier.LOW].threshold is not None
    train = [e for e in mislabeled if e.split is Split.TRAIN]
    assert [e for e in seen if e.split is Split.TRAIN] == train


def test_synthetic_rows_are_no_evidence(
    router: Router,
    dataset: list[TrainingExample],
    tiers: dict[str, RiskTier],
    triggers: RegulatedTriggers,
) -> None:
    mark = Synthesis("grammar/1", 1, "cell", (), False)
    synthetic = [replace(e, split=Split.TRAIN, synthesis=mark) for e in dataset]
    assert made_for(router, synthetic, tiers, triggers)[RiskTier.LOW].n == 0
