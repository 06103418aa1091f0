from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from handrail.agent.answer import answer, redact_message
from handrail.agent.backends import BACKENDS
from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.correctness import Correctness
from handrail.agent.grounding import NoGrounds
from handrail.agent.policy import build_policy
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.agent.types import (
    Action,
    Backend,
    Case,
    DecisionRecord,
    Message,
    Policy,
    Proposal,
    RiskTier,
    Route,
    Switches,
)
from handrail.conversations.model import Role
from handrail.digests import canonical
from handrail.errors import BadInput, ResidencyViolation
from handrail.playbook.model import Playbook
from handrail.redaction.ruleset import STANDARD
from tests.agent.conftest import AT, OPEN, promised

OFF = Switches()
SECRET = "zq-secret-4711"


class Broken:
    """A backend that quotes the customer when it fails."""

    name = "broken"

    def propose(self, case: Case, route: Route) -> Proposal:
        raise ValueError(f"can't parse {case.message}")


@pytest.fixture
def ask(
    case: Case, router: Router, backend: GroundedBackend, policy: Policy, playbook: Playbook
) -> Any:
    def asked(
        *, using: Backend = backend, switches: Switches = OFF, **changes: Any
    ) -> DecisionRecord:
        return answer(
            replace(case, **changes), release_id="r1", hashes={"code": "c" * 64}, router=router,
            correctness=Correctness.untaught(playbook, region="eu"),
            backend=using, policy=policy, switches=switches, playbook=playbook, reply_id="p1",
        )  # fmt: skip

    return asked


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("hi, i forgot my password and can not sign in", "en"),
        ("hallo, ich habe mein passwort vergessen", "de"),
        ("where is my order? it should be here by now", "en"),
    ],
)
def test_plain_request_for_an_open_topic_is_answered(message: str, language: str, ask: Any) -> None:
    """Minimum functionality: what the first stage is for."""
    record = ask(message=message, language=language)
    assert record.decision.action is Action.SEND, record.decision.reasons
    assert record.decision.disclosures


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("there is a payment i did not make, unknown charge on my statement", "regulated"),
        ("i forgot my password and i want to talk to a human", "human_requested"),
        ("what's the weather like in paris tomorrow", "out_of_scope"),
        ("", "out_of_scope"),
    ],
)
def test_what_people_must_answer_goes_to_people(message: str, code: str, ask: Any) -> None:
    record = ask(message=message)
    assert record.decision.action is Action.HAND_OFF
    assert code in {reason.code for reason in record.decision.reasons}


@pytest.mark.parametrize(
    ("earlier", "code"),
    [
        ("there is a payment i did not make", "regulated"),
        ("someone changed my password", "regulated"),
        ("i want to die", "regulated"),
        ("ich will keinen Bot", "human_requested"),
        ("let me talk to a human", "human_requested"),
    ],
)
def test_what_the_customer_said_earlier_still_goes_to_people(
    earlier: str, code: str, ask: Any
) -> None:
    """R26, R28: a harmless message after it doesn't settle it, nor does what the agent says."""
    history = (Message(Role.CUSTOMER, earlier), Message(Role.BOT, "How can I help?"))
    record = ask(message="hi, i forgot my password and can not sign in", history=history)
    assert record.decision.action is Action.HAND_OFF
    assert code in {reason.code for reason in record.decision.reasons}


@pytest.mark.parametrize("who", [Role.AGENT, Role.BOT])
def test_what_others_than_the_customer_said_is_no_wish(who: Role, ask: Any) -> None:
    """R28: offering a person is not asking for one."""
    history = (Message(who, "you can talk to a human about fraud"),)
    record = ask(message="hi, i forgot my password and can not sign in", history=history)
    assert record.decision.action is Action.SEND, record.decision.reasons


def test_record_holds_the_hash_of_everything_used(
    ask: Any, router: Router, policy: Policy, playbook: Playbook
) -> None:
    """R14: the prompt's render hash is in every reply's record, and changes with the policy."""
    record = ask()
    template = playbook.template(str(record.proposal.template_id))
    expected = {
        "code": "c" * 64, "model": router.digest, "policy": policy.digest,
        "playbook": playbook.digest, "switches": Switches().digest, "template": template.digest,
        "terms": load_terms().digest,
        "correctness": Correctness.untaught(playbook, region="eu").digest,
    }  # fmt: skip
    assert {name: record.hashes[name] for name in expected} == expected
    assert len(record.hashes["prompt"]) == 64
    assert record.people == (template.approver,)


def test_prompt_hash_follows_the_policy(
    case: Case, router: Router, backend: GroundedBackend, policy: Policy, playbook: Playbook
) -> None:
    hashes = {
        answer(
            case, release_id="r", hashes={}, router=router,
            correctness=Correctness.untaught(playbook, region="eu"), backend=backend,
            policy=replace(policy, digest=digest), switches=Switches(), playbook=playbook,
            reply_id="p",
        ).hashes["prompt"]
        for digest in ("1" * 64, "2" * 64)
    }  # fmt: skip
    assert len(hashes) == 2


def test_same_question_gives_the_same_record(ask: Any) -> None:
    assert canonical(ask()) == canonical(ask())


def test_failing_backend_is_a_hand_off_that_quotes_nobody(ask: Any) -> None:
    record = ask(using=Broken(), message=f"i forgot my password {SECRET}")
    assert record.decision.action is Action.HAND_OFF
    assert record.proposal.failure == "failed with ValueError"
    assert SECRET not in str(record.decision)


def test_case_of_another_region_is_refused(ask: Any) -> None:
    with pytest.raises(ResidencyViolation):
        ask(region="us")


def test_expired_template_is_a_hand_off(ask: Any) -> None:
    """R11."""
    record = ask(at=datetime(2031, 1, 1, tzinfo=UTC))
    assert record.decision.action is Action.HAND_OFF
    assert "expired" in str(record.proposal.failure)


def test_incoming_message_is_redacted_before_it_becomes_a_case() -> None:
    clean = redact_message(
        "hi, i'm at anna.lund@example.org and my card is 4111 1111 1111 1111",
        language="en", region="eu", at=AT, ruleset=STANDARD,
    )  # fmt: skip
    assert "anna.lund" not in clean
    assert "4111" not in clean
    assert "[EMAIL_1]" in clean


def test_default_backend_is_registered(playbook: Playbook) -> None:
    assert BACKENDS["grounded"](playbook).name == "grounded"


def test_template_with_fewest_open_slots_is_chosen_then_the_earlier_one(
    playbook: Playbook, case: Case, route: Route
) -> None:
    cell = playbook.templates_for("password_reset", "eu", "en")
    first, second = cell[:2]
    backend = GroundedBackend(playbook)
    assert backend.propose(case, route).template_id == first.id
    facts = tuple(f for f in playbook.facts if f.name != "reset_hours")
    needs_hours = {"reset_hours"} & {slot.name for slot in first.slots}
    assert needs_hours
    without = replace(playbook, facts=facts)
    assert GroundedBackend(without).propose(case, route).template_id == second.id


def test_template_of_tomorrow_is_not_used_today(
    playbook: Playbook, case: Case, route: Route
) -> None:
    later = tuple(replace(t, valid_from=date(2026, 3, 3)) for t in playbook.templates)
    with pytest.raises(NoGrounds, match="expired"):
        GroundedBackend(replace(playbook, templates=later)).propose(case, route)


def test_no_topic_has_no_grounds(backend: GroundedBackend, case: Case, route: Route) -> None:
    with pytest.raises(NoGrounds):
        backend.propose(case, replace(route, topic=None))


def test_policy_has_no_threshold_without_a_promise(playbook: Playbook) -> None:
    """R25: not measured is not promised."""
    policy = build_policy(playbook, region="eu", promises=(), open_cells=OPEN, terms=load_terms())
    assert set(policy.thresholds.values()) == {None}


def test_policy_digest_follows_threshold_and_stage(playbook: Playbook, policy: Policy) -> None:
    """R19: what changes an answer changes the hash."""
    terms = load_terms()
    low = promised(RiskTier.LOW, 0.9)
    same = build_policy(playbook, region="eu", promises=[low], open_cells=OPEN, terms=terms)
    other = promised(RiskTier.LOW, 0.91)
    fewer = OPEN[:1]
    digests = {
        same.digest,
        build_policy(playbook, region="eu", promises=[other], open_cells=OPEN, terms=terms).digest,
        build_policy(playbook, region="eu", promises=[low], open_cells=fewer, terms=terms).digest,
        build_policy(
            replace(playbook, digest="0" * 64), region="eu", promises=[low], open_cells=OPEN,
            terms=terms,
        ).digest,
    }  # fmt: skip
    assert same.digest == policy.digest
    assert len(digests) == 4


def test_policy_holds_only_its_own_region(playbook: Playbook, policy: Policy) -> None:
    assert {t.region for t in policy.templates.values()} == {"eu"}
    assert {f.region for f in policy.facts.values()} == {"eu"}
    with pytest.raises(ResidencyViolation):
        build_policy(
            playbook, region="us", promises=[promised(RiskTier.LOW, 0.9)], open_cells=(),
            terms=load_terms(),
        )  # fmt: skip


def test_stage_that_opens_an_unknown_topic_is_refused(playbook: Playbook) -> None:
    with pytest.raises(BadInput, match="refnud"):
        build_policy(
            playbook, region="eu", promises=(), open_cells=[("refnud", "eu", "chat")],
            terms=load_terms(),
        )  # fmt: skip


class _Fails:
    """A router and a head that quote the customer when they fail."""

    digest, region = "f" * 64, "eu"

    def __init__(self, error: type[Exception]) -> None:
        self._error = error

    def route(self, text: str, *_: Any, **__: Any) -> Route:
        raise self._error(text)

    def probability(self, text: str, *_: Any) -> float:
        raise self._error(text)


@pytest.mark.parametrize("part", ["router", "correctness"])
def test_router_or_head_that_fails_is_a_hand_off_on_record(
    part: str, case: Case, router: Router, backend: GroundedBackend, policy: Policy,
    playbook: Playbook, untaught: Correctness,
) -> None:  # fmt: skip
    """R14, R26: never an exception, and never the message's words in the reason."""
    given: dict[str, Any] = {"router": router, "correctness": untaught, part: _Fails(ValueError)}
    record = answer(
        replace(case, message=SECRET), release_id="r1", hashes={}, backend=backend, policy=policy,
        switches=OFF, playbook=playbook, reply_id="p1", **given,
    )  # fmt: skip
    assert record.decision.action is Action.HAND_OFF
    (said,) = [r for r in record.decision.reasons if r.code == "router_failed"]
    assert "ValueError" in said.sentence and SECRET not in said.sentence
    assert record.acceptance == 0.0
    assert record.decision.text
