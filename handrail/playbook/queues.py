"""Who takes over: queues of people, what each needs to know, and the approved questions for it.

Part of the playbook (`queues.yaml` of the example). The routing role asks these questions and no
others, and brings a conversation to these queues and to no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from handrail.digests import digest

# Two questions that belong to no field: the first when no topic fits, the second before handing on.
WHAT_ABOUT = "what_about"
ANYTHING_ELSE = "anything_else"
OF_NO_FIELD = (WHAT_ABOUT, ANYTHING_ELSE)


class FieldKind(StrEnum):
    """What sort of thing is asked for. There is none for passwords, PINs and card numbers."""

    ORDER_ID = "order_id"
    ACCOUNT = "account"
    CONTACT = "contact"
    ADDRESS = "address"
    DATE = "date"
    AMOUNT = "amount"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True)
class Field:
    """One thing people need to know; `choices` maps each choice to its phrases by language."""

    name: str
    kind: FieldKind
    choices: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Question:
    """How one field is asked for in one region and language, vetted as a template is."""

    id: str
    asks: str
    region: str
    language: str
    text: str
    owner: str
    approver: str
    valid_from: date
    valid_to: date

    @property
    def digest(self) -> str:
        """Content hash."""
        return digest(self)

    def valid_on(self, day: date) -> bool:
        """Whether it may be asked on `day`, both ends included."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class Need:
    """A field a queue needs; one that isn't required is asked for once at most."""

    field: str
    required: bool


@dataclass(frozen=True)
class Queue:
    """One queue of people. `takes` names topics and regulated matters.

    `max_questions` (k) bounds what a customer is asked before it, `answers_within_minutes` is its
    promise to the customer (SLA). `if_refused` is the queue that is asked next, empty for the
    region's fallback. A `fallback` takes whatever nobody else does and is where people always are.
    """

    name: str
    description: str
    regions: tuple[str, ...]
    takes: tuple[str, ...]
    needs: tuple[Need, ...]
    max_questions: int
    answers_within_minutes: int
    if_refused: str
    fallback: bool


@dataclass(frozen=True)
class Queues:
    """All queues of a playbook, with their fields and questions; empty if it has none."""

    fields: Mapping[str, Field] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    queues: Mapping[str, Queue] = field(default_factory=dict)

    def of(self, region: str) -> dict[str, Queue]:
        """The queues that serve a region."""
        return {name: queue for name, queue in self.queues.items() if region in queue.regions}

    def question(self, asks: str, *, region: str, language: str, on: date) -> Question | None:
        """How `asks` is asked for there on that day: the last one written that is approved."""
        approved = [
            q for q in self.written(asks, region=region, language=language, on=on) if q.approver
        ]
        return approved[-1] if approved else None

    def written(self, asks: str, *, region: str, language: str, on: date) -> tuple[Question, ...]:
        """Every question for `asks` that would hold there on that day, approved or not."""
        cell = (asks, region, language)
        return tuple(
            q for q in self.questions if (q.asks, q.region, q.language) == cell and q.valid_on(on)
        )

    def asked_in(self, region: str) -> Iterator[str]:
        """What may have to be asked in a region, in order, once each."""
        queues = self.of(region).values()
        if any(queue.max_questions for queue in queues):
            yield from OF_NO_FIELD
            yield from dict.fromkeys(
                need.field for queue in queues if queue.max_questions for need in queue.needs
            )
