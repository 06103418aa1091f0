"""R12: what is open and what comes next, by the course of a chat, in four languages."""

from __future__ import annotations

import pytest

from handrail.playbook.model import Playbook
from tests.agent.chats import redacted, summary_of

PAST = [
    ("en", "It was delivered within the next day."),
    ("en", "We shipped it within the next two days after you ordered."),
    ("de", "Das Geld wurde innerhalb von drei Tagen erstattet."),
    ("de", "Es geht um die Ware, die Sie erhalten haben."),
    ("fr", "Le remboursement a été fait dans les prochains jours après le retour."),
    ("es", "El dinero se devolvió en un plazo de tres días."),
]
TO_COME = [
    ("en", "I have refunded it and you will receive it within the next days."),
    ("en", "The money comes within the next three days."),
    ("de", "Ich habe die Erstattung veranlasst, Sie erhalten das Geld am Montag."),
    ("de", "Das Paket kommt innerhalb von drei Tagen."),
    ("fr", "J'ai remboursé la commande, vous recevrez l'argent lundi."),
    ("es", "Ya lo hemos devuelto, recibirá el dinero el lunes."),
]
# A question, words that only hold the line, a question back with what goes with it, its answer,
# what answers the first question, and how a question is taken back.
COURSES = {
    "en": ("When will it arrive?", "One moment please.", "Which order is it? I need the number.",
           "It is the blue one.", "It left our house on Monday.", "Never mind, I found it."),
    "de": ("Wann kommt es an?", "Einen Moment bitte.", "Welche Bestellung ist es? Ich brauche die "
           "Nummer.", "Es ist die blaue.", "Sie ging am Montag raus.", "Hat sich erledigt, danke."),
    "fr": ("Quand arrive-t-il ?", "Un instant, je regarde.", "Quelle commande est-ce ? J'ai besoin "
           "du numéro.", "C'est la bleue.", "Elle est partie lundi.", "C'est bon, j'ai trouvé."),
    "es": ("¿Cuándo llega?", "Un momento, lo miro.", "¿Qué pedido es? Necesito el número.",
           "Es el azul.", "Salió el lunes de nuestra casa.", "No importa, ya lo encontré."),
}  # fmt: skip
ECHOES = {
    "en": "You ask when it will arrive? It left on Monday.",
    "de": "Sie fragen, wann es ankommt? Es ging am Montag raus.",
    "fr": "Vous demandez quand il arrive ? Il est parti lundi.",
    "es": "¿Pregunta usted cuándo llega? Salió el lunes de aquí.",
}


@pytest.mark.parametrize(("language", "said"), PAST)
def test_what_is_past_is_no_next_step(language: str, said: str, playbook: Playbook) -> None:
    question = COURSES[language][0]
    made = summary_of(redacted(f"c:{question}", f"a:{said}", language=language), playbook)
    assert made.next_action[0].rule == "no_action"


@pytest.mark.parametrize(("language", "said"), TO_COME)
def test_what_is_to_come_is_the_next_step(language: str, said: str, playbook: Playbook) -> None:
    question = COURSES[language][0]
    made = summary_of(redacted(f"c:{question}", f"a:{said}", language=language), playbook)
    assert made.next_action[0].rule == "agent_said"
    assert said.rstrip(".") in made.next_action[0].text


@pytest.mark.parametrize("language", COURSES)
def test_a_question_stays_open_until_it_is_answered_or_taken_back(
    language: str, playbook: Playbook
) -> None:
    question, holding, back, given, answer, settled = COURSES[language]

    def open_after(*said: str) -> str:
        (statement,) = summary_of(redacted(*said, language=language), playbook).open_question
        return statement.text if statement.rule != "no_question" else ""

    asked = f"c:{question} {given}"  # more is said behind it
    assert question in open_after(asked)
    assert question in open_after(asked, f"a:{holding}")
    asked_back = open_after(asked, f"a:{back}")
    assert asked_back and question not in asked_back  # it is the customer's turn
    assert question in open_after(asked, f"a:{back}", f"c:{given}")
    assert not open_after(asked, f"a:{back}", f"c:{given}", f"a:{answer}")
    assert not open_after(asked, f"a:{answer}")
    assert not open_after(f"c:{question}", f"c:{settled}")
    assert not open_after(asked, f"a:{ECHOES[language]}")
