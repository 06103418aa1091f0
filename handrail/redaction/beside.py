"""A redacted chat beside the raw one, line by line: what was replaced, and by what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handrail.conversations.model import Conversation
from handrail.redaction.model import RedactedConversation
from handrail.redaction.placeholders import PLACEHOLDER


@dataclass(frozen=True)
class Line:
    """One message, or the reason of a flag: who wrote it, as written, as redacted.

    `raw` is None where the raw chat is not kept any more.
    """

    who: str
    turn: int | None
    raw: str | None
    redacted: str


@dataclass(frozen=True)
class Replaced:
    """Where a value stood in the raw text, and the placeholder that stands there now."""

    start: int
    end: int
    placeholder: str


def lines(redacted: RedactedConversation, raw: Conversation | None) -> tuple[Line, ...]:
    """Every text of a chat that is stored redacted, beside what was written; notes are in neither.

    `raw` must be what `redacted` was made from.
    """
    said = {turn.index: turn.text for turn in raw.turns} if raw else {}
    reasons = [raw.flags[n].reason if raw else None for n in range(len(redacted.flags))]
    turns = (
        Line(str(turn.role), turn.index, said.get(turn.index), turn.text) for turn in redacted.turns
    )
    flags = (
        Line(f"flag on message {flag.turn_index}", None, reason, flag.reason)
        for flag, reason in zip(redacted.flags, reasons, strict=True)
    )
    return (*turns, *flags)


def replaced(raw: str, redacted: str) -> list[Replaced]:
    """What in `raw` the placeholders of `redacted` stand for, in order.

    Everything between placeholders is the same in both, so each value ends where the text after its
    placeholder begins; the first such place is taken. Empty when the texts don't fit together.
    """
    return list(_aligned(raw, redacted)) if _fit(raw, redacted) else []


def _aligned(raw: str, redacted: str) -> Iterator[Replaced]:
    found = list(PLACEHOLDER.finditer(redacted))
    at = found[0].start() if found else 0
    for number, placeholder in enumerate(found):
        if number + 1 < len(found):
            after = redacted[placeholder.end() : found[number + 1].start()]
            end = raw.find(after, at + 1)
        else:
            after = redacted[placeholder.end() :]
            end = len(raw) - len(after)
        yield Replaced(at, end, placeholder.group())
        at = end + len(after)


def _fit(raw: str, redacted: str) -> bool:
    pieces = PLACEHOLDER.split(redacted)
    if len(pieces) == 1:
        return raw == redacted
    if not raw.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        found = raw.find(piece, at + 1)
        if found < 0:
            return False
        at = found + len(piece)
    return raw.endswith(pieces[-1]) and len(raw) - len(pieces[-1]) > at
