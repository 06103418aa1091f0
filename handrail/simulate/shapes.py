"""The shapes that simulated exports can have: our own record, or a help desk's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from handrail.conversations.model import Conversation, encode
from handrail.simulate import intercom, tables, zendesk

# In the ISO weeks 4, 12, 20, ... our own reporting tool writes CSV.
CSV_EVERY_WEEKS, CSV_WEEK = 8, 4


@dataclass(frozen=True)
class Shape:
    """How one file holds chats: `rows` are a chat's bytes, `mapping` is how they are read.

    Several files of a folder share the mapping where `shares_mapping`. A reader puts `id_prefix`
    before the conversation's id.
    """

    suffix: str
    header: bytes
    rows: Callable[[Conversation], bytes]
    mapping: Path | None
    shares_mapping: bool
    id_prefix: str


def _line(chat: Conversation) -> bytes:
    return encode(chat) + b"\n"


_JSONL = Shape(".jsonl", b"", _line, None, False, "")
_CSV = Shape(".csv", tables.header(), tables.rows, tables.MAPPING, True, "")


def _ours(week: int) -> Shape:
    return _CSV if week % CSV_EVERY_WEEKS == CSV_WEEK else _JSONL


_INTERCOM = Shape(".jsonl", b"", intercom.line, intercom.MAPPING, False, "intercom-")
_ZENDESK = Shape(".jsonl", b"", zendesk.line, zendesk.MAPPING, False, "zendesk-")

# By the ISO week that a file is of.
SHAPES: Mapping[str, Callable[[int], Shape]] = {
    "handrail": _ours,
    "intercom": lambda _: _INTERCOM,
    "zendesk": lambda _: _ZENDESK,
}
OURS = "handrail"
