"""What lands in the warehouse: the little it needs to know of a chat, and rows of its own.

The warehouse lies below the packages that own these types, so chats are described by shape.
"""

# ruff: noqa: D102 - the attributes are described where they are owned

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class LandedTag(Protocol):
    """A value from a controlled vocabulary and who set it."""

    @property
    def value(self) -> str: ...
    @property
    def set_by(self) -> str: ...
    @property
    def confidence(self) -> float | None: ...


class LandedTurn(Protocol):
    """One redacted message."""

    @property
    def index(self) -> int: ...
    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def template(self) -> str | None: ...
    @property
    def author(self) -> str | None: ...


class LandedAction(Protocol):
    """A step taken in a system behind the chat."""

    @property
    def name(self) -> str: ...
    @property
    def after_turn(self) -> int | None: ...
    @property
    def succeeded(self) -> bool | None: ...


class LandedOutcome(Protocol):
    """How the chat ended."""

    @property
    def status(self) -> str: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def reopened_at(self) -> Sequence[datetime]: ...
    @property
    def escalated(self) -> bool: ...
    @property
    def csat(self) -> int | None: ...


class LandedStamp(Protocol):
    """Proof of redaction."""

    @property
    def scrubber(self) -> str: ...


class LandedChat(Protocol):
    """A redacted conversation; `handrail.redaction` makes them."""

    @property
    def conversation_id(self) -> str: ...
    @property
    def source_system(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def region_set_by(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def turns(self) -> Sequence[LandedTurn]: ...
    @property
    def actions(self) -> Sequence[LandedAction]: ...
    @property
    def outcome(self) -> LandedOutcome: ...
    @property
    def channel(self) -> LandedTag | None: ...
    @property
    def language(self) -> LandedTag | None: ...
    @property
    def language_verified(self) -> bool: ...
    @property
    def product_area(self) -> LandedTag | None: ...
    @property
    def severity(self) -> LandedTag | None: ...
    @property
    def topic(self) -> LandedTag | None: ...
    @property
    def basis(self) -> LandedTag | None: ...
    @property
    def sector(self) -> str | None: ...
    @property
    def simulated(self) -> bool: ...
    @property
    def opted_out_of_ai(self) -> bool: ...
    @property
    def opted_out_of_training(self) -> bool: ...
    @property
    def stamp(self) -> LandedStamp: ...


class LandedTopic(Protocol):
    """A topic of the playbook."""

    @property
    def name(self) -> str: ...
    @property
    def product_area(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def regulated(self) -> bool: ...


@dataclass(frozen=True)
class Label:
    """One revision of a support agent's flag."""

    flag_id: str
    revision: int
    conversation_id: str
    turn_index: int
    label: str
    reviewer: str
    flagged_at: datetime


@dataclass(frozen=True)
class RowCount:
    """So many rows of a day went this way: `accepted`, or the reason they were held back."""

    day: date | None
    reason: str
    rows: int


@dataclass(frozen=True)
class Score:
    """One measure of one release on one slice of the suite; bounds None where not measured."""

    release: str
    model: str
    suite: str
    scored_at: datetime
    slice: str
    measure: str
    value: float | None
    lower: float | None
    upper: float | None
    n: int
    verdict: str


Vocabulary = Mapping[str, Sequence[str]]
"""A field that the company controls (`landing.CONTROLLED`) to the values it may take.

`no_mix_sector` names the sectors that are kept apart from all others, `mandate` the roles of the
playbook that have an approved one.
"""
