"""R35: default deny; a rule is needed for each team, class and purpose."""

from __future__ import annotations

import pytest

from handrail.access import Access, AccessPolicy, Purpose, Verb
from handrail.errors import BadInput
from handrail.residency import DataClass
from handrail.settings import load_settings


@pytest.fixture(scope="module")
def policy() -> AccessPolicy:
    return AccessPolicy.read(load_settings(environ={}).access_policy)


def allowed(
    policy: AccessPolicy, team: str, purpose: Purpose, verb: Verb, data_class: DataClass
) -> bool:
    access = Access(actor="test", team=team, purpose=purpose)
    return policy.decide(access, verb, data_class, region="eu").allowed


@pytest.mark.parametrize(
    ("team", "purpose", "verb", "data_class"),
    [
        ("pipeline", Purpose.INTAKE, Verb.WRITE, DataClass.RAW),
        ("pipeline", Purpose.REDACTION, Verb.READ, DataClass.RAW),
        ("pipeline", Purpose.TRAINING, Verb.READ, DataClass.DATASET),
        ("agent", Purpose.SERVING, Verb.READ, DataClass.MODEL),
        ("agent", Purpose.SERVING, Verb.WRITE, DataClass.DESK),
        ("compliance", Purpose.EXPLANATION, Verb.READ, DataClass.DESK),
        ("compliance", Purpose.REVIEW, Verb.READ, DataClass.REDACTED),
    ],
)
def test_what_a_rule_permits(
    policy: AccessPolicy, team: str, purpose: Purpose, verb: Verb, data_class: DataClass
) -> None:
    assert allowed(policy, team, purpose, verb, data_class)


def test_raw_chats_are_open_to_intake_and_redaction_alone_R35(policy: AccessPolicy) -> None:
    """Every other team and purpose there is, reading or writing, is refused."""
    open_to = {
        (team, purpose)
        for team in ("pipeline", "agent", "compliance", "support", "platform", "root", "")
        if team
        for purpose in Purpose
        for verb in Verb
        if allowed(policy, team, purpose, verb, DataClass.RAW)
    }
    assert open_to == {("pipeline", Purpose.INTAKE), ("pipeline", Purpose.REDACTION)}


def test_an_empty_policy_permits_nothing() -> None:
    empty = AccessPolicy("")
    assert not any(
        allowed(empty, "pipeline", purpose, verb, data_class)
        for purpose in Purpose
        for verb in Verb
        for data_class in DataClass
    )


def test_a_policy_that_is_not_cedar_is_refused() -> None:
    with pytest.raises(BadInput, match="not valid Cedar"):
        AccessPolicy("permit everything to everyone")


def test_a_team_name_cannot_inject_a_rule(policy: AccessPolicy) -> None:
    with pytest.raises(BadInput, match="team's name"):
        allowed(policy, 'x" || true || "', Purpose.INTAKE, Verb.READ, DataClass.RAW)
