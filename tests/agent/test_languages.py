"""What holds of the agent in one language of a region holds in all of them (R15, R26, R29)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.candor import texts
from handrail.agent.decide import decide
from handrail.agent.policy import build_policy
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.agent.training import train_router
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import Action, AgentRole, Case, Policy, RiskTier, Switches
from handrail.conversations.model import Conversation, Role
from handrail.dataset.model import Split, TrainingExample
from handrail.inference.encoders import encoder_for
from handrail.playbook.model import Playbook
from handrail.settings import load_settings
from handrail.simulate.answer_key import AnswerKey
from handrail.simulate.exports import histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World
from tests.agent.conftest import AT, SEED, promised
from tests.dataset.test_splits import split

CHATS = 1700
LANGUAGES = ("de", "en", "es", "fr")
TAUGHT = {
    "password_reset", "order_status", "promo_code", "card_activation", "refund_status", "card_lost",
    "fraud_report",
}  # fmt: skip
CONTEXT = {
    "order_id": "A-1001", "status": "ok", "expected_on": "05/03/2026", "tracking_status": "ok",
    "promo_code": "SPRING", "promo_ends_on": "31/03/2026", "refund_amount": "25,00 €",
    "refund_sent_on": "01/03/2026", "account_balance": "1 204,50 €", "balance_on": "02/03/2026",
    "transfer_amount": "75,00 €", "transfer_on": "27/02/2026", "transfer_reason": "ok",
}  # fmt: skip


@pytest.fixture(scope="module")
def asked(playbook: Playbook) -> list[TrainingExample]:
    """The openings of simulated chats whose topic is plain, split by customer."""
    world = World("eu", playbook, locales_of("eu"), SEED)
    told = histories(world, chats=CHATS, days=14, first_day=date(2026, 1, 5))
    chats = ((history.last, history.key) for history in told)
    rows = [_row(chat, key) for chat, key in chats if key.topic and not key.is_ambiguous]
    return split(rows, seed=SEED)


@pytest.fixture(scope="module", params=["with an encoder", "words only"])
def model(asked: list[TrainingExample], request: pytest.FixtureRequest) -> Router:
    """Taught some of the topics only: this is about languages, and the tests are to be quick."""
    encoder = encoder_for(frozenset(LANGUAGES)) if request.param == "with an encoder" else None
    taught = [row for row in asked if row.topic in TAUGHT]
    return train_router(taught, region="eu", seed=SEED, encoder=encoder)


@pytest.fixture(scope="module")
def open_policy(playbook: Playbook) -> Policy:
    """Every topic open, with promises a simulated router can keep."""
    return build_policy(
        playbook,
        region="eu",
        promises=[promised(RiskTier.LOW, 0.8), promised(RiskTier.MEDIUM, 0.8)],
        open_cells=[(topic, "eu", "chat") for topic in playbook.topics],
        terms=load_terms(),
    )


def test_every_language_of_the_region_is_tried_here() -> None:
    """A language that the region gains is added above, with everything below."""
    eu = next(r for r in load_settings(environ={}).all_regions() if r.name == "eu")
    assert sorted(eu.languages) == list(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_keywords_find_regulated_matters_and_nothing_else(
    language: str, asked: list[TrainingExample], triggers: RegulatedTriggers, playbook: Playbook
) -> None:
    """R26: without help of a model, in at least four of five messages."""
    fired: dict[bool, list[bool]] = defaultdict(list)
    for row in asked:
        if row.language == language:
            regulated = playbook.topics[row.topic].regulated
            fired[regulated].append(bool(triggers.fired(row.message, ())))
    assert sum(fired[True]) / len(fired[True]) >= 0.8
    assert sum(fired[False]) / len(fired[False]) <= 0.01


@pytest.mark.parametrize("language", LANGUAGES)
def test_unseen_messages_are_routed_and_answered_in_their_language(
    language: str,
    asked: list[TrainingExample],
    model: Router,
    triggers: RegulatedTriggers,
    open_policy: Policy,
    playbook: Playbook,
) -> None:
    """R15, R26: most go where they belong, regulated ones to people, in the customer's language."""
    backend = GroundedBackend(playbook)
    (first_turn,) = texts(open_policy, language, "first_turn", on=AT.date())
    right, regulated = [], []
    actions: Counter[Action] = Counter()
    for row in asked:
        if row.language != language or row.topic not in TAUGHT or row.split is Split.TRAIN:
            continue
        case = _case(row)
        route = model.route(row.message, language, triggers=triggers)
        right.append(route.topic == row.topic)
        if playbook.topics[row.topic].regulated:
            regulated.append(bool(route.regulated))
            continue
        if route.topic is None or route.regulated:
            continue
        proposal = backend.propose(case, route)
        decision = decide(case, route, proposal, route.probability, open_policy, Switches())
        actions[decision.action] += 1
        assert first_turn in decision.disclosures
        assert f".eu.{language}." in str(proposal.template_id)
        misfit = {"answer_excluded", "way_closed", "other_means", "second_request"}
        unsure = {"low_confidence", "human_requested", *misfit}
        assert {r.code for r in decision.reasons} <= {"sent", *unsure}, decision.reasons
    assert len(right) >= 40
    assert sum(right) / len(right) >= 0.8
    assert regulated.count(False) <= max(1, len(regulated) // 10)
    assert actions[Action.SEND] / actions.total() >= 0.6


def test_french_without_accents_goes_where_it_goes_with_them(
    model: Router, triggers: RegulatedTriggers
) -> None:
    for message in ("j'ai oublié mon mot de passe", "où est ma commande, elle est déjà expédiée ?"):
        bare = message.translate(str.maketrans("éèà ù", "eea u"))
        routes = {model.route(m, "fr", triggers=triggers).topic for m in (message, bare)}
        assert len(routes) == 1 and None not in routes


def _row(chat: Conversation, key: AnswerKey) -> dict[str, object]:
    said: list[str] = []
    for turn in chat.turns:
        if turn.role is Role.CUSTOMER:
            said.append(turn.text)
        elif said:
            break
    return {
        "example_id": chat.conversation_id, "source_system": "desk", "region": "eu",
        "topic_set_by": "export", "language": key.language,
        "channel": "chat", "product_area": "account", "sector": "retail", "topic": key.topic,
        "message": " ".join(said), "reply": "done", "template": None, "weight": 1.0,
        "outcome_weight": 0.0, "accepted": None,
        "subject_group": chat.customer.customer_id or chat.conversation_id,
        "simulated": True, "severity": "normal", "basis": "contract", "agent": None,
        "reply_accepted": None, "flagged_message": None, "flagged_reply": None,
        "day": date(2026, 1, 5),
    }  # fmt: skip


def _case(row: TrainingExample) -> Case:
    return Case(
        case_id=row.example_id, region="eu", language=row.language, channel="chat",
        role=AgentRole.RESOLVE, message=row.message, history=(), context=CONTEXT, at=AT,
    )  # fmt: skip
