"""Accounts that repeat a falsehood many times, so that who learns by counting would learn it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import count, islice
from random import Random

from handrail.simulate.data import read
from handrail.simulate.locales import Locale
from handrail.simulate.people import Person, person
from handrail.simulate.phrasing import phrases

# Customer numbers far beyond those of the others.
_FIRST_NUMBER = 9_000_001


@dataclass(frozen=True)
class Poisoner:
    """One such account: what it claims, word by word the same each time, in chats on one topic.

    `confirmation` is what an agent says who believes it, breaking `violation`.
    """

    person: Person
    kind: str
    topic: str
    claim: str
    confirmation: str
    violation: str


def poisoners(
    seed: int, region: str, locales: tuple[Locale, ...], topics: Collection[str]
) -> tuple[Poisoner, ...]:
    """The region's accounts (`poison.yaml`): always the same for a seed."""
    accounts = [a for a in read("poison.yaml")["accounts"] if a["topic"] in topics]
    people = islice(_people(seed, region, locales), len(accounts))
    return tuple(
        _poisoner(Random(f"{seed}/{region}/poison/{n}"), one, **account)  # noqa: S311
        for n, (one, account) in enumerate(zip(people, accounts, strict=False))
    )


def draw_poisoner(rng: Random, accounts: tuple[Poisoner, ...]) -> Poisoner | None:
    """The account that writes this chat; mostly None."""
    if not accounts or rng.random() >= read("poison.yaml")["share"]:
        return None
    return rng.choice(accounts)


def is_believed(rng: Random) -> bool:
    """Whether the agent goes along with it this time."""
    believed: float = read("poison.yaml")["believed"]
    return rng.random() < believed


def _people(seed: int, region: str, locales: tuple[Locale, ...]) -> Iterator[Person]:
    if not any(phrases(locale.language).has("poison.instruction.claims") for locale in locales):
        return
    for number in count(_FIRST_NUMBER):
        one = person(seed, region, number, locales)
        spoken = phrases(one.locale.language)
        if one.record.customer_id and spoken.has("poison.instruction.claims"):
            yield one


def _poisoner(rng: Random, person: Person, *, kind: str, topic: str, violation: str) -> Poisoner:
    spoken = phrases(person.locale.language)
    claims = spoken.all_of(f"poison.{kind}.claims")
    return Poisoner(
        person=person,
        kind=kind,
        topic=topic,
        claim=rng.choice(claims),
        confirmation=spoken.pick(f"poison.{kind}.believed", rng),
        violation=violation,
    )
