"""R12: the tone and the numbers of a summary, measured on the text that people read."""

from __future__ import annotations

import pytest

from handrail.evaluation.summaries import length_ratio, neutral, numbers_kept
from tests.agent.chats import redacted


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("Customer: “Where is my order?”", "en", 1.0),
        ("Customer: “Where is my order, you idiot?”", "en", 0.0),
        ("Customer: “WHERE IS MY ORDER”", "en", 0.0),
        ("Customer: “Where is it!!!”", "en", 0.0),
        ("Customer: “Where is it 😡”", "en", 0.0),
        ("Kundschaft: „Ihr seid dumm.“", "de", 0.0),
        ("Clientèle : « Quelle merde. »", "fr", 0.0),
        ("Cliente: «¿Dónde está, imbécil?»", "es", 0.0),
        ("Cliente: «Dov'è?»", "it", None),
        ("The chat names [ORDER_1] and [PERSON_1].", "en", 1.0),
    ],
)
def test_a_summary_that_carries_tone_over_is_found(
    text: str, language: str, value: float | None
) -> None:
    assert neutral(text, language=language).value == value


def test_the_share_of_the_requests_numbers_is_told() -> None:
    chat = redacted("c:hello", "c:I paid 49.90 for 2 lamps.", "c:and 7 more")
    assert numbers_kept("49.90 for 2 lamps", chat).value == 1.0
    assert numbers_kept("49.90", chat).value == 0.5
    assert numbers_kept("4990", chat).value == 0.0
    assert numbers_kept("nothing", redacted("c:hello")).value is None


def test_length_is_told_in_words_of_the_chat() -> None:
    assert length_ratio("two words", redacted("c:one two three four")) == 0.5
