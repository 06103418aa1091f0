"""What was found once in a conversation is removed everywhere in it, however it is spaced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handrail.redaction.bare import UNITS, Bare, letters_of
from handrail.redaction.known import (
    LINE_ENDS,
    MANY,
    NATIONAL_DIGITS,
    UMLAUT_E,
    Values,
    phone_begins,
)
from handrail.redaction.reading import Reading
from handrail.redaction.recognizers.names import PARTICLES
from handrail.redaction.spans import CHECK_DIGITS_ALONE, CONFIDENT, Span, SpanType, cross

# A shorter value says too little to be looked for elsewhere, except a name.
_SHORTEST = 4


def everywhere(
    texts: Sequence[str], found: Sequence[Sequence[Span]], *, reading: Reading
) -> list[list[Span]]:
    """Per plain text, where else stands what was recognized with confidence; empty if nothing may.

    Most values stand where they were found, and nowhere else: for these nothing is looked for.
    """
    if not any(found):
        return []
    bare = [reading.bare(text) for text in texts]
    again = _said_again(zip(texts, found, strict=True), bare)
    if not again:
        return []
    by_words = {
        (span.type, _sure(text, span))
        for text, spans in zip(texts, found, strict=True)
        for span in spans
        if span.confidence != CHECK_DIGITS_ALONE
    }
    parts = (
        Values(sorted(by_words & {*again}), typos=False, confidence=CONFIDENT),
        Values(sorted({*again} - by_words), typos=False, confidence=CHECK_DIGITS_ALONE),
    )
    return [[span for values in parts if values for span in values.find(one)] for one in bare]


def _said_again(
    found: Iterable[tuple[str, Sequence[Span]]], texts: Sequence[Bare]
) -> list[tuple[SpanType, str]]:
    """The values of what was `found` in plain texts that may stand elsewhere in `texts` too.

    Of all others one look tells that they stand where they were found, and nowhere else. What
    crosses another find may become a part of it, and keeps its value only if it is looked for; and
    a look for each of many values takes longer than to find them all.
    """
    letters = "\n".join([text.text for text in texts])
    found = list(found)
    many = sum(len(spans) for _, spans in found) > MANY
    again: dict[tuple[SpanType, str], bool] = {}
    for text, spans in found:
        unclear = many or (len(spans) > 1 and cross(spans))
        for span in spans:
            said = (span.type, _sure(text, span))
            if said[1] and not again.get(said):
                again[said] = (
                    unclear
                    or bool(span.value)
                    or (said not in again and _is_again(*said, letters))
                    or (
                        span.type is SpanType.PHONE and phone_begins(text, span.start) != span.start
                    )
                )
    return [value for value, is_again in again.items() if is_again]


def _sure(text: str, span: Span) -> str:
    """What was found, if it is sure and long enough to speak for the whole conversation."""
    if span.confidence < CONFIDENT:
        return ""
    value = span.value or text[span.start : span.end]
    return value if len(value) >= _SHORTEST or span.type is SpanType.PERSON else ""


def _is_again(kind: SpanType, value: str, letters: str) -> bool:
    """Whether a value, or a part of it that counts alone, may stand in `letters` twice."""
    if not value.isascii() or (kind is SpanType.PERSON and UMLAUT_E.search(value)):
        return True
    ways = [value]
    if kind is SpanType.PERSON:
        parts = [part for part in UNITS.findall(value) if part.lower() not in PARTICLES]
        ways = [part for part in parts if len(part) > 1] or ways
    elif kind is SpanType.ADDRESS:
        ways = LINE_ENDS.split(value)
    elif kind is SpanType.PHONE:
        ways.append("".join(filter(str.isdigit, value))[-NATIONAL_DIGITS:])
    for way in ways:
        bare = letters_of(way)
        first = letters.find(bare)
        if len(bare) > 1 and first >= 0 and letters.find(bare, first + 1) >= 0:
            return True
    return False
