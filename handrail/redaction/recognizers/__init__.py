"""The recognizers: one file and one class each, and one line here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from handrail.redaction.recognizers.account import Account
from handrail.redaction.recognizers.address import Address
from handrail.redaction.recognizers.base import (
    AHEAD,
    Recognizer,
    looked_ahead,
    possible,
)
from handrail.redaction.recognizers.birth_date import BirthDate
from handrail.redaction.recognizers.card import Card
from handrail.redaction.recognizers.chosen_password import ChosenPassword
from handrail.redaction.recognizers.email import Email
from handrail.redaction.recognizers.entry_code import EntryCode
from handrail.redaction.recognizers.iban import Iban
from handrail.redaction.recognizers.licence_plate import LicencePlate
from handrail.redaction.recognizers.login import Login
from handrail.redaction.recognizers.national_id import NationalId
from handrail.redaction.recognizers.network import Network
from handrail.redaction.recognizers.one_time_code import OneTimeCode
from handrail.redaction.recognizers.password import Password
from handrail.redaction.recognizers.person import Person
from handrail.redaction.recognizers.phone import Phone
from handrail.redaction.recognizers.reference import Reference
from handrail.redaction.recognizers.secret import Secret
from handrail.redaction.recognizers.security_answer import SecurityAnswer
from handrail.redaction.recognizers.spoken_digits import SpokenDigits
from handrail.redaction.recognizers.url import Url
from handrail.redaction.recognizers.username import Username
from handrail.redaction.recognizers.wallet import Wallet
from handrail.redaction.spans import EVERY_TYPE, Span, SpanType

REGISTRY: tuple[Recognizer, ...] = (
    Secret(),
    Login(),
    Password(),
    ChosenPassword(),
    SecurityAnswer(),
    OneTimeCode(),
    EntryCode(),
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
    Reference(),
    Username(),
    Person(),
)


def find_all(
    text: str,
    *,
    language: str,
    types: frozenset[SpanType] = EVERY_TYPE,
    among: tuple[Recognizer, ...] = REGISTRY,
) -> list[Span]:
    """What the recognizers find of `types` in plain `text`, overlapping as it comes."""
    spans: list[Span] = []
    for number in _worth_asking(text, _asked(types, among), among):
        spans += among[number].find(text, language=language)
    return spans if types is EVERY_TYPE else [span for span in spans if span.type in types]


def find_in_each(
    texts: Sequence[tuple[str, str]], *, among: tuple[Recognizer, ...]
) -> list[list[Span]]:
    """What `find_all` finds in each plain text; `texts` are pairs of one and its language.

    One recognizer looks at many texts before the next one does, so that what it knows stays in the
    processor's cache.
    """
    asked = _asked(EVERY_TYPE, among)
    spans: list[list[Span]] = [[] for _ in texts]
    for first in range(0, len(texts), AHEAD):
        some = range(first, min(first + AHEAD, len(texts)))
        with looked_ahead(texts[at][0] for at in some):
            asking: list[list[int]] = [[] for _ in among]
            for at in some:
                for number in _worth_asking(texts[at][0], asked, among):
                    asking[number].append(at)
            for recognizer, worth in zip(among, asking, strict=True):
                for at in worth:
                    text, language = texts[at]
                    spans[at] += recognizer.find(text, language=language)
    return spans


class _Asked(NamedTuple):
    """Which recognizers find something: any time, or if a pattern may match.

    A set of them is a number: the bit of each is its number in the registry.
    """

    always: int
    by_place: Mapping[int, int]


@cache
def _asked(types: frozenset[SpanType], among: tuple[Recognizer, ...]) -> _Asked:
    """The recognizers that find any of `types`."""
    always = 0
    by_place: dict[int, int] = {}
    for number, one in enumerate(among):
        if types.isdisjoint(one.types):
            continue
        if not one.needs:
            always |= 1 << number
        for sought in one.needs:
            by_place[sought.place] = by_place.get(sought.place, 0) | 1 << number
    return _Asked(always, by_place)


def _worth_asking(text: str, asked: _Asked, among: tuple[Recognizer, ...]) -> Iterator[int]:
    """The numbers of the recognizers that may find something in `text`, in order."""
    finding = asked.always
    for place in possible(text):
        finding |= asked.by_place.get(place, 0)
    digits = -1
    for number in _numbers(finding):
        fewest = among[number].digits
        if fewest and digits < 0:
            digits = sum(map(text.count, "0123456789"))
        if digits >= fewest or not fewest:
            yield number


@lru_cache(maxsize=4096)
def _numbers(finding: int) -> tuple[int, ...]:
    """The numbers of the recognizers in a set of them."""
    return tuple(number for number in range(finding.bit_length()) if finding >> number & 1)
