"""Phrases are found however they are typed, and only as whole words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.playbook.boundaries import (
    Hit,
    banned_language,
    human_claims,
    phrases_in,
    regulated_matters,
)
from handrail.playbook.model import Playbook


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I'm NOT a bot.", "i'm not a bot"),
        ("I\u2019m not a bot", "i'm not a bot"),
        ("im not a bot", "i'm not a bot"),
        ("i - guess -it", "i guess"),
        ("I\u200b gu\u00adess", "i guess"),
        ("\uff29 \uff47\uff55\uff45\uff53\uff53 so", "i guess"),
        ("Ich schatze", "ich schätze"),
        ("ich schaetze", "ich schätze"),
        ("ICH SCHÄTZE", "ich schätze"),
        ("ich scha\u0308tze", "ich schätze"),
        ("ich heisse Kim", "ich heiße"),
        ("¿hipoteca?", "hipoteca"),
        ("EXTRAVIE MI TARJETA", "extravié mi tarjeta"),
        ("quien paga el prestamo", "préstamo"),
        ("resumé", "resume"),
        ("J\u2019IMAGINE", "j'imagine"),
        ("j imagine", "j'imagine"),
        ("jimagine que oui", "j'imagine"),
        ("l'avocat de ma soeur", "avocat"),
        ("je n'ai pas d\u2019avocat", "pas d'avocat"),
        ("un coup de cœur", "coup de coeur"),
        ("un coup de coeur", "coup de cœur"),
        ("un pret", "un prêt"),
    ],
)
def test_a_phrase_is_found_however_it_is_typed(text: str, phrase: str) -> None:
    assert phrases_in(text, [phrase]) == (phrase,)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Kreditkarte", "kredit"),
        ("loaned", "loan"),
        ("I was guessing", "i guess"),
        ("I will. Guess what", "i guess"),
        ("", "loan"),
        ("anything", "..."),
        ("we'll see", "see we"),
        ("des avocats", "avocat"),
    ],
)
def test_a_part_of_a_word_is_no_hit(text: str, phrase: str) -> None:
    assert phrases_in(text, [phrase]) == ()


WORD = st.text(st.sampled_from("abcäöüß"), min_size=1, max_size=6)


@given(before=st.lists(WORD), phrase=st.lists(WORD, min_size=1, max_size=3), after=st.lists(WORD))
def test_a_phrase_is_found_anywhere_in_any_case(
    before: list[str], phrase: list[str], after: list[str]
) -> None:
    said = " ".join(phrase)
    text = ", ".join([*before, *phrase, *after])
    assert phrases_in(text, [said]) == phrases_in(text.upper(), [said]) == (said,)


def test_hits_carry_their_type_and_keep_to_the_language(example: Playbook) -> None:
    bounds = example.boundaries
    text = "I guess so, and I guarantee it. I am a human."
    assert banned_language(text, language="en", boundaries=bounds) == (
        Hit("guessing", "i guess"),
        Hit("promising_outcome", "i guarantee"),
    )
    assert human_claims(text, language="en", boundaries=bounds) == (
        Hit("pretending_to_be_human", "i am a human"),
    )
    assert regulated_matters("A mortgage?", language="en", boundaries=bounds) == (
        Hit("loan_advice", "mortgage"),
    )
    assert banned_language(text, language="de", boundaries=bounds) == ()
    assert banned_language(text, language="fr", boundaries=bounds) == ()
    assert regulated_matters("J'en parle à l'avocat", language="fr", boundaries=bounds) == (
        Hit("legal_threat", "avocat"),
    )


def test_denying_to_be_human_is_no_claim(example: Playbook) -> None:
    """R29: the honest answer must stay possible."""
    for text in ("I am not a human, I am an AI.", "No, I'm an AI system, not a real person."):
        assert human_claims(text, language="en", boundaries=example.boundaries) == ()
    text = "Nein, ich bin eine KI und kein Mensch."
    assert human_claims(text, language="de", boundaries=example.boundaries) == ()
    text = "No, soy un asistente de IA y no una persona."
    assert human_claims(text, language="es", boundaries=example.boundaries) == ()
    for text in ("Non, je suis une IA.", "Je ne suis pas un humain, je suis un assistant IA."):
        assert human_claims(text, language="fr", boundaries=example.boundaries) == ()


def test_a_spanish_claim_is_found_with_and_without_its_marks(example: Playbook) -> None:
    """R29: the comma that would turn "No, soy una persona" into a denial doesn't count."""
    for text in (
        "¡SOY UNA PERSONA!",
        "No soy un bot.",
        "no soy una maquina",
        "No, soy una persona",
    ):
        assert human_claims(text, language="es", boundaries=example.boundaries), text
