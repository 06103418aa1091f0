"""A row as it was read, and why it can't be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from handrail.errors import HandrailError, without_chat_text

T = TypeVar("T")


class Reason(StrEnum):
    """Why a row went to quarantine."""

    MALFORMED = "malformed"
    OVERSIZED = "oversized"
    INCOMPLETE = "incomplete"
    BAD_ID = "bad_id"
    NO_TURNS = "no_turns"
    UNKNOWN_REGION = "unknown_region"
    FOREIGN_REGION = "foreign_region"
    UNKNOWN_VALUE = "unknown_value"
    LANGUAGE_MISMATCH = "language_mismatch"
    UNDATED = "undated"
    BEFORE_FIRST_DAY = "before_first_day"
    PAST_RETENTION = "past_retention"
    IN_FUTURE = "in_future"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Problem:
    """Why a row can't be used, in a sentence that quotes nothing of the row.

    `ends` says that it ended the reading: what may have followed in the file, nobody knows.
    """

    reason: Reason
    detail: str
    ends: bool = False


class Unusable(HandrailError):
    """Raised while a row is turned into a conversation: it goes to quarantine for `problem`."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.problem = Problem(reason, detail)


@dataclass(frozen=True)
class RawRow:
    """One conversation as a source read it.

    `location` is `file name:line N`. `data` has the keys of the canonical record, or is None when
    there is a `problem`. `original` is what quarantine keeps: the bytes as they were read, at most
    the record limit of them.
    """

    location: str
    data: Mapping[str, Any] | None = field(repr=False)
    problem: Problem | None
    original: bytes = field(repr=False)


def attempt(location: str, make: Callable[[], T]) -> T | Problem:
    """What `make` returns, or the problem it met; no message of a parser or a cast gets through."""
    try:
        with without_chat_text(location):
            return make()
    except Unusable as unusable:
        return unusable.problem
    except HandrailError as error:
        return Problem(Reason.MALFORMED, str(error))
