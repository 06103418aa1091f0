"""What a customer asks for is found as people write it (R26, R29)."""

from __future__ import annotations

import time

import pytest

from handrail.agent.asks import asks
from handrail.agent.terms import load_terms
from handrail.playbook.model import Playbook

PHRASES = {
    "en": ("are_you|is_this .. bot|human|language_model", "^ agent $", "talk to .. someone"),
    "de": ("sind_sie ein grüner|=grünes mensch", "c'est"),
}


@pytest.mark.parametrize(
    "message",
    ["Are you a bot?", "ARE YOU, LIKE, A BOT", "are you a language model", "Hello. Agent!",
     "Please let me talk to just about someone", "are yuo a humna", "i want to talk to somoene",
     "4re y0u a b0t", "a r e  y o u  a  b o t", "is this a b-o-t, or: a r e y o u h u m a n",
     "\u0430r\u0435 y\u043eu a b\u03bft", "are\u200b you a\u00ad bot", "are you… a human。",
     "Sind Sie ein grüner Mensch",
     "sind sie ein gruener mensch", "sind sie ein gruner mensch", "c\u2019est", "c est", "cest"],
)  # fmt: skip
def test_a_phrase_is_found_as_people_write_it(message: str) -> None:
    assert asks(message, PHRASES)


@pytest.mark.parametrize(
    "message",
    ["", "Are you there? Bot", "bot are you", "are you by any stretch of meaning a bot",
     "my agent", "talk to one", "are you a boat", "sind sie ein grunnes mensch", "\u202e", "[X_1]"],
)  # fmt: skip
def test_words_of_other_sentences_or_in_another_order_are_no_phrase(message: str) -> None:
    assert not asks(message, PHRASES)


def test_a_phrase_spelled_out_is_found_however_many_single_letters_stand_beside_it() -> None:
    """R26"""
    assert asks("a r e  y o u  a  b o t" + " I saw a cat." * 30, PHRASES)


@pytest.mark.parametrize("piece", ["are you ", "a ", "talk to ", "x", "ä", "1", "? ", "\u200b"])
def test_a_very_long_message_takes_no_very_long_time(piece: str) -> None:
    terms = load_terms()
    began = time.process_time()
    asks(piece * 20_000, terms.identity_questions)
    assert time.process_time() - began < 5


def test_no_phrase_fires_on_what_the_playbook_says_itself(playbook: Playbook) -> None:
    """A reply quoted back is no question."""
    terms = load_terms()
    for template in playbook.templates:
        assert not asks(template.text, terms.identity_questions), template.id
