"""What the authors wrote, spread out to one template, fact and disclosure per region and language.

Ids count the entries of a cell from 1 in the order they are written, so an entry is retired by its
`valid_to` and not deleted, and all entries of a topic stand in one file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, groupby
from typing import TypedDict

from handrail.playbook.authoring import (
    ROLES,
    BoundariesEntry,
    MandateEntry,
    PlaybookFile,
)
from handrail.playbook.boundaries import phrases_in
from handrail.playbook.licensed_claims import holes, stray_brace, value_problem
from handrail.playbook.model import (
    Approval,
    Boundaries,
    Boundary,
    Disclosure,
    Fact,
    Mandate,
    Template,
    TemplateSlot,
    Topic,
)
from handrail.playbook.parts import Parts, person
from handrail.playbook.queue_expansion import queues_of
from handrail.playbook.queues import Queues
from handrail.playbook.yaml_source import YamlSource


class Content(TypedDict):
    """The fields of a `Playbook`, without its digest."""

    tiers: dict[str, str]
    topics: dict[str, Topic]
    mandates: dict[str, Mandate]
    templates: tuple[Template, ...]
    facts: tuple[Fact, ...]
    disclosures: tuple[Disclosure, ...]
    boundaries: Boundaries
    queues: Queues


class Draft(Parts):
    """Files of the right shape; `content` expands them and notes what is wrong in `problems`."""

    def __init__(self, files: Sequence[tuple[YamlSource, PlaybookFile]]) -> None:
        super().__init__(files)
        self._tiers = self.merged("tiers", lambda file: file.tiers)
        self._topics = self.merged("topics", lambda file: file.topics)
        self._slots = self.merged("slots", lambda file: file.slots)
        for part, found in (("regions", self.regions), ("topics", self._topics)):
            if not found:
                self.note("", f"no file has `{part}:`")
        for name, topic in self._topics.items():
            if topic.tier not in self._tiers:
                where = self.place("topics", name)
                self.note(where, f"nothing under `tiers:` says what {topic.tier!r} means")

    def content(self) -> Content:
        """Everything, in an order that doesn't depend on how it is spread over files."""
        facts = sorted(self._facts(), key=lambda fact: _in_order(fact.id))
        self._check_overlaps(facts)
        boundaries = self._boundaries()
        matters = {m for kinds in boundaries.regulated_keywords.values() for m in kinds}
        return Content(
            tiers=dict(self._tiers),
            topics={
                name: Topic(name, **entry.model_dump()) for name, entry in self._topics.items()
            },
            mandates=self._mandates(),
            templates=tuple(sorted(self._templates(facts), key=lambda t: _in_order(t.id))),
            facts=tuple(facts),
            disclosures=tuple(sorted(self._disclosures(), key=lambda d: d.id)),
            boundaries=boundaries,
            queues=queues_of(self, takeable=self._topics.keys() | matters),
        )

    def _templates(self, facts: Iterable[Fact]) -> Iterator[Template]:
        has_fact = {(fact.region, fact.language, fact.name) for fact in facts}
        numbers: Counter[tuple[str, str, str]] = Counter()
        entries = self.numbered("templates", lambda file: file.templates, lambda e: e.topic)
        for where, entry, defaults in entries:
            if entry.topic not in self._topics:
                self.note(where, f"topic {entry.topic!r} is not among the topics of the playbook")
            approved = self.approved(where, entry, defaults)
            owner = self.owner(where, entry, defaults)
            slots = {lang: self._slots_in(where, text) for lang, text in entry.texts.items()}
            for region, language in self.cells(where, entry.regions, entry.texts):
                for slot in slots[language]:
                    if slot.source == "fact" and (region, language, slot.name) not in has_fact:
                        self.note(where, f"no fact {slot.name!r} for {region} in {language}")
                numbers[entry.topic, region, language] += 1
                number = numbers[entry.topic, region, language]
                if approved:
                    yield Template(
                        id=f"{entry.topic}.{region}.{language}.{number}",
                        topic=entry.topic,
                        region=region,
                        language=language,
                        text=entry.texts[language],
                        slots=slots[language],
                        owner=owner,
                        **approved,
                    )

    def _facts(self) -> Iterator[Fact]:
        numbers: Counter[tuple[str, str, str]] = Counter()
        for where, entry, defaults in self.numbered("facts", lambda f: f.facts, lambda e: e.name):
            slot = self._slots.get(entry.name)
            if slot is None or slot.source != "fact":
                self.note(where, f"{entry.name!r} is not a slot with source `fact`")
            approved = self.approved(where, entry, defaults)
            for declared, values in entry.values.items():
                for region, language in self.cells(where, [declared], values):
                    problem = value_problem(slot.kind, values[language]) if slot else None
                    if problem:
                        self.note(where, f"the value for {region} in {language} {problem}")
                    numbers[entry.name, region, language] += 1
                    number = numbers[entry.name, region, language]
                    if approved:
                        yield Fact(
                            id=f"{entry.name}.{region}.{language}.{number}",
                            region=region,
                            language=language,
                            name=entry.name,
                            value=values[language],
                            **approved,
                        )

    def _check_overlaps(self, facts: Sequence[Fact]) -> None:
        for _, same in groupby(facts, key=lambda fact: fact.id.rpartition(".")[0]):
            for one, other in combinations(same, 2):
                if one.valid_from <= other.valid_to and other.valid_from <= one.valid_to:
                    msg = f"facts {one.id} and {other.id} hold on the same days; end the older one"
                    self.note("", msg)

    def _disclosures(self) -> Iterator[Disclosure]:
        seen: set[str] = set()
        entries = self.entries("disclosures", lambda file: file.disclosures)
        for where, entry, defaults in entries:
            approved = self.approved(where, entry, defaults)
            owner = self.owner(where, entry, defaults)
            topic = entry.when.removeprefix("topic:")
            if entry.when.startswith("topic:") and topic not in self._topics:
                self.note(where, f"topic {topic!r} is not among the topics of the playbook")
            for region, language in self.cells(where, entry.regions, entry.texts):
                full_id = f"{entry.id}.{region}.{language}"
                if full_id in seen:
                    self.note(where, f"id {full_id} is used twice; give one of them another id")
                seen.add(full_id)
                text = entry.texts[language]
                if holes(text):
                    self.note(where, "a disclosure has no slots: write the sentence out")
                must_say = {name: words.get(language, "") for name, words in entry.must_say.items()}
                if approved:
                    said = Disclosure(
                        id=full_id,
                        region=region,
                        language=language,
                        when=entry.when,
                        text=text,
                        must_say=must_say,
                        owner=owner,
                        **approved,
                    )
                    for name in [*said.unsaid(text), *(n for n, w in must_say.items() if not w)]:
                        self.note(where, f"the text in {language!r} doesn't say its {name!r}")
                    yield said

    def _mandates(self) -> dict[str, Mandate]:
        entries = self.merged("mandates", lambda file: file.mandates)
        for role in sorted(entries.keys() - set(ROLES)):
            where = self.place("mandates", role)
            self.note(where, f"a mandate for {role!r}; the roles are {', '.join(ROLES)}")
        return {
            role: Mandate(role, entry.statement, entry.prompt, entry.guardrails, approval_of(entry))
            for role, entry in entries.items()
        }

    def _boundaries(self) -> Boundaries:
        entries = self.merged("boundaries", lambda file: file.boundaries)
        spoken = {language for languages in self.regions.values() for language in languages}
        for language in sorted(entries.keys() - spoken):
            where = self.place("boundaries", language)
            self.note(where, f"boundaries are written in {language!r}, which no region speaks")
        for language, entry in entries.items():
            by_type = (*entry.banned.values(), *entry.regulated_keywords.values())
            for phrase in (*entry.human_claims, *chain.from_iterable(by_type)):
                if not phrases_in(phrase, [phrase]):
                    where = self.place("boundaries", language)
                    self.note(where, f"the phrase {phrase!r} in {language!r} has no words")
        return Boundaries(
            banned={language: dict(entry.banned) for language, entry in entries.items()},
            human_claims={language: entry.human_claims for language, entry in entries.items()},
            regulated_keywords={
                language: dict(entry.regulated_keywords) for language, entry in entries.items()
            },
            examples=tuple(
                example
                for language, entry in entries.items()
                for example in _examples(language, entry)
            ),
        )

    def _slots_in(self, where: str, text: str) -> tuple[TemplateSlot, ...]:
        if stray_brace(text):
            self.note(where, "a brace that belongs to no slot; a slot is {lower_case}")
        found = []
        for name in holes(text):
            slot = self._slots.get(name)
            if slot is None:
                self.note(where, f"slot {{{name}}} is not declared under `slots:`")
            else:
                found.append(TemplateSlot(name, slot.source, slot.kind))
        return tuple(found)


def approval_of(entry: MandateEntry) -> Approval | None:
    """The approval of a mandate, None unless person, day and last day are all there."""
    by = person(entry.approved_by or "")
    if not by or entry.approved_on is None or entry.valid_to is None:
        return None
    return Approval(by, entry.approved_on, entry.valid_to)


def _examples(language: str, entry: BoundariesEntry) -> Iterator[Boundary]:
    for example in entry.examples:
        yield Boundary(language=language, **example.model_dump())


def _in_order(full_id: str) -> tuple[str, int]:
    cell, _, number = full_id.rpartition(".")
    return cell, int(number)
