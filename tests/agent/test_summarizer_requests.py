"""R12: what the customer asks for later, and what they correct, in four languages."""

from __future__ import annotations

import pytest

from handrail.agent.summarizer import unfaithful
from handrail.playbook.model import Playbook
from tests.agent.chats import read, redacted, summary_of
from tests.agent.test_summarizer_faithful import quote

FIRST = {
    "en": ("c:Where is my parcel?", "a:It left on Monday and is with you tomorrow."),
    "de": ("c:Wo ist mein Paket?", "a:Es ging am Montag raus und ist morgen da."),
    "fr": ("c:Où est mon colis ?", "a:Il est parti lundi et arrive demain."),
    "es": ("c:¿Dónde está mi paquete?", "a:Salió el lunes y llega mañana."),
}
LATER = [
    ("en", "It came, but please do not charge my card again and cancel the second parcel."),
    ("en", "It just arrived, but please cancel the second one."),  # settles one, asks for another
    ("en", "Stop the newsletter as well."),
    ("en", "The second lamp is broken too."),
    ("de", "Es kam an, aber bitte belasten Sie meine Karte nicht noch einmal."),
    ("de", "Ist gerade angekommen, stornieren Sie aber bitte das zweite."),
    ("de", "Löschen Sie auch meine alte Adresse."),
    ("de", "Die zweite Lampe ist auch kaputt."),
    ("fr", "Il est arrivé, mais ne débitez plus ma carte et annulez le deuxième colis."),
    ("fr", "Supprimez aussi mon ancienne adresse."),
    ("fr", "La deuxième lampe est cassée aussi."),
    ("es", "Llegó, pero por favor no me cobren otra vez y cancelen el otro paquete."),
    ("es", "Borre también mi dirección antigua."),
    ("es", "La segunda lámpara también está rota."),
]
# A question back, what answers it, and what is asked for beside that.
ANSWERED = {
    "en": ("Which order is it?", "It is order number 4711.", "Please send it to my office."),
    "de": ("Welche Bestellung ist es?", "Es ist die Bestellung 4711.", "Bitte ins Büro liefern."),
    "fr": ("Quelle commande est-ce ?", "C'est la commande 4711.", "Envoyez-la à mon bureau."),
    "es": ("¿Qué pedido es?", "Es el pedido 4711.", "Por favor, envíenlo a mi oficina."),
}
NO_REQUEST = [
    ("en", "No problem, thank you very much."),
    ("en", "Thanks, that's all I need for now."),
    ("de", "Danke, das war alles, was ich wissen will."),
    ("fr", "Merci, c'est tout ce que je veux savoir."),
    ("es", "Gracias, eso es todo lo que necesito."),
    ("de", "Kein Problem, vielen Dank."),
    ("fr", "Pas de problème, merci beaucoup."),
    ("es", "No hay problema, muchas gracias."),
]
CORRECTED = [
    ("en", "I want a refund of 129 euros.", "Sorry I meant 192."),
    ("en", "I want a refund of 129 euros.", "No wait, 192 euros."),
    ("en", "I ordered 3 chairs.", "My mistake."),  # the number follows
    ("de", "Ich will 129 Euro zurück.", "Entschuldigung, ich meinte 192 Euro."),
    ("de", "Ich will 129 Euro zurück.", "Moment, es müssen 192 Euro sein."),
    ("fr", "Je veux un remboursement de 129 euros.", "Pardon, je voulais dire 192 euros."),
    ("es", "Quiero un reembolso de 129 euros.", "Perdón, quise decir 192 euros."),
]


@pytest.mark.parametrize(("language", "said"), LATER)
def test_a_later_request_that_nobody_answered_is_quoted(
    language: str, said: str, playbook: Playbook
) -> None:
    made = summary_of(redacted(*FIRST[language], f"c:{said}", language=language), playbook)
    assert any(said.rstrip(".") in one.text and one.turns == (3,) for one in made.open_question)
    assert (made.next_action[0].rule, made.next_action[0].turns) == ("see_to_request", (3,))


@pytest.mark.parametrize("language", FIRST)
def test_what_answers_a_question_is_no_request_and_what_stands_beside_it_is(
    language: str, playbook: Playbook
) -> None:
    back, answer, beside = ANSWERED[language]
    said = (FIRST[language][0], f"a:{back}", f"c:{answer} {beside}")
    asked = summary_of(redacted(*said, language=language), playbook)
    told = [one.text for one in asked.open_question if one.turns == (3,)]
    assert any(beside.rstrip(".") in text for text in told)
    assert not any("ORDER" in text or "4711" in text for text in told)


@pytest.mark.parametrize(("language", "said"), NO_REQUEST)
def test_thanks_and_answers_are_no_requests(language: str, said: str, playbook: Playbook) -> None:
    made = summary_of(redacted(*FIRST[language], f"c:{said}", language=language), playbook)
    assert [one.rule for one in made.open_question] == ["no_question"]


TOLD = [
    ("en", "The box was wet and one cup has a crack."),
    ("de", "Der Karton war nass und eine Tasse hat einen Sprung."),
    ("fr", "Le carton était mouillé et une tasse est fêlée."),
    ("es", "La caja estaba mojada y una taza está rajada."),
]


@pytest.mark.parametrize(("language", "said"), TOLD)
def test_what_no_list_knows_as_a_request_is_quoted_too(
    language: str, said: str, playbook: Playbook
) -> None:
    made = summary_of(redacted(*FIRST[language], f"c:{said}", language=language), playbook)
    assert [said.rstrip(".") in one.text for one in made.open_question] == [True]
    assert (made.next_action[0].rule, made.next_action[0].turns) == ("reply", (3,))


def test_an_answer_to_a_spoken_question_is_no_request(playbook: Playbook) -> None:
    said = ("c:wo ist mein paket", "a:welche bestellung ist es bitte", "c:es ist die bestellung b")
    made = summary_of(redacted(*said, language="de"), playbook)
    assert not any("bestellung b" in one.text for one in made.open_question)


def test_a_request_stays_open_while_the_agent_asks_back(playbook: Playbook) -> None:
    said = (*FIRST["en"], "c:Please cancel the second parcel.", "a:Which address was it for?")
    made = summary_of(redacted(*said), playbook)
    assert [one.rule for one in made.open_question] == ["agent_said", "customer_said"]
    assert made.next_action[0].rule == "wait"
    answered = summary_of(redacted(*said, "c:My office.", "a:It is cancelled."), playbook)
    assert [one.rule for one in answered.open_question] == ["no_question"]


def test_more_requests_than_the_issue_has_room_for_are_told_as_open(playbook: Playbook) -> None:
    asked = [
        "I want to return the lamp.", "I need an invoice.", "Please change my address.",
        "Do not charge my card again.",
    ]  # fmt: skip
    made = summary_of(redacted(f"c:{' '.join(asked)}"), playbook)
    assert all(one.rstrip(".") in made.text for one in asked)


@pytest.mark.parametrize(("language", "first", "correction"), CORRECTED)
def test_a_correction_in_the_same_turn_is_quoted(
    language: str, first: str, correction: str, playbook: Playbook
) -> None:
    number = "" if any(map(str.isdigit, correction)) else " It is 192."
    chat = redacted(f"c:{first} {correction}{number}", language=language)
    quoted = [one.text for one in summary_of(chat, playbook).issue if one.rule == "customer_said"]
    assert len(quoted) >= 2 and first.rstrip(".") in quoted[0]
    assert "192" in " ".join(quoted[1:])


def test_what_is_corrected_in_the_same_turn_is_not_told_without_the_correction() -> None:
    chat = read(redacted("c:I want a refund of 129 euros. Sorry I meant 192. It was a lamp of 7."))
    first, lamp = quote("I want a refund of 129 euros.", 1), quote("It was a lamp of 7.", 1)
    assert [one.kind for one in unfaithful([first], chat)] == ["superseded"]
    assert [one.kind for one in unfaithful([first, lamp], chat)] == ["superseded"]
    assert unfaithful([lamp], chat) == ()
    assert unfaithful([first, quote("Sorry I meant 192.", 1)], chat) == ()
