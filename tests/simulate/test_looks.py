"""What makes real chats hard is in the simulated ones: calls, logs, other languages (R31)."""

from __future__ import annotations

import re
import string
from collections import Counter
from random import Random

import pytest

from handrail.conversations.model import Channel, Conversation, Role
from handrail.playbook.model import Playbook
from handrail.simulate.data import read
from handrail.simulate.pasted import session, token
from handrail.simulate.phrasing import phrases
from handrail.simulate.script import PERSONAL
from handrail.simulate.voice import voice
from tests.simulate.conftest import LANGUAGES, Simulated

_PASTED = re.compile(r"HTTP/1|Caused by|Traceback|\[error|{\"")
SPOKEN = tuple(dict.fromkeys(one for spoken in LANGUAGES.values() for one in spoken))


def _calls(simulated: Simulated) -> list[Conversation]:
    return [
        chat
        for chat, _ in simulated.pairs()
        if chat.channel is not None and chat.channel.value == Channel.VOICE
    ]


def test_calls_are_written_without_capitals_and_sentence_marks(simulated: Simulated) -> None:
    calls = _calls(simulated)
    assert len(calls) == simulated.summary.calls > 150
    for chat in calls:
        for turn in chat.turns:
            if turn.role in {Role.CUSTOMER, Role.AGENT, Role.BOT} and not turn.is_private:
                assert turn.text == turn.text.lower()
                assert not set("?!;\n") & set(turn.text)
            if turn.role is Role.CUSTOMER:
                assert not re.search(r"\.(\s|$)", turn.text), turn.text


def test_numbers_are_said_as_words_and_planted_as_they_were_said(simulated: Simulated) -> None:
    said = Counter(
        p.kind
        for chat, key in simulated.pairs()
        if chat.channel is not None and chat.channel.value == Channel.VOICE
        for p in key.planted
        if p.place == "turn" and p.kind in {"phone", "card", "order_id", "iban", "account"}
        if not set(string.digits) & set(p.value)
    )
    assert {"phone", "card", "order_id"} <= set(said)


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("en", "anna dot lee one two at example dot com"),
        ("de", "anna punkt lee eins zwei at example punkt com"),
        ("fr", "anna point lee un deux arobase example point com"),
        ("es", "anna punto lee uno dos arroba example punto com"),
    ],
)
def test_an_address_is_said_in_the_callers_language(language: str, spoken: str) -> None:
    heard = voice(language)
    assert heard is not None
    values = {"email": "Anna.Lee12@example.com", "username": "lee_ann7", "address": "1, Mill Lane"}
    assert heard.spoken(values)["email"] == spoken
    assert heard.spoken(values)["address"] == "1 mill lane"


@pytest.mark.parametrize("language", SPOKEN)
def test_a_recognizer_hesitates_and_mishears_but_never_in_what_announces_a_value(
    language: str,
) -> None:
    heard = voice(language)
    assert heard is not None
    phrase = phrases(language).all_of("identity")[0]
    cue, slot = phrase.split("{")[0].lower().strip(), "{" + phrase.split("{")[1].split("}")[0] + "}"
    rng = Random(1)
    assert all(heard.heard(phrase, rng).startswith(f"{cue} {slot}") for _ in range(200))
    misheard = phrases(language).all_of("voice.misheard")
    word, _, wrong = misheard[0].partition(" = ")
    assert {wrong, word} <= {heard.heard(word, rng) for _ in range(200)}


def test_pasted_logs_hold_tokens_and_addresses_that_the_key_lists(simulated: Simulated) -> None:
    """R34: a live secret inside a log is one that has to be rotated."""
    kinds: Counter[str] = Counter()
    pasted = 0
    for chat, key in simulated.pairs():
        if not key.has_paste:
            continue
        pasted += 1
        turns = {
            turn.index
            for turn in chat.turns
            if turn.role is Role.CUSTOMER and _PASTED.search(turn.text)
        }
        assert len(turns) == 1
        kinds.update(p.kind for p in key.planted if p.turn in turns and p.place == "turn")
    assert pasted == simulated.summary.pasted_logs > 40
    assert {"token", "session", "email", "api_key", "username", "order_id", "phone"} <= set(kinds)


def test_every_form_of_a_log_fits_known_topics_and_slots(example_playbook: Playbook) -> None:
    for form in read("pasted.yaml")["forms"].values():
        assert set(form["topics"]) <= set(example_playbook.topics)
        assert set(re.findall(r"{(\w+)}", form["text"])) <= PERSONAL


def test_a_token_has_the_usual_form_and_no_two_are_alike() -> None:
    rng = Random(3)
    made = [token(rng) for _ in range(50)]
    assert all(re.fullmatch(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+", one) for one in made)
    assert len({*made, *(session(rng) for _ in range(50))}) == 100


def test_a_sentence_in_another_language_stands_inside_the_chat(simulated: Simulated) -> None:
    """R6: the chat's language is the customer's, whatever one sentence is in."""
    asides = [(chat, key) for chat, key in simulated.pairs() if key.aside_language]
    assert len(asides) == simulated.summary.asides > 60
    assert {key.aside_language for _, key in asides} == set(SPOKEN)
    for _, key in asides:
        assert key.aside_language != key.language


def test_people_type_in_lower_case_and_with_slips(simulated: Simulated) -> None:
    written = [
        turn.text
        for chat, _ in simulated.pairs()
        if chat.channel is not None and chat.channel.value == Channel.CHAT
        for turn in chat.turns
        if turn.role is Role.CUSTOMER and len(turn.text) > 30
    ]
    lower = sum(text == text.lower() for text in written) / len(written)
    assert 0.3 < lower < 0.6
    assert any(text == text.upper() for text in written)
