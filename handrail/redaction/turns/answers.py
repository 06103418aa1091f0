"""Values that only the question before them gives away: `2502` after "the last four digits?".

What was asked for decides how a reply is read. A number needs no further proof then, but it must
look like one that somebody was given: amounts, dates, times, sizes and versions stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from handrail.conversations.model import Role
from handrail.redaction.reading import Reading
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType, moved
from handrail.redaction.turns.question_phrases import Asked
from handrail.redaction.turns.questions import Named, asked_in, asks_on
from handrail.redaction.turns.replies import FILLERS, parts, spoken_digits, words
from handrail.redaction.turns.said_addresses import (
    addresses,
    house_numbers,
    named_houses,
    said_house_numbers,
    said_postcodes,
    street_names,
)
from handrail.redaction.turns.said_dates import asked_dates
from handrail.redaction.turns.said_emails import spoken_emails
from handrail.redaction.turns.said_logins import logins
from handrail.redaction.turns.said_names import full_names, people
from handrail.redaction.turns.said_numbers import (
    codes,
    last_digits,
    locators,
    passwords,
    postcodes,
    secret_words,
    short_codes,
    sort_codes,
)
from handrail.redaction.turns.said_signs import may_say_digits, said_aloud
from handrail.redaction.turns.topics import in_view

_CONFIDENCE = 0.85
# Numbers that look alike; a reply gives them in the order in which they were asked for.
_NUMBERS = {
    Asked.ORDER: SpanType.ORDER,
    Asked.ACCOUNT: SpanType.ACCOUNT,
    Asked.NATIONAL_ID: SpanType.NATIONAL_ID,
    Asked.BANK: SpanType.IBAN,
}
# What the things asked for look like in a reply, where asking is all the proof there is.
_SHAPES: tuple[tuple[Asked, SpanType, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    (Asked.LOGIN, SpanType.USERNAME, logins),
    (Asked.EMAIL, SpanType.EMAIL, spoken_emails),
    (Asked.ADDRESS, SpanType.ADDRESS, addresses),
    (Asked.ADDRESS, SpanType.ADDRESS, house_numbers),
    (Asked.ADDRESS, SpanType.ADDRESS, named_houses),
    (Asked.STREET, SpanType.ADDRESS, addresses),
    (Asked.STREET, SpanType.ADDRESS, house_numbers),
    (Asked.STREET, SpanType.ADDRESS, named_houses),
    (Asked.STREET, SpanType.ADDRESS, said_house_numbers),
    (Asked.STREET, SpanType.ADDRESS, street_names),
    (Asked.POSTCODE, SpanType.ADDRESS, postcodes),
    (Asked.POSTCODE, SpanType.ADDRESS, said_postcodes),
    (Asked.CARD, SpanType.CARD, last_digits),
    (Asked.LAST_DIGITS, SpanType.CARD, last_digits),
    (Asked.CODE, SpanType.SECRET, short_codes),
    (Asked.PASSWORD, SpanType.SECRET, passwords),
    (Asked.PASSWORD, SpanType.SECRET, secret_words),
    (Asked.ORDER, SpanType.ORDER, locators),
    (Asked.BANK, SpanType.IBAN, sort_codes),
    (Asked.BANK, SpanType.IBAN, last_digits),
    (Asked.BIRTH, SpanType.DATE_OF_BIRTH, asked_dates),
)
# Words behind which the recognizers of a type know what it looks like.
_PREFIXES = {
    Asked.BIRTH: ("date of birth: ", SpanType.DATE_OF_BIRTH),
    Asked.ADDRESS: ("my address is ", SpanType.ADDRESS),
    Asked.STREET: ("my address is ", SpanType.ADDRESS),
    Asked.POSTCODE: ("postal code: ", SpanType.ADDRESS),
    Asked.PHONE: ("my number is ", SpanType.PHONE),
    Asked.CARD: ("card number is ", SpanType.CARD),
    Asked.CODE: ("pin is ", SpanType.SECRET),
    Asked.PASSWORD: ("password is ", SpanType.SECRET),
    Asked.BANK: ("account number is ", SpanType.IBAN),
}
_SAID_DIGIT_BY_DIGIT = {
    **_NUMBERS,
    Asked.CODE: SpanType.SECRET,
    Asked.LAST_DIGITS: SpanType.CARD,
    Asked.CARD: SpanType.CARD,
    Asked.PHONE: SpanType.PHONE,
}
_NO_ADDRESS = frozenset(
    {
        SpanType.CARD,
        SpanType.IBAN,
        SpanType.PHONE,
        SpanType.NATIONAL_ID,
        SpanType.SECRET,
        SpanType.EMAIL,
    }
)
# A reply is short, and comes within so many messages; between may stand "one moment please".
_LONGEST = 160
_BACK = 4
_ASIDE = 48
_FARTHEST = 120


def answers(turns: Sequence[tuple[Role, str]], *, reading: Reading) -> list[list[Span]]:
    """What short messages hold, read as replies to what the other side asked for before."""
    found: list[list[Span]] = [[] for _ in turns]
    for place, (_, text) in enumerate(turns):
        if len(text) > _LONGEST:
            continue
        if (
            place
            and (things := _open_question(turns, place, found, reading=reading))
            and text.strip()
        ):
            found[place] = list(_read(text, things, reading=reading))
        if "? " in text:
            found[place] += _own(text, reading=reading)
        if place and len(text) <= _ASIDE:
            found[place] += _house_set_right(turns, place, reading=reading)
    heard = [reading.heard(text) for _, text in turns]
    for place, seen in in_view(turns, heard):
        found[place] += seen
    for spans, one, (_, text) in zip(found, heard, turns, strict=True):
        if one.named and "?" in text:
            spans += _to_confirm(text, one.named)
        spans += one.told
    return found


def _house_set_right(
    turns: Sequence[tuple[Role, str]], place: int, *, reading: Reading
) -> Iterator[Span]:
    """A bare number after the other side's address: "8 rue Pasteur ?" - "non le 18"."""
    (role, text), (other, before) = turns[place], turns[place - 1]
    numbers = [*house_numbers(text)] if role is not other else []
    if numbers and any(
        span.type is SpanType.ADDRESS for span in reading.found(before, types=EVERY_TYPE)
    ):
        yield from (Span(*found, SpanType.ADDRESS, _CONFIDENCE) for found in numbers)


def _own(text: str, *, reading: Reading) -> list[Span]:
    """What follows a question in the same message: "Do you need my PIN? It's 4417"."""
    ends = text.rfind("? ") + 1
    if not text[ends:].strip():
        return []
    return [
        moved(span, span.start + ends, span.end + ends)
        for span in _read(text[ends:], asked_in(text[:ends]), reading=reading)
    ]


def _to_confirm(text: str, named: Sequence[Named]) -> Iterator[Span]:
    """The address in "Is your address still ...?"."""
    for thing, _, start, _ in named:
        end = text.find("?", start, start + _FARTHEST)
        if end >= 0 and thing in (Asked.ADDRESS, Asked.STREET):
            for first, last in addresses(text[start:end]):
                yield Span(start + first, start + last, SpanType.ADDRESS, _CONFIDENCE)


def _open_question(
    turns: Sequence[tuple[Role, str]],
    place: int,
    found: Sequence[Sequence[Span]],
    *,
    reading: Reading,
) -> tuple[Asked, ...]:
    """What the other side asked for last, if it may still be open."""
    mine = _is_customer(turns[place][0])
    answered = False
    for before in range(place - 1, max(-1, place - 1 - _BACK), -1):
        role, text = turns[before]
        if _is_customer(role) is mine:
            answered = answered or (before < place - 1 and bool(found[before]))
            continue
        things = reading.asked(text)
        if things:
            return things
        if not asks_on(text) and ("?" in text or answered or len(text) > _ASIDE):
            return ()
    return ()


def _is_customer(role: Role) -> bool:
    return role is Role.CUSTOMER


def _read(text: str, things: Sequence[Asked], *, reading: Reading) -> Iterator[Span]:
    """What the reply `text` holds of the `things` asked for."""
    for thing in things:
        if thing in _PREFIXES:
            prefix, kind = _PREFIXES[thing]
            yield from _recognized(prefix, text, kind, reading=reading)
    for thing, kind, shape in _SHAPES:
        if thing in things:
            of_id = thing is Asked.LAST_DIGITS and Asked.NATIONAL_ID in things
            shown = SpanType.NATIONAL_ID if of_id else kind
            yield from (Span(*found, shown, _CONFIDENCE) for found in shape(text))
    if Asked.NAME in things:
        yield from full_names(text)
    elif Asked.PERSON in things:
        yield from people(text)
    said = [_SAID_DIGIT_BY_DIGIT[thing] for thing in things if thing in _SAID_DIGIT_BY_DIGIT]
    if said:
        yield from (Span(*found, said[0], _CONFIDENCE) for found in spoken_digits(text))
        if may_say_digits(text):
            yield from (
                Span(*found, said[0], _CONFIDENCE) for found in said_aloud(text, 0, len(text))
            )
    kinds = [_NUMBERS[thing] for thing in things if thing in _NUMBERS]
    if kinds:
        for number, (start, end) in enumerate(codes(text, 0, len(text))):
            yield Span(start, end, kinds[min(number, len(kinds) - 1)], _CONFIDENCE)


def _recognized(prefix: str, text: str, kind: SpanType, *, reading: Reading) -> Iterator[Span]:
    """What recognizers see of `kind` where `prefix` stands before the reply, or before a part."""
    types = frozenset({kind})
    begins = 0
    if kind is SpanType.ADDRESS:
        seen = reading.found(text, types=EVERY_TYPE)
        if any(span.type in _NO_ADDRESS for span in seen):
            return
        begins = min((span.start for span in seen if span.type is kind), default=0)
    starts = [_value_begins(text, 0)]
    if kind is SpanType.DATE_OF_BIRTH:
        starts = sorted({*starts, *(_value_begins(text, start) for start, _ in parts(text))})
    for skip in starts:
        shift = skip - len(prefix)
        whole = prefix + text[skip:]
        for span in reading.found(whole, types=types):
            if span.start >= len(prefix) and _is_answer(whole, span):
                yield moved(span, max(span.start + shift, begins), span.end + shift)


def _value_begins(text: str, start: int) -> int:
    """Behind the fillers from `start` on."""
    for word in words(text, start, len(text)):
        if word.lower not in FILLERS or text[start : word.start].strip(" ,.!:"):
            break
        start = word.end
    while start < len(text) and text[start] in " ,.!:":
        start += 1
    return start


def _is_answer(text: str, span: Span) -> bool:
    """A password without a digit must be the whole answer."""
    if span.type is not SpanType.SECRET:
        return True
    whole = not text[span.end :].strip(" .!")
    return whole or any(c.isdigit() for c in text[span.start : span.end])
