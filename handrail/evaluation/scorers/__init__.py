"""The scorers: one file and one class each, and one line here."""

from __future__ import annotations

from handrail.evaluation.scorers.benign_answered import BenignAnswered
from handrail.evaluation.scorers.contamination import Contamination
from handrail.evaluation.scorers.correctness import Correctness
from handrail.evaluation.scorers.coverage import Coverage
from handrail.evaluation.scorers.disclosure import DisclosureCompleteness
from handrail.evaluation.scorers.escalation import Escalation
from handrail.evaluation.scorers.reasons import Reasons
from handrail.evaluation.scorers.routing import Routing
from handrail.evaluation.scorers.score import Score, Scorer
from handrail.evaluation.scorers.tone import Tone
from handrail.playbook.model import Playbook

__all__ = ["SCORERS", "Score", "Scorer", "scorers_for"]

SCORERS = (
    Correctness,
    Tone,
    DisclosureCompleteness,
    Escalation,
    Coverage,
    Routing,
    Reasons,
    BenignAnswered,
    Contamination,
)


def scorers_for(playbook: Playbook) -> tuple[Scorer, ...]:
    """Every scorer, measuring against `playbook`."""
    return tuple(scorer(playbook) for scorer in SCORERS)
