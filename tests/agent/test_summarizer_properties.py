"""R12: nothing is carried from one conversation into another, and whatever is shown is faithful."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.agent.summarizer import Form, Source, Summary, Window, unfaithful
from handrail.agent.summarizer.rules import load_rules
from handrail.agent.summarizer.tokens import is_number, is_placeholder, tokens
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.redaction.model import RedactedConversation
from handrail.settings import PROJECT
from handrail.verdicts import Verdict
from tests.agent.chats import read, redacted, summary_of

LEXICON = """
    I we the not never no nicht kein ne pas n'ai sin nunca order Bestellung commande pedido 49.90
    50€ 2 3rd [ORDER_1] [PERSON_2] refund paid received stupid Idiot merde mierda please bitte where
    wo où dónde ? ! . , … “ ” 😡 DON'T ARRIVED I_meant sorry actually thanks lawyer human dr.
"""
WORDS = st.sampled_from([*LEXICON.split(), "\n"])
MESSAGES = st.one_of(st.lists(WORDS, min_size=1, max_size=14).map(" ".join), st.text(max_size=60))
TURNS = st.lists(st.tuples(st.sampled_from("ccab"), MESSAGES), min_size=1, max_size=7)
LANGUAGE = st.sampled_from(("en", "de", "fr", "es"))
WINDOWS = st.builds(
    Window,
    most_turns=st.integers(2, 6),
    most_characters=st.integers(40, 400),
    most_turn_characters=st.integers(40, 200),
)
BOOK: list[Playbook] = []
few = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module", autouse=True)
def book(playbook: Playbook) -> None:
    BOOK[:] = [playbook]


def chat_of(turns: list[tuple[str, str]], language: str) -> RedactedConversation:
    return redacted(*(f"{who}:{text}" for who, text in turns), language=language)


def made_of(chat: RedactedConversation, window: Window | None = None) -> Summary:
    playbook = BOOK[0] if BOOK else read_playbook(PROJECT / "handrail" / "playbook" / "example")
    return summary_of(chat, playbook, window=window)


@few
@given(turns=TURNS, language=LANGUAGE, window=WINDOWS)
def test_what_is_shown_passes_the_check_and_cites_only_what_was_read(
    turns: list[tuple[str, str]], language: str, window: Window
) -> None:
    chat = chat_of(turns, language)
    made = made_of(chat, window)
    assert unfaithful(made.statements(), read(chat, window=window)) == ()
    assert made.faithful.verdict is (
        Verdict.NOT_MEASURED if made.form is Form.NONE else Verdict.PASS
    )
    for statement in made.statements():
        assert set(statement.turns) <= set(made.window.read)


@few
@given(turns=TURNS, language=LANGUAGE)
def test_every_number_and_name_stands_in_the_turn_that_is_cited(
    turns: list[tuple[str, str]], language: str
) -> None:
    """The same by another road than the check's: the raw text of the cited turn is asked."""
    chat = chat_of(turns, language)
    for statement in made_of(chat).statements():
        for part in statement.parts:
            if part.source in (Source.TURN, Source.VALUE):
                text = chat.turns[(part.turn or 0) - 1].text
                held = Counter(tokens(text))
                shown = [t for t in tokens(part.text) if is_number(t) or is_placeholder(t)]
                assert not Counter(shown) - held


@few
@given(turns=TURNS, others=st.lists(TURNS, max_size=3), language=LANGUAGE)
def test_a_summary_is_the_same_whatever_was_summarized_before(
    turns: list[tuple[str, str]], others: list[list[tuple[str, str]]], language: str
) -> None:
    chat = chat_of(turns, language)
    alone = made_of(chat)
    for other in others:
        made_of(chat_of(other, language))
    assert made_of(chat) == alone


@few
@given(turns=TURNS, other=TURNS, language=LANGUAGE)
def test_no_word_of_another_chat_appears(
    turns: list[tuple[str, str]], other: list[tuple[str, str]], language: str
) -> None:
    """Each word of the other chat is marked, so that it could be told apart anywhere."""
    marked = [(who, " ".join(f"zq{n}x" for n in range(len(text)))) for who, text in other]
    made_of(chat_of(marked, language))
    rules = load_rules().languages[language]
    own = {token for _, text in turns for token in tokens(text)}
    ours = {token for said in rules.sentences.values() for token in tokens(said)}
    states = {token for said in rules.states.values() for token in tokens(said)}
    shown = set(tokens(made_of(chat_of(turns, language)).text))
    foreign = {token for token in shown - own - ours - states if token.startswith("zq")}
    assert foreign == set()
