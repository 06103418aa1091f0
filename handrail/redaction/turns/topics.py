"""Values that the talk before them gives away, though nobody asks for them just then.

"Did you get the code?" - "it came, 418302"; "somebody knows my password" - "which one?" - "it was
Sommer!88". What the last messages of either side name decides what a value that follows may be, and
the value must have the shape of one: in a message that names nothing else, of few words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handrail.conversations.model import Role
from handrail.redaction.recognizers.names import is_brand, is_everyday
from handrail.redaction.recognizers.reference import names_a_thing
from handrail.redaction.spans import Span, SpanType
from handrail.redaction.turns.heard import Heard
from handrail.redaction.turns.question_phrases import Asked
from handrail.redaction.turns.replies import FILLERS, leads_on, words
from handrail.redaction.turns.said_dates import asked_dates, dates_of_lives
from handrail.redaction.turns.said_logins import marked_logins
from handrail.redaction.turns.said_numbers import codes, digits_in, is_measure, passwords
from handrail.redaction.turns.told import COUNTED

_CONFIDENCE = 0.75
_NOTHING = frozenset[Asked]()
_DATE = re.compile(
    r"(?<![\w.,/-])(?:\d{1,2}([./-])\s?\d{1,2}\1\s?(?:(?:19\d\d|20[01]\d)|\d\d)|"
    r"(?:19\d\d|20[01]\d)([./-])\d{1,2}\2\d{1,2}|\d{1,2} \d{1,2} (?:19\d\d|20[01]\d))"
    r"(?![\w/-]|[.,]\d)"
)
_ONE_TIME = re.compile(r"(?<![\w.,/€$£:#-])(?:G-)?\d{4,8}(?![\w€$£%]|[.,:/-]\d|\s?[€$£%])")
_YEAR = re.compile(r"(?:19|20)\d\d")
# Small letters among digits and signs, as in no code of a thing.
_HANDLE = re.compile(r"@?(?=[^a-z]*[a-z])(?=\w*[\d_.])(?=.{5})(?![vV]?\d+\.)[\w.-]+")
# Capitals inside a word that isn't made of ordinary ones.
_CAMEL = re.compile(r"[A-Z]?[a-z]{3,}[A-Z][A-Za-z]+")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MARKED = re.compile(r"[^\W\d_]\d|\d[^\W\d_]|\w[!#$%&*+_]|[._-]\w")
_NO_PASSWORD = re.compile(r"[\w.+-]+@[\w-]+\.\w|\w+://|www\.|\d{1,2}h\d{0,2}(?:/\d+)?$|[A-Z\d-]+$")
_NUMBERED = {
    Asked.NATIONAL_ID: SpanType.NATIONAL_ID,
    Asked.BANK: SpanType.IBAN,
    Asked.PHONE: SpanType.PHONE,
    Asked.ACCOUNT: SpanType.ACCOUNT,
}
_LONGEST = 200
_FEW_WORDS = 14
_BACK = 3
_SHORT = 4
_FEW_AROUND = 2
_FEWEST_DIGITS = 5


def in_view(
    turns: Sequence[tuple[Role, str]], heard: Sequence[Heard]
) -> Iterator[tuple[int, list[Span]]]:
    """(place, values) of each message whose values are given away by what was named shortly before.

    `heard` is what the messages say, each by itself.
    """
    for place, ((role, text), here) in enumerate(zip(turns, heard, strict=True)):
        if not here.has_value or len(text) > _LONGEST:
            continue
        named = [_named(one) for one in heard[max(0, place - _BACK) : place + 1]]
        if place or named[-1]:
            said_before = turns[place - 1][1] if place else None
            yield place, [*_read(text, named, said_before, is_customer=role is Role.CUSTOMER)]


def _named(heard: Heard) -> frozenset[Asked]:
    """What a message names, but for things of which there are many."""
    if not heard.named:
        return _NOTHING
    return frozenset(one.thing for one in heard.named if one.lower not in COUNTED)


def _read(
    text: str, named: Sequence[frozenset[Asked]], said_before: str | None, *, is_customer: bool
) -> Iterator[Span]:
    """The values in `text`, with what is `named` in the messages before it and, last, in it."""
    lately = _NOTHING.union(*named)
    just_now = _NOTHING.union(*named[-3:])
    if Asked.PASSWORD in just_now:
        for start, end in passwords(text):
            written = text[start:end]
            if _MARKED.search(written) and not _NO_PASSWORD.match(written):
                yield Span(start, end, SpanType.SECRET, _CONFIDENCE, rule="password")
    if Asked.CODE in just_now and is_customer and len(text.split()) <= _FEW_WORDS:
        for found in _ONE_TIME.finditer(text):
            if _is_given(text, *found.span()):
                yield Span(*found.span(), SpanType.SECRET, _CONFIDENCE, rule="one_time_code")
    if Asked.BIRTH in lately:
        for found in _DATE.finditer(text):
            yield Span(*found.span(), SpanType.DATE_OF_BIRTH, _CONFIDENCE)
        for start, end in dates_of_lives(text):
            yield Span(start, end, SpanType.DATE_OF_BIRTH, _CONFIDENCE)
    if said_before is not None and Asked.BIRTH in named[-2]:
        for start, end in asked_dates(text):
            if _is_all(text, start, end):
                yield Span(start, end, SpanType.DATE_OF_BIRTH, _CONFIDENCE)
    if Asked.LOGIN in just_now:
        for start, end in marked_logins(text, 0, len(text)):
            if _HANDLE.fullmatch(text, start, end) or _is_camel(text[start:end]):
                yield Span(start, end, SpanType.USERNAME, _CONFIDENCE)
    if is_customer and said_before is not None and Asked.NOTHING not in named[-2]:
        kind = next((_NUMBERED[thing] for thing in _NUMBERED if thing in named[-2]), SpanType.ORDER)
        for start, end in codes(text, 0, len(text)):
            enough = digits_in(text[start:end]) >= _FEWEST_DIGITS
            if enough and _is_all(text, start, end) and not names_a_thing(said_before):
                yield Span(start, end, kind, _CONFIDENCE)


def _is_camel(written: str) -> bool:
    """Whether a word has capitals inside and a part that is no ordinary word and no brand."""
    if not _CAMEL.fullmatch(written) or is_brand(written.lower()):
        return False
    parts = [part.lower() for part in _PART.findall(written)]
    return any(len(part) > _SHORT and not is_everyday(part) for part in parts)


def _is_given(text: str, start: int, end: int) -> bool:
    """Whether a number may be a code: one of four digits only where a clause ends with it."""
    if is_measure(text, start, end) or _YEAR.fullmatch(text, start, end):
        return False
    return end - start > _SHORT or not text[end:].strip() or text[end] in ",.;!?\n"


def _is_all(text: str, start: int, end: int) -> bool:
    """Whether nothing but words that lead to a value stands around it."""
    around = (*words(text, 0, start), *words(text, end, len(text)))
    return all(word.lower in FILLERS for word in around) or (
        len(around) <= _FEW_AROUND and all(leads_on(word.lower) for word in around)
    )
