"""A score: one measure of one case, with the sentence that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from handrail.agent.types import Action, DecisionRecord
from handrail.evaluation.questions import EvaluationCase


@dataclass(frozen=True)
class Score:
    """`value` is 1 where the claim of the measure holds, 0 where not, None where it can't apply.

    `reason` never quotes the case or the reply.
    """

    measure: str
    value: float | None
    reason: str


def is_answer(record: DecisionRecord) -> bool:
    """Whether there is something to send or to draft: a hand-off and an empty draft are none."""
    return record.decision.action is not Action.HAND_OFF and bool(record.proposal.text)


class Scorer(Protocol):
    """Measures one thing about what the agent did with a case."""

    measure: str

    def score(self, case: EvaluationCase, record: DecisionRecord) -> Score:
        """The score of `record`, which the agent made for `case`."""
        ...
