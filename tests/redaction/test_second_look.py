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
from handrail.redaction.scrubber import scrub
from handrail.redaction.second_look import PATTERNS, hold_back, second_look
from handrail.warehouse.connection import scratch_query

Chat = Callable[..., Conversation]


def leaky(chat: Chat, *texts: str, conversation_id: str = "c-1") -> RedactedConversation:
    """A redacted conversation as a broken scrubber would have left it."""
    redacted = scrub(chat(*["hello" for _ in texts], conversation_id=conversation_id))
    turns = tuple(
        dataclasses.replace(turn, text=text)
        for turn, text in zip(redacted.turns, texts, strict=True)
    )
    return dataclasses.replace(redacted, turns=turns, maker=_MAKER)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("write to bob@example.org", "email"),
        ("card 4111-1111-1111-1111 ok", "card"),
        ("refund DE89 3704 0044 0532 0130 00", "iban"),
        ("ssn 078-05-1120", "us_social_security"),
        ("call +49 170 1234567", "international_phone"),
        ("AKIAIOSFODNN7EXAMPL2", "aws_key"),
        ("-----BEGIN RSA PRIVATE KEY-----", "private_key"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0", "jwt"),
        ("my Password is hunter2", "password"),
    ],
)
def test_each_pattern_finds_what_it_is_for(chat: Chat, text: str, name: str) -> None:
    assert second_look([leaky(chat, "hello", text)], query=scratch_query) == {"c-1": (name,)}


def test_every_pattern_is_tried_above() -> None:
    tried = {
        mark.args[1][i][1]
        for mark in test_each_pattern_finds_what_it_is_for.pytestmark
        for i in range(9)
    }
    assert tried == {*PATTERNS, "card"}


def test_placeholders_and_plain_talk_are_no_find(chat: Chat) -> None:
    texts = (
        "card [CARD_1], mail [EMAIL_12], password is [SECRET_1]",
        "4111 1111 [CARD_1] 1111 1111",
        "my password is wrong, order 1234567 costs 12.50",
        "4111 1111 1111 1112",
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
    said = scrub(
        chat(
            "mail bob@example.org, card 4111 1111 1111 1111, iban DE89 3704 0044 0532 0130 00",
            "ssn 078-05-1120, call +49 170 1234567, key AKIAIOSFODNN7EXAMPL2",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0 and my password is hunter2",
        )
    )
    assert second_look([said], query=scratch_query) == {}


def test_it_imports_no_recognizer() -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    ours = {name for name in imported if name and name.startswith("handrail")}
    assert ours == {"handrail.redaction.model"}
