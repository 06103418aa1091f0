"""R31: one pass over a message rules out only what it doesn't say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.redaction import prefilter
from handrail.redaction.plain import plain
from handrail.redaction.recognizers.reference import is_technical
from handrail.redaction.turns.heard import hear
from handrail.redaction.turns.question_phrases import PHRASES
from handrail.redaction.turns.questions import asked_in, named_in
from handrail.redaction.turns.signs import VALUE, Sign, signs

CHATS = Path(__file__).parents[1] / "second_author"


def messages() -> Iterator[str]:
    for file in sorted(CHATS.rglob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield plain(json.loads(line)["text"]).text


def test_each_word_for_a_thing_is_a_sign_of_it() -> None:
    for languages in PHRASES.values():
        for phrase in "|".join(languages.values()).split("|"):
            text = f"So: your {' '.join(phrase.split()).upper()}s?"
            assert Sign.NAMES in signs(text), text


def test_what_a_message_says_has_its_sign() -> None:
    said = set()
    for text in messages():
        found = signs(text)
        whole = {
            Sign.NAMES: any(named_in(text)),
            Sign.TECHNICAL: is_technical(text),
            Sign.VALUE: VALUE.search(text) is not None,
        }
        there = {sign for sign, is_there in whole.items() if is_there}
        assert there <= found, text
        said |= there
    assert said == {Sign.NAMES, Sign.TECHNICAL, Sign.VALUE}


def test_what_asks_may_ask() -> None:
    texts = list(dict.fromkeys(messages()))
    asking = [bool(asked_in(text)) for text in texts]
    assert sum(asking) > 50
    for text, heard, asks in zip(texts, hear(texts), asking, strict=True):
        assert heard.may_ask or not asks, text


@pytest.mark.skipif(not prefilter.SEES, reason="hyperscan has no wheel for this machine")
def test_a_message_that_says_nothing_has_no_sign() -> None:
    assert signs("thanks a lot, that works again") == set()
