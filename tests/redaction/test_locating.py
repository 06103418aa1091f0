"""R31: many chats are scrubbed together as each is alone, and a failure says at which chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from handrail.conversations.model import Conversation, Customer, SetBy, Tag
from handrail.errors import Withheld
from handrail.redaction.known import customer_values
from handrail.redaction.locating import Chat, each, locate_in_each
from handrail.redaction.reading import Reading
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrubbed, scrubbed_each

MODEL, RULES = Ruleset(names="model"), Ruleset(names="rules")
SAID = (
    ("en", "My name is Anna Berg, anna@example.com", "and the order is BK-4711207"),
    ("de", "Ich heiße Jörg Müller", "danke, Frau Xiulan", "geht nicht"),
    ("en", "thanks", "the card is 4111 1111", "1111 1111"),
    ("", "please call Xiulan", "she is called xiulan"),
    ("en", "thanks", "anna said so"),
)
Make = Callable[..., Conversation]


@pytest.mark.parametrize("ruleset", [RULES, MODEL], ids=["rules", "model"])
def test_chats_together_come_out_as_each_alone(chat: Make, ruleset: Ruleset) -> None:
    chats = [
        replace(chat(*texts), language=Tag(language, SetBy.EXPORT) if language else None)
        for language, *texts in SAID
    ]
    together = scrubbed_each(chats, ruleset=ruleset)
    assert together == [scrubbed(one, ruleset=ruleset) for one in chats]


def test_nothing_to_do_is_nothing_done() -> None:
    assert scrubbed_each([], ruleset=MODEL) == []
    assert locate_in_each([]) == []


def test_what_fails_says_at_which_chat_and_nothing_of_it() -> None:
    reading = Reading(language="en", ruleset=RULES)
    known = customer_values(Customer())
    chats = [Chat(f"conversation c-{number}", (), known, reading) for number in range(3)]
    seen = []
    in_turn = each(chats)
    with pytest.raises(Withheld, match="ValueError at conversation c-1") as withheld, in_turn:
        for one in in_turn:
            seen.append(one.record)
            if one is chats[1]:
                raise ValueError("my secret")
    assert seen == ["conversation c-0", "conversation c-1"]
    assert "my secret" not in str(withheld.value)
