from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from handrail.errors import Refused
from handrail.evaluation.gate import RULES, GateRules, gate
from handrail.evaluation.results import Evaluation, Unscored
from handrail.verdicts import Finding, Verdict
from tests.evaluation.conftest import Tally, evaluation_of, key_of

GATE = GateRules.read(RULES)
FOUR = ("correctness", "tone", "disclosure", "escalation")


def judged(
    evaluation: Evaluation, champion: Evaluation | Unscored | None = None
) -> Mapping[str, Finding]:
    findings = gate(evaluation, champion, key=key_of(), rules=GATE)
    assert all(finding.blocking for finding in findings)
    return {finding.check: finding for finding in findings}


def test_a_good_first_release_passes_everything() -> None:
    """R19"""
    findings = judged(evaluation_of({}))
    assert list(findings) == [*FOUR, "not_worse_than_champion", "contamination"]
    assert {f.verdict for f in findings.values()} == {Verdict.PASS}
    assert "no champion yet" in findings["not_worse_than_champion"].reason


@pytest.mark.parametrize("measure", FOUR)
def test_each_floor_fails_on_its_own(measure: str) -> None:
    """R18, R19"""
    findings = judged(evaluation_of({measure: Tally(70, 100)}))
    failed = {name for name, f in findings.items() if f.verdict is not Verdict.PASS}
    assert failed == {measure}


def test_the_lower_bound_is_compared_not_the_share() -> None:
    """R18: 9 of 10 right is no evidence of 80 %, 95 of 100 is"""
    few = judged(evaluation_of({"correctness": Tally(9, 10)}))["correctness"]
    many = judged(evaluation_of({"correctness": Tally(95, 100)}))["correctness"]
    assert (few.verdict, many.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert few.measures["share"] == 0.9


@pytest.mark.parametrize("measure", FOUR)
def test_a_measure_without_a_case_is_not_measured(measure: str) -> None:
    """R19"""
    findings = judged(evaluation_of({measure: Tally(0, 0)}))
    assert findings[measure].verdict is Verdict.NOT_MEASURED


@pytest.mark.parametrize(
    "incomplete",
    [
        replace(evaluation_of({}), suite_complete=False),
        replace(evaluation_of({}), failed=("real.200",), asked=101),
        replace(evaluation_of({}), asked=101),
        replace(evaluation_of({}), asked=0, cases=()),
    ],
)
def test_an_incomplete_evaluation_passes_nothing(incomplete: Evaluation) -> None:
    """R19"""
    findings = judged(incomplete, evaluation_of({}))
    assert {f.verdict for f in findings.values()} == {Verdict.NOT_MEASURED}


def test_a_stale_evaluation_is_refused_by_name() -> None:
    """R19"""
    with pytest.raises(Refused, match="model, scrubber changed"):
        gate(evaluation_of({}), None, key=key_of(model="b", scrubber="b"), rules=GATE)


def against(ours: Tally, theirs: Tally) -> Verdict:
    champion = evaluation_of({"tone": theirs})
    findings = judged(evaluation_of({"tone": ours}), champion)
    return findings["not_worse_than_champion"].verdict


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        (Tally(98, 100), Tally(98, 100), Verdict.PASS),
        (Tally(100, 100), Tally(90, 100), Verdict.PASS),
        (Tally(97, 100), Tally(99, 100), Verdict.PASS),  # within the tolerance, and may be chance
        (Tally(92, 100), Tally(98, 100), Verdict.FAIL),
    ],
)
def test_worse_than_the_champion_fails(ours: Tally, theirs: Tally, verdict: Verdict) -> None:
    """R19"""
    assert against(ours, theirs) is verdict


def test_a_small_loss_that_chance_does_not_explain_fails() -> None:
    """R19: 5 lost and none won of 200 is within the tolerance of 3 %, and has p = 0.03"""
    champion = evaluation_of({}, asked=200)
    lost = evaluation_of({"tone": Tally(195, 200)}, asked=200)
    assert judged(lost, champion)["not_worse_than_champion"].verdict is Verdict.FAIL
    four = evaluation_of({"tone": Tally(196, 200)}, asked=200)
    assert judged(four, champion)["not_worse_than_champion"].verdict is Verdict.PASS


def test_only_shared_questions_count_against_the_champion() -> None:
    """R20"""
    ours = evaluation_of({"tone": Tally(60, 100)})
    theirs = evaluation_of({}, asked=60)
    finding = judged(ours, theirs)["not_worse_than_champion"]
    assert (finding.verdict, finding.measures["shared"]) == (Verdict.PASS, 60)


@pytest.mark.parametrize("champion", [Unscored("its model is gone"), evaluation_of({}, asked=10)])
def test_a_champion_that_cannot_be_compared_is_not_measured(
    champion: Evaluation | Unscored,
) -> None:
    """R19"""
    finding = judged(evaluation_of({}), champion)["not_worse_than_champion"]
    assert finding.verdict is Verdict.NOT_MEASURED


def test_one_reply_with_something_of_another_region_fails() -> None:
    """R2"""
    finding = judged(evaluation_of({"contamination": Tally(99, 100)}))["contamination"]
    assert (finding.verdict, finding.measures["foreign"]) == (Verdict.FAIL, 1)


def test_replies_that_were_not_searched_are_not_measured() -> None:
    finding = judged(evaluation_of({"contamination": Tally(99, 99)}))["contamination"]
    assert finding.verdict is Verdict.NOT_MEASURED
