"""Reasons: the decision was right for the right reason."""

from __future__ import annotations

from handrail.agent.types import DecisionRecord
from handrail.evaluation.questions import EvaluationCase
from handrail.evaluation.scorers.score import Score
from handrail.playbook.model import Playbook


class Reasons:
    """1 if the reason that an edge case expects is among those the decision gives."""

    measure = "reasons"

    def __init__(self, playbook: Playbook) -> None:
        del playbook

    def score(self, case: EvaluationCase, record: DecisionRecord) -> Score:
        """Look for the expected reason's code."""
        if case.expected_reason is None:
            return Score(self.measure, None, "no reason in particular was expected")
        given = [reason.code for reason in record.decision.reasons]
        if case.expected_reason in given:
            return Score(self.measure, 1.0, f"{case.expected_reason} is given")
        listed = ", ".join(given)
        return Score(self.measure, 0.0, f"{case.expected_reason} is not among {listed}")
