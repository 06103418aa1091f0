from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.candor import texts
from handrail.agent.decide import HANDS_OFF, decide
from handrail.agent.types import (
    Action,
    AgentRole,
    Case,
    Decision,
    Ground,
    Message,
    Policy,
    Proposal,
    RiskTier,
    Route,
    Slot,
    Switches,
)
from handrail.conversations.model import Role
from handrail.playbook.model import Playbook
from tests.agent.conftest import AT

Send = Callable[..., dict[str, Any]]


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}


def test_open_grounded_confident_reply_is_sent_with_its_reason(send: Send) -> None:
    decision = decide(**send())
    assert decision.action is Action.SEND
    assert codes(decision) == {"sent"}
    assert "0.9700" in decision.reasons[0].sentence
    assert "0.9000" in decision.reasons[0].sentence


@pytest.mark.parametrize(
    ("changes", "code", "action"),
    [
        ({"switches": {"all_off": True}}, "switched_off", Action.HAND_OFF),
        ({"switches": {"roles_off": frozenset({"resolve"})}}, "switched_off", Action.HAND_OFF),
        ({"switches": {"topics_off": frozenset({"password_reset"})}}, "topic_switched_off",
         Action.DRAFT),
        ({"case": {"opted_out_of_ai": True}}, "opted_out", Action.HAND_OFF),
        ({"case": {"message": "I want to talk to a real person!"}}, "human_requested",
         Action.HAND_OFF),
        ({"case": {"message": "Ich möchte mit einem Menschen sprechen"}}, "human_requested",
         Action.HAND_OFF),
        ({"case": {"message": "je veux parler a quelqu\u2019un svp"}}, "human_requested",
         Action.HAND_OFF),
        ({"case": {"region": "us"}}, "wrong_region", Action.HAND_OFF),
        ({"case": {"role": AgentRole.SUMMARIZE}}, "role_only_prepares", Action.DRAFT),
        ({"case": {"channel": "email"}}, "topic_closed", Action.DRAFT),
        ({"case": {"language": "de"}}, "ungrounded", Action.DRAFT),
        ({"case": {"at": datetime(2031, 1, 1, tzinfo=UTC)}}, "template_expired", Action.HAND_OFF),
        ({"route": {"out_of_scope": True}}, "out_of_scope", Action.HAND_OFF),
        ({"route": {"topic": None}}, "out_of_scope", Action.HAND_OFF),
        ({"route": {"topic": "unheard_of"}}, "out_of_scope", Action.HAND_OFF),
        ({"route": {"regulated": ("keyword:danger",)}}, "regulated", Action.HAND_OFF),
        ({"route": {"topic": "card_lost"}}, "high_tier", Action.HAND_OFF),
        ({"route": {"topic": "card_lost"}}, "regulated", Action.HAND_OFF),
        ({"route": {"topic": "refund_status"}}, "promise_not_measured", Action.DRAFT),
        ({"acceptance": 0.89}, "low_confidence", Action.DRAFT),
        ({"acceptance": float("nan")}, "low_confidence", Action.DRAFT),
        ({"proposal": {"failure": "timed out"}}, "backend_failed", Action.HAND_OFF),
        ({"proposal": {"template_id": None}}, "ungrounded", Action.DRAFT),
        ({"proposal": {"template_id": "made.up.en.1"}}, "ungrounded", Action.DRAFT),
        ({"proposal": {"grounds": ()}}, "ungrounded", Action.DRAFT),
        ({"proposal": {"text": ""}}, "ungrounded", Action.DRAFT),
        ({"proposal": {"text": "You get 20 % off until 5 May."}}, "unlicensed_claim",
         Action.DRAFT),
        ({"proposal": {"text": "See https://evil.example for help."}}, "unlicensed_claim",
         Action.DRAFT),
        ({"proposal": {"text": "We will refund it, of course."}}, "unlicensed_claim",
         Action.DRAFT),
        ({"proposal": {"text": "Calm down, it works."}}, "banned_language", Action.DRAFT),
        ({"proposal": {"text": "Write to anna.lund@example.org"}}, "redaction_hit", Action.DRAFT),
        ({"proposal": {"text": "Hello [PERSON_1]"}}, "redaction_hit", Action.DRAFT),
        ({"proposal": {"text": "I am routing this to a specialist of our team, who reads the whole "
                               "conversation and answers you here. You don't need to repeat "
                               "anything."}}, "says_hand_off", Action.HAND_OFF),
        ({"policy": {"disclosures": {}}}, "disclosure_missing", Action.DRAFT),
        ({"policy": {"mandate": None}}, "mandate_not_in_force", Action.HAND_OFF),
        ({"case": {"at": datetime(2031, 1, 1, tzinfo=UTC)}}, "mandate_not_in_force",
         Action.HAND_OFF),
        ({"policy": {"open_cells": frozenset()}}, "topic_closed", Action.DRAFT),
        ({"policy": {"templates": {}}}, "ungrounded", Action.DRAFT),
        ({"policy": {"worse_topics": frozenset({"password_reset"})}},
         "topic_worse_than_promised", Action.DRAFT),
    ],
)  # fmt: skip
def test_each_rule_alone_stops_the_reply(
    changes: dict[str, Any], code: str, action: Action, send: Send
) -> None:
    decision = decide(**send(**changes))
    assert code in codes(decision)
    assert decision.action is action
    assert all(reason.sentence for reason in decision.reasons)


def test_claim_of_being_human_stops_the_reply_in_every_language(send: Send, policy: Policy) -> None:
    """R29: no persona."""
    for phrases in policy.human_claims.values():
        decision = decide(**send(proposal={"text": f"Hello, {phrases[0]}."}))
        assert "human_claim" in codes(decision)


def test_without_a_topic_nothing_is_said_of_the_promise_of_its_risk(send: Send) -> None:
    """R25: what fits no topic has no risk; the reason is that nothing fits."""
    assert codes(decide(**send(route={"topic": None}))) & {
        "out_of_scope", "promise_not_measured", "low_confidence",
    } == {"out_of_scope"}  # fmt: skip


def test_all_reasons_are_collected(send: Send) -> None:
    decision = decide(
        **send(
            switches={"all_off": True},
            case={"opted_out_of_ai": True, "channel": "email"},
            acceptance=0.1,
            proposal={"text": "You get 20 % off."},
        )
    )
    expected = {"switched_off", "opted_out", "topic_closed", "low_confidence", "unlicensed_claim"}
    assert expected <= codes(decision)


def test_a_hand_offs_main_reason_comes_first(send: Send) -> None:
    """R28: what the person who takes over reads first is why, not what follows from it."""
    said = {"message": "my card was stolen, i want to talk to a human"}
    decision = decide(
        **send(
            case={**said, "channel": "email"}, route={"topic": "card_lost", "regulated": ("x:y",)},
            proposal={"failure": "no template"}, acceptance=0.1,
        )
    )  # fmt: skip
    order = [reason.code for reason in decision.reasons]
    assert order[:3] == ["human_requested", "regulated", "high_tier"]
    assert order.index("backend_failed") < order.index("topic_closed")


def test_slot_that_only_claims_a_license_is_not_licensed(send: Send, proposal: Proposal) -> None:
    """R11: decide looks into playbook and context itself; a backend's word licenses nothing."""
    for license in ("fact:made-up", "context:reset_hours", proposal.slots[0].licensed_by):
        forged = Slot(proposal.slots[0].name, "https://evil.example/login", license)
        text = proposal.text.replace(proposal.slots[0].value, forged.value)
        slots = (forged, *proposal.slots[1:])
        decision = decide(**send(proposal={"text": text, "slots": slots}))
        assert {"unlicensed_claim", "ungrounded"} <= codes(decision)


def test_ground_with_another_content_is_not_the_playbooks(send: Send, proposal: Proposal) -> None:
    edited = tuple(replace(ground, digest="0" * 64) for ground in proposal.grounds)
    assert "ungrounded" in codes(decide(**send(proposal={"grounds": edited})))
    more = (*proposal.grounds, Ground("chat", "c-17", "1" * 64))
    assert "ungrounded" in codes(decide(**send(proposal={"grounds": more})))


def test_draft_names_the_facts_that_are_missing_and_shows_no_raw_slot(
    send: Send, playbook: Playbook, case: Case, route: Route
) -> None:
    only = replace(playbook, templates=playbook.templates_for("order_status", "eu", "en")[:1])
    proposal = GroundedBackend(only).propose(case, replace(route, topic="order_status"))
    decision = decide(**send(route={"topic": "order_status"}) | {"proposal": proposal})
    assert decision.action is Action.DRAFT
    assert "{" not in decision.text
    assert "[MISSING: order id]" in decision.text
    sentence = next(r.sentence for r in decision.reasons if r.code == "ungrounded")
    assert "missing" in sentence and "order_id" in sentence


def test_verified_context_licenses_its_values(
    send: Send, backend: GroundedBackend, case: Case, route: Route
) -> None:
    """R11: the same value is fine from the systems and unlicensed from nowhere."""
    context = {
        "order_id": "A-1007", "status": "shipped", "expected_on": "5 March 2026",
        "tracking_status": "on its way",
    }  # fmt: skip
    asked, known = replace(route, topic="order_status"), replace(case, context=context)
    given = send(route={"topic": "order_status"}, case={"context": context})
    given["proposal"] = backend.propose(known, asked)
    assert decide(**given).action is Action.SEND
    given["case"] = replace(known, context={**context, "order_id": "A-1008"})
    assert "unlicensed_claim" in codes(decide(**given))


def test_first_turn_says_that_it_is_an_ai_and_later_turns_dont(send: Send) -> None:
    """R29: the region's first-turn disclosure, once."""
    first = decide(**send())
    bot = (Message(Role.CUSTOMER, "hello"), Message(Role.BOT, "How can I help?"))
    later = decide(**send(case={"history": bot}))
    assert first.disclosures == texts(send()["policy"], "en", "first_turn", on=AT.date())
    assert first.text.endswith(first.disclosures[0])
    assert later.disclosures == ()


@pytest.mark.parametrize(
    ("language", "question"),
    [("en", "Wait, are you a robot?"), ("de", "Spreche ich mit einem Menschen?"),
     ("en", "is this a real person or not"), ("fr", "C\u2019est un robot qui répond ?"),
     ("fr", "vous etes un humain ?"), ("fr", "À qui ai-je affaire au juste")],
)  # fmt: skip
def test_asked_what_it_is_it_says_that_it_is_an_ai(
    language: str, question: str, send: Send
) -> None:
    """R29: on any turn, in each language."""
    bot = (Message(Role.BOT, "How can I help?"),)
    decision = decide(**send(case={"history": bot, "message": question, "language": language}))
    (first_turn,) = texts(send()["policy"], language, "first_turn", on=AT.date())
    assert first_turn in decision.disclosures


def test_hand_off_phrase_appears_if_and_only_if_handed_off(send: Send) -> None:
    """R28: the phrase promises a person, so only a hand-off says it, and says nothing else."""
    (phrase,) = texts(send()["policy"], "en", "hand_off", on=AT.date())
    sent, draft = decide(**send()), decide(**send(acceptance=0.5))
    handed_off = decide(**send(case={"opted_out_of_ai": True}))
    assert phrase not in sent.text
    assert phrase not in draft.text
    assert phrase in handed_off.text
    assert send()["proposal"].text not in handed_off.text


def test_hand_off_in_a_language_without_phrases_still_says_so(send: Send) -> None:
    decision = decide(**send(case={"language": "fr"}, route={"out_of_scope": True}))
    assert decision.action is Action.HAND_OFF
    assert decision.text


def test_topic_disclosure_is_added(send: Send) -> None:
    decision = decide(**send(route={"topic": "return_request"}))
    (expected,) = texts(send()["policy"], "en", "topic:return_request", on=AT.date())
    assert expected in decision.disclosures


@pytest.mark.parametrize("probability", [0.89, 0.5, 0.2, 0.0, -1.0])
def test_lower_probability_never_turns_into_send(probability: float, send: Send) -> None:
    """R25, direction: less sure is never more daring."""
    assert decide(**send(acceptance=probability)).action is not Action.SEND


@pytest.mark.parametrize(
    "message",
    ["hi, i forgot my password", "HI, I FORGOT MY PASSWORD", "  hi,   i forgot my\npassword ",
     "hi, i forgto my pasword", "hi there, i forgot my password, many thanks"],
)  # fmt: skip
def test_way_of_writing_doesnt_change_the_action(message: str, send: Send) -> None:
    assert decide(**send(case={"message": message})).action is Action.SEND


def test_check_that_breaks_is_a_hand_off(send: Send) -> None:
    decision = decide(**send(policy={"banned": None}))
    assert decision.action is Action.HAND_OFF
    assert "check_failed" in codes(decision)


TEXTS = st.sampled_from(["", "hi, i forgot my password", "are you human", "agent please", "[X_1]"])
TOPICS = st.sampled_from([None, "password_reset", "refund_status", "card_lost", "unheard_of"])
CASES = st.fixed_dictionaries({
    "region": st.sampled_from(["eu", "us"]),
    "language": st.sampled_from(["en", "de", "fr", ""]),
    "channel": st.sampled_from(["chat", "email"]),
    "role": st.sampled_from(list(AgentRole)),
    "message": TEXTS | st.text(max_size=40),
    "opted_out_of_ai": st.booleans(),
})  # fmt: skip
ROUTES = st.builds(
    Route,
    topic=TOPICS,
    probability=st.floats(allow_nan=True, width=32),
    out_of_scope=st.booleans(),
    regulated=st.sampled_from([(), ("keyword:danger",)]),
    alternatives=st.just(()),
)
PROPOSALS = st.fixed_dictionaries(
    {
        "template_id": st.sampled_from([None, "password_reset.eu.en.1", "x"]),
        "failure": st.sampled_from([None, "timed out"]),
    },
    optional={"text": st.text(max_size=60), "slots": st.just(()), "grounds": st.just(())},
)
DARING = {Action.HAND_OFF: 0, Action.DRAFT: 1, Action.SEND: 2}
SWITCHES = st.builds(
    Switches,
    all_off=st.booleans(),
    roles_off=st.frozensets(st.sampled_from(["resolve", "route"])),
    topics_off=st.frozensets(st.sampled_from(["password_reset", "refund_status"])),
)
PROBABILITIES = st.floats(0, 1) | st.just(float("nan"))
THRESHOLDS = st.dictionaries(
    st.sampled_from(list(RiskTier)), st.none() | st.floats(0, 1), max_size=3
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(CASES, ROUTES, PROPOSALS, PROBABILITIES, SWITCHES, THRESHOLDS)
def test_decide_never_raises_and_sends_only_under_every_condition(
    case: Case,
    proposal: Proposal,
    policy: Policy,
    case_changes: dict[str, Any],
    route: Route,
    proposal_changes: dict[str, Any],
    acceptance: float,
    switches: Switches,
    thresholds: dict[RiskTier, float | None],
) -> None:
    """R11, R25, R26, R29: each condition restated here, not read off the code."""
    asked = replace(case, **case_changes)
    offered = replace(proposal, **proposal_changes)
    measured = replace(policy, thresholds=thresholds)
    decision = decide(asked, route, offered, acceptance, measured, switches)
    assert decision.reasons
    assert (decision.action is Action.HAND_OFF) == bool(codes(decision) & set(HANDS_OFF))
    if decision.action is Action.SEND:
        threshold = thresholds[policy.topic_tiers[str(route.topic)]]
        assert threshold is not None
        assert acceptance >= threshold
        assert not (switches.all_off or asked.role in switches.roles_off)
        assert route.topic not in switches.topics_off
        assert (route.topic, asked.region, asked.channel) in policy.open_cells
        assert not (asked.opted_out_of_ai or route.out_of_scope or route.regulated)
        assert asked.role is AgentRole.RESOLVE
        assert offered == proposal
        assert decision.text.startswith(proposal.text)
        assert policy.templates[str(offered.template_id)].valid_on(AT.date())


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(SWITCHES)
def test_switch_that_is_on_never_yields_send(send: Send, switches: Switches) -> None:
    given_ = send() | {"switches": switches}
    off = (
        switches.all_off
        or "resolve" in switches.roles_off
        or "password_reset" in switches.topics_off
    )
    assert (decide(**given_).action is Action.SEND) == (not off)


many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# What isn't drawn stays as it is in a case that may be sent.
NEARLY = st.fixed_dictionaries({}, optional={"case": CASES, "proposal": PROPOSALS})


@many
@given(NEARLY, PROBABILITIES, PROBABILITIES)
def test_less_sure_is_never_more_daring(
    send: Send, changes: dict[str, dict[str, Any]], one: float, other: float
) -> None:
    """R25: monotone in acceptance; what is no number is least of all."""
    less, more = sorted((one, other), key=lambda p: -1.0 if p != p else p)
    low, high = (decide(**send(acceptance=p, **changes)) for p in (less, more))
    assert DARING[low.action] <= DARING[high.action]


@many
@given(NEARLY, SWITCHES, SWITCHES)
def test_one_switch_more_is_never_more_daring(
    send: Send, changes: dict[str, dict[str, Any]], some: Switches, others: Switches
) -> None:
    """R45: what more is switched off, less is sent."""
    both = Switches(
        all_off=some.all_off or others.all_off,
        roles_off=some.roles_off | others.roles_off,
        topics_off=some.topics_off | others.topics_off,
    )
    fewer, more = (decide(**send(**changes) | {"switches": s}) for s in (some, both))
    assert DARING[more.action] <= DARING[fewer.action]


@many
@given(NEARLY, PROBABILITIES, st.permutations(list(RiskTier)), st.lists(st.floats(0, 1)))
def test_higher_tier_threshold_or_fewer_cells_are_never_more_daring(
    send: Send,
    policy: Policy,
    changes: dict[str, dict[str, Any]],
    acceptance: float,
    tiers: list[RiskTier],
    cuts: list[float],
) -> None:
    """R25, R42: monotone in the topic's tier (each promised at least as strictly), in thresholds
    and in what the stage opens."""
    order = list(RiskTier)
    lower, higher = sorted(tiers[:2], key=order.index)
    low, high = sorted((*cuts, 0.5, 0.9))[:2]
    thresholds = {RiskTier.LOW: low, RiskTier.MEDIUM: high, RiskTier.HIGH: None}

    def action(**fields: Any) -> int:
        chosen = {"thresholds": thresholds, **fields}
        given_ = send(acceptance=acceptance, **changes, policy=chosen)
        return DARING[decide(**given_).action]

    tiered = [action(topic_tiers={**policy.topic_tiers, "password_reset": t})
              for t in (lower, higher)]  # fmt: skip
    assert tiered[1] <= tiered[0]
    stricter = {RiskTier.LOW: high, RiskTier.MEDIUM: None, RiskTier.HIGH: None}
    assert action(thresholds=stricter) <= action()
    assert action(open_cells=frozenset(list(policy.open_cells)[:1])) <= action()
    assert action(open_cells=frozenset()) <= action()
