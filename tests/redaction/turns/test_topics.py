"""Values that the talk before them gives away, though nobody asks for them just then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub

Chat = Callable[..., Conversation]
RULES = Ruleset(names="rules")

GIVEN = [
    ("Somebody may know your password.", "my ex does. it used to be Otter$pond7",
     "my ex does. it used to be [SECRET_1]"),
    ("Never write your password here.", "too late lol, plumcake_31", "too late lol, [SECRET_1]"),
    ("We've sent a code, don't share it.", "it came, 660218", "it came, [SECRET_1]"),
    ("I need the date of birth that we have.", "must be 04/11/1968 then",
     "must be [DATE_OF_BIRTH_1] then"),
    ("What does the sticker say?", "77-20418-KL", "[ORDER_1]"),
    ("Das Kennwort ist wohl bekannt geworden.", "war halt Dachs!hund9", "war halt [SECRET_1]"),
    ("Sie bekommen gleich eine TAN, bitte nicht weitergeben.", "da ist sie: 660218",
     "da ist sie: [SECRET_1]"),
    ("Was steht auf dem Aufkleber?", "7719-0042-88KX", "[ORDER_1]"),
    ("Ne donnez jamais votre mot de passe.", "trop tard, c'était Loutre&marais8",
     "trop tard, c'était [SECRET_1]"),
    ("Un code de validation vient de partir.", "reçu : 660218", "reçu : [SECRET_1]"),
    ("Que lisez-vous au dos ?", "R33027718-44", "[ORDER_1]"),
    ("No me pase su contraseña por aquí.", "ya da igual, Nutria#charco5",
     "ya da igual, [SECRET_1]"),
    ("Le llega un código en un minuto.", "llegó 660218", "llegó [SECRET_1]"),
    ("¿Qué pone en la pegatina?", "W7220-81-44", "[ORDER_1]"),
]  # fmt: skip
KEPT = [
    ("We've sent a code, don't share it.", "nothing came in 2025 and nothing now"),
    ("We've sent a code, don't share it.", "4417 is my room here"),
    ("Somebody may know your password.", "I saw that at 10:45 on 12.11."),
    ("Which model is it?", "77-20418-KL"),
    ("Was für eine Fehlermeldung, welcher Fehler?", "E8831-2207"),
    ("Quelle référence article ?", "88213-4471"),
    ("Your password was changed.", "I tried chrome 118.0.5993.70 and safari"),
    ("Your date of birth is on file.", "she called on 2026-11-02, ask her"),
]


@pytest.mark.parametrize(("before", "text", "redacted"), GIVEN)
def test_what_the_talk_gives_away_goes(chat: Chat, before: str, text: str, redacted: str) -> None:
    """R31"""
    said = chat(("agent", before), text)
    assert scrub(said, ruleset=RULES).turns[1].text == redacted


@pytest.mark.parametrize(("before", "text"), KEPT)
def test_what_is_of_another_matter_stays(chat: Chat, before: str, text: str) -> None:
    """R31"""
    assert scrub(chat(("agent", before), text), ruleset=RULES).turns[1].text == text
