"""What the fields of a customer profile hold, and what its people are called."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handrail.conversations.model import Customer
from handrail.redaction.bare import UNITS
from handrail.redaction.plain import plain
from handrail.redaction.recognizers.nicknames import whose_nicknames
from handrail.redaction.spans import SpanType

_KINDS = (
    (re.compile(r"user|login|handle|nick"), SpanType.USERNAME),
    (re.compile(r"mail"), SpanType.EMAIL),
    (re.compile(r"birth|dob"), SpanType.DATE_OF_BIRTH),
    (re.compile(r"address|street|city|zip|postal"), SpanType.ADDRESS),
    (re.compile(r"phone|mobile|cell|tel"), SpanType.PHONE),
    (re.compile(r"iban"), SpanType.IBAN),
    (re.compile(r"card"), SpanType.CARD),
    (re.compile(r"order"), SpanType.ORDER),
    (re.compile(r"ssn|national|tax|passport"), SpanType.NATIONAL_ID),
    (re.compile(r"password|secret|pin"), SpanType.SECRET),
    (re.compile(r"account|customer_?id|client|member|^id$"), SpanType.ACCOUNT),
    (re.compile(r"name|agent"), SpanType.PERSON),
)
_SURNAME = re.compile(r"last|sur|family|nachname")


def kind_of(name: str) -> SpanType:
    """The type of a profile field by its name."""
    lower = name.lower()
    return next((kind for pattern, kind in _KINDS if pattern.search(lower)), SpanType.PERSONAL)


def called(customer: Customer) -> Mapping[str, str]:
    """The nicknames of people in the customer profile, each with the given name it stands for."""
    return whose_nicknames(
        given
        for kind, values in customer.known.items()
        if kind_of(kind) is SpanType.PERSON and not _SURNAME.search(kind.lower())
        for value in values
        for given in given_names(value)
    )


def given_names(name: str) -> list[str]:
    """The words of a person's name but the surname: `Anna Maria Berg`, `Berg, Anna Maria`."""
    surname, comma, given = plain(name).text.lower().partition(",")
    words = UNITS.findall(given if comma else surname)
    return words if comma or len(words) < 2 else words[:-1]
