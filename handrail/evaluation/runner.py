"""Run a suite through an agent and keep the scores, never the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from handrail.agent.types import Case, DecisionRecord
from handrail.errors import HandrailError, Refused, without_chat_text
from handrail.evaluation.questions import EvaluationCase, Suite
from handrail.evaluation.results import CaseScores, Evaluation, EvaluationKey
from handrail.evaluation.scorers import Scorer

Agent = Callable[[Case], DecisionRecord]
Progress = Callable[[int, int], None]


def run_suite(
    suite: Suite,
    agent: Agent,
    *,
    scorers: Sequence[Scorer],
    key: EvaluationKey,
    progress: Progress,
) -> Evaluation:
    """Ask the agent every question and score what it did (R18).

    `key` names the contents the agent is made of; it must name this suite. `progress` is called
    with (asked, all) after every question. A question the agent fails on is recorded as failed,
    which makes the evaluation incomplete: a gate then counts it as not measured.
    """
    if key.suite != suite.digest:
        msg = "the evaluation key names another suite than the one being run"
        raise Refused(msg)
    scored: list[CaseScores] = []
    failed: list[str] = []
    for number, case in enumerate(suite.cases, start=1):
        try:
            scored.append(_scored(case, agent, scorers))
        except HandrailError:
            failed.append(case.case_id)
        progress(number, len(suite.cases))
    return Evaluation(
        region=suite.region,
        key=key,
        suite_complete=all(f.verdict.passed for f in suite.findings if f.blocking),
        asked=len(suite.cases),
        failed=tuple(failed),
        cases=tuple(scored),
    )


def _scored(case: EvaluationCase, agent: Agent, scorers: Sequence[Scorer]) -> CaseScores:
    with without_chat_text(case.case_id):
        record = agent(case.case)
        if record.case.case_id != case.case_id:
            msg = f"the agent answered another case than {case.case_id}"
            raise Refused(msg)
        scores = [scorer.score(case, record) for scorer in scorers]
    return CaseScores(
        case_id=case.case_id,
        stratum=case.stratum,
        topic=case.expected_topic or "none",
        language=case.case.language,
        role=case.case.role,
        action=record.decision.action,
        scores={score.measure: score.value for score in scores},
        reasons={score.measure: score.reason for score in scores if score.value == 0.0},
    )
