"""Values of a row, leniently read: text that is a number, a truth or a time becomes one.

Each raises `Unusable` and quotes nothing; `what` names the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from handrail.conversations.sources.rows import Reason, Unusable

E = TypeVar("E", bound=StrEnum)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/ -]{0,127}")
_TRUE = (True, "true", "True", "TRUE", "yes", "1")
_FALSE = (False, "false", "False", "FALSE", "no", "0")


def as_list(value: Any, what: str) -> Sequence[Any]:
    """The items of a list; None is an empty one."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise Unusable(Reason.MALFORMED, f"{what} is not a list")
    return value


def as_table(value: Any, what: str) -> Mapping[str, Any]:
    """A table of keys; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unusable(Reason.MALFORMED, f"{what} is not a table")
    return value


def by_kind(found: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Values by their kind, each once and in order; empty ones are none."""
    values: dict[str, dict[Any, None]] = {}
    for kind, value in found:
        if value is not None and value != "":
            values.setdefault(kind, {})[as_text(value, kind)] = None
    return {kind: list(each) for kind, each in values.items()}


def as_text(value: Any, what: str) -> str:
    """Text as it is; a whole number as its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unusable(Reason.MALFORMED, f"{what} is not text")


def as_name(value: Any, what: str) -> str:
    """A short label: what may stand in a report, so never a message or an address."""
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    detail = f"{what} is no name of at most 128 letters, digits, spaces and ._:/-"
    raise Unusable(Reason.UNKNOWN_VALUE, detail)


def as_member(kind: type[E], value: Any, what: str) -> E:
    """The member of a closed vocabulary."""
    try:
        return kind(value)
    except ValueError:
        detail = f"{what} is none of {', '.join(kind)}; map the value"
    raise Unusable(Reason.UNKNOWN_VALUE, detail)


def as_bool(value: Any, what: str) -> bool:
    """A truth; None is False."""
    if value is None or value in _FALSE:
        return False
    if value in _TRUE:
        return True
    raise Unusable(Reason.UNKNOWN_VALUE, f"{what} is neither true nor false; map the value")


def as_int(value: Any, least: int, most: int, what: str) -> int:
    """A whole number from `least` to `most`."""
    whole = isinstance(value, float) and value.is_integer()
    text = str(int(value) if whole else value).strip()
    if not isinstance(value, bool) and text.isdecimal() and least <= int(text) <= most:
        return int(text)
    detail = f"{what} is no whole number from {least} to {most}; map the value"
    raise Unusable(Reason.UNKNOWN_VALUE, detail)


def as_time(value: Any, what: str) -> datetime | None:
    """An instant in UTC from ISO 8601 text or a datetime; None stays None."""
    return None if value is None else as_aware(as_datetime(value, what), what)


def as_datetime(value: Any, what: str) -> datetime:
    """A time from ISO 8601 text or a datetime, with the offset that it has."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):  # the message quotes the value
        detail = f"{what} is no ISO 8601 time; for epoch times set unit in the mapping"
    raise Unusable(Reason.MALFORMED, detail)


def as_aware(at: datetime, what: str) -> datetime:
    """The instant in UTC, a plain datetime; one without an offset is refused."""
    if at.tzinfo is None:
        detail = f"{what} has no offset to UTC; set zone in the mapping"
        raise Unusable(Reason.MALFORMED, detail)
    try:
        utc = at.astimezone(UTC)
    except (OverflowError, ValueError):
        raise Unusable(Reason.MALFORMED, f"{what} is in no year from 1 to 9999") from None
    return datetime.combine(utc.date(), utc.time(), UTC)  # Arrow's nanoseconds come as a subclass
