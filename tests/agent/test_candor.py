"""What is said beside a reply, for whatever is decided: each sentence exactly when it is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.agent.asks import asks
from handrail.agent.decide import decide
from handrail.agent.policy import build_policy
from handrail.agent.terms import load_terms
from handrail.agent.types import (
    Action,
    AgentRole,
    Case,
    Message,
    Policy,
    Proposal,
    RiskTier,
    Route,
    Switches,
)
from handrail.conversations.model import Role
from handrail.playbook.boundaries import phrases_in
from handrail.playbook.licensed_claims import exceeding
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT
from tests.agent.conftest import AT, OPEN, promised

Send = Callable[..., dict[str, Any]]
LANGUAGES = ("en", "de", "fr", "es")
quick = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HISTORIES = st.sampled_from([
    (), (Message(Role.CUSTOMER, "hello"),), (Message(Role.BOT, "How can I help?"),),
    (Message(Role.AGENT, "Hello"), Message(Role.CUSTOMER, "hi")),
])  # fmt: skip
# The region's own hand-off phrase, in a backend's mouth.
ROUTING = next(
    d.text for d in read_playbook(PROJECT / "handrail" / "playbook" / "example").disclosures
    if d.id == "hand_off.eu.en"
)  # fmt: skip
MESSAGES = st.sampled_from([
    "hi, i forgot my password", "are you a robot?", "Spreche ich mit einem Menschen?",
    "agent please", "I am routing this to a specialist", "",
])  # fmt: skip
CASES = st.fixed_dictionaries({
    "language": st.sampled_from([*LANGUAGES, "fi", ""]),
    "channel": st.sampled_from(["chat", "email"]),
    "role": st.sampled_from(list(AgentRole)),
    "message": MESSAGES | st.text(max_size=40),
    "history": HISTORIES,
    "opted_out_of_ai": st.booleans(),
})  # fmt: skip
ROUTES = st.fixed_dictionaries({
    "topic": st.sampled_from([None, "password_reset", "return_request", "card_lost", "unknown"]),
    "out_of_scope": st.booleans(),
    "regulated": st.sampled_from([(), ("keyword:danger",)]),
})  # fmt: skip
PROPOSALS = st.fixed_dictionaries({
    "failure": st.sampled_from([None, None, "timed out"]),
    "text": st.sampled_from(["", "ok", "You get 20 % off.", ROUTING, f"Sure. {ROUTING} Bye"]),
})  # fmt: skip
ACCEPTANCES = st.floats(0, 1) | st.just(float("nan"))
THRESHOLDS = st.dictionaries(st.sampled_from(list(RiskTier)), st.none() | st.floats(0, 1))
SWITCHES = st.builds(Switches, all_off=st.booleans())


def said(playbook: Playbook, when: str, *, region: str = "eu") -> dict[str, str]:
    """The sentence of the moment in each language."""
    found = [d for d in playbook.disclosures if (d.region, d.when) == (region, when)]
    return {d.language: d.text for d in found}


@quick
@given(CASES, ROUTES, PROPOSALS, ACCEPTANCES, SWITCHES, THRESHOLDS)
def test_each_sentence_is_said_exactly_when_it_is_true(
    case: Case,
    route: Route,
    proposal: Proposal,
    policy: Policy,
    playbook: Playbook,
    case_changes: dict[str, Any],
    route_changes: dict[str, Any],
    proposal_changes: dict[str, Any],
    acceptance: float,
    switches: Switches,
    thresholds: dict[RiskTier, float | None],
) -> None:
    """R28, R29: hand-off phrase iff a queue item is requested, AI disclosure iff owed (first turn,
    asked, nothing understood), uncertainty iff what is drafted is below its promised threshold."""
    asked, routed = replace(case, **case_changes), replace(route, **route_changes)
    offered = replace(proposal, **proposal_changes)
    measured = replace(policy, thresholds=thresholds)
    decision = decide(asked, routed, offered, acceptance, measured, switches)

    hand_off = said(playbook, "hand_off")
    assert decision.queue_requested == any(text in decision.text for text in hand_off.values())
    assert decision.queue_requested == (decision.action is Action.HAND_OFF)

    understood = routed.topic is not None and not routed.out_of_scope
    answered = any(m.role is Role.BOT for m in asked.history)
    owed = asks(asked.message, policy.identity_questions) or not answered or not understood
    assert owed == any(text in decision.text for text in said(playbook, "first_turn").values())

    tier = policy.topic_tiers.get(str(routed.topic), RiskTier.HIGH)
    threshold = thresholds.get(tier)
    below = threshold is not None and not acceptance >= threshold
    unsure = said(playbook, "unsure").get(asked.language)
    drafted = decision.action is Action.DRAFT
    assert bool(decision.uncertainty) == (below and drafted and unsure is not None)
    assert all(text not in decision.text for text in said(playbook, "unsure").values()) or below
    if decision.action is Action.SEND:
        assert not below
    for when in ("hand_off", "first_turn", "unsure"):
        shown = {lang for lang, text in said(playbook, when).items() if text in decision.text}
        assert len(shown) <= 1
        assert asked.language not in LANGUAGES or shown <= {asked.language}


@pytest.mark.parametrize("language", LANGUAGES)
def test_below_the_threshold_a_draft_says_so_first_and_above_it_doesnt(
    language: str, send: Send, playbook: Playbook
) -> None:
    """R28: in each language of the region, before the answer."""
    unsure = said(playbook, "unsure")[language]
    below = decide(**send(acceptance=0.89, case={"language": language}))
    assert below.action is Action.DRAFT
    assert below.text.startswith(f"{unsure}\n\n{send()['proposal'].text}")
    above = decide(**send(acceptance=0.9, case={"language": language, "channel": "email"}))
    assert above.action is Action.DRAFT
    assert unsure not in above.text


def test_where_nothing_is_promised_nothing_is_said_of_certainty(send: Send) -> None:
    """A threshold that was not measured is not one that was missed."""
    decision = decide(**send(route={"topic": "refund_status"}, acceptance=0.1))
    assert (decision.action, decision.uncertainty) == (Action.DRAFT, ())


def test_hand_off_says_that_a_person_comes_and_no_doubt_of_an_answer_it_doesnt_show(
    send: Send, playbook: Playbook
) -> None:
    decision = decide(**send(acceptance=0.1, case={"opted_out_of_ai": True}))
    assert decision.text == "\n\n".join(
        (said(playbook, "first_turn")["en"], said(playbook, "hand_off")["en"])
    )


def test_language_that_lacks_one_phrase_says_it_in_another_of_its_region(
    send: Send, policy: Policy, playbook: Playbook
) -> None:
    """A hand-off is never silent and always says that it was an AI."""
    german = tuple(one for one in policy.disclosures["de"] if one.when == "unsure")
    bare = {"disclosures": {**policy.disclosures, "de": german}}
    decision = decide(**send(case={"language": "de", "opted_out_of_ai": True}, policy=bare))
    here = [d for d in playbook.disclosures if d.region == "eu" and d.language != "de"]
    assert decision.disclosures[0] in {d.text for d in here if d.when == "first_turn"}
    assert decision.disclosures[1] in {d.text for d in here if d.when == "hand_off"}


def test_each_region_is_unsure_in_words_of_its_own_that_claim_nothing(playbook: Playbook) -> None:
    """R15, R21, R28: signed by somebody, no promise, number or person, never another region's."""
    told = [d for d in playbook.disclosures if d.when == "unsure"]
    assert {(d.region, d.language) for d in told} == {
        *(("eu", language) for language in LANGUAGES), ("us", "en"), ("apac", "en"),
    }  # fmt: skip
    assert all(d.owner and d.approver and not d.unsaid(d.text) for d in told)
    assert len({d.text for d in told}) == len(told)
    for one in told:
        assert exceeding(one.text, texts=(), slots=(), facts=()) == ()
        claims = [p for ps in playbook.boundaries.human_claims.values() for p in ps]
        assert phrases_in(one.text, claims) == ()
    us = build_policy(
        playbook,
        region="us",
        promises=[replace(promised(RiskTier.LOW, 0.9), region="us")],
        open_cells=[(topic, "us", channel) for topic, _, channel in OPEN],
        terms=load_terms(),
    )
    spoken = {one.when: one.text for one in us.disclosures["en"]}
    assert spoken["unsure"] == said(playbook, "unsure", region="us")["en"]


@pytest.mark.parametrize(("role", "owed"), [(Role.AGENT, True), (Role.BOT, False)])
def test_persons_turn_is_not_the_disclosure_that_an_ai_owes(
    role: Role, owed: bool, send: Send, playbook: Playbook
) -> None:
    """R29: only what answered as an AI before has said that it is one."""
    decision = decide(**send(case={"history": (Message(role, "Hello"),)}))
    assert (said(playbook, "first_turn")["en"] in decision.disclosures) is owed


def test_disclosure_past_its_last_day_is_not_said_and_keeps_the_reply_back(
    send: Send, policy: Policy
) -> None:
    """R15, R29: what was signed until yesterday is signed no more; another language's is said."""
    ended = AT.date() - timedelta(days=1)
    english = tuple(
        replace(one, valid_to=ended) if one.when == "first_turn" else one
        for one in policy.disclosures["en"]
    )
    late = {"disclosures": {**policy.disclosures, "en": english}}
    decision = decide(**send(policy=late))
    assert decision.action is Action.DRAFT
    assert [reason.code for reason in decision.reasons] == ["disclosure_missing"]
    assert not {one.text for one in english if one.when == "first_turn"} & {*decision.disclosures}
    assert decide(**send()).action is Action.SEND
