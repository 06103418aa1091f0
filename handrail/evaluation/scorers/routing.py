"""Routing: the router named the topic that people named, whatever happened with the reply."""

from __future__ import annotations

from handrail.agent.types import DecisionRecord
from handrail.evaluation.questions import EvaluationCase
from handrail.evaluation.scorers.score import Score
from handrail.playbook.model import Playbook


class Routing:
    """1 if the routed topic is the labeled one."""

    measure = "routing"

    def __init__(self, playbook: Playbook) -> None:
        del playbook

    def score(self, case: EvaluationCase, record: DecisionRecord) -> Score:
        """Compare the route with the label people set."""
        if case.expected_topic is None:
            return Score(self.measure, None, "no topic was expected")
        if record.route.topic == case.expected_topic:
            return Score(self.measure, 1.0, "the routed topic is the labeled one")
        return Score(self.measure, 0.0, f"routed to {record.route.topic}")
