"""Who asks for a person gets one, in every language and in few words (R26, R28)."""

from __future__ import annotations

import pytest

from handrail.agent.asks import asks
from handrail.agent.terms import load_terms


@pytest.mark.parametrize(
    "message",
    ["forgot my password, agent", "AGENT!", "agent", "support team please", "I don't want a bot",
     "I'm sick of your robots", "I object to automated decisions",
     "stop with the automated replies", "call me please", "please call me back",
     "ich will keinen Bot", "Passwort vergessen, ich will keine KI", "Schluss mit den Robotern",
     "ich widerspreche automatisierten Entscheidungen", "keine automatischen Antworten mehr",
     "bitte rufen Sie mich an", "rufen Sie mich zurück", "je ne veux pas d'une IA",
     "marre de vos robots", "je m'oppose aux décisions automatisées",
     "arrêtez les réponses automatiques", "appelez-moi svp", "rappelez-moi", "no quiero una IA",
     "no quiero un bot", "estoy harta de sus robots", "me opongo a las decisiones automatizadas",
     "basta de respuestas automáticas", "llámeme por favor", "pueden llamarme por favor",
     "No more AI. Where is my order?", "I want no bot. I forgot my password",
     "Keine KI bitte. Passwort vergessen", "Sin IA por favor. He olvidado mi contraseña",
     "Pas d'IA, merci. Mot de passe oublié", "Bitte um Rückruf, ich habe mein Passwort vergessen",
     "I'd like a callback, I forgot my password", "Demande de rappel. Mot de passe oublié",
     "Solicito una llamada, he olvidado mi contraseña"],
)  # fmt: skip
def test_a_person_asked_for_in_few_words_is_understood(message: str) -> None:
    """R28: a wish for no machine is a wish for a person."""
    assert asks(message, load_terms().human_requests)


@pytest.mark.parametrize(
    "message",
    ["I want my money back", "je veux récupérer mon argent", "The robot vacuum is broken",
     "my friends call me every day about it", "je m'appelle toujours pour ça", "Me llamo así",
     "ich habe keinen Code", "no quiero este pedido", "I don't want this order",
     "der Automat nimmt die Karte nicht", "j'en ai assez d'attendre", "stop my order",
     "No machine in the box: where is my coffee maker?", "the courier did not call me on my phone",
     "Betrifft der Rückruf des Herstellers meinen Mixer?", "je ne me rappelle plus mon code",
     "El repartidor no me llamó", "no 41 church street", "Can top-ups be done from a watch?"],
)  # fmt: skip
def test_words_that_ask_for_no_person_stay_so(message: str) -> None:
    """R28: look-alikes."""
    assert not asks(message, load_terms().human_requests)
