"""`handrail try` tells a decision so that a support lead understands every line, at 80 columns."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from pydantic import TypeAdapter
from rich.console import Console

from bench.made.example_agent import ExampleAgent
from handrail.agent.promise import Promise
from handrail.agent.retrieval import RESOLVED
from handrail.agent.types import DecisionRecord, Ground, RiskTier
from handrail.cli.reply import show_reply, sureness
from handrail.cli.spoken import Spoken
from handrail.digests import canonical
from handrail.playbook.model import Playbook
from handrail.verdicts import Verdict
from tests.behavior.conftest import LANGUAGES

# Untraced: the code is reached by its own tests, and is run here a thousand times.
pytestmark = [pytest.mark.xdist_group("behavior"), pytest.mark.no_cover]
PROMISES = (
    Promise("eu", RiskTier.LOW, 0.05, 0.1, 0.8, 412, 0.9, Verdict.PASS, "", simulated=True),
    Promise(
        "eu", RiskTier.MEDIUM, 0.02, 0.1, None, 24, 0.0, Verdict.NOT_MEASURED,
        "24 labeled rows are too few", simulated=True,
    ),
)  # fmt: skip
ASKED = {
    "en": "I forgot my password", "de": "Ich habe mein Passwort vergessen",
    "fr": "J'ai oublié mon mot de passe", "es": "He olvidado mi contraseña",
}  # fmt: skip


def told(agent: ExampleAgent, message: str, language: str = "en", *, knows: bool = True) -> str:
    record = replace(agent.reply(message, language), tried=True)
    return shown(record, agent.playbook if knows else None)


def shown(record: DecisionRecord, playbook: Playbook | None) -> str:
    out = Console(file=io.StringIO(), width=80, highlight=False)
    show_reply(
        out,
        record,
        playbook=playbook,
        promises=PROMISES,
        spoken=Spoken(record.case.language, "by its words (99% sure)"),
    )
    printed = out.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, printed.splitlines())) <= 80
    return str(printed)


def flat(shown: str) -> str:
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", shown).split())


@pytest.mark.parametrize("tried", [True, False])
def test_a_kept_record_says_whether_anybody_was_written_to(
    tried: bool, agent: ExampleAgent
) -> None:
    """R49: read back from what is stored, a try isn't taken for a reply."""
    record = replace(agent.reply(ASKED["en"], "en"), tried=tried)
    kept = TypeAdapter(DecisionRecord).validate_json(canonical(record))
    said = flat(shown(kept, None))
    assert ("This was a try: nobody was written to." in said) is tried
    assert ("The customer has the answer at once." in said) is not tried


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_is_there_in_every_language(language: str, agent: ExampleAgent) -> None:
    shown = flat(told(agent, ASKED[language], language))
    record = agent.reply(ASKED[language], language)
    assert record.decision.reasons[0].code == "sent"
    for line in (
        f"“{ASKED[language]}”", "by its words (99% sure)", "password reset: The customer can't",
        "(low risk)", "very sure of the topic", "nobody would flag the reply",
        "whether it meets the point of this message: that is judged apart",
        "sent from 80.0 % up", "at most 5% have the wrong topic or are flagged",
        "with confidence 90%", "on 412 rows", "meets the point of its message is judged apart",
        "owner Head of Account Support, approved by Compliance Lead",
        "valid 2025-01-01 to 2027-12-31", "SEND: the agent answers by itself",
        "This was a try: nobody was written to.", "Kept as r-1, by release example",
        *record.decision.disclosures,
    ):  # fmt: skip
        assert line in shown, line


def test_where_nothing_is_promised_the_reason_stands(agent: ExampleAgent) -> None:
    shown = flat(told(agent, "When will my refund arrive? How long does a refund take?"))
    assert "drafts only; 24 labeled rows are too few" in shown


def test_a_sure_reply_that_does_not_fit_is_not_called_accepted_without_more(
    agent: ExampleAgent,
) -> None:
    """R49: the probability is of the topic's answer; that it misses the point stands beside it."""
    shown = flat(told(agent, "I forgot my password and the reset link has expired"))
    assert "not counting what the decision holds against it" in shown
    assert "the decision holds against it" not in flat(told(agent, "I forgot my password"))


def test_all_reasons_of_a_hand_off_are_sentences(agent: ExampleAgent) -> None:
    shown = flat(told(agent, "asdf qwer zxcv, let me talk to a human"))
    assert "The customer asks for a person." in shown
    assert "No topic of the playbook fits the message." in shown
    assert "nothing the playbook has an answer to" in shown
    assert "A person gets the conversation" in shown


def test_no_code_word_is_among_the_reasons(agent: ExampleAgent) -> None:
    shown = flat(told(agent, "My bank card was stolen")).partition("Decision")[2]
    assert "triggered by words about" in shown
    assert "the likely topic card lost" in shown
    assert not re.search(r"\w_\w|keyword:", shown)


def test_what_a_terminal_would_obey_is_shown_as_text(agent: ExampleAgent) -> None:
    shown = told(agent, "[bold]hi[/] \x1b[31m i forgot my password \u202e")
    assert "[bold]hi[/]" in shown
    assert "\x1b" not in shown and "\u202e" not in shown


def test_without_the_playbook_things_are_named_by_id(agent: ExampleAgent) -> None:
    shown = flat(told(agent, ASKED["en"], knows=False))
    assert "template password_reset.eu.en.1" in shown


@pytest.mark.parametrize(
    ("probability", "words"),
    [(1.0, "very sure"), (0.9, "fairly sure"), (0.6, "rather unsure"), (0.1, "unsure"),
     (float("nan"), "unsure")],
)  # fmt: skip
def test_a_probability_has_words(probability: float, words: str) -> None:
    assert sureness(probability) == words


def test_chats_that_chose_an_answer_are_named_and_so_is_why_none_did(agent: ExampleAgent) -> None:
    """R11, R49: by id, with the playbook at hand or without it, as `why` shows it."""
    record = agent.reply(ASKED["en"], "en")
    chats = tuple(Ground(RESOLVED, f"chat-{n}", "d" * 64) for n in range(5))
    ranked = replace(
        record, proposal=replace(record.proposal, grounds=(*record.proposal.grounds, *chats))
    )
    few = replace(ranked, proposal=replace(record.proposal, grounds=chats[:1]))
    by_order = replace(record, unranked="data set 1234 was destroyed")
    for playbook in (agent.playbook, None):
        assert (
            "chosen by 5 chats that people resolved so: chat-0, chat-1, chat-2 and 2 more"
        ) in flat(shown(ranked, playbook))
        assert "chosen by a chat that people resolved so: chat-0" in flat(shown(few, playbook))
        assert (
            "chosen by the playbook's order, not by resolved chats: data set 1234 was destroyed"
        ) in flat(shown(by_order, playbook))
        assert "chosen by" not in flat(shown(record, playbook))
