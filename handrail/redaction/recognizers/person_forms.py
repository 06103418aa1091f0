"""Names by how they are written: with initials, surname first, or as airlines write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handrail.redaction.recognizers.base import Sought
from handrail.redaction.recognizers.names import (
    is_ambiguous,
    is_common,
    is_first_name,
    is_last_name,
    is_ordinary,
    may_name,
)
from handrail.redaction.spans import Span, SpanType

_INITIALED = Sought(
    r"(?<![\w-])[A-Z][^\W\dA-Z_]{1,20} (?:[A-Z]\.? ){1,2}[A-Z][^\W\d_]{2,20}(?![\w])"
)
_INVERTED = re.compile(r"(?<![\w'-])([^\W\d_]{2,20}),\s?([^\W\d_]{2,20})(?![\w'-])")
_BEFORE_INVERTED = re.compile(r"(?:^|\bunder|\bfor|\bname|\bis|:)\s*$")
# `BERG/ANNA MRS`, on tickets.
_OF_PASSENGER = Sought(
    r"(?<![\w/.@-])(?P<last>[A-Z][A-Za-z'-]{2,24})/(?P<first>[A-Z][A-Za-z-]{2,24})"
    r"(?P<title> ?(?:MR|MRS|MS|MISS|MSTR|MME|MLLE|M|DR|CHD))?(?![\w/.-])"
)


def by_form(text: str, lower: Sequence[str]) -> Iterator[Span]:
    """Names in plain `text`, whose words in lower case are `lower`, by their form alone."""
    for found in _INITIALED.finditer(text):
        if not is_common(found.group().split()[0]):
            yield Span(found.start(), found.end(), SpanType.PERSON, 0.8)
    for found in _OF_PASSENGER.finditer(text):
        if _is_passenger(found):
            yield Span(found.start(), found.end(), SpanType.PERSON, 0.8)
    if "," in text and may_name(text, lower):
        yield from _inverted(text)


def _is_passenger(found: re.Match[str]) -> bool:
    """Whether a title stands behind, or the second of two words is a given name."""
    last, first = found["last"].lower(), found["first"].lower()
    if is_ordinary(last) and is_ordinary(first):
        return False
    return bool(found["title"]) or (is_first_name(first) and not is_ordinary(first))


def _inverted(text: str) -> Iterator[Span]:
    """`Smith, Anna` and `smith, anna`: a surname, a comma, a given name."""
    for found in _INVERTED.finditer(text):
        last, first = found.group(1), found.group(2)
        if not is_first_name(first) or is_common(last) or is_first_name(last):
            continue
        if last[0].isupper() != first[0].isupper() or is_ambiguous(first):
            continue
        if is_last_name(last) or _BEFORE_INVERTED.search(
            text, max(0, found.start() - 16), found.start()
        ):
            yield Span(*found.span(1), SpanType.PERSON, 0.8)
            yield Span(*found.span(2), SpanType.PERSON, 0.8)
