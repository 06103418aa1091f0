"""What a message asks for."""

from __future__ import annotations

import pytest

from handrail.redaction.plain import plain
from handrail.redaction.turns.question_phrases import PHRASES, Asked
from handrail.redaction.turns.questions import asked_in, asks_on


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Could you give me the order number and your postcode?", [Asked.ORDER, Asked.POSTCODE]),
        ("Last one: date of birth.", [Asked.BIRTH]),
        ("To verify: your name, DOB and one document number please.",
         [Asked.NAME, Asked.BIRTH, Asked.NATIONAL_ID]),
        ("Your e-mail address?", [Asked.EMAIL]),
        ("What is your library number?", [Asked.ACCOUNT]),
        ("Bitte geben Sie Ihre Zählpunktnummer ein", [Asked.ACCOUNT]),
        ("Ihre Anschrift und Telefonnummer?", [Asked.ADDRESS, Asked.PHONE]),
        ("Quel est votre nom de naissance ?", [Asked.NAME]),
        ("Veuillez indiquer votre identifiant", [Asked.LOGIN]),
        ("¿Me pasa el DNI del titular?", [Asked.NATIONAL_ID, Asked.NAME]),
        ("Thanks for the order number. What is the problem?", []),
        ("Your booking reference is on its way to you and the number is in the mail.", []),
        ("Please never share your password with anybody.", []),
        ("N'envoyez jamais le numéro de carte complet.", []),
        ("What's the name of the app?", []),
        ("Which model number, and what IP address?", []),
        ("Haben Sie einen Gutscheincode?", []),
        ("How can I help you today?", []),
        ("", []),
    ],
)  # fmt: skip
def test_only_sentences_that_ask_ask(text: str, asked: list[Asked]) -> None:
    """R31"""
    assert list(asked_in(plain(text).text)) == asked


@pytest.mark.parametrize(
    ("text", "on"),
    [("All ready. And hers?", True), ("¿Y el nuevo?", True), ("Und der zweite?", True),
     ("Which one?", True), ("Anything else?", False), ("And that's it.", False)],
)  # fmt: skip
def test_a_question_can_point_back(text: str, on: bool) -> None:
    """R31"""
    assert asks_on(text) is on


def test_a_phrase_asks_for_one_thing_and_is_plain() -> None:
    """R31"""
    seen: dict[str, Asked] = {}
    for asked, languages in PHRASES.items():
        assert list(languages) == ["en", "de", "fr", "es"]
        for phrases in languages.values():
            for phrase in (" ".join(one.split()) for one in phrases.split("|")):
                assert phrase
                assert phrase == plain(phrase).text.lower()
                assert seen.setdefault(phrase, asked) is asked, phrase
