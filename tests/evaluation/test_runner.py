from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import pytest

from handrail.agent.types import Action, Case, DecisionRecord
from handrail.bounds import interval
from handrail.digests import digest
from handrail.errors import Refused
from handrail.evaluation.plots import scores_plot
from handrail.evaluation.questions import EvaluationCase, Suite
from handrail.evaluation.results import Evaluation, EvaluationKey, decode, encode, stale_parts
from handrail.evaluation.runner import Agent, run_suite
from handrail.evaluation.scorers import scorers_for
from handrail.evaluation.slices import overall, slices
from handrail.playbook.model import Playbook
from handrail.verdicts import Finding, holds, not_measured
from tests.evaluation.conftest import Tally, evaluation_of, key_of, question, reply

CANARY = "my secret word is xylophone"


def suite_of(cases: Sequence[EvaluationCase], finding: Finding | None = None) -> Suite:
    findings = (finding or holds("strata_complete", True, "complete"),)
    return Suite("eu", tuple(cases), digest("suite"), findings)


def questions(n: int) -> list[EvaluationCase]:
    return [question(case_id=f"real.{i:02}") for i in range(n)]


def run(suite: Suite, agent: Agent, playbook: Playbook) -> Evaluation:
    return run_suite(
        suite,
        agent,
        scorers=scorers_for(playbook),
        key=key_of(suite="suite"),
        progress=lambda asked, of: None,
    )


def test_every_case_has_every_score(playbook: Playbook) -> None:
    """R18"""
    evaluation = run(suite_of(questions(3)), reply, playbook)
    assert evaluation.complete
    for case in evaluation.cases:
        assert set(case.scores) >= {"correctness", "tone", "disclosure", "escalation"}
    assert evaluation.values("correctness") == {f"real.{i:02}": 1.0 for i in range(3)}


def test_progress_is_told_after_every_question(playbook: Playbook) -> None:
    told: list[tuple[int, int]] = []
    run_suite(
        suite_of(questions(2)),
        reply,
        scorers=scorers_for(playbook),
        key=key_of(suite="suite"),
        progress=lambda asked, of: told.append((asked, of)),
    )
    assert told == [(1, 2), (2, 2)]


def test_scores_are_kept_without_any_text(playbook: Playbook) -> None:
    """R36"""

    def chatty(case: Case) -> DecisionRecord:
        return reply(case, text=f"Calm down, {CANARY}.", topic="order_status")

    asked = questions(1)[0]
    asked = replace(asked, case=replace(asked.case, message=CANARY))
    stored = encode(run(suite_of([asked]), chatty, playbook))
    assert b"xylophone" not in stored
    assert b"dismissive" in stored


def test_stored_evaluation_reads_back_the_same(playbook: Playbook) -> None:
    evaluation = run(suite_of(questions(3)), reply, playbook)
    again = decode(encode(evaluation))
    assert again == evaluation
    assert again.digest == evaluation.digest


def test_a_question_the_agent_fails_on_makes_it_incomplete_and_stays_unquoted(
    playbook: Playbook,
) -> None:
    """R19"""

    def failing(case: Case) -> DecisionRecord:
        if case.case_id == "real.01":
            raise ValueError(case.message)
        return reply(case)

    evaluation = run(suite_of(questions(3)), failing, playbook)
    assert evaluation.failed == ("real.01",)
    assert not evaluation.complete


def test_an_answer_to_another_case_is_no_answer(playbook: Playbook) -> None:
    asked = questions(2)
    evaluation = run(suite_of(asked), lambda case: reply(asked[0].case), playbook)
    assert evaluation.failed == ("real.01",)


def test_an_insufficient_suite_makes_it_incomplete(playbook: Playbook) -> None:
    """R17"""
    small = suite_of(questions(3), not_measured("strata_complete", "too few"))
    assert not run(small, reply, playbook).complete


def test_a_key_of_another_suite_is_refused(playbook: Playbook) -> None:
    """R19"""
    with pytest.raises(Refused, match="another suite"):
        run_suite(
            suite_of(questions(1)),
            reply,
            scorers=scorers_for(playbook),
            key=key_of(suite="older suite"),
            progress=lambda asked, of: None,
        )


@pytest.mark.parametrize("part", [field.name for field in fields(EvaluationKey)])
def test_each_part_alone_makes_an_evaluation_stale(part: str) -> None:
    """R19"""
    evaluation = evaluation_of({})
    assert stale_parts(evaluation, key_of()) == ()
    assert stale_parts(evaluation, key_of(**{part: "changed"})) == (part,)


def test_slices_have_n_share_and_exact_interval(playbook: Playbook) -> None:
    """R18"""
    cases = [
        *(question(case_id=f"real.p{i}") for i in range(6)),
        *(question(case_id=f"real.o{i}", topic="order_status") for i in range(5)),
    ]
    evaluation = run(suite_of(cases), reply, playbook)  # answers everything as password_reset
    rows = {(s.dimension, s.value, s.measure): s for s in slices(evaluation, delta=0.05)}
    assert {dimension for dimension, _, _ in rows} == {
        "region", "stratum", "topic", "language", "role",
    }  # fmt: skip
    whole = rows["region", "eu", "correctness"]
    assert (whole.n, whole.share) == (11, 6 / 11)
    assert (whole.low, whole.high) == interval(6, 11, delta=0.05)
    assert rows["topic", "password_reset", "correctness"].share == 1.0
    assert rows["topic", "order_status", "correctness"].share == 0.0


def test_small_cells_are_suppressed(playbook: Playbook) -> None:
    """R18"""
    cases = [
        *(question(case_id=f"real.p{i}") for i in range(5)),
        *(question(case_id=f"real.o{i}", topic="order_status") for i in range(4)),
    ]
    evaluation = run(suite_of(cases), reply, playbook)
    rows = {(s.dimension, s.value, s.measure): s for s in slices(evaluation, delta=0.05)}
    small = rows["topic", "order_status", "correctness"]
    assert (small.n, small.share, small.low, small.high) == (4, None, None, None)
    assert rows["topic", "password_reset", "correctness"].share is not None


def test_a_measure_that_never_applies_has_no_share(playbook: Playbook) -> None:
    """R18"""

    def hands_off(case: Case) -> DecisionRecord:
        return reply(case, action=Action.HAND_OFF)

    evaluation = run(suite_of(questions(6)), hands_off, playbook)
    nothing = overall(evaluation, "correctness", delta=0.05)
    assert (nothing.n, nothing.share) == (0, None)


def test_plots_are_small_pictures_and_the_same_every_time() -> None:
    evaluation = evaluation_of({"correctness": Tally(70, 80), "tone": Tally(2, 3)})
    floors = {"correctness": 0.8, "tone": 0.9}
    picture = scores_plot(evaluation, floors, delta=0.05)
    assert picture.startswith("![scores of eu](data:image/png;base64,iVBORw0KGgo")
    assert len(picture) < 30_000
    assert picture == scores_plot(evaluation, floors, delta=0.05)
    assert picture != scores_plot(evaluation_of({}), floors, delta=0.05)
