"""Customers who don't exist: the same number, seed and region always give the same person."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from random import Random

from handrail.conversations.model import Customer
from handrail.simulate import identifiers
from handrail.simulate.data import read
from handrail.simulate.locales import Locale

KNOWN_SHARE = 0.70
ANONYMOUS_SHARE = 0.05
NO_TRAINING_SHARE = 0.010
NO_AI_SHARE = 0.005

_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "œ": "oe", "æ": "ae"})


@dataclass(frozen=True)
class Person:
    """One customer: what is true of them, and the record the company has of them."""

    locale: Locale
    first_name: str
    values: Mapping[str, str]
    record: Customer

    @property
    def is_known(self) -> bool:
        """Whether the company's record holds more than a customer number."""
        return bool(self.record.known)


@dataclass(frozen=True)
class NameLists:
    """The words people and places of one locale are made of."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]


@cache
def names(locale: str) -> NameLists:
    """The name lists of a locale, by the name of its file."""
    raw = read(f"names/{locale}.yaml")
    joint = "" if locale == "de" else " "
    ends = raw["street_ends"].split(",")
    return NameLists(
        tuple(raw["first"].split()),
        tuple(a + b for a in raw["last_stems"].split() for b in raw["last_ends"].split()),
        tuple(f"{a}{joint}{b}" for a in raw["street_stems"].split() for b in ends),
        tuple(a + b for a in raw["town_stems"].split() for b in raw["town_ends"].split()),
    )


@lru_cache(maxsize=4096)
def person(seed: int, region: str, number: int, locales: tuple[Locale, ...]) -> Person:
    """Customer `number` of a region whose people are of `locales`."""
    rng = Random(f"{seed}/{region}/person/{number}")  # noqa: S311 - a simulation, not a secret
    locale = rng.choices(locales, [choice.share for choice in locales])[0]
    words = names(locale.names)
    first, last = rng.choice(words.first), rng.choice(words.last)
    mail_name = _plain(f"{first}.{last}{rng.randint(1, 999)}")
    born = date(1948, 1, 1) + timedelta(days=rng.randrange(56 * 365))
    values = {
        "name": f"{first} {last}",
        "email": f"{mail_name}@{rng.choice(locale.mail_domains)}",
        "phone": locale.phone(rng),
        "address": address(rng, locale),
        "birth_date": locale.short_day(born),
        "username": _plain(f"{last}_{first[:3]}{rng.randint(10, 9999)}"),
        locale.bank_kind: locale.bank(rng),
        "card": identifiers.card(rng),
    }
    return Person(locale, first, values, _record(rng, region, number, values, locale.bank_kind))


def _plain(name: str) -> str:
    """As people write their name where only plain letters are allowed."""
    spelled = unicodedata.normalize("NFKD", name.lower().translate(_SPELLED_OUT))
    return spelled.encode("ascii", "ignore").decode()


def address(rng: Random, locale: Locale) -> str:
    """An address in the locale's order."""
    words = names(locale.names)
    return locale.address.format(
        number=rng.randint(1, 240),
        street=rng.choice(words.streets),
        town=rng.choice(words.towns),
        postcode=locale.postcode(rng),
    )


def _record(
    rng: Random, region: str, number: int, values: Mapping[str, str], bank_kind: str
) -> Customer:
    kept = ("name", "email", "phone", "address", "username")
    known = {kind: (values[kind],) for kind in kept} | {"account": (values[bank_kind],)}
    is_anonymous = rng.random() < ANONYMOUS_SHARE
    is_known = not is_anonymous and rng.random() < KNOWN_SHARE / (1 - ANONYMOUS_SHARE)
    return Customer(
        customer_id=None if is_anonymous else f"{region}-cust-{number:07d}",
        known=known if is_known else {},
        opted_out_of_ai=rng.random() < NO_AI_SHARE,
        opted_out_of_training=rng.random() < NO_TRAINING_SHARE,
    )
