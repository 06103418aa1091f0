"""The one conversation record that every reader produces and every stage reads.

`Conversation` holds raw text and lives in memory and in the vault's raw class only. Its stored form
is canonical JSON (`encode`), its exchange form Arrow (`ARROW_SCHEMA`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

import orjson
import pyarrow as pa
from pydantic import TypeAdapter

from handrail.digests import canonical
from handrail.errors import BadInput, without_chat_text

# An id is a ticket or chat number, never an address or a phone number: no "@", "+" or space.
CONVERSATION_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$")


class Role(StrEnum):
    """Who wrote a turn."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    TOOL = "tool"
    SYSTEM = "system"


class Channel(StrEnum):
    """How the conversation was held."""

    CHAT = "chat"
    EMAIL = "email"
    MESSAGING = "messaging"
    VOICE = "voice_transcript"
    SOCIAL = "social"
    FORM = "form"


class Severity(StrEnum):
    """How urgent the export calls it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Status(StrEnum):
    """How the source system left the conversation."""

    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ABANDONED = "abandoned"


class Basis(StrEnum):
    """On which legal ground (GDPR article 6) the company processes the conversation."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"


class SetBy(StrEnum):
    """Who set a tag."""

    EXPORT = "export"
    RULE = "rule"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True)
class Tag:
    """A value from a controlled vocabulary, who set it and how sure they were.

    `confidence` is 0..1 from a model and None from everybody else; `BadInput` for any other pair.
    """

    value: str
    set_by: SetBy
    confidence: float | None = None

    def __post_init__(self) -> None:
        is_models = self.set_by is SetBy.MODEL
        if is_models != (self.confidence is not None) or not 0 <= (self.confidence or 0) <= 1:
            msg = "a tag that a model set says how sure it is (0 to 1), and no other tag does"
            raise BadInput(msg)


@dataclass(frozen=True)
class Turn:
    """One message. `index` counts from 0 in order; `template` is the reply template's label.

    `author` is the id that the export gives the support agent who wrote it, None for anybody else.
    """

    index: int
    role: Role
    text: str
    at: datetime | None = None
    is_private: bool = False
    template: str | None = None
    author: str | None = None


@dataclass(frozen=True)
class Action:
    """A step taken in a system behind the chat. `arguments` may hold personal data."""

    name: str
    after_turn: int | None = None
    succeeded: bool | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The evidence of how it ended. `csat` is 1..5; "resolved" is computed from this, not read."""

    status: Status
    closed_at: datetime | None = None
    reopened_at: tuple[datetime, ...] = ()
    escalated: bool = False
    csat: int | None = None


@dataclass(frozen=True)
class Customer:
    """What the company knows of the customer: the scrubber removes each of these values anywhere.

    `known` maps a kind (`name`, `email`, `phone`, `address`, `username`, `account`, ...) to values.
    """

    customer_id: str | None = None
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    opted_out_of_ai: bool = False
    opted_out_of_training: bool = False


class FlagLabel(StrEnum):
    """What a support agent says of an AI message."""

    HELPFUL = "helpful"
    RISKY = "risky"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True)
class Flag:
    """One agent's flag on one message; `reason` is free text and is scrubbed like a chat.

    A flag of the same `flag_id` with a higher `revision` replaces the earlier one; both are kept.
    """

    flag_id: str
    conversation_id: str
    turn_index: int
    label: FlagLabel
    reason: str
    flagged_by: str
    at: datetime
    revision: int = 0


@dataclass(frozen=True)
class Conversation:
    """One support conversation with its raw text.

    `region` is the deployment's region name, `day` the UTC date of the first message, never
    changed. A tag that nobody set is None; admission decides what that means. The region is a tag
    too, always there and never a model's. `language_verified`: what the customer wrote is in the
    language that the tag says; False where that can't be told, and the tag stands unverified.
    `simulated` marks output of `handrail simulate` and is carried to every later stage.
    """

    conversation_id: str
    source_system: str
    region: str
    day: date
    turns: tuple[Turn, ...]
    outcome: Outcome
    customer: Customer
    channel: Tag | None = None
    language: Tag | None = None
    product_area: Tag | None = None
    severity: Tag | None = None
    topic: Tag | None = None
    basis: Tag | None = None
    actions: tuple[Action, ...] = ()
    flags: tuple[Flag, ...] = ()
    sector: str | None = None
    simulated: bool = False
    region_set_by: SetBy = SetBy.EXPORT
    language_verified: bool = False

    def __post_init__(self) -> None:
        if not CONVERSATION_ID.fullmatch(self.conversation_id):
            msg = (
                "conversation_id must be an opaque id of at most 128 letters, digits and ._:/- "
                "(no address, phone number or space): map another field"
            )
            raise BadInput(msg)
        if not self.turns:
            msg = "a conversation has at least one turn"
            raise BadInput(msg)


@cache
def _adapter() -> TypeAdapter[Conversation]:
    return TypeAdapter(Conversation)


def encode(conversation: Conversation) -> bytes:
    """Canonical JSON of a conversation: the same conversation gives the same bytes."""
    return orjson.dumps(conversation, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def decode(data: bytes) -> Conversation:
    """The conversation that `encode` wrote; anything else is `Withheld`, without quoting it."""
    with without_chat_text("a stored conversation"):
        return _adapter().validate_json(data)


def day_of(first_message_at: datetime) -> date:
    """The UTC date of a conversation's first message."""
    return first_message_at.astimezone(UTC).date()


_TIME = pa.timestamp("us", tz="UTC")
_TAG = pa.struct([("value", pa.string()), ("set_by", pa.string()), ("confidence", pa.float64())])
ARROW_SCHEMA = pa.schema(
    [
        pa.field("conversation_id", pa.string(), nullable=False),
        pa.field("source_system", pa.string(), nullable=False),
        pa.field("region", pa.string(), nullable=False),
        pa.field("region_set_by", pa.string(), nullable=False),
        pa.field("day", pa.date32(), nullable=False),
        pa.field("channel", _TAG),
        pa.field("language", _TAG),
        pa.field("language_verified", pa.bool_(), nullable=False),
        pa.field("product_area", _TAG),
        pa.field("severity", _TAG),
        pa.field("topic", _TAG),
        pa.field("basis", _TAG),
        pa.field("sector", pa.string()),
        pa.field("simulated", pa.bool_(), nullable=False),
        pa.field(
            "turns",
            pa.list_(
                pa.struct(
                    [
                        ("index", pa.int32()),
                        ("role", pa.string()),
                        ("text", pa.string()),
                        ("at", _TIME),
                        ("is_private", pa.bool_()),
                        ("template", pa.string()),
                        ("author", pa.string()),
                    ]
                )
            ),
            nullable=False,
        ),
        pa.field(
            "actions",
            pa.list_(
                pa.struct(
                    [
                        ("name", pa.string()),
                        ("after_turn", pa.int32()),
                        ("succeeded", pa.bool_()),
                        ("arguments", pa.string()),  # canonical JSON
                    ]
                )
            ),
        ),
        pa.field(
            "flags",
            pa.list_(
                pa.struct(
                    [
                        ("flag_id", pa.string()),
                        ("conversation_id", pa.string()),
                        ("turn_index", pa.int32()),
                        ("label", pa.string()),
                        ("reason", pa.string()),
                        ("flagged_by", pa.string()),
                        ("at", _TIME),
                        ("revision", pa.int32()),
                    ]
                )
            ),
        ),
        pa.field(
            "outcome",
            pa.struct(
                [
                    ("status", pa.string()),
                    ("closed_at", _TIME),
                    ("reopened_at", pa.list_(_TIME)),
                    ("escalated", pa.bool_()),
                    ("csat", pa.int32()),
                ]
            ),
        ),
        pa.field(
            "customer",
            pa.struct(
                [
                    ("customer_id", pa.string()),
                    ("known", pa.map_(pa.string(), pa.list_(pa.string()))),
                    ("opted_out_of_ai", pa.bool_()),
                    ("opted_out_of_training", pa.bool_()),
                ]
            ),
        ),
    ]
)


def to_arrow(conversations: Iterable[Conversation]) -> pa.RecordBatch:
    """The conversations as one batch of `ARROW_SCHEMA`, in order."""
    with without_chat_text("a batch of conversations"):
        rows = [_row(conversation) for conversation in conversations]
        return pa.RecordBatch.from_pylist(rows, schema=ARROW_SCHEMA)


def _row(conversation: Conversation) -> dict[str, Any]:
    """The fields as dictionaries; `dataclasses.asdict` would copy every text."""
    tags = ("channel", "language", "product_area", "severity", "topic", "basis")
    held = vars(conversation)
    return {
        **held,
        **{name: held[name] and vars(held[name]) for name in tags},
        "turns": [vars(turn) for turn in conversation.turns],
        "actions": [
            {**vars(action), "arguments": canonical(action.arguments).decode()}
            for action in conversation.actions
        ],
        "flags": [vars(flag) for flag in conversation.flags],
        "outcome": vars(conversation.outcome),
        "customer": {
            **vars(conversation.customer),
            "known": list(conversation.customer.known.items()),
        },
    }


def from_arrow(batch: pa.RecordBatch) -> list[Conversation]:
    """The conversations of a batch written by `to_arrow`."""
    with without_chat_text("a batch of conversations"):
        rows = batch.to_pylist()
        for row in rows:
            for action in row["actions"] or ():
                action["arguments"] = orjson.loads(action["arguments"] or b"{}")
            row["customer"]["known"] = dict(row["customer"]["known"] or ())
        return [_adapter().validate_python(row) for row in rows]
