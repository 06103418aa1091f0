"""A tiny plan, and a routing role over the example playbook with a router written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from handrail.agent.policy import build_policy
from handrail.agent.routing.plan import Plan
from handrail.agent.routing.role import RoutingRole
from handrail.agent.terms import load_terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import Route, Switches
from handrail.playbook.model import Playbook
from handrail.playbook.queues import OF_NO_FIELD, Need, Queue
from handrail.settings import load_settings

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REGIONS = {region.name: region for region in load_settings(environ={}).all_regions()}

WORDS: Mapping[str, str] = {
    "parcel": "delivery_problem", "paket": "delivery_problem", "colis": "delivery_problem",
    "paquete": "delivery_problem", "refund": "refund_status", "erstattung": "refund_status",
    "remboursement": "refund_status", "reembolso": "refund_status", "order": "order_status",
    "bestellung": "order_status", "commande": "order_status", "pedido": "order_status",
    "password": "password_reset", "passwort": "password_reset", "transfer": "transfer_failed",
}  # fmt: skip


@dataclass(frozen=True)
class ByWord:
    """A router that knows a topic by one word."""

    region: str = "eu"
    digest: str = "f" * 64
    probability: float = 0.9
    suspects: tuple[tuple[str, float], ...] = ()
    words: Mapping[str, str] = field(default_factory=lambda: WORDS)

    def route(self, message: str, language: str, *, triggers: RegulatedTriggers) -> Route:
        topic = next((t for word, t in self.words.items() if word in message.lower()), None)
        scores = [*([(topic, self.probability)] if topic else []), *self.suspects]
        fired = triggers.fired(message, scores)
        probability = self.probability if topic else 0.0
        return Route(topic, probability, topic is None, float(topic is None), fired, self.suspects)


def role_of(playbook: Playbook, region: str = "eu", **changes: Any) -> RoutingRole:
    policy = build_policy(playbook, region=region, promises=[], open_cells=[], terms=load_terms())
    role = RoutingRole(
        REGIONS[region], ByWord(region), playbook, policy, load_terms(), switches=Switches()
    )
    return replace(role, **changes)


def queue(name: str, **changes: Any) -> Queue:
    """A queue that needs and takes nothing."""
    plain = Queue(
        name=name, description="", regions=("eu",), takes=(), needs=(), max_questions=0,
        answers_within_minutes=60, if_refused="", fallback=False,
    )  # fmt: skip
    return replace(plain, **changes)


def plan_of(*queues: Queue, languages: tuple[str, ...] = ("en", "de")) -> Plan:
    """The plan of these queues, with every question written."""
    fields = {need.field for q in queues for need in q.needs}
    return Plan(
        region="eu",
        languages=languages,
        queues={q.name: q for q in queues},
        takers={taken: q.name for q in queues for taken in q.takes},
        askable=dict.fromkeys(languages, frozenset({*OF_NO_FIELD, *fields})),
        fallback=next((q.name for q in queues if q.fallback), None),
    )


SMALL = (
    queue(
        "orders",
        takes=("order_status",),
        needs=(Need("order_id", True), Need("amount", False)),
        max_questions=3,
        if_refused="returns",
    ),
    queue("returns", takes=("return_request",)),
    queue("security", takes=("fraud_report",)),
    queue("front", fallback=True, max_questions=1),
)
