"""The answer key: what was planted in the simulated chats, and what is true of each.

It lies beside the home and is read by simulated reviewers and by tests, never by the pipeline.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson
from pydantic import TypeAdapter

from handrail.agent.types import Action
from handrail.conversations.model import FlagLabel
from handrail.errors import BadInput, without_chat_text

CANARY_LENGTH = 8


@dataclass(frozen=True)
class Planted:
    """A personal value or a secret in the text.

    `place` is `turn`, `note` (a private note, dropped before redaction), `action` (an argument of a
    step taken after that turn) or `flag` (the reason of a flag on that turn). `missed_kind` marks
    what rules alone can't find: a nickname, a landmark.
    """

    kind: str
    value: str
    turn: int
    place: str
    missed_kind: bool


@dataclass(frozen=True)
class Edit:
    """A drafted template that a person changed and sent as their own; `helps`: for the better."""

    turn: int
    edited_by: str
    helps: bool


@dataclass(frozen=True)
class AnswerKey:
    """The truth of one conversation.

    `topic` None: out of scope. `right_action` is what the agent should do with the opening message.
    `flags` holds the right label by flag id, `violation` the type of policy a person broke in it.
    `poison` is what an account plants that repeats it many times; `aside_language` the language of
    a sentence that isn't in the chat's own; `has_paste` whether the customer pasted a log.
    """

    conversation_id: str
    language: str
    topic: str | None
    is_ambiguous: bool
    right_action: Action
    resolved: bool
    violation: str | None
    is_abusive_agent: bool
    flags: Mapping[str, FlagLabel]
    edits: tuple[Edit, ...]
    poison: str | None
    aside_language: str | None
    has_paste: bool
    planted: tuple[Planted, ...]

    def visible_in(self, text: str) -> tuple[Planted, ...]:
        """The planted values that stand in `text` as whole words, whatever their case."""
        folded = text.casefold()
        return tuple(p for p in self.planted if _stands_in(p.value.casefold(), folded))


def _stands_in(value: str, text: str) -> bool:
    if value not in text:
        return False
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


def encode_key(key: AnswerKey) -> bytes:
    """Canonical JSON of one conversation's key."""
    return orjson.dumps(key, option=orjson.OPT_SORT_KEYS)


@cache
def _adapter() -> TypeAdapter[AnswerKey]:
    return TypeAdapter(AnswerKey)


def read_answer_key(path: Path) -> Mapping[str, AnswerKey]:
    """The answer key of one export by conversation id."""
    return {key.conversation_id: key for key in answer_keys(path)}


def answer_keys(path: Path) -> Iterator[AnswerKey]:
    """The keys of one export's conversations, one at a time, in the order of the export."""
    try:
        with gzip.open(path, "rb") as rows:
            for row in rows:
                yield _decode(row, path.name)
    except FileNotFoundError:
        msg = f"answer key {path} does not exist: run `handrail simulate` first"
        raise BadInput(msg) from None
    except (OSError, EOFError, zlib.error):
        msg = f"answer key {path} is not a complete gzip file: run `handrail simulate` again"
        raise BadInput(msg) from None


def _decode(row: bytes, file: str) -> AnswerKey:
    with without_chat_text(f"answer key {file}"):
        return _adapter().validate_json(row)


def canaries(keys: Iterable[AnswerKey]) -> frozenset[str]:
    """Every planted value long enough to be searched for byte by byte, wherever it was planted."""
    return frozenset(p.value for key in keys for p in key.planted if len(p.value) >= CANARY_LENGTH)
