"""Spanish is understood as German is: topics, regulated matters, requests for people or honesty.

The router learns from simulated openings; what it is asked was written apart from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
import yaml

from handrail.agent.candor import texts
from handrail.agent.decide import decide
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.agent.training import train_router
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import Action, Message
from handrail.conversations.model import Role
from handrail.dataset.model import TrainingExample
from handrail.evaluation.content_files import CONTENT
from handrail.inference.encoders import encoder_for
from handrail.playbook.boundaries import banned_language, human_claims, phrases_in
from handrail.playbook.model import Playbook
from handrail.simulate.data import lines, read
from handrail.simulate.phrasing import fill, phrases, slots_of
from tests.agent.conftest import AT
from tests.dataset.test_splits import split

Send = Callable[..., dict[str, Any]]
ROWS = 900


def _opening(language: str, topic: str, rng: Random) -> str:
    said = phrases(language)
    parts = [said.pick("openers", rng), said.pick(f"topics.{topic}.problem", rng)]
    if rng.random() < 0.6:
        parts.append(said.pick(f"topics.{topic}.about", rng))
    text = " ".join(parts)
    return fill(text, {slot: f"[{slot.upper()}_1]" for slot in slots_of(text)})


def _rows(language: str, topics: list[str], count: int, *, seed: int) -> list[dict[str, object]]:
    rng = Random(seed)
    made: list[dict[str, object]] = []
    for number in range(count):
        topic = rng.choice(topics)
        made.append({
            "example_id": f"{language}-{number:05}", "source_system": "desk",
            "topic_set_by": "export", "region": "eu", "language": language,
            "channel": "chat", "product_area": "account", "sector": "retail", "topic": topic,
            "message": _opening(language, topic, rng), "reply": "done", "template": None,
            "weight": 1.0, "outcome_weight": 0.0, "accepted": None,
            "subject_group": f"{language}{number}",
            "simulated": True, "severity": "normal", "basis": "contract", "agent": None,
            "reply_accepted": None, "flagged_message": None, "flagged_reply": None,
            "day": date(2026, 1, 5),
        })  # fmt: skip
    return made


@pytest.fixture(scope="module")
def bilingual(playbook: Playbook) -> Router:
    topics = sorted(playbook.topics)
    rows = [row for language in ("de", "es") for row in _rows(language, topics, ROWS, seed=3)]
    learned: list[TrainingExample] = split(rows, seed=3)
    return train_router(learned, region="eu", seed=3, encoder=encoder_for(frozenset({"de", "es"})))


def _written(name: str, language: str) -> list[dict[str, Any]]:
    cases = yaml.safe_load((CONTENT / name).read_text(encoding="utf-8"))["cases"]
    return [case for case in cases if case["language"] == language and case.get("topic")]


def test_written_questions_find_their_topic_as_often_as_in_german(
    bilingual: Router, triggers: RegulatedTriggers, playbook: Playbook
) -> None:
    """R18: the questions of the suite, which no simulated customer asks in these words."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for language in ("de", "es"):
        for case in _written("edge_cases.yaml", language) + _written("redteam.yaml", language):
            if playbook.topics[case["topic"]].regulated or "hand_off" in str(case["expect"]):
                continue
            route = bilingual.route(case["message"], language, triggers=triggers)
            asked[language] += 1
            right[language] += route.topic == case["topic"]
    share = {language: right[language] / asked[language] for language in asked}
    assert min(asked.values()) >= 10
    assert share["es"] >= 0.75 and share["es"] >= share["de"] - 0.1, share


@pytest.mark.parametrize(
    "message",
    [
        "hola, he olvidado la contraseña y no puedo entrar",
        "HE OLVIDADO LA CONTRASEÑA Y NO PUEDO ENTRAR",
        "ola e olvidado la contrasena, no puedo entrar en la cuenta",
        "Buenas, se me ha olvidado la contraseña de mi cuenta",
    ],
)
def test_accents_and_spelling_dont_change_the_topic(
    message: str, bilingual: Router, triggers: RegulatedTriggers
) -> None:
    route = bilingual.route(message, "es", triggers=triggers)
    assert (route.topic, route.regulated) == ("password_reset", ())


@pytest.mark.parametrize(
    "message",
    [
        "Quiero hablar con una persona, por favor",
        "páseme con un agente",
        "necesito que me atienda una persona",
        "PONME CON ALGUIEN YA",
        "nada de robots, una persona porfa",
    ],
)
def test_a_person_asked_for_in_spanish_takes_over(message: str, send: Send) -> None:
    """R13, R26."""
    decision = decide(**send(case={"message": message, "language": "es"}))
    assert decision.action is Action.HAND_OFF
    assert "human_requested" in {reason.code for reason in decision.reasons}


@pytest.mark.parametrize(
    "question",
    ["¿Eres un robot?", "oye, ¿hablo con una persona o qué?", "¿Con quién estoy hablando?",
     "es usted una ia?", "¿Hay alguien de verdad ahí?"],
)  # fmt: skip
def test_asked_in_spanish_what_it_is_it_says_that_it_is_an_ai(question: str, send: Send) -> None:
    """R29: on any turn."""
    bot = (Message(Role.BOT, "¿En qué puedo ayudarle?"),)
    decision = decide(**send(case={"history": bot, "message": question, "language": "es"}))
    (first_turn,) = texts(send()["policy"], "es", "first_turn", on=AT.date())
    assert first_turn in decision.disclosures


def test_hand_off_in_spanish_is_said_in_spanish(send: Send) -> None:
    """R28."""
    (phrase,) = texts(send()["policy"], "es", "hand_off", on=AT.date())
    assert phrase in decide(**send(case={"opted_out_of_ai": True, "language": "es"})).text


def test_simulated_violations_are_caught_and_simulated_replies_are_not(playbook: Playbook) -> None:
    """R16: what an agent must not say in Spanish is found; what agents say every day is not."""
    said = read("phrases/es.yaml")
    bounds = playbook.boundaries
    for kind, block in said["violations"].items():
        for line in lines(block):
            text = line.split("[")[0] + line.rpartition("]")[2]
            hits = [
                *banned_language(text, language="es", boundaries=bounds),
                *human_claims(text, language="es", boundaries=bounds),
            ]
            assert kind in {hit.type for hit in hits}, line
    for topic in said["topics"].values():
        for line in lines(topic["reply"]):
            assert not banned_language(line, language="es", boundaries=bounds), line


def test_phrases_of_one_language_dont_fire_in_anothers_templates(playbook: Playbook) -> None:
    """The phrases of all languages are tried on every text."""
    terms = load_terms()
    asked = [p for table in (terms.human_requests, terms.identity_questions) for p in table["es"]]
    banned = [p for kinds in playbook.boundaries.banned["es"].values() for p in kinds]
    for template in playbook.templates:
        assert not phrases_in(template.text, [*asked, *banned]), template.id
