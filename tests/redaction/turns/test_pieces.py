"""Values that are sent in pieces."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub

Chat = Callable[..., Conversation]
RULES = Ruleset(names="rules")


@pytest.mark.parametrize(
    ("pieces", "redacted"),
    [
        (["first half 4539 1488", "and the rest is 0343 6467"],
         ["first half [CARD_1]", "and the rest is [CARD_1]"]),
        (["sure, 4539", "1488 0343 6467 exp 12/27"], ["sure, [CARD_1]", "[CARD_1] exp 12/27"]),
        (["die ersten acht sind 4539 1488", "dann 0343", "und 6467"],
         ["die ersten acht sind [CARD_1]", "dann [CARD_1]", "und [CARD_1]"]),
        (["primera mitad 45391488", "y la segunda 03436467"],
         ["primera mitad [CARD_1]", "y la segunda [CARD_1]"]),
        (["my iban is DE89 3704", "0044 0532", "0130 00"],
         ["my iban is [IBAN_1]", "[IBAN_1]", "[IBAN_1]"]),
        (["cuatro cinco tres nueve", "uno cuatro ocho ocho", "cero tres cuatro tres",
          "seis cuatro seis siete"], ["[CARD_1]"] * 4),
        (["phone is oh seven nine one one", "one two three", "four five six"],
         ["phone is [PHONE_1]", "[PHONE_1]", "[PHONE_1]"]),
        (["nummer ist 0151", "2345 6789"], ["nummer ist [PHONE_1]", "[PHONE_1]"]),
    ],
)  # fmt: skip
def test_pieces_are_read_as_one(chat: Chat, pieces: list[str], redacted: list[str]) -> None:
    """R31"""
    assert [turn.text for turn in scrub(chat(*pieces), ruleset=RULES).turns] == redacted


def test_an_agent_may_say_go_on_between_two_pieces(chat: Chat) -> None:
    """R31"""
    said = scrub(chat("4539 1488", ("agent", "ok, and then?"), "0343 6467"), ruleset=RULES)
    assert [turn.text for turn in said.turns][::2] == ["[CARD_1]", "[CARD_1]"]


@pytest.mark.parametrize(
    "said",
    [
        ["I bought 3", "no wait, 4"],
        ["12:30", "or 13:30"],
        ["it hangs since version 3.14", "2021"],
        ["the Brixton boots, art. 555088-134", "44 please"],
        ["22631.3007", ("agent", "Thank you. When did you buy it?"), "14/02/2024"],
    ],
)
def test_numbers_of_their_own_are_no_pieces(chat: Chat, said: list[str]) -> None:
    """R31"""
    conversation = chat(*said)
    redacted = scrub(conversation, ruleset=RULES)
    assert [t.text for t in redacted.turns] == [t.text for t in conversation.turns]


def test_a_whole_card_isnt_joined_with_its_neighbors(chat: Chat) -> None:
    """R31"""
    said = scrub(chat("order 2 boxes of type 5105", "its 4539 1488 0343 6467"), ruleset=RULES)
    assert [turn.text for turn in said.turns] == ["order 2 boxes of type 5105", "its [CARD_1]"]
