"""A message in a language that is not the case's is not answered by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handrail.agent.decide import decide
from handrail.agent.heard_language import language_heard
from handrail.agent.routing.machine import Request
from handrail.agent.types import Action, Message
from handrail.cli.spoken import spoken_in
from handrail.conversations.languages import foreign_language, likeliest_language
from handrail.conversations.model import Role
from handrail.playbook.model import Playbook
from handrail.settings import load_settings
from tests.agent.routing import AT, role_of

SPOKEN = ("en", "de", "fr", "es")
REGION = next(r for r in load_settings(environ={}).all_regions() if r.name == "eu")
Send = Callable[..., dict[str, Any]]

FOREIGN = [
    ("it", "Ho dimenticato la mia password, cosa devo fare?"), ("it", "ho perso la password"),
    ("pt", "Esqueci a minha senha, o que devo fazer?"), ("pt", "onde está o meu pedido?"),
    ("nl", "Ik ben mijn wachtwoord vergeten, wat moet ik doen?"), ("nl", "wachtwoord vergeten"),
    ("pl", "Zapomniałem hasła"),
]  # fmt: skip
OURS = [
    "forgot password", "I forgot my password", "Passwort vergessen", "wo ist meine bestellung",
    "mot de passe oublié", "où est ma commande", "olvidé mi contraseña", "dónde está mi pedido",
    "password", "[ORDER_1]", "ok", "",
]  # fmt: skip


@pytest.mark.parametrize(("language", "message"), FOREIGN)
def test_message_in_a_language_nobody_speaks_goes_to_people(
    language: str, message: str, send: Send
) -> None:
    """R26: with that reason, however sure the router is."""
    decision = decide(**send(case={"message": message}))
    assert decision.action is Action.HAND_OFF
    told = {r.code: r.sentence for r in decision.reasons}
    assert f"writes in language '{language}'" in told["language_not_spoken"]


@pytest.mark.parametrize("message", OURS)
def test_a_short_message_in_a_spoken_language_is_no_foreign_one(message: str) -> None:
    assert foreign_language(message, SPOKEN) is None


def test_a_language_of_the_region_that_is_not_the_cases_is_a_draft(send: Send) -> None:
    decision = decide(**send(case={"message": "ich habe leider mein passwort vergessen"}))
    assert decision.action is Action.DRAFT
    assert {r.code for r in decision.reasons} == {"language_differs"}
    assert language_heard("ich habe leider mein passwort vergessen", ("en",)) == "de"


@pytest.mark.parametrize("word", ["password", "Passwort", "contraseña", "Kennwortrücksetzung"])
def test_one_word_is_no_evidence_of_a_language(word: str, send: Send) -> None:
    assert likeliest_language(word, SPOKEN) is None
    for language, before in (
        ("de", "Guten Tag, ich habe eine Frage"),
        ("fr", "Bonjour, une question"),
    ):
        heard = spoken_in(word, None, REGION, earlier=[before])
        assert heard.language == language and "conversation" in heard.how
    assert spoken_in(word, None, REGION).language == REGION.languages[0]
    alone = decide(**send(case={"message": word}))
    assert alone.action is Action.DRAFT and {r.code for r in alone.reasons} == {"one_word"}
    earlier = (Message(Role.CUSTOMER, "i can not sign in"),)
    assert decide(**send(case={"message": word, "history": earlier})).action is Action.SEND


def test_the_routing_role_hears_a_short_foreign_message(playbook: Playbook) -> None:
    role = role_of(playbook)
    start = role.open("c", language="en", channel="chat", opted_out_of_ai=False)
    heard = role.hear(start, "ho perso la password", at=AT)
    assert heard.action == Request("account_desk")
    assert "language_not_spoken" in [reason.code for reason in heard.reasons]
    ours = role.hear(start, "lost my password", at=AT)
    assert "language_not_spoken" not in [reason.code for reason in ours.reasons]
