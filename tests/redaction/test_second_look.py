"""R31: a second look that shares nothing with the recognizers."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.conversations.model import Conversation
from handrail.redaction import second_look as module
from handrail.redaction.model import _MAKER, RedactedConversation
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrub
from handrail.redaction.second_look import PATTERNS, hold_back, second_look
from handrail.warehouse.connection import scratch_query

Chat = Callable[..., Conversation]


def leaky(chat: Chat, *texts: str, conversation_id: str = "c-1") -> RedactedConversation:
    """A redacted conversation as a broken scrubber would have left it."""
    redacted = scrub(
        chat(*["hello" for _ in texts], conversation_id=conversation_id), ruleset=STANDARD
    )
    turns = tuple(
        dataclasses.replace(turn, text=text)
        for turn, text in zip(redacted.turns, texts, strict=True)
    )
    return dataclasses.replace(redacted, turns=turns, maker=_MAKER)


FINDS = (
    ("write to bob@example.org", "email"),
    ("mon mail : lea.roy arobase orange point fr", "spoken_email"),
    ("mi correo es ana (arroba) correo (punto) es", "spoken_email"),
    ("card 4111-1111-1111-1111 ok", "card"),
    ("refund DE89 3704 0044 0532 0130 00", "iban"),
    ("to BE68539007547034 or so", "iban"),
    ("BE68 5390 0754 7034 ASAP", "iban"),
    ("ssn 078-05-1120", "us_social_security"),
    ("numéro de sécu 1 87 03 75 116 042 82", "french_id"),
    ("mi DNI es 20354959M", "spanish_id"),
    ("NIE X-1234567-L", "spanish_id"),
    ("my nric is S1234567D", "singapore_nric"),
    ("PAN ABCPE1234F", "indian_pan"),
    ("call +49 170 1234567", "international_phone"),
    ("appelez le 06 12 34 56 78", "french_phone"),
    ("mi móvil es el 612 345 678", "spanish_phone"),
    ("mob 0412 345 678", "australian_phone"),
    ("livrez au 12 bis rue des Lilas, 75011 Paris", "street"),
    ("vivo en Calle Mayor 8, 2º B, 28013 Madrid", "street"),
    ("née le 14 mars 1987", "birth_date"),
    ("fecha de nacimiento: 02/09/1991", "birth_date"),
    ("AKIAIOSFODNN7EXAMPL2", "aws_key"),
    ("glpat-aB3dE5fG7hJ9kL1mN3pQ", "issued_token"),
    ("postgres://app:s3cr3t@db:5432/shop", "login_in_address"),
    ("-----BEGIN RSA PRIVATE KEY-----", "private_key"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0", "jwt"),
    ("my Password is hunter2", "password"),
    ("mot de passe : soleil77", "password"),
    ("mi contraseña es girasol77", "password"),
)
DECIDED_IN_SQL = {"card", "french_id", "iban", "spanish_id"}


@pytest.mark.parametrize(("text", "name"), FINDS, ids=[f"{n}: {t}" for t, n in FINDS])
def test_each_pattern_finds_what_it_is_for(chat: Chat, text: str, name: str) -> None:
    """R31"""
    assert second_look([leaky(chat, "hello", text)], query=scratch_query) == {"c-1": (name,)}


def test_every_pattern_is_tried_above() -> None:
    assert {name for _, name in FINDS} == {*PATTERNS, *DECIDED_IN_SQL}


def test_placeholders_and_plain_talk_are_no_find(chat: Chat) -> None:
    texts = (
        "card [CARD_1], mail [EMAIL_12], password is [SECRET_1]",
        "4111 1111 [CARD_1] 1111 1111",
        "my password is wrong, order 1234567 costs 12.50",
        "4111 1111 1111 1112",
        "mot de passe oublié, mi contraseña es incorrecta, né [DATE_OF_BIRTH_1]",
        "la commande 20354959A et le colis 1 87 03 75 116 042 83",
        "livraison le 14 mars 2026, 1 234,50 €, paquete 612345678",
        "rue de la Paix, calle Mayor, 12 rue, je suis né à Lyon",
        "parcel LP00432198765432, OD54 2783 3489 4873 00, BE68 5390 0754 7035",
        "model 06-12-34, 10.12.2026 10:30, versión 0.4.12.33",
    )
    assert second_look([leaky(chat, *texts)], query=scratch_query) == {}


def test_no_chats_no_findings() -> None:
    assert second_look([], query=scratch_query) == {}


def test_what_is_found_is_held_back_and_the_rest_kept(chat: Chat) -> None:
    chats = [
        leaky(chat, text, conversation_id=f"c-{i}")
        for i, text in enumerate(["hi", "a@b.org", "bye"])
    ]
    kept, held = hold_back(chats, second_look(chats, query=scratch_query))
    assert [one.conversation_id for one in kept] == ["c-0", "c-2"]
    assert [one.conversation_id for one in held] == ["c-1"]


def test_the_scrubber_leaves_nothing_to_find(chat: Chat) -> None:
    said = scrub(chat(*(text for text, _ in FINDS)), ruleset=STANDARD)
    assert second_look([said], query=scratch_query) == {}


def test_it_imports_no_recognizer() -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    ours = {name for name in imported if name and name.startswith("handrail")}
    assert ours == {"handrail.redaction.model"}
