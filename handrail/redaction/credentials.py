"""The credentials in a conversation: what opens an incident beside being removed (R34)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from handrail.redaction.plain import plain
from handrail.redaction.reading import Reading
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType, merge

_SECRETS = frozenset({SpanType.SECRET})


@dataclass(frozen=True)
class Credential:
    """A secret that somebody gave away: the rule that knows its kind, and in which turn it stood.

    The value itself, for a keyed digest; it is never stored and never shown.
    """

    rule: str
    turn: int
    value: str = field(repr=False)


def secrets_in(
    texts: Sequence[str], located: Sequence[Sequence[Span]], *, reading: Reading
) -> Iterator[tuple[int, str, str]]:
    """(place, rule, value) of every secret, also of one within something else: a token in a URL."""
    for place, (text, spans) in enumerate(zip(texts, located, strict=True)):
        for span in spans:
            if span.rule:
                yield place, span.rule, span.value or text[span.start : span.end]
        others = [span for span in spans if span.type is not SpanType.SECRET]
        if not others:
            continue
        shown = reading.shown(text)
        within = [s for s in reading.found(shown.text, types=EVERY_TYPE) if s.rule]
        for inner in merge(within) if within else ():
            start, end = shown.source(inner.start, inner.end)
            if any(span.start <= start and end <= span.end for span in others):
                yield place, inner.rule, inner.value or text[start:end]


def secrets_noted(texts: Sequence[str], *, reading: Reading) -> Iterator[tuple[int, str, str]]:
    """(place, rule, value) of every secret in texts that are dropped: private notes."""
    for place, text in enumerate(texts):
        shown = plain(text)
        for span in merge(s for s in reading.found(shown.text, types=_SECRETS) if s.rule):
            start, end = shown.source(span.start, span.end)
            yield place, span.rule, span.value or text[start:end]
