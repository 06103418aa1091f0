"""What people get with a case that was routed to them: all that was collected, redacted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handrail.agent.summarizer.types import Summary
from handrail.agent.types import Message, Reason, Route
from handrail.playbook.queues import FieldKind


@dataclass(frozen=True)
class Given:
    """A field the customer gave: its value as it stands in the redacted turn of that number."""

    field: str
    kind: FieldKind
    value: str
    turn: int


@dataclass(frozen=True)
class Asked:
    """A question that was put: its id and content hash, and the number of the turn that puts it."""

    asks: str
    question: str
    digest: str
    turn: int


@dataclass(frozen=True)
class Handover:
    """A request for an item in a queue, with everything in play (R26).

    `reasons` say why people take over, in the order they arose. `route` is the model's view: topic,
    calibrated probability, alternatives; None where it was not asked. `regulated` are the triggers
    that fired. `missing` are required fields that the customer didn't give. `turns` is the whole
    redacted conversation; `summary` is added by whoever queues the case. `answer_by` is what the
    queue promises (SLA), from `at` on. `hashes` name model, prompt, policy, playbook, switches and
    terms (R14).
    """

    case_id: str
    at: datetime
    region: str
    language: str
    channel: str
    queue: str
    refused_by: tuple[str, ...]
    reasons: tuple[Reason, ...]
    route: Route | None
    regulated: tuple[str, ...]
    fields: tuple[Given, ...]
    missing: tuple[str, ...]
    questions: tuple[Asked, ...]
    turns: tuple[Message, ...]
    answers_within_minutes: int
    answer_by: datetime
    hashes: Mapping[str, str]
    summary: Summary | None = None
