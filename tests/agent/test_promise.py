from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handrail.agent import terms as terms_module
from handrail.agent.correctness import Correctness
from handrail.agent.learn_then_test import GRID, lowest_safe_threshold, starting_points
from handrail.agent.offers import Evidence, Offer, Offering, evidence
from handrail.agent.policy import build_policy
from handrail.agent.promise import (
    NOT_PROMISED,
    Promise,
    TopicShare,
    make_promises,
    promise,
    wrong_share,
)
from handrail.agent.router import Router
from handrail.agent.terms import load_terms, read_terms
from handrail.agent.types import RiskTier
from handrail.bounds import binomial_tail_p
from handrail.dataset.model import Split, Synthesis, TrainingExample
from handrail.dataset.reviews import Review, with_reviews
from handrail.dataset.splits import calibration_parts
from handrail.errors import BadInput
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
        least_rows=0, simulated=False,
    )  # fmt: skip


def starts_from(fit: list[float], tested: int, alpha: float = ALPHA) -> tuple[float, ...]:
    return starting_points(fit, tested=tested, alpha=alpha, delta=DELTA)


def true_error(threshold: float) -> float:
    population = np.random.default_rng(99).beta(8, 0.4, size=200_000)
    return float(1.5 * np.mean(1 - population[population >= threshold]))


@pytest.mark.parametrize(
    ("alpha", "tested", "least_made"),
    [
        (0.10, 300, 300),
        (0.10, 75, 200),
        (0.05, 150, 100),
        (0.05, 500, 300),
        (0.02, 2000, 300),
        (0.01, 4000, 300),
    ],
)
def test_promise_is_broken_in_at_most_delta_of_400_splits(
    alpha: float,
    tested: int,
    least_made: int,
    record_property: Callable[[str, object], None],
) -> None:
    """R25: 400 draws of a population whose truth is known; the true wrong share exceeds alpha in at
    most a share delta of them.

    The bound is honest: were the promise broken in more than delta of all draws, so few broken ones
    of 400 would be seen with a probability of 5 % at most, or else the test proves nothing.
    """
    true_share = {t: true_error(t) for t in GRID}
    rng = np.random.default_rng(20260105)
    wrong, coverage = 0, []
    for _ in range(400):
        starts = starts_from([p for p, _ in scored(rng, tested // 3)], tested, alpha)
        rows = scored(rng, tested)
        found = lowest_safe_threshold(rows, starts=starts, alpha=alpha, level=DELTA / len(starts))
        if found is not None:
            wrong += true_share[found] > alpha
            coverage.append(sum(p >= found for p, _ in rows) / tested)
    figure = (
        f"alpha {alpha:.0%}, {tested} rows: broken in {wrong} of 400 splits ({wrong / 4:.2f} %, "
        f"allowed {DELTA:.0%}), made in {len(coverage)}, coverage {np.mean(coverage):.1%}"
    )
    record_property("promise", figure)
    assert len(coverage) > least_made, figure  # the promise isn't kept by never making it
    assert wrong <= DELTA * 400, figure
    assert binomial_tail_p(wrong, 400, alpha=DELTA) <= 0.05, figure


def test_more_wrong_rows_never_lower_the_threshold() -> None:
    rng = np.random.default_rng(4)
    rows = [(p, ok) for p, ok in scored(rng, 800)]
    starts = starts_from([p for p, _ in scored(rng, 200)], 800)
    before = low(rows, starts).threshold
    spoiled = [(p, ok and index % 50 > 0) for index, (p, ok) in enumerate(rows)]
    after = low(spoiled, starts).threshold
    assert before is not None
    assert after is None or after >= before


def test_perfect_rows_are_promised_from_the_lowest_tested_point() -> None:
    rows = [(0.9 + 0.0001 * n, True) for n in range(300)]
    made = low(rows, starts_from([0.9 + 0.001 * n for n in range(30)], 300))
    assert made.verdict is Verdict.PASS
    assert made.coverage == 1.0
    assert made.threshold is not None
    assert 0.88 < made.threshold <= 0.9  # not below what was seen


def test_low_coverage_start_alone_would_have_stopped_at_once() -> None:
    """The trap: where few rows pass, no p-value is small, and a single sequence ends there."""
    rows = [(0.5 + n / 1000, True) for n in range(400)]
    assert lowest_safe_threshold(rows, starts=[0.89], alpha=ALPHA, level=DELTA) is None
    several = starts_from([p for p, _ in rows], 400)
    found = lowest_safe_threshold(rows, starts=several, alpha=ALPHA, level=DELTA / len(several))
    assert found is not None


def test_starts_that_no_row_count_could_reject_take_no_share_of_delta() -> None:
    """R25: 25 % of 74 rows reject nothing; 95 % do, alone, and by 500 rows each of the four may."""
    fit = [0.5 + n / 1000 for n in range(400)]
    assert [len(starts_from(fit, tested)) for tested in (10, 74, 116, 200, 500)] == [1, 1, 2, 3, 4]
    assert set(starts_from(fit, 74)) < set(starts_from(fit, 116)) < set(starts_from(fit, 500))
    assert low([(0.99, True)] * 45, starts_from(fit, 45)).verdict is Verdict.PASS
    assert low([(0.99, True)] * 44, starts_from(fit, 44)).verdict is Verdict.NOT_MEASURED


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
    assert low([], starts_from([], 0)).verdict is Verdict.NOT_MEASURED


def test_high_risk_is_never_promised() -> None:
    made = promise(
        [(0.999, True)] * 5000, starts=(0.9,), region="eu", tier=RiskTier.HIGH,
        alpha=load_terms().alpha.get(RiskTier.HIGH, 0.0), delta=DELTA, least_rows=0,
        simulated=False,
    )  # fmt: skip
    assert made.threshold is None


@pytest.fixture(scope="module")
def tiers(playbook: Playbook) -> dict[str, RiskTier]:
    return {t.name: RiskTier(t.tier) for t in playbook.topics.values()}


Made = Callable[[list[TrainingExample]], dict[RiskTier, Promise]]


@pytest.fixture(scope="module")
def made_for(
    router: Router, untaught: Correctness, offering: Offering, tiers: dict[str, RiskTier]
) -> Made:
    """The promises on some rows, by tier."""

    def made(rows: list[TrainingExample]) -> dict[RiskTier, Promise]:
        seen = evidence(rows, offering, router, seed=SEED)
        promises = make_promises(
            untaught, seen, region="eu", tiers=tiers, terms=load_terms(), seed=SEED
        )
        return {p.tier: p for p in promises}

    return made


def test_trained_router_makes_its_low_tier_promise_and_marks_it_simulated(
    made_for: Made, dataset: list[TrainingExample]
) -> None:
    promises = made_for(dataset)
    assert promises[RiskTier.LOW].verdict is Verdict.PASS
    assert promises[RiskTier.LOW].simulated
    assert promises[RiskTier.MEDIUM].verdict is Verdict.NOT_MEASURED
    assert promises[RiskTier.HIGH].verdict is Verdict.NOT_MEASURED


def test_flagged_replies_count_as_wrong(made_for: Made, dataset: list[TrainingExample]) -> None:
    """R24: a risky or off-topic flag is a mistake even where the topic was right."""
    flagged = [replace(e, accepted=False) for e in dataset]
    assert made_for(flagged)[RiskTier.LOW].threshold is None


def test_promise_rests_on_calibration_rows_the_router_was_not_fitted_on(
    made_for: Made, dataset: list[TrainingExample]
) -> None:
    """R25: training, temperature and starting points are disjoint from the rows tested."""
    fitted, tested = calibration_parts(dataset, seed=SEED)
    assert {e.split for e in [*fitted, *tested]} == {Split.CALIBRATION}
    assert not {e.group for e in fitted} & {e.group for e in tested}
    elsewhere = [e for e in dataset if e.split is not Split.CALIBRATION]
    only_tested = made_for([*fitted, *tested])
    spoiled = [replace(e, accepted=False) for e in elsewhere]
    assert made_for([*fitted, *tested, *spoiled]) == only_tested


def test_reviewers_verdict_replaces_wrong_labels_on_held_out_rows_only(
    made_for: Made, dataset: list[TrainingExample]
) -> None:
    """R25: a promise is measured against people's verdicts, not against an export's mistakes."""
    mislabeled = [
        replace(e, topic="promo_code") if n % 8 == 0 else e for n, e in enumerate(dataset)
    ]
    seen = with_reviews(mislabeled, {e.example_id: Review(e.topic) for e in dataset})
    assert made_for(mislabeled)[RiskTier.LOW].threshold is None
    assert made_for(seen)[RiskTier.LOW].threshold is not None
    train = [e for e in mislabeled if e.split is Split.TRAIN]
    assert [e for e in seen if e.split is Split.TRAIN] == train


def test_flag_stands_beside_a_verdict_on_the_topic_alone(
    made_for: Made, dataset: list[TrainingExample]
) -> None:
    """R24, R25: a flagged row is not accepted, unless a person who judged the outcome says so."""
    flagged = [replace(e, accepted=False) for e in dataset]
    topic_only = {e.example_id: Review(e.topic) for e in dataset}
    cleared = {e.example_id: Review(e.topic, accepted=True) for e in dataset}
    condemned = {e.example_id: Review(e.topic, accepted=False) for e in dataset}
    assert made_for(with_reviews(flagged, topic_only))[RiskTier.LOW].threshold is None
    assert made_for(with_reviews(flagged, cleared))[RiskTier.LOW].threshold is not None
    assert made_for(with_reviews(dataset, condemned))[RiskTier.LOW].threshold is None
    train = [e for e in with_reviews(flagged, cleared) if e.split is Split.TRAIN]
    assert {e.accepted for e in train} == {False}


def test_topic_that_does_worse_than_its_tiers_promise_only_drafts(
    router: Router,
    untaught: Correctness,
    offering: Offering,
    tiers: dict[str, RiskTier],
    dataset: list[TrainingExample],
    playbook: Playbook,
) -> None:
    """R25: a stage opens some topics, so the good ones must not hide a bad one."""
    seen = evidence(dataset, offering, router, seed=SEED)
    terms = load_terms()
    right = [replace(o, row=replace(o.row, topic=o.route.topic or "")) for o in seen.promise]
    hidden = [
        replace(o, row=replace(o.row, group=f"{o.row.group}-{n}")) for n in range(40) for o in right
    ]
    few = [
        replace(o, row=replace(o.row, group=f"few-{n}", accepted=n % 3 != 0))
        for n, o in enumerate([o for o in right if o.route.topic == "promo_code"] * 2)
    ]
    good = [o for o in hidden if o.route.topic != "promo_code"]
    held = Evidence(seen.fit, [*good, *few], seen.test)
    made = make_promises(untaught, held, region="eu", tiers=tiers, terms=terms, seed=SEED)
    low = next(p for p in made if p.tier is RiskTier.LOW)
    assert low.threshold is not None
    assert [share.topic for share in low.topics if share.worse] == ["promo_code"]
    policy = build_policy(playbook, region="eu", promises=made, open_cells=(), terms=terms)
    assert policy.worse_topics == {"promo_code"}
    fine = [replace(p, topics=()) for p in made]
    other = build_policy(playbook, region="eu", promises=fine, open_cells=(), terms=terms)
    assert policy.digest != other.digest


def test_promise_tests_one_row_a_customer(
    router: Router,
    untaught: Correctness,
    offering: Offering,
    tiers: dict[str, RiskTier],
    dataset: list[TrainingExample],
) -> None:
    """R25: one customer's rows go wrong together, so they are no independent trials."""
    seen = evidence(dataset, offering, router, seed=SEED)

    def low(offers: Sequence[Offer]) -> Promise:
        held = Evidence(seen.fit, offers, seen.test)
        made = make_promises(
            untaught, held, region="eu", tiers=tiers, terms=load_terms(), seed=SEED
        )
        return next(p for p in made if p.tier is RiskTier.LOW)

    again = [
        replace(o, row=replace(o.row, example_id=f"{o.row.example_id}x")) for o in seen.promise
    ]
    assert low(seen.promise).threshold is not None
    assert low([*seen.promise, *again]).n == low(seen.promise).n
    assert low(list(reversed(seen.promise))) == low(seen.promise)
    one = [replace(o, row=replace(o.row, group="s1")) for o in seen.promise]
    assert (low(one).n, low(one).threshold) == (1, None)


def test_synthetic_rows_are_no_evidence(made_for: Made, dataset: list[TrainingExample]) -> None:
    mark = Synthesis("grammar/1", 1, "cell", (), False)
    synthetic = [replace(e, split=Split.TRAIN, synthesis=mark) for e in dataset]
    assert made_for(synthetic)[RiskTier.LOW].n == 0


def test_alpha_below_two_percent_takes_four_thousand_rows() -> None:
    """R25: 1 % only from 4,000 labeled rows a tier up, however few are wrong."""
    terms = load_terms()
    assert [terms.least_rows(alpha) for alpha in (0.05, 0.02, 0.019, 0.01)] == [0, 0, 4000, 4000]
    made = [
        promise(
            [(0.99, True)] * n, starts=(0.9,), region="eu", tier=RiskTier.LOW, alpha=0.01,
            delta=DELTA, least_rows=terms.least_rows(0.01), simulated=False,
        )
        for n in (3999, 4000)
    ]  # fmt: skip
    assert [p.verdict for p in made] == [Verdict.NOT_MEASURED, Verdict.PASS]
    assert "at most 1% wrong takes 4,000" in made[0].reason


@pytest.mark.parametrize("alpha", ["0.009", "0.0", "1.0"])
def test_terms_that_promise_what_cannot_be_measured_are_refused(alpha: str, tmp_path: Path) -> None:
    shipped = Path(terms_module.__file__).with_name("terms.yaml").read_text(encoding="utf-8")
    assert "low: 0.05" in shipped
    file = tmp_path / "terms.yaml"
    file.write_text(shipped.replace("low: 0.05", f"low: {alpha}"), encoding="utf-8")
    with pytest.raises(BadInput, match="the least that can be promised"):
        read_terms(file)


def test_sentence_says_alpha_delta_and_n_or_why_there_is_none(
    made_for: Made, dataset: list[TrainingExample]
) -> None:
    """R25: the sentence that people read."""
    promises = made_for(dataset)
    kept = promises[RiskTier.LOW]
    assert "over all topics of low risk together, at most 5% have the wrong topic" in kept.sentence
    assert "or are flagged, with confidence 90%" in kept.sentence
    assert f"{kept.n} rows of different customers, as a simulated desk labeled" in kept.sentence
    assert promises[RiskTier.MEDIUM].reason in promises[RiskTier.MEDIUM].sentence


def test_sentence_says_who_labeled_and_that_the_point_of_a_message_is_not_promised(
    made_for: Made, dataset: list[TrainingExample]
) -> None:
    """R25: no more than was measured; a label of the desk is not a reviewer's verdict."""
    every = {e.example_id: Review(e.topic) for e in dataset}
    by_desk = made_for(dataset)[RiskTier.LOW]
    assert by_desk.reviewed == 0
    assert "labeled them, reviewed by nobody" in by_desk.sentence
    by_all = made_for(with_reviews(dataset, every))[RiskTier.LOW]
    assert by_all.reviewed == by_all.n
    assert "reviewed by simulated reviewers" in by_all.sentence
    half = dict(list(every.items())[::2])
    by_some = made_for(with_reviews(dataset, half))[RiskTier.LOW]
    assert 0 < by_some.reviewed < by_some.n
    assert f"{by_some.reviewed} of them reviewed by simulated reviewers" in by_some.sentence
    real = replace(by_some, simulated=False)
    assert "reviewed by people, the others as the desk labeled them" in real.sentence
    for made in (by_desk, by_all, by_some):
        assert made.sentence.endswith(NOT_PROMISED)
        assert "judged apart" in NOT_PROMISED


def test_topics_within_a_promise_add_up_to_it(
    made_for: Made, dataset: list[TrainingExample]
) -> None:
    """R25: topics are monitored, and a small one is not shown."""
    kept = made_for(dataset)[RiskTier.LOW]
    assert sum(share.sent for share in kept.topics) == round(kept.coverage * kept.n)
    assert len(kept.topics) > 1
    assert wrong_share(TopicShare("promo_code", 4, 1)) == "suppressed"
    assert wrong_share(TopicShare("promo_code", 50, 1)) == "2.0%"


@pytest.mark.parametrize("set_by", ["rule", "model"])
def test_topic_that_no_person_set_is_no_truth(
    set_by: str, made_for: Made, dataset: list[TrainingExample]
) -> None:
    """R25: truth from human verdicts only; a reviewer's verdict makes a row count again."""
    guessed = [replace(e, topic_set_by=set_by) for e in dataset]
    assert made_for(guessed)[RiskTier.LOW].n == 0
    seen = with_reviews(guessed, {e.example_id: Review(e.topic) for e in dataset})
    assert made_for(seen)[RiskTier.LOW].n == made_for(dataset)[RiskTier.LOW].n


def test_regulated_messages_and_rows_without_a_template_count_in_no_promise(
    router: Router,
    untaught: Correctness,
    offering: Offering,
    tiers: dict[str, RiskTier],
    dataset: list[TrainingExample],
) -> None:
    seen = evidence(dataset, offering, router, seed=SEED)

    def counted(**changes: Any) -> int:
        offers = [replace(o, **changes) for o in seen.promise]
        held = Evidence(seen.fit, offers, seen.test)
        made = make_promises(
            untaught, held, region="eu", tiers=tiers, terms=load_terms(), seed=SEED
        )
        return sum(p.n for p in made)

    assert counted() > 0
    assert counted(template=None) == 0
    regulated = [replace(o, route=replace(o.route, regulated=("keyword:x",))) for o in seen.promise]
    held = Evidence(seen.fit, regulated, seen.test)
    made = make_promises(untaught, held, region="eu", tiers=tiers, terms=load_terms(), seed=SEED)
    assert sum(p.n for p in made) == 0
