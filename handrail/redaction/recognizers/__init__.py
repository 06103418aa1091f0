"""The recognizers: one file and one class each, and one line here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from functools import cache
from typing import NamedTuple

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
    asked = _asked(types, among)
    digits = len(_DIGIT.findall(text))
    by_place = asked.by_place
    finding = asked.always.union(*[by_place[at] for at in possible(text) if at in by_place])
    spans: list[Span] = []
    for number in sorted(finding):
        if digits >= among[number].digits:
            spans += among[number].find(text, language=language)
    return spans if types is EVERY_TYPE else [span for span in spans if span.type in types]


class _Asked(NamedTuple):
    """Which recognizers find something, by their number: any time, or if a pattern may match."""

    always: frozenset[int]
    by_place: Mapping[int, Set[int]]


@cache
def _asked(types: frozenset[SpanType], among: tuple[Recognizer, ...]) -> _Asked:
    """The recognizers that find any of `types`."""
    finding = [n for n, one in enumerate(among) if not types.isdisjoint(one.types)]
    by_place: dict[int, set[int]] = {}
    for number in finding:
        for sought in among[number].needs:
            by_place.setdefault(sought.place, set()).add(number)
    return _Asked(frozenset(n for n in finding if not among[n].needs), by_place)
