"""The recognizers: one file and one class each, and one line here."""

from __future__ import annotations

import re
from functools import cache

from handrail.redaction.recognizers.account import Account
from handrail.redaction.recognizers.address import Address
from handrail.redaction.recognizers.base import Recognizer, possible
from handrail.redaction.recognizers.birth_date import BirthDate
from handrail.redaction.recognizers.card import Card
from handrail.redaction.recognizers.email import Email
from handrail.redaction.recognizers.iban import Iban
from handrail.redaction.recognizers.licence_plate import LicencePlate
from handrail.redaction.recognizers.login import Login
from handrail.redaction.recognizers.national_id import NationalId
from handrail.redaction.recognizers.network import Network
from handrail.redaction.recognizers.one_time_code import OneTimeCode
from handrail.redaction.recognizers.password import Password
from handrail.redaction.recognizers.person import Person
from handrail.redaction.recognizers.phone import Phone
from handrail.redaction.recognizers.secret import Secret
from handrail.redaction.recognizers.spoken_digits import SpokenDigits
from handrail.redaction.recognizers.url import Url
from handrail.redaction.recognizers.username import Username
from handrail.redaction.recognizers.wallet import Wallet
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType

REGISTRY: tuple[Recognizer, ...] = (
    Secret(),
    Login(),
    Password(),
    OneTimeCode(),
    Card(),
    Iban(),
    NationalId(),
    LicencePlate(),
    Email(),
    Phone(),
    SpokenDigits(),
    Url(),
    Network(),
    Wallet(),
    BirthDate(),
    Address(),
    Account(),
    Username(),
    Person(),
)


_DIGIT = re.compile(r"[0-9]")


def find_all(
    text: str,
    *,
    language: str,
    types: frozenset[SpanType] = EVERY_TYPE,
    among: tuple[Recognizer, ...] = REGISTRY,
) -> list[Span]:
    """What the recognizers find of `types` in plain `text`, overlapping as it comes."""
    places = possible(text)
    digits = len(_DIGIT.findall(text))
    spans: list[Span] = []
    for recognizer, needs in _finding(types, among):
        if digits >= recognizer.digits and not (needs and needs.isdisjoint(places)):
            spans += recognizer.find(text, language=language)
    return spans if types is EVERY_TYPE else [span for span in spans if span.type in types]


@cache
def _finding(
    types: frozenset[SpanType], among: tuple[Recognizer, ...]
) -> tuple[tuple[Recognizer, frozenset[int]], ...]:
    """The recognizers that find any of `types`, and the places of what they need."""
    return tuple(
        (one, frozenset(sought.place for sought in one.needs))
        for one in among
        if not types.isdisjoint(one.types)
    )
