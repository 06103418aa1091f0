"""Correctness: an answer is about what the customer asked."""

from __future__ import annotations

from handrail.agent.types import DecisionRecord
from handrail.evaluation.questions import EvaluationCase
from handrail.evaluation.scorers.score import Score, is_answer
from handrail.playbook.model import Playbook


class Correctness:
    """1 if a sent or drafted reply is routed to the labeled topic and uses a template of it.

    What the playbook doesn't cover is right with people: a hand-off is 1 there, any answer 0. Of
    what it covers a hand-off is no answer and isn't judged here: `coverage` counts it.
    """

    measure = "correctness"

    def __init__(self, playbook: Playbook) -> None:
        self._covered = frozenset(playbook.topics)
        self._topic_of = {template.id: template.topic for template in playbook.templates}

    def score(self, case: EvaluationCase, record: DecisionRecord) -> Score:
        """Compare route and template with the label people set."""
        if case.expected_topic is None:
            return Score(self.measure, None, "no topic was expected")
        if not is_answer(record) and case.expected_topic not in self._covered:
            return Score(self.measure, 1.0, "outside the playbook, and left to people")
        if not is_answer(record):
            return Score(self.measure, None, "not answered")
        if record.route.topic != case.expected_topic:
            return Score(self.measure, 0.0, f"answered as {record.route.topic}")
        template = record.proposal.template_id
        if self._topic_of.get(template or "") != case.expected_topic:
            return Score(self.measure, 0.0, f"used template {template} of another topic")
        return Score(self.measure, 1.0, "topic and template match the label")
