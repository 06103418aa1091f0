"""What the weight of negative feedback does, on chats of the simulated company (R24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from handrail.agent.correctness import Correctness
from handrail.agent.lessons import Lesson
from handrail.agent.offers import Evidence, Offer
from handrail.agent.teaching import Design, calibrated
from handrail.agent.types import RiskTier, Route
from handrail.agent.weight_curve import (
    SCALES,
    SHUFFLES,
    SHUFFLES_DRAWN,
    WeightCurve,
    feedback_has_effect,
    weight_curve,
)
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import calibration_parts
from handrail.evaluation.weight_plot import weight_plot
from handrail.playbook.model import Playbook
from handrail.verdicts import Verdict
from tests.agent.simulated import simulated_rows

# Trains several times: with `make test-services`.
pytestmark = pytest.mark.whole

SEED, CHATS = 7, 4000
BARS = {RiskTier.LOW: 0.9, RiskTier.MEDIUM: 0.9}


@dataclass(frozen=True)
class Told:
    """Lessons and evidence of a region, with the topic of every route as people set it."""

    design: Design
    head: Correctness
    evidence: Evidence
    flags: Mapping[str, bool | None]
    tiers: Mapping[str, RiskTier]


def _offers(rows: Sequence[TrainingExample], playbook: Playbook) -> list[Offer]:
    """Each row routed to its topic: what is measured is feedback, not the router."""
    offers = []
    for row in rows:
        cell = playbook.templates_for(row.topic, row.region, row.language)
        route = Route(row.topic, 0.97, False, 0.05, (), (("other", 0.01),))
        if cell and not playbook.topics[row.topic].regulated:
            offers.append(Offer(row, route, cell[0].id))
    return offers


@pytest.fixture(scope="module")
def told(playbook: Playbook) -> Told:
    rows, _ = simulated_rows(playbook, region="us", languages=("en",), chats=CHATS, seed=SEED)
    lessons = [
        Lesson(
            o.row.message, o.route, str(o.template), True, o.row.accepted,
            o.row.weight if o.row.accepted is None else o.row.outcome_weight, o.row.group,
            is_boundary=False,
        )
        for o in _offers([r for r in rows if r.split is Split.TRAIN], playbook)
    ]  # fmt: skip
    fit, promised = calibration_parts(rows, seed=SEED)
    test = [r for r in rows if r.split is Split.TEST]
    seen = Evidence(*(_offers(part, playbook) for part in (fit, promised, test)))
    design = Design.of(lessons, playbook=playbook, region="us")
    return Told(
        design,
        calibrated(design.head(design.content), seen.fit),
        seen,
        {row.example_id: row.accepted for row in rows},
        {t.name: RiskTier(t.tier) for t in playbook.topics.values()},
    )


def drawn(told: Told) -> WeightCurve:
    return weight_curve(
        told.design, told.head, told.evidence, flags=told.flags, bars=BARS, tiers=told.tiers,
        seed=SEED,
    )  # fmt: skip


@pytest.fixture(scope="module")
def curve(told: Told) -> WeightCurve:
    return drawn(told)


def test_heavier_warnings_raise_abstention_and_lower_violations(curve: WeightCurve) -> None:
    """R24: the direction, and the price beside it."""
    real = [point.real for point in curve.points]
    assert [point.scale for point in curve.points] == list(SCALES)
    assert real[0].flagged >= 20
    abstained = [counts.abstention for counts in real]
    violated = [counts.violation_share for counts in real]
    refused = [counts.over_refusal for counts in real]
    assert abstained == sorted(abstained)
    assert violated == sorted(violated, reverse=True)
    assert abstained[0] < abstained[-1]
    assert violated[-1] < violated[0]
    assert refused[-1] > refused[0]


def test_warnings_act_on_what_people_warn_of_and_shuffled_ones_on_all_alike(
    curve: WeightCurve,
) -> None:
    """R24: the control is flat; the flags that people set are not."""
    found = feedback_has_effect(curve)
    assert (found.verdict, found.blocking) == (Verdict.PASS, False), found.reason
    assert len(curve.at(1.0).shuffled) == SHUFFLES
    for point in curve.points[1:]:
        assert len(point.shuffled) >= SHUFFLES_DRAWN
        assert point.real.selectivity > 0.6
    control = [run.selectivity for run in curve.at(1.0).shuffled]
    assert abs(sum(control) / len(control) - 0.5) < 0.06
    assert "shuffled" in found.reason


def test_flags_without_any_pattern_are_said_to_have_no_effect(told: Told) -> None:
    """R24: what was not measured is not claimed."""
    content = list(told.design.content)
    pairs = [(lesson.accepted, lesson.weight) for lesson in content]
    dealt = pairs[1371:] + pairs[:1371]
    other = [replace(n, accepted=a, weight=w) for n, (a, w) in zip(content, dealt, strict=True)]
    random = replace(told, design=replace(told.design, content=other))
    found = feedback_has_effect(drawn(random))
    assert found.verdict is Verdict.FAIL
    assert "no effect of feedback beyond chance was measured" in found.reason


def test_point_of_scale_one_is_the_model_itself(told: Told, curve: WeightCurve) -> None:
    offers = [
        (o, BARS[told.tiers[str(o.route.topic)]])
        for o in (*told.evidence.promise, *told.evidence.test)
        if told.tiers[str(o.route.topic)] in BARS
    ]
    sent = sum(
        told.head.probability(o.row.message, o.route, o.template) >= bar for o, bar in offers
    )
    assert (curve.at(1.0).real.rows, curve.at(1.0).real.sent) == (len(offers), sent)


def test_too_few_flags_are_not_measured(curve: WeightCurve) -> None:
    few = [replace(point, real=replace(point.real, flagged=4)) for point in curve.points]
    none = feedback_has_effect(replace(curve, points=tuple(few)))
    assert none.verdict is Verdict.NOT_MEASURED
    assert not none.blocking


def test_curve_is_drawn_with_its_control(curve: WeightCurve) -> None:
    picture = weight_plot(curve)
    assert picture.startswith("![weight of negative feedback in us](data:image/png;base64,")
