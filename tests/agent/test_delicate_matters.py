"""Who is in danger, or whose account is in strange hands, is answered by people (R26)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handrail.agent.answer import redact_message
from handrail.agent.terms import load_terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.playbook.model import Playbook
from handrail.redaction.ruleset import STANDARD


@pytest.fixture(scope="module")
def triggers(playbook: Playbook) -> RegulatedTriggers:
    return RegulatedTriggers.of(playbook, suspicion=load_terms().regulated_suspicion)


@pytest.mark.parametrize(
    "message",
    ["I forgot my password and I want to die", "I don't want to live any more",
     "sometimes I think of ending my life", "Ich will sterben.", "ich will nicht mehr leben",
     "Passwort weg, ich bin lebensmüde", "je veux mourir", "j'en peux plus, je veux mourir",
     "je veux en finir", "Je veux mettre fin à ma vie", "me quiero morir", "quiero morir",
     "ya no quiero vivir", "quiero acabar con mi vida", "no tengo ganas de vivir"],
)  # fmt: skip
def test_danger_to_life_goes_to_people(message: str, triggers: RegulatedTriggers) -> None:
    """R26: in every language, whatever else the message asks for."""
    assert "keyword:danger" in triggers.fired(message, ())


@pytest.mark.parametrize("message", ["quiero morir", "me quiero morir", "Quiero Morir"])
def test_redaction_leaves_the_words_that_tell_of_danger(
    message: str, triggers: RegulatedTriggers
) -> None:
    """R26: a message that redaction took for a name would reach nobody."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    redacted = redact_message(message, language="es", region="eu", at=at, ruleset=STANDARD)
    assert "keyword:danger" in triggers.fired(redacted, ())
