"""What a past reply states is taught only where it is the company's own word (R8, R11, R16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handrail.dataset.model import TrainingExample
from handrail.dataset.targets import Targets
from handrail.playbook.licensed_claims import fill
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT
from tests.dataset.test_splits import row, split

BOOK = read_playbook(PROJECT / "handrail/playbook/example")
ON = date(2026, 1, 5)
TARGETS = Targets(BOOK, region="eu", on=ON)
(ASKED,) = split([row("c1", "s1", "where is my refund")], seed=1)
CONTEXT = {"refund_amount": "€49.90", "order_id": "[ORDER_1]", "refund_sent_on": "2 January 2026"}
REFUND = BOOK.template("refund_status.eu.en.1")
RIGHT = fill(REFUND, context=CONTEXT, facts=BOOK.facts, on=ON).text


def said(reply: str, template: str | None = REFUND.id, language: str = "en") -> TrainingExample:
    return replace(ASKED, reply=reply, template=template, language=language, reply_accepted=True)


def test_a_vetted_reply_with_its_slots_filled_may_be_taught() -> None:
    assert TARGETS.allow(said(RIGHT))
    assert TARGETS.allow(said(f"Hello [PERSON_1], {RIGHT} Have a good day!"))


@pytest.mark.parametrize(
    "reply",
    [
        "All right, I take 60 % off for you, as always.",
        RIGHT.replace("5 business days", "1 business day"),
        f"{RIGHT} And 10 % off your next order.",
        f"You get double the amount back: {RIGHT}",
        RIGHT.replace("€49.90", "all of your money and mine, I swear"),
        RIGHT[: len(RIGHT) // 2],
        "",
    ],
)
def test_the_name_of_a_template_vouches_for_no_other_text(reply: str) -> None:
    """An agent who calls a falsehood by a vetted template's name teaches nothing by it."""
    assert not TARGETS.allow(said(reply))


def test_a_template_vouches_only_in_its_language_region_and_time() -> None:
    assert not TARGETS.allow(said(RIGHT, language="de"))
    assert not Targets(BOOK, region="us", on=ON).allow(said(RIGHT))
    assert not Targets(BOOK, region="eu", on=date(2040, 1, 1)).allow(said(RIGHT))


@pytest.mark.parametrize("template", [None, "a_macro_of_the_help_desk"])
def test_an_accepted_reply_may_be_taught_where_it_states_nothing_of_its_own(
    template: str | None,
) -> None:
    assert TARGETS.allow(said("I have passed [ORDER_1] on to my colleague.", template))
    for reply in (
        "It arrives on 12 March.",
        "I take 60 % off for you.",
        "We will refund you twice.",
        "Write to help@elsewhere.example.",
        "Of course, I am a real person.",
        "Calm down, it is not our problem.",
    ):
        assert not TARGETS.allow(said(reply, template)), reply


def test_every_template_of_the_example_company_may_be_taught_as_it_is_filled() -> None:
    kinds = {
        "text": "in transit",
        "amount": "12,50",
        "date": "2026-01-07",
        "url": "https://a.example",
    }
    for template in (t for t in BOOK.templates if t.valid_on(ON)):
        context = {s.name: kinds[s.kind] for s in template.slots if s.source == "context"}
        reply = fill(template, context=context, facts=BOOK.facts, on=ON).text
        here = Targets(BOOK, region=template.region, on=ON)
        assert here.allow(said(reply, template.id, template.language)), template.id
