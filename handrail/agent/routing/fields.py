"""Which of the fields a redacted message gives. A placeholder counts as the value it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import chain
from pathlib import Path

from handrail.playbook.boundaries import phrases_in
from handrail.playbook.licensed_claims import Claim, ClaimKind, exceeding
from handrail.playbook.queues import Field, FieldKind
from handrail.redaction.placeholders import PLACEHOLDER
from handrail.redaction.spans import SpanType

_WORDS = Path(__file__).with_name("words.yaml")
_PLACEHOLDERS: Mapping[FieldKind, frozenset[SpanType]] = {
    FieldKind.ORDER_ID: frozenset({SpanType.ORDER}),
    FieldKind.ACCOUNT: frozenset({SpanType.ACCOUNT, SpanType.IBAN}),
    FieldKind.CONTACT: frozenset({SpanType.EMAIL, SpanType.PHONE}),
    FieldKind.ADDRESS: frozenset({SpanType.ADDRESS}),
}
# What the scrubber may take a number for that was asked for: it hides first and asks later.
_TAKEN_FOR: Mapping[FieldKind, frozenset[SpanType]] = {
    FieldKind.ORDER_ID: frozenset({SpanType.ACCOUNT, SpanType.PHONE}),
    FieldKind.ACCOUNT: frozenset({SpanType.ORDER, SpanType.PHONE}),
}
_WRITTEN_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}(?:[./-](?:\d{2,4})?)?")
_MONEY = re.compile(r"[€$£¥₹]")
_FEWEST_WORDS = 2  # of an answer in the customer's own words
_NOTHING_MORE = 8  # words beside "I don't know" that leave it at that
_A_STORY = 20  # words that tell what happened before anybody asked


def value_in(field: Field, text: str, *, asked: bool) -> str | None:
    """What `text` gives for `field`, as it stands there; the name of the choice for a choice.

    `asked` says that the field was just asked for: then less is proof enough.
    """
    match field.kind:
        case FieldKind.DATE:
            return _day(text)
        case FieldKind.AMOUNT:
            return _amount(text, asked=asked)
        case FieldKind.CHOICE:
            return _choice(field, text)
        case FieldKind.TEXT:
            return _own_words(text, fewest=_FEWEST_WORDS if asked else _A_STORY)
        case _:
            own = _stood_for(text, _PLACEHOLDERS[field.kind])
            other = _TAKEN_FOR.get(field.kind, frozenset()) if asked else frozenset()
            return own or _stood_for(text, other)


def is_no_answer(text: str) -> bool:
    """Whether a few words say nothing but that the customer has no answer."""
    return len(text.split()) <= _NOTHING_MORE and bool(phrases_in(text, _words("no_answer")))


def _stood_for(text: str, kinds: frozenset[SpanType]) -> str | None:
    found = (match[0] for match in PLACEHOLDER.finditer(text))
    return next((p for p in found if SpanType(p[1:].rpartition("_")[0]) in kinds), None)


def _day(text: str) -> str | None:
    for claim in _claims(text):
        if claim.kind is ClaimKind.DATE:
            return claim.text
        written = claim.kind is ClaimKind.NUMBER and _WRITTEN_DATE.fullmatch(claim.text)
        if written:
            return claim.text
    return next(iter(phrases_in(text, _words("days"))), None)


def _amount(text: str, *, asked: bool) -> str | None:
    for claim in _claims(text):
        if claim.kind is ClaimKind.NUMBER and not _WRITTEN_DATE.fullmatch(claim.text):
            money = _MONEY.search(claim.text) or phrases_in(claim.text, _words("money"))
            if money or asked:
                return claim.text
    return None


def _choice(field: Field, text: str) -> str | None:
    meant = [
        choice
        for choice, said in field.choices.items()
        if phrases_in(text, chain.from_iterable(said.values()))
    ]
    return ", ".join(meant) or None


def _own_words(text: str, *, fewest: int) -> str | None:
    if len(text.split()) < fewest or phrases_in(text, _words("no_answer")):
        return None
    return text.strip()


def _claims(text: str) -> tuple[Claim, ...]:
    """Dates, numbers and amounts in a message, outside its placeholders."""
    return exceeding(PLACEHOLDER.sub(" ", text), texts=(), slots=(), facts=())


@cache
def _words(kind: str) -> tuple[str, ...]:
    import yaml

    table = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return tuple(chain.from_iterable(table[kind].values()))
