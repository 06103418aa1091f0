"""Numbers made like one that is known: another order of the same shop, further on in the chat."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handrail.redaction.spans import CONFIDENT, Span, SpanType

_KINDS = frozenset({SpanType.ORDER, SpanType.ACCOUNT})
_CODE = re.compile(
    r"(?<![\w.,/#€$£-])[A-Za-z0-9]+(?:[-/_.#][A-Za-z0-9]+)*(?![\w€$£%]|[.,:/-]\w|\s[€$£%])"
)
_DIGIT = re.compile(r"\d")
_FEWEST = 6


def alike(texts: Sequence[str], found: Sequence[Sequence[Span]]) -> list[list[Span]]:
    """What has the letters, signs and number of digits of an order or account that was found.

    Empty if none was found, else a list for each text.
    Numbers without letters begin with the same digit as well, as consecutive numbers do.
    """
    kinds = {
        made: span.type
        for text, spans in zip(texts, found, strict=True)
        for span in spans
        if span.type in _KINDS and span.confidence >= CONFIDENT
        if (made := _make(text[span.start : span.end])) is not None
    }
    if not kinds:
        return []
    return [
        [
            Span(*code.span(), kinds[made], CONFIDENT)
            for code in _CODE.finditer(text)
            if (made := _make(code.group())) in kinds and made is not None
        ]
        for text in texts
    ]


def _make(code: str) -> str | None:
    """How a code is made: `BK-4711207` as `BK-0000000`; None if it has too few digits to tell."""
    if len(_DIGIT.findall(code)) < _FEWEST:
        return None
    kept = 0 if any(c.isalpha() for c in code) else 1
    return code[:kept] + _DIGIT.sub("0", code[kept:])
