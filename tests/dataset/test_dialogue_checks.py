"""Whatever writes a dialogue, what exceeds the playbook is rejected: R8, R11."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from handrail.dataset.coverage import Cell
from handrail.dataset.dialogue import Dialogue
from handrail.dataset.dialogue_checks import Checker, Objection
from handrail.dataset.grammar import OPENINGS, Grammar
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import Ruleset
from handrail.settings import PROJECT

ON = date(2026, 3, 2)
LANGUAGES = ("en", "de", "fr", "es")
# What a model makes up, as a sentence more in an otherwise vetted reply.
INVENTED = {
    "en": (
        "You get 15% off.", "It costs $4.50.", "It arrives in 3 days.", "Expect it on 12 May.",
        "Call 0800 555 0199.", "See https://deals.example.net/now.", "Write to boss@example.net.",
        "We will refund everything.", "I guarantee it.", "It comes with a discount.",
        "It should be there tomorrow.", "It takes two weeks.",
    ),
    "de": (
        "Sie bekommen 15 % Rabatt.", "Das kostet 4,50 €.", "Es kommt in 3 Tagen.",
        "Es kommt am 12. Mai.", "Rufen Sie 0800 555 0199 an.", "Siehe https://deals.example.net.",
        "Wir erstatten Ihnen alles.", "Das garantiere ich.", "Es dauert zwei Wochen.",
        "Morgen ist es da.",
    ),
    "fr": (
        "Vous avez 15 % de remise.", "Cela coûte 4,50 €.", "Il arrive dans 3 jours.",
        "Il arrive le 12 mai.", "Appelez le 0800 555 019.", "Voir https://deals.example.net.",
        "Nous vous rembourserons tout.", "Je vous le garantis.", "Il faut deux semaines.",
    ),
    "es": (
        "Tiene un 15 % de descuento.", "Cuesta 4,50 €.", "Llega en 3 días.",
        "Llega el 12 de mayo.", "Llame al 0800 555 019.", "Vea https://deals.example.net.",
        "Le devolveremos todo.", "Se lo garantizo.", "Tarda dos semanas.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar.read(OPENINGS)


@pytest.fixture
def checker(book: Playbook) -> Checker:
    return Checker(book, region="eu", on=ON, ruleset=Ruleset(names="rules"))


def cell(topic: str, language: str = "en", *, region: str = "eu") -> Cell:
    return Cell(topic, region, language, "chat", "low", 0, 30, 30, None, None, None)


def one(grammar: Grammar, book: Playbook, where: Cell) -> Dialogue:
    return next(grammar.generate(where, 1, seed=1, book=book, on=ON))


def answered(book: Playbook) -> Iterator[str]:
    return (topic.name for topic in book.topics.values() if not topic.regulated)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_invented_number_amount_date_link_and_promise_is_rejected(
    language: str, book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    """R8: 100 % of them, in every topic that has answers, in the reply and in the opening."""
    for topic in answered(book):
        where = cell(topic, language)
        honest = one(grammar, book, where)
        for lie in INVENTED[language]:
            for told in (
                replace(honest, reply=f"{honest.reply} {lie}"),
                replace(honest, opening=f"{honest.opening} {lie}"),
            ):
                assert checker.rejects(told, where) is Objection.EXCEEDS_FACTS, (topic, lie)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_grammar_writes_mostly_passes(
    language: str, book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    for topic in book.topics:
        where = cell(topic, language)
        written = list(grammar.generate(where, 20, seed=3, book=book, on=ON))
        assert len(written) == 20
        assert sum(checker.rejects(d, where) is None for d in written) >= 14, (topic, language)


def test_a_value_where_only_a_real_conversation_has_one_is_rejected(
    book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    """A generator doesn't know anybody's refund: the slot stays a placeholder."""
    where = cell("refund_status")
    honest = next(
        d for d in grammar.generate(where, 20, seed=1, book=book, on=ON)
        if "[REFUND_AMOUNT_1]" in d.reply
    )  # fmt: skip
    told = replace(honest, reply=honest.reply.replace("[REFUND_AMOUNT_1]", "€ 25.00"))
    assert checker.rejects(told, where) is Objection.EXCEEDS_FACTS


def test_a_number_of_another_fact_does_not_license_a_reply(
    book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    where = cell("return_request")
    honest = one(grammar, book, where)
    told = replace(honest, reply=honest.reply.replace("14 days", "30 days"))
    assert "30 days" in told.reply
    assert checker.rejects(told, where) is Objection.EXCEEDS_FACTS


@pytest.mark.parametrize(
    "change",
    [
        {"template": None},
        {"template": "password_reset.us.en.1"},
        {"template": "password_reset.eu.de.1"},
        {"template": "order_status.eu.en.1"},
        {"facts": ("no_such_fact.eu.en.1",)},
        {"facts": ("reset_link.us.en.1",)},
        {"facts": ("reset_link.eu.de.1",)},
    ],
)
def test_words_and_facts_of_another_region_language_or_topic_are_rejected(
    change: dict[str, object], book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    where = cell("password_reset")
    told = replace(one(grammar, book, where), **change)  # type: ignore[arg-type]
    assert checker.rejects(told, where) is Objection.NOT_IN_PLAYBOOK


def test_a_template_or_fact_that_holds_no_more_is_not_used(
    book: Playbook, grammar: Grammar
) -> None:
    late = date(2031, 1, 1)
    where = cell("password_reset")
    assert list(grammar.generate(where, 5, seed=1, book=book, on=late)) == []
    checker = Checker(book, region="eu", on=late, ruleset=Ruleset(names="rules"))
    told = one(grammar, book, where)
    assert checker.rejects(told, where) is Objection.NOT_IN_PLAYBOOK


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_only_people_may_answer_ends_with_the_hand_off_and_nothing_else(
    language: str, book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    """R8: with an escalation turn where policy asks for one."""
    where = cell("fraud_report", language)
    honest = one(grammar, book, where)
    said = next(
        d for d in book.disclosures
        if (d.region, d.language, d.when) == ("eu", language, "hand_off")
    )  # fmt: skip
    assert (honest.reply, honest.escalates, honest.template) == (said.text, True, None)
    assert honest.facts == (said.id,)
    advised = replace(honest, reply=f"{honest.reply} {honest.opening}")
    silent = replace(honest, escalates=False)
    assert checker.rejects(advised, where) is Objection.ESCALATION
    assert checker.rejects(silent, where) is Objection.ESCALATION
    assert checker.rejects(honest, where) is None


def test_nothing_is_handed_off_that_the_agent_may_answer(
    book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    told = one(grammar, book, cell("fraud_report"))
    assert checker.rejects(told, cell("password_reset")) is Objection.ESCALATION


def test_improper_dialogues_are_rejected(
    book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    where = cell("password_reset")
    honest = one(grammar, book, where)
    for change, objection in (
        ({"opening": f"{honest.opening} My card was stolen."}, Objection.REGULATED_WORDS),
        ({"reply": f"{honest.reply} Calm down."}, Objection.OFF_POLICY),
        ({"reply": f"{honest.reply} I am a real person."}, Objection.OFF_POLICY),
        ({"opening": f"{honest.opening} My name is Larry Osgood."}, Objection.PERSONAL_DATA),
        ({"reply": f"Dear Mr Osgood, {honest.reply}"}, Objection.PERSONAL_DATA),
    ):
        assert checker.rejects(replace(honest, **change), where) is objection


def test_an_opening_is_said_once_in_a_region(
    book: Playbook, grammar: Grammar, checker: Checker
) -> None:
    """The same words in another channel would be trained on twice."""
    where = cell("password_reset")
    honest = one(grammar, book, where)
    assert checker.rejects(honest, where) is None
    again = replace(honest, opening=honest.opening.upper())
    assert checker.rejects(again, replace(where, channel="email")) is Objection.DUPLICATE
