"""What a message is about: heads that see words or meaning, mixed into calibrated probabilities."""

from handrail.agent.intents.fitting import fit_intents
from handrail.agent.intents.model import PLAYBOOK, IntentModel, IntentScores, Labeled

__all__ = ["PLAYBOOK", "IntentModel", "IntentScores", "Labeled", "fit_intents"]
