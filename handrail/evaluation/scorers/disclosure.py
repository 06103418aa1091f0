"""Disclosure: every sentence that the region requires is in the reply."""

from __future__ import annotations

from handrail.agent.types import Action, DecisionRecord
from handrail.conversations.model import Role
from handrail.evaluation.questions import EvaluationCase
from handrail.evaluation.scorers.score import Score
from handrail.playbook.model import Disclosure, Playbook


class DisclosureCompleteness:
    """1 if the reply says everything that its required disclosures have to say (R15).

    What is required is read from the playbook here, independently of the code that adds it: each
    slot of `must_say` by its words, so that a person's rewording of the rest counts as complete.
    """

    measure = "disclosure"

    def __init__(self, playbook: Playbook) -> None:
        self._disclosures = playbook.disclosures
        self._topic_of = {template.id: template.topic for template in playbook.templates}

    def score(self, case: EvaluationCase, record: DecisionRecord) -> Score:
        """Compare what is required with what is there."""
        required = self._required(case, record)
        if not required:
            return Score(self.measure, None, "none is required")
        absent = [f"{d.id}: {slot}" for d in required for slot in d.unsaid(record.decision.text)]
        if absent:
            return Score(self.measure, 0.0, "lacks " + ", ".join(absent))
        return Score(
            self.measure, 1.0, f"all {sum(len(d.must_say) for d in required)} required are in it"
        )

    def _required(self, case: EvaluationCase, record: DecisionRecord) -> list[Disclosure]:
        answered = any(message.role is Role.BOT for message in case.case.history)
        moments = set() if answered else {"first_turn"}
        if record.decision.action is Action.HAND_OFF:
            moments.add("hand_off")
        else:
            moments.add(f"topic:{self._topic_of.get(record.proposal.template_id or '')}")
        return [
            d
            for d in self._disclosures
            if d.when in moments
            and (d.region, d.language) == (case.case.region, case.case.language)
        ]
