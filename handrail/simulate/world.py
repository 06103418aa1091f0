"""What all conversations of a region share: its people, languages, topics and approved texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from handrail.playbook.model import Playbook, Template
from handrail.simulate.locales import LOCALES, Locale
from handrail.simulate.people import Person, person
from handrail.simulate.phrasing import phrases
from handrail.simulate.plan import Choices, Flow, flows
from handrail.simulate.poison import Poisoner, poisoners
from handrail.simulate.seasons import cumulative_weights


@dataclass(frozen=True)
class Approved:
    """What agents may use on one day in one language: facts by slot name, valid templates."""

    facts: Mapping[str, str]
    templates: tuple[Template, ...]
    _usable: dict[str | None, tuple[tuple[Template, ...], ...]] = field(default_factory=dict)

    def usable(
        self, topic: str | None, slots: Mapping[str, str]
    ) -> tuple[tuple[Template, ...], tuple[Template, ...]]:
        """The templates for `topic` and those for others, of which `slots` fills every slot.

        `slots` has the same names in every conversation of a language.
        """
        if topic not in self._usable:
            usable = [t for t in self.templates if all(slot.name in slots for slot in t.slots)]
            self._usable[topic] = (
                tuple(t for t in usable if t.topic == topic),
                tuple(t for t in usable if t.topic != topic),
            )
        right, others = self._usable[topic]
        return right, others


@dataclass(frozen=True)
class World:
    """One region as it is simulated for one seed."""

    region: str
    playbook: Playbook
    locales: tuple[Locale, ...]
    seed: int
    _approved: dict[tuple[str, date], Approved] = field(default_factory=dict, repr=False)
    _choices: dict[tuple[str, date], Choices] = field(default_factory=dict, repr=False)

    @cached_property
    def flows(self) -> Mapping[str, Flow]:
        """The flow of each topic."""
        return flows(self.playbook)

    @cached_property
    def poisoners(self) -> tuple[Poisoner, ...]:
        """The accounts that plant something."""
        return poisoners(self.seed, self.region, self.locales, self.flows)

    def person(self, number: int) -> Person:
        """Customer `number` of the region."""
        return person(self.seed, self.region, number, self.locales)

    def choices(self, language: str, day: date) -> Choices:
        """What a conversation in `language` on `day` may be about."""
        if (language, day) not in self._choices:
            weights = {topic: flow.weight for topic, flow in self.flows.items()}
            self._choices[language, day] = Choices(
                playbook=self.playbook,
                flows=self.flows,
                cumulative_weights=cumulative_weights(weights, region=self.region, day=day),
                phrases=phrases(language),
                other_languages=tuple(phrases(o) for o in _languages() if o != language),
            )
        return self._choices[language, day]

    def approved(self, language: str, day: date) -> Approved:
        """What the playbook approves for `language` on `day`."""
        if (language, day) not in self._approved:
            here = (self.region, language)
            facts = {
                fact.name: fact.value
                for fact in self.playbook.facts
                if (fact.region, fact.language) == here and fact.valid_from <= day <= fact.valid_to
            }
            templates = tuple(
                t
                for t in self.playbook.templates
                if (t.region, t.language) == here and t.valid_on(day)
            )
            self._approved[language, day] = Approved(facts, templates)
        return self._approved[language, day]

    def disclosure(self, language: str) -> str | None:
        """The first-turn disclosure of the language, if the playbook has one."""
        found = (
            d.text
            for d in self.playbook.disclosures
            if (d.region, d.language, d.when) == (self.region, language, "first_turn")
        )
        return next(found, None)


def _languages() -> tuple[str, ...]:
    """Every language that anybody simulated speaks."""
    return tuple(dict.fromkeys(locale.language for places in LOCALES.values() for locale in places))
