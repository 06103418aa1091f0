"""What a recognizer finds: a typed stretch of text, and how overlapping finds become one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class SpanType(StrEnum):
    """The kinds of value that are removed; the name is what people read in a placeholder.

    Declaration order is the priority when two finds of equal length overlap.
    """

    SECRET = "SECRET"  # noqa: S105 - a type, not a secret
    CARD = "CARD"
    IBAN = "IBAN"
    NATIONAL_ID = "NATIONAL_ID"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    URL = "URL"
    IP = "IP"
    MAC = "MAC"
    DATE_OF_BIRTH = "DATE_OF_BIRTH"
    ADDRESS = "ADDRESS"
    ACCOUNT = "ACCOUNT"
    ORDER = "ORDER"
    USERNAME = "USERNAME"
    PERSON = "PERSON"
    PERSONAL = "PERSONAL"

    # Enum's own hash is a Python call, and types are looked up by the million.
    __hash__ = str.__hash__


EVERY_TYPE = frozenset(SpanType)
_PRIORITY = {kind: place for place, kind in enumerate(SpanType)}

# A find this sure speaks for the whole conversation: its value is removed in every other turn too.
CONFIDENT = 0.8
# That the company knows the value to be the customer's.
KNOWN = 1.0
# Check digits are all that a find has, and no other find is as sure: one in ten other numbers has
# them by chance.
CHECK_DIGITS_ALONE = 0.81


class Span(NamedTuple):
    """`text[start:end]` is a `type`, with confidence 0..1.

    A tuple, which is made three times as fast as a dataclass: a chat has dozens.

    `value` is what the stretch stands for when the text alone doesn't say it: the whole card number
    for one half of it, digits for spoken ones. Empty means the text itself. `rule`
    names what kind of secret it is (`aws_access_key`) where the type doesn't say enough.
    """

    start: int
    end: int
    type: SpanType
    confidence: float
    value: str = ""
    rule: str = ""


def moved(span: Span, start: int, end: int) -> Span:
    """`span` in another place."""
    return Span(start, end, span.type, span.confidence, span.value, span.rule)


def cross(spans: Iterable[Span]) -> bool:
    """Whether any two of `spans` overlap and neither lies in the other."""
    end = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start < end < span.end:
            return True
        end = max(end, span.end)
    return False


def merge(spans: Iterable[Span]) -> list[Span]:
    """Non-overlapping spans in order that cover all of `spans`.

    Overlapping finds become one span over their union, so that no rest of a value stays visible.
    Its type, value and rule are those of the longest find, then of one that knows its rule, then of
    what the company knows, then of the higher priority, then of one that knows its value, then of
    the surer, then of the earlier. A national identifier that has nothing but its check digits
    comes behind all that words give away.
    """
    merged: list[Span] = []
    best: Span | None = None
    start = end = 0
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if best is not None and span.start < end:
            end = max(end, span.end)
            best = min(best, span, key=_rank)
            continue
        if best is not None:
            merged.append(_over(best, start, end))
        best, start, end = span, span.start, span.end
    if best is not None:
        merged.append(_over(best, start, end))
    return merged


def _over(span: Span, start: int, end: int) -> Span:
    return span if (span.start, span.end) == (start, end) else moved(span, start, end)


def _rank(span: Span) -> tuple[int, bool, bool, float, bool, float, int]:
    kind: float = _PRIORITY[span.type]
    if span.type is SpanType.NATIONAL_ID and span.confidence == CHECK_DIGITS_ALONE:
        kind = _PRIORITY[SpanType.ACCOUNT] + 0.5
    unknown = span.confidence < KNOWN
    length = span.start - span.end
    return (length, not span.rule, unknown, kind, not span.value, -span.confidence, span.start)
