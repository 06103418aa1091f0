"""R10, R12: the role `summarize` is judged by chats it was not made for, read a second time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handrail.agent.summarizer import Part, Source, Statement, Summary
from handrail.agent.types import AgentRole
from handrail.evaluation.second_reading import stands_in_chat
from handrail.evaluation.summary_cases import (
    CONTENT,
    SummaryCases,
    WrittenChat,
    read_cases,
    summaries_faithful,
)
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.redaction.model import RedactedConversation
from handrail.settings import PROJECT
from handrail.verdicts import Finding, Verdict
from tests.agent.chats import redacted, summary_of

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
LANGUAGES = ("en", "de", "fr", "es")
SAID = {
    "en": "c:I did not receive 2 of the 5 lamps. Order A-20318 is late.",
    "de": "c:Ich habe 2 von 5 Lampen nicht bekommen. Bestellung A-20318 ist spät.",
    "fr": "c:Je n'ai pas reçu 2 des 5 lampes. La commande A-20318 est en retard.",
    "es": "c:No he recibido 2 de las 5 lámparas. El pedido A-20318 va tarde.",
}
NEGATING = {"en": "not ", "de": "nicht ", "fr": "n'", "es": "No "}


@pytest.fixture(scope="module")
def example() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture(scope="module")
def cases() -> SummaryCases:
    return read_cases(CONTENT)


def judged(
    chats: Sequence[RedactedConversation], cases: SummaryCases, playbook: Playbook
) -> Finding:
    return summaries_faithful(
        chats, cases, playbook=playbook, region="eu", languages=LANGUAGES, at=AT, delta=0.05
    )


def requests(n: int) -> list[RedactedConversation]:
    return [
        redacted(SAID[LANGUAGES[i % 4]], language=LANGUAGES[i % 4], conversation_id=f"c-{i}")
        for i in range(n)
    ]


def test_each_language_has_as_many_written_chats_and_all_are_told_as_they_should_be(
    cases: SummaryCases, example: Playbook
) -> None:
    counts = {language: sum(c.language == language for c in cases.chats) for language in LANGUAGES}
    assert counts == dict.fromkeys(LANGUAGES, 6)
    found = judged(requests(cases.fewest), cases, example)
    assert found.verdict is Verdict.PASS and not found.blocking, found.reason
    assert found.measures["written_right"] == found.measures["written"] == 24
    assert found.measures["share"] == 1.0 and found.measures["n"] == cases.fewest
    assert 0.9 < float(found.measures["lower_bound"]) < 1.0


def test_too_few_chats_measure_nothing(cases: SummaryCases, example: Playbook) -> None:
    found = judged(requests(cases.fewest - 1), cases, example)
    assert found.verdict is Verdict.NOT_MEASURED and not found.blocking
    assert "share" not in found.measures
    assert judged([], cases, example).verdict is Verdict.NOT_MEASURED


def test_a_written_chat_that_is_told_otherwise_fails_by_name(
    cases: SummaryCases, example: Playbook
) -> None:
    turn = {"customer": "Where is my parcel? I paid 20.00."}
    for wrong in ({"says": ("never said",)}, {"never": ("parcel",)}):
        one = WrittenChat.model_validate(
            {"id": "mine", "language": "en", "turns": [turn], "says": ("20.00",)} | wrong
        )
        found = judged([], cases.model_copy(update={"chats": (one,)}), example)
        assert found.verdict is Verdict.FAIL and "not: mine" in found.reason


def test_a_chat_that_cannot_be_told_is_no_success_and_one_that_may_not_be_no_case(
    cases: SummaryCases, example: Playbook
) -> None:
    """Who opted out of AI is owed no summary; a chat in a language without rules neither."""
    not_owed = [redacted(SAID["en"], opted_out=True) for _ in range(6)]
    not_owed += [redacted("c:Dov'è il mio ordine?", language="it") for _ in range(6)]
    found = judged([*requests(60), *not_owed], cases, example)
    assert (found.measures["n"], found.measures["not_owed"]) == (60, "12")
    # The correction stands in a threat, which isn't quoted: so the request is not told either.
    untold = redacted(
        "c:Where are my 5 lamps?", "a:Hm.", "c:Sorry, I meant 7, or you will regret it"
    )
    found = judged([*requests(60), *[untold] * 6], cases, example)
    assert (found.measures["n"], found.measures["not_summarized"]) == (66, "6")
    assert found.measures["share"] == 60 / 66 and found.verdict is Verdict.FAIL


def test_without_a_mandate_in_force_nothing_is_measured(
    cases: SummaryCases, example: Playbook
) -> None:
    mandates = {k: v for k, v in example.mandates.items() if k != AgentRole.SUMMARIZE}
    found = judged(requests(60), cases, replace(example, mandates=mandates))
    assert found.verdict is Verdict.NOT_MEASURED and "no mandate" in found.reason


def quoting(made: Summary, change: Callable[[str], str]) -> Summary:
    """The summary with its first quotation changed."""
    first = made.issue[0]
    parts = tuple(
        replace(part, text=change(part.text)) if part.source is Source.TURN else part
        for part in first.parts
    )
    return replace(made, issue=(replace(first, parts=parts),))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_second_reading_finds_what_was_changed(
    language: str, cases: SummaryCases, example: Playbook
) -> None:
    chat = redacted(SAID[language], "a:Ok 7.", language=language)
    made, negations = summary_of(chat, example), cases.negations[language]

    def reads(summary: Summary) -> float | None:
        return stands_in_chat(summary, chat, negations=negations).value

    assert reads(made) == 1.0
    assert reads(quoting(made, lambda text: text.replace("2", "3"))) == 0.0
    assert reads(quoting(made, lambda text: text.replace(NEGATING[language], ""))) == 0.0
    assert reads(quoting(made, lambda text: text + " 9")) == 0.0
    # Cut off before what counts, or behind what negates: what is left says something else.
    assert reads(quoting(made, lambda text: re.split(r"\s(?=\d)", text)[0] + " …")) == 0.0
    assert reads(quoting(made, lambda text: "… " + text.split(NEGATING[language])[-1])) == 0.0
    elsewhere = Statement("agent_said", (Part("Ok 7.", Source.TURN, 2),), (1,))
    assert reads(replace(made, steps=(elsewhere,))) == 0.0
    nobodys = Statement("state", (Part("The customer is owed 50.", Source.OURS),), ())
    assert reads(replace(made, state=(nobodys,))) == 0.0
    step = Statement("step_done", (Part("refund_order", Source.RECORD),), ())
    assert reads(replace(made, steps=(step,))) == 0.0


def test_an_insult_may_be_missing_and_half_a_number_may_not(
    cases: SummaryCases, example: Playbook
) -> None:
    chat = redacted("c:You idiots sent 49.90 lamps to the wrong door.")
    made, negations = summary_of(chat, example), cases.negations["en"]
    assert "…" in made.issue[0].text
    assert stands_in_chat(made, chat, negations=negations).value == 1.0
    half = quoting(made, lambda text: "You … sent 49 …")
    assert stands_in_chat(half, chat, negations=negations).value == 0.0
