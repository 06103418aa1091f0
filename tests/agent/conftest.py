"""One trained router, the example playbook, and a case that may be sent; tests change one thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.correctness import Correctness
from handrail.agent.offers import Offering
from handrail.agent.policy import build_policy
from handrail.agent.promise import Promise
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.agent.training import train_router
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import (
    AgentRole,
    Case,
    Policy,
    Proposal,
    RiskTier,
    Route,
    Switches,
)
from handrail.dataset.model import TrainingExample
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT
from handrail.verdicts import Verdict
from tests.agent.corpus import examples

SEED = 5
AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
OPEN = [(t, "eu", "chat") for t in ("password_reset", "account_onboarding", "order_status")]


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture(scope="session")
def triggers(playbook: Playbook) -> RegulatedTriggers:
    return RegulatedTriggers.of(playbook, terms=load_terms())


@pytest.fixture(scope="session")
def dataset() -> list[TrainingExample]:
    return examples()


@pytest.fixture(scope="session")
def router(dataset: list[TrainingExample]) -> Router:
    return train_router(dataset, region="eu", seed=SEED, encoder=None)


@pytest.fixture(scope="session")
def untaught(playbook: Playbook) -> Correctness:
    """The head that takes the router's word."""
    return Correctness.untaught(playbook, region="eu")


def offering_of(playbook: Playbook) -> Offering:
    """What a release of the playbook would offer in eu, unranked."""
    return Offering.of(playbook, retrieval=None, terms=load_terms(), region="eu", on=AT.date())


@pytest.fixture(scope="session")
def offering(playbook: Playbook) -> Offering:
    return offering_of(playbook)


def promised(tier: RiskTier, threshold: float | None) -> Promise:
    verdict = Verdict.NOT_MEASURED if threshold is None else Verdict.PASS
    return Promise("eu", tier, 0.05, 0.1, threshold, 100, 0.9, verdict, "", simulated=True)


@pytest.fixture(scope="session")
def policy(playbook: Playbook) -> Policy:
    promises = [promised(RiskTier.LOW, 0.9), promised(RiskTier.MEDIUM, None)]
    return build_policy(
        playbook, region="eu", promises=promises, open_cells=OPEN, terms=load_terms()
    )


@pytest.fixture(scope="session")
def backend(playbook: Playbook) -> GroundedBackend:
    return GroundedBackend(playbook)


@pytest.fixture
def case() -> Case:
    return Case(
        case_id="c1", region="eu", language="en", channel="chat", role=AgentRole.RESOLVE,
        message="hi, i forgot my password", history=(), context={}, at=AT,
    )  # fmt: skip


@pytest.fixture
def route() -> Route:
    return Route("password_reset", 0.97, False, 0.03, (), (("account_onboarding", 0.02),))


@pytest.fixture
def proposal(backend: GroundedBackend, case: Case, route: Route) -> Proposal:
    return backend.propose(case, route)


@pytest.fixture
def send(
    case: Case, route: Route, proposal: Proposal, policy: Policy
) -> Callable[..., dict[str, Any]]:
    """The arguments of a decision that says send, with some fields changed.

    `send(case={"channel": "email"})` changes the case only.
    """

    def arguments(*, acceptance: float = 0.97, **changes: dict[str, Any]) -> dict[str, Any]:
        given = {
            "case": case, "route": route, "proposal": proposal, "policy": policy,
            "switches": Switches(),
        }  # fmt: skip
        changed = {n: replace(value, **changes.get(n, {})) for n, value in given.items()}
        return {**changed, "acceptance": acceptance}

    return arguments
