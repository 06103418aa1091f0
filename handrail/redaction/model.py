"""`RedactedConversation`: the only form of a chat that data sets, agent and evaluation accept.

Only `scrub` makes one, only `open_redacted` reads a stored one back, and only `retagged` changes
one: they pass `_MAKER`. There is no customer profile, no private note and no action argument in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

import orjson
from pydantic import TypeAdapter

from handrail.conversations.model import FlagLabel, Outcome, Role, SetBy, Tag
from handrail.errors import Refused, Tampered, without_chat_text


class _Maker:
    """The token that only this package holds."""


_MAKER = _Maker()
_TAGS = frozenset({"channel", "language", "product_area", "severity", "topic"})


@dataclass(frozen=True)
class Stamp:
    """Which scrubber made it (content hash of code and tables), and hits per placeholder type."""

    scrubber: str
    hits: Mapping[str, int]


@dataclass(frozen=True)
class RedactedTurn:
    """One message after redaction; values became placeholders like `[PERSON_1]`.

    `author` is an opaque id of the support agent who wrote it, None where the export names nobody.
    """

    index: int
    role: Role
    text: str
    at: datetime | None
    template: str | None
    author: str | None


@dataclass(frozen=True)
class RedactedFlag:
    """A support agent's flag: reason scrubbed, the agent as an opaque reviewer id."""

    flag_id: str
    turn_index: int
    label: FlagLabel
    reason: str
    reviewer: str
    at: datetime
    revision: int


@dataclass(frozen=True)
class RedactedAction:
    """A step taken, without its arguments."""

    name: str
    after_turn: int | None
    succeeded: bool | None


@dataclass(frozen=True)
class _Stored:
    """What is stored of a `RedactedConversation`: all of it."""

    conversation_id: str
    source_system: str
    region: str
    region_set_by: SetBy
    day: date
    turns: tuple[RedactedTurn, ...]
    outcome: Outcome
    channel: Tag | None
    language: Tag | None
    language_verified: bool
    product_area: Tag | None
    severity: Tag | None
    topic: Tag | None
    basis: Tag | None
    actions: tuple[RedactedAction, ...]
    flags: tuple[RedactedFlag, ...]
    sector: str | None
    simulated: bool
    opted_out_of_ai: bool
    opted_out_of_training: bool
    stamp: Stamp


@dataclass(frozen=True)
class RedactedConversation(_Stored):
    """A conversation whose personal data and secrets were replaced by typed placeholders."""

    maker: object = None

    def __post_init__(self) -> None:
        if self.maker is not _MAKER:
            msg = "a RedactedConversation comes from scrub() or open_redacted(), not by hand"
            raise Refused(msg)
        object.__setattr__(self, "maker", None)


@cache
def _adapter() -> TypeAdapter[_Stored]:
    return TypeAdapter(_Stored)


def seal_redacted(conversation: RedactedConversation) -> bytes:
    """Canonical JSON for the vault's redacted class."""
    fields = {name: getattr(conversation, name) for name in _Stored.__dataclass_fields__}
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def open_redacted(payload: bytes) -> RedactedConversation:
    """Read back what `seal_redacted` wrote; refuses a payload without a scrubber's stamp.

    The vault has authenticated the bytes as an object of class `redacted` before they get here.
    """
    with without_chat_text("a stored redacted conversation"):
        stored = _adapter().validate_json(payload)
    if len(stored.stamp.scrubber) != 64:
        msg = "a redacted record carries no scrubber stamp: redact it again"
        raise Tampered(msg)
    fields = {name: getattr(stored, name) for name in _Stored.__dataclass_fields__}
    return RedactedConversation(**fields, maker=_MAKER)


def retagged(conversation: RedactedConversation, tags: Mapping[str, Tag]) -> RedactedConversation:
    """The conversation with `tags` in place of its own; nothing else of it can be replaced so.

    A language that is given is nothing that the detector has verified.
    """
    if not _TAGS.issuperset(tags):
        msg = f"{', '.join(sorted(tags))}: not each of them is a tag of a chat"
        raise Refused(msg)
    verified = conversation.language_verified and "language" not in tags
    return replace(conversation, **tags, language_verified=verified, maker=_MAKER)  # type: ignore[arg-type]
