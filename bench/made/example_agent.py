"""An agent of the example company, taught by invented chats: what behavior tests and benches drive.

Every topic that may be automatic is open on chat and has the promise that the region's low tier
gets from its calibration rows, so that an agent that is too daring shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

from handrail.agent.answer import answer
from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.correctness import Correctness
from handrail.agent.lessons import lessons_of
from handrail.agent.offers import Offering, evidence
from handrail.agent.policy import build_policy
from handrail.agent.promise import Promise, make_promises
from handrail.agent.router import Router
from handrail.agent.teaching import teach
from handrail.agent.terms import load_terms
from handrail.agent.training import train_router
from handrail.agent.types import (
    AgentRole,
    Backend,
    Case,
    DecisionRecord,
    Message,
    Policy,
    RiskTier,
    Route,
    Switches,
)
from handrail.conversations.model import Conversation, Role
from handrail.dataset.coverage import Cell
from handrail.dataset.grammar import Grammar
from handrail.dataset.model import TrainingExample
from handrail.dataset.splits import assign, clusters_of, offered
from handrail.errors import BadInput
from handrail.inference.encoders import Encoder
from handrail.inference.encoders.remembering import Remembering
from handrail.playbook.model import Playbook, Use
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT
from handrail.simulate.exports import histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World

REGION = "eu"
AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
# What the company's systems know of the customer, so that no template lacks a value.
KNOWN = {
    "order_id": "A-1001", "status": "ok", "expected_on": "05/03/2026", "tracking_status": "ok",
    "promo_code": "SPRING", "promo_ends_on": "31/03/2026", "refund_amount": "25,00 €",
    "refund_sent_on": "01/03/2026", "account_balance": "1 204,50 €", "balance_on": "02/03/2026",
    "transfer_amount": "75,00 €", "transfer_on": "27/02/2026", "transfer_reason": "ok",
}  # fmt: skip
_SEED = 5
_CHATS = 1200
_READ_ONCE = 50_000  # tests and scripts say the same again and again
_OPENINGS = 30  # written for each topic and language, which few simulated chats are about


@dataclass(frozen=True)
class LessSure(Correctness):
    """The taught head with every probability times `factor`."""

    factor: float

    def probability(self, message: str, route: Route, template_id: str | None) -> float:
        """Zero where the head says so."""
        return self.factor * super().probability(message, route, template_id)


@dataclass(frozen=True, eq=False)
class ExampleAgent:
    """Answers as a release of region eu would."""

    playbook: Playbook
    router: Router
    correctness: Correctness
    policy: Policy
    threshold: float

    def reply(
        self,
        message: str,
        language: str,
        *,
        history: tuple[Message, ...] = (),
        context: Mapping[str, str] = KNOWN,
        backend: Backend | None = None,
        factor: float = 1.0,
    ) -> DecisionRecord:
        """What would be done with `message`, and why."""
        case = Case(
            case_id="r-1", region=REGION, language=language, channel="chat",
            role=AgentRole.RESOLVE, message=message, history=history, context=context, at=AT,
        )  # fmt: skip
        return answer(
            case,
            release_id="example",
            hashes={},
            router=self.router,
            correctness=self._as_sure(factor),
            backend=backend or GroundedBackend(self.playbook),
            policy=self.policy,
            switches=Switches(),
            playbook=self.playbook,
            reply_id=case.case_id,
        )

    def _as_sure(self, factor: float) -> Correctness:
        if factor == 1.0:
            return self.correctness
        return LessSure(**_fields(self.correctness), factor=factor)


def _fields(head: Correctness) -> dict[str, Any]:
    return {field.name: getattr(head, field.name) for field in fields(head)}


def example_agent(*, encoder: Encoder | None) -> ExampleAgent:
    """The agent, with a head taught by the same chats; some twenty seconds of processor time."""
    playbook = read_playbook(PROJECT / "handrail" / "playbook" / "example")
    rows = offered([*_chats(playbook), *_openings(playbook)])
    examples, _ = assign(rows, clusters_of(rows), seed=_SEED, later=None)
    reads = None if encoder is None else Remembering(encoder, most=_READ_ONCE)
    router = train_router(examples, region=REGION, seed=_SEED, encoder=reads)
    head, promised = _taught(router, examples, playbook)
    if promised.threshold is None:
        msg = "the example's calibration rows promise nothing: have more chats simulated"
        raise BadInput(msg)
    policy = build_policy(
        playbook,
        region=REGION,
        promises=[replace(promised, tier=tier) for tier in (RiskTier.LOW, RiskTier.MEDIUM)],
        open_cells=[(topic, REGION, "chat") for topic in playbook.topics],
        terms=load_terms(),
    )
    return ExampleAgent(playbook, router, head, policy, promised.threshold)


def _taught(
    router: Router, examples: Sequence[TrainingExample], playbook: Playbook
) -> tuple[Correctness, Promise]:
    """Head and promise of the low tier as a model gets them; feedback's effect isn't measured."""
    offering = Offering.of(
        playbook, retrieval=None, terms=load_terms(), region=REGION, on=AT.date()
    )
    boundaries = playbook.boundaries.used_for(Use.TRAINING)
    lessons = lessons_of(examples, boundaries, offering=offering, seed=_SEED)
    seen = evidence(examples, offering, router, seed=_SEED)
    head = teach(lessons, calibrate_on=seen.fit, playbook=playbook, region=REGION)
    tiers = {t.name: RiskTier(t.tier) for t in playbook.topics.values()}
    promises = make_promises(head, seen, region=REGION, tiers=tiers, terms=load_terms(), seed=_SEED)
    return head, next(p for p in promises if p.tier is RiskTier.LOW)


def _chats(playbook: Playbook) -> Iterator[dict[str, object]]:
    """What simulated customers open with, where the topic is plain."""
    world = World(REGION, playbook, locales_of(REGION), _SEED)
    for history in histories(world, chats=_CHATS, days=14, first_day=date(2026, 1, 5)):
        chat, key = history.last, history.key
        if key.topic and not key.is_ambiguous:
            customer = chat.customer.customer_id or chat.conversation_id
            yield {
                **_row(chat.conversation_id, customer, key.language, key.topic, _opening(chat)),
                "template": None if chat.flags else _vetted(chat, playbook, key.topic),
            }


def _openings(playbook: Playbook) -> Iterator[dict[str, object]]:
    """What the generator of synthetic rows writes, each as a customer of its own."""
    grammar = Grammar.read(PROJECT / "handrail" / "dataset" / "openings")
    languages = dict.fromkeys(d.language for d in playbook.disclosures if d.region == REGION)
    for topic, language in product(playbook.topics, languages):
        cell = Cell(
            topic, REGION, language, "chat", None, 0, _OPENINGS, _OPENINGS, None, None, None
        )
        dialogues = grammar.generate(cell, _OPENINGS, seed=_SEED, book=playbook, on=AT.date())
        for number, dialogue in enumerate(dialogues):
            name = f"{topic}-{language}-{number}"
            yield _row(name, name, language, topic, dialogue.opening)


def _opening(chat: Conversation) -> str:
    said: list[str] = []
    for turn in chat.turns:
        if turn.role is Role.CUSTOMER:
            said.append(turn.text)
        elif said:
            break
    return " ".join(said)


def _vetted(chat: Conversation, playbook: Playbook, topic: str) -> str | None:
    """The template of its topic that the customer was answered from, if from any."""
    named = [turn.template for turn in chat.turns if turn.template]
    return next((t.id for t in playbook.templates if t.id in named and t.topic == topic), None)


def _row(name: str, customer: str, language: str, topic: str, message: str) -> dict[str, object]:
    return {
        "example_id": name, "source_system": "desk", "region": REGION, "language": language,
        "channel": "chat", "product_area": "account", "severity": "normal", "sector": "retail",
        "basis": "contract", "topic": topic, "topic_set_by": "export", "message": message,
        "reply": "done", "template": None, "agent": None, "weight": 1.0, "outcome_weight": 0.0,
        "accepted": None, "reply_accepted": None, "flagged_message": None, "flagged_reply": None,
        "subject_group": customer, "day": date(2026, 1, 5), "simulated": True,
    }  # fmt: skip
