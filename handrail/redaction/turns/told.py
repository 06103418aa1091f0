"""Numbers that a sentence names in passing: "my pin doesn't work tho, 7121".

Recognizers read a word and its number side by side. Here other words may stand between, and the
words are all those with which people ask for a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from handrail.redaction.spans import Span, SpanType
from handrail.redaction.turns.question_phrases import Asked
from handrail.redaction.turns.questions import Named
from handrail.redaction.turns.replies import leads_on, words
from handrail.redaction.turns.said_numbers import codes, digits_in, marked_logins, secret_codes

_TYPES = {
    Asked.ORDER: SpanType.ORDER,
    Asked.ACCOUNT: SpanType.ACCOUNT,
    Asked.NATIONAL_ID: SpanType.NATIONAL_ID,
    Asked.BANK: SpanType.IBAN,
}
# Digits together, or the signs and capitals of a user name.
_WORTH_IT = re.compile(r"\d\W?\d|\w[._#]\w|[a-z][A-Z]")
# Beside a word they make it a part of a path, a parameter or a variable.
_OF_PATHS = frozenset("/\\=&_.%$")
# Things that have numbers of another kind as well: "tokens used: 1843".
COUNTED = frozenset({"token", "tokens", "key", "keys"})
_SENTENCE_END = re.compile(r"[.!?;\n](?=\s|$)|\n")
# A booking code in capitals, but no `SUMMER25`.
_MIXED = re.compile(r"(?=[A-Z]*\d[A-Z\d]*\d)(?=\d*[A-Z])[A-Z\d]{5,8}")
_VOUCHER = re.compile(r"[A-Z]{4,}\d{1,4}")
_NEAR = 28
_FAR = 40
_LONGEST = 48
_FEWEST = 5
_FEWEST_MIXED = 3
_LONG_MIXED = 8
_CONFIDENCE = 0.8


def told(text: str, named: Iterable[Named]) -> Iterator[Span]:
    """What stands behind a word for it in the same sentence: a number soon, a code further on.

    `named` are the things that `text` names.
    """
    if not _WORTH_IT.search(text):
        return
    for thing, start, end, lower in named:
        if text[start - 1 : start] in _OF_PATHS or text[end : end + 1] in _OF_PATHS:
            continue
        if thing is Asked.CODE and lower not in COUNTED:
            stop = _sentence_end(text, end, end + _FAR)
            found = list(secret_codes(text, end, stop))
            if len(found) == 1:
                yield Span(*found[0], SpanType.SECRET, _CONFIDENCE)
        elif thing is Asked.LOGIN:
            stop = _sentence_end(text, end, end + _NEAR)
            yield from (
                Span(*found, SpanType.USERNAME, _CONFIDENCE)
                for found in islice(marked_logins(text, end, stop + _LONGEST), 1)
                if found[0] < stop
            )
        elif thing in _TYPES:
            yield from _number(text, end, _TYPES[thing])


def _number(text: str, end: int, kind: SpanType) -> Iterator[Span]:
    """The next number, if only words that lead to one stand before it."""
    stop = _sentence_end(text, end, end + _NEAR)
    for first, last in codes(text, end, stop + _LONGEST):
        if first >= stop:
            return
        between = words(text, end, first)
        if _is_long(text[first:last]) and all(leads_on(word.lower) for word in between):
            yield Span(first, last, kind, _CONFIDENCE)
        return


def _is_long(written: str) -> bool:
    """Whether a number is too long to be anything else, with letters among its digits or not."""
    digits = digits_in(written)
    if _MIXED.fullmatch(written) and not _VOUCHER.fullmatch(written):
        return True
    return digits >= _FEWEST or (digits >= _FEWEST_MIXED and len(written) >= _LONG_MIXED)


def _sentence_end(text: str, start: int, limit: int) -> int:
    found = _SENTENCE_END.search(text, start, limit)
    return found.start() if found else min(limit, len(text))
