"""Numbers made like one that is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub

Chat = Callable[..., Conversation]
RULES = Ruleset(names="rules")


@pytest.mark.parametrize(
    ("known", "other", "redacted"),
    [
        ("my order is BK-4711207", "and BK-5500318 came too", "and [ORDER_2] came too"),
        ("bestellung 80912213", "und 81017845 stornieren", "und [ORDER_2] stornieren"),
        ("order number: 58-87080/NYC", "the 07-54833/NYC one", "the [ORDER_2] one"),
        ("my order is BK-4711207", "the bag BX-4711207 in red", "the bag BX-4711207 in red"),
        ("bestellung 80912213", "die jacke 91017845 in rot", "die jacke 91017845 in rot"),
        ("bestellung 80912213", "es kostet 81017845 €", "es kostet 81017845 €"),
        ("order 4711", "4712 of them", "4712 of them"),
    ],
)
def test_what_is_made_like_a_known_number_is_one(
    chat: Chat, known: str, other: str, redacted: str
) -> None:
    """R31"""
    assert scrub(chat(known, other), ruleset=RULES).turns[1].text == redacted
