"""Coverage: how many of the questions that have an approved answer get one."""

from __future__ import annotations

from handrail.agent.types import DecisionRecord
from handrail.evaluation.questions import EvaluationCase, Expectation
from handrail.evaluation.scorers.score import Score, is_answer
from handrail.playbook.model import Playbook


class Coverage:
    """1 if a labeled, unregulated question was sent or drafted an answer, 0 if handed off.

    An abstention is not an error, but a release that abstains from everything helps nobody.
    """

    measure = "coverage"

    def __init__(self, playbook: Playbook) -> None:
        self._covered = {template.topic for template in playbook.templates}

    def score(self, case: EvaluationCase, record: DecisionRecord) -> Score:
        """Whether the agent answered."""
        if case.expected is not Expectation.ANSWER or case.expected_topic not in self._covered:
            return Score(self.measure, None, "no answer is approved for it")
        if not is_answer(record):
            return Score(self.measure, 0.0, "abstained")
        return Score(self.measure, 1.0, "answered")
