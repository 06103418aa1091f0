"""Rules of the linter: what a reader of the files would take exception to, entry by entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handrail.playbook.authoring import (
    DisclosureEntry,
    PlaybookFile,
    QuestionEntry,
    TemplateEntry,
    Vouched,
    to_do,
)
from handrail.playbook.boundaries import banned_language, human_claims, phrases_in
from handrail.playbook.licensed_claims import Claim, ClaimKind, exceeding, outside_slots
from handrail.playbook.model import Playbook
from handrail.playbook.problems import Level, Problem
from handrail.playbook.yaml_source import YamlSource

SOON = timedelta(days=30)
_JINJA = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


@dataclass(frozen=True)
class Written:
    """A playbook, the files it was read from, and the day it is looked at."""

    files: tuple[tuple[YamlSource, PlaybookFile], ...]
    book: Playbook
    on: date

    def regions_in(self, language: str) -> tuple[str, ...]:
        """The regions that speak `language`."""
        spoken = (item for _, file in self.files for item in file.regions.items())
        return tuple(region for region, languages in spoken if language in languages)

    def claims(self, text: str, language: str, regions: Iterable[str]) -> tuple[Claim, ...]:
        """What `text` claims that the templates and facts of one of these regions don't license."""
        found: dict[Claim, None] = {}
        for region in regions:
            here = (region, language)
            texts = [t.text for t in self.book.templates if (t.region, t.language) == here]
            facts = [
                f
                for f in self.book.facts
                if (f.region, f.language) == here and f.valid_from <= self.on <= f.valid_to
            ]
            found |= dict.fromkeys(exceeding(text, texts=texts, slots=(), facts=facts))
        return tuple(found)


def style_problems(written: Written) -> Iterator[Problem]:
    """What every rule finds, rule by rule."""
    for rule in RULES:
        yield from rule(written)


def free_text_in_templates(written: Written) -> Iterator[Problem]:
    """R11: numbers, amounts, dates and links come from slots; a promise is the template's own."""
    for where, language, text in _template_texts(written):
        for claim in exceeding(outside_slots(text), texts=(), slots=(), facts=()):
            if claim.kind is ClaimKind.PROMISE:
                msg = f"the text in {language!r} promises: {claim.text!r}; is that meant?"
                yield Problem(where, Level.WARNING, msg)
            else:
                msg = f"{claim.kind} {claim.text!r} in {language!r} is free text: use a slot for it"
                yield Problem(where, Level.ERROR, msg)


def free_text_elsewhere(written: Written) -> Iterator[Problem]:
    """A disclosure, question or good reply states nothing that no fact of its regions licenses."""
    said = [
        (where, language, text, regions, "the text")
        for where, language, text, regions in (
            *_texts(written, "disclosures", lambda file: file.disclosures),
            *_texts(written, "questions", lambda file: file.questions),
        )
    ]
    said += [
        (where, language, text, written.regions_in(language), "the good reply")
        for where, language, text in _replies(written, "good_reply")
    ]
    for where, language, text, regions, what in said:
        for claim in written.claims(text, language, regions):
            msg = f"{what} in {language!r} states a {claim.kind} that no fact licenses: "
            yield Problem(where, Level.ERROR, msg + repr(claim.text))


def free_text_in_prompts(written: Written) -> Iterator[Problem]:
    """A number in a prompt finds its way into replies."""
    for source, file in written.files:
        for role, entry in file.mandates.items():
            for claim in exceeding(_JINJA.sub("", entry.prompt), texts=(), slots=(), facts=()):
                msg = f"{claim.kind} {claim.text!r} in the prompt: it may find its way into replies"
                yield Problem(source.at("mandates", role, "prompt"), Level.WARNING, msg)


def own_words_are_allowed(written: Written) -> Iterator[Problem]:
    """R29: nothing that the agent may say is banned or claims to be a person."""
    texts = [
        *_template_texts(written),
        *(said[:3] for said in _texts(written, "disclosures", lambda file: file.disclosures)),
        *(said[:3] for said in _texts(written, "questions", lambda file: file.questions)),
        *_replies(written, "good_reply"),
    ]
    bounds = written.book.boundaries
    for where, language, text in texts:
        for find in (banned_language, human_claims):
            for hit in find(text, language=language, boundaries=bounds):
                msg = f"the text in {language!r} says {hit.phrase!r}, which is {hit.type}"
                yield Problem(where, Level.ERROR, msg)


def bad_replies_are_caught(written: Written) -> Iterator[Problem]:
    """R16: what must not be said is recognized by a phrase of its type."""
    bounds = written.book.boundaries
    for source, file in written.files:
        for language, entry in file.boundaries.items():
            for index, example in enumerate(entry.examples):
                hits = [
                    hit.type
                    for find in (banned_language, human_claims)
                    for hit in find(example.bad_reply, language=language, boundaries=bounds)
                ]
                if example.type not in hits:
                    where = source.at("boundaries", language, "examples", index, "bad_reply")
                    msg = f"no banned phrase of {example.type} in {language!r} is in the bad reply"
                    yield Problem(where, Level.WARNING, msg)


def hand_off_is_said_by_nothing_else(written: Written) -> Iterator[Problem]:
    """R28: a customer who reads the hand-off phrase really gets a person."""
    phrases: dict[str, list[str]] = {}
    for said in written.book.disclosures:
        if said.when == "hand_off":
            phrases.setdefault(said.language, []).append(said.text)
    texts = [*_template_texts(written)]
    for source, file in written.files:
        for index, entry in enumerate(file.disclosures):
            where = source.at("disclosures", index, "texts")
            if entry.when != "hand_off":
                texts += [(where, language, text) for language, text in entry.texts.items()]
    for where, language, text in texts:
        if phrases_in(text, phrases.get(language, ())):
            msg = f"the text in {language!r} says the hand-off phrase, and nobody takes over"
            yield Problem(where, Level.ERROR, msg)


def what_ends_soon(written: Written) -> Iterator[Problem]:
    """An entry that is over, or will be within 30 days, with what then happens."""
    for source, file in written.files:
        parts: tuple[tuple[str, Iterable[Vouched], str], ...] = (
            ("templates", file.templates, "its topic is handed off where no other template holds"),
            ("facts", file.facts, "templates with its slot are handed off"),
            ("disclosures", file.disclosures, "its region fails `every_region_has_disclosures`"),
            ("questions", file.questions, "its region fails `every_region_asks_in_each_language`"),
        )
        ends = [
            (source.at(part, index), entry.valid_to or file.defaults.valid_to, then)
            for part, entries, then in parts
            for index, entry in enumerate(entries)
        ]
        ends += [
            (source.at("mandates", role), entry.valid_to, "nothing is trained")
            for role, entry in file.mandates.items()
        ]
        for where, last, then in ends:
            if last is not None and last <= written.on + SOON:
                when = "ended" if last < written.on else "ends"
                yield Problem(where, Level.WARNING, f"it {when} on {last}: then {then}")


def what_is_unused(written: Written) -> Iterator[Problem]:
    """A slot in no template, a fact for no slot of its region and language, a field of no queue."""
    needed = {need.field for queue in written.book.queues.queues.values() for need in queue.needs}
    used = {(t.region, t.language, s.name) for t in written.book.templates for s in t.slots}
    names = {name for _, _, name in used}
    for source, file in written.files:
        for name in file.slots.keys() - names:
            yield Problem(source.at("slots", name), Level.WARNING, f"no template has slot {name!r}")
        for name in file.fields.keys() - needed:
            yield Problem(source.at("fields", name), Level.WARNING, f"no queue needs {name!r}")
        for index, fact in enumerate(file.facts):
            for region, values in fact.values.items():
                for language in values:
                    if (region, language, fact.name) not in used:
                        where = source.at("facts", index, "values", region, language)
                        msg = f"no template of {region} in {language!r} uses fact {fact.name!r}"
                        yield Problem(where, Level.WARNING, msg)


def what_misses_a_language(written: Written) -> Iterator[Problem]:
    """An entry of a region that is not written in each of its languages."""
    spoken = {region: set(langs) for _, f in written.files for region, langs in f.regions.items()}
    for source, file in written.files:
        for part, entries in _with_texts(file):
            for index, entry in enumerate(entries):
                needed = {language for region in entry.regions for language in spoken[region]}
                for language in sorted(needed - entry.texts.keys()):
                    msg = f"no text in {language!r}, which its regions speak"
                    yield Problem(source.at(part, index, "texts"), Level.WARNING, msg)


def who_approves_oneself(written: Written) -> Iterator[Problem]:
    """R11: vetted means that somebody other than the owner approved it."""
    for source, file in written.files:
        for part, entries in _with_texts(file):
            for index, entry in enumerate(entries):
                owner = entry.owner or file.defaults.owner or ""
                if not to_do(owner) and owner == (entry.approver or file.defaults.approver):
                    msg = f"owner and approver are both {owner!r}"
                    yield Problem(source.at(part, index), Level.WARNING, msg)


RULES: tuple[Callable[[Written], Iterator[Problem]], ...] = (
    free_text_in_templates,
    free_text_elsewhere,
    free_text_in_prompts,
    own_words_are_allowed,
    bad_replies_are_caught,
    hand_off_is_said_by_nothing_else,
    what_ends_soon,
    what_is_unused,
    what_misses_a_language,
    who_approves_oneself,
)


def _with_texts(
    file: PlaybookFile,
) -> tuple[tuple[str, Sequence[TemplateEntry | DisclosureEntry | QuestionEntry]], ...]:
    return (
        ("templates", file.templates),
        ("disclosures", file.disclosures),
        ("questions", file.questions),
    )


def _template_texts(written: Written) -> Iterator[tuple[str, str, str]]:
    for source, file in written.files:
        for index, entry in enumerate(file.templates):
            for language, text in entry.texts.items():
                yield source.at("templates", index, "texts", language), language, text


def _texts(
    written: Written,
    part: str,
    of: Callable[[PlaybookFile], Sequence[DisclosureEntry | QuestionEntry]],
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    for source, file in written.files:
        for index, entry in enumerate(of(file)):
            for language, text in entry.texts.items():
                where = source.at(part, index, "texts", language)
                yield where, language, text, entry.regions


def _replies(written: Written, field: str) -> Iterator[tuple[str, str, str]]:
    for source, file in written.files:
        for language, entry in file.boundaries.items():
            for index, example in enumerate(entry.examples):
                where = source.at("boundaries", language, "examples", index, field)
                yield where, language, getattr(example, field)
