"""What a reply can rest on: the vetted templates of its topic, region and language. R11."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from handrail.agent.retrieval import RESOLVED, Ranked
from handrail.agent.types import Case, Ground, Slot
from handrail.errors import Refused
from handrail.playbook.licensed_claims import CannotFill, fill, holes
from handrail.playbook.model import Fact, Playbook, Template


class NoGrounds(Refused):
    """The playbook has no template for this case that may be used today."""


@dataclass(frozen=True)
class Filling:
    """A template's text with what is licensed filled in; `missing` slots are still holes in it."""

    text: str
    slots: tuple[Slot, ...]
    missing: tuple[str, ...]


def filling(
    template: Template, *, context: Mapping[str, str], facts: Iterable[Fact], on: date
) -> Filling:
    """All slots of `template` that context and facts license on that day; the rest stays open."""
    known = tuple(facts)
    missing = []
    for slot in template.slots:
        alone = replace(template, text="", slots=(slot,))
        try:
            fill(alone, context=context, facts=known, on=on)
        except CannotFill:
            missing.append(slot.name)
    licensed = tuple(slot for slot in template.slots if slot.name not in missing)
    filled = fill(replace(template, slots=licensed), context=context, facts=known, on=on)
    slots = tuple(Slot(s.name, s.value, s.licensed_by) for s in filled.slots)
    return Filling(filled.text, slots, tuple(missing))


def with_gaps_named(text: str) -> str:
    """A text for people in which each open slot says that its fact is missing."""
    for name in holes(text):
        text = text.replace(f"{{{name}}}", f"[MISSING: {name.replace('_', ' ')}]")
    return text


def best_template(
    playbook: Playbook, case: Case, topic: str, *, ranked: Sequence[Ranked]
) -> tuple[Template, Filling]:
    """The valid template with the fewest missing slots; among equals the best ranked one.

    Where the ranking says nothing, the earlier one in the file. `NoGrounds` if none is valid on the
    case's day: an expired template means a hand-off.
    """
    day = case.day
    templates = playbook.templates_for(topic, case.region, case.language)
    valid = [template for template in templates if template.valid_on(day)]
    if not valid:
        cell = f"{topic} in {case.region}, {case.language}"
        state = "only expired templates" if templates else "no template"
        msg = f"the playbook has {state} for {cell} on {day}"
        raise NoGrounds(msg)
    scores = {one.template_id: one.score for one in ranked}
    fillings = [(t, filling(t, context=case.context, facts=playbook.facts, on=day)) for t in valid]
    return min(fillings, key=lambda pair: (len(pair[1].missing), -scores.get(pair[0].id, 0.0)))


def grounds_of(
    template: Template, slots: Iterable[Slot], facts: Iterable[Fact]
) -> tuple[Ground, ...]:
    """What a filled template cites: itself and each fact that filled a slot."""
    by_id = {f"fact:{fact.id}": fact for fact in facts}
    used = [by_id[slot.licensed_by] for slot in slots if slot.licensed_by in by_id]
    cited = [Ground("fact", fact.id, fact.digest) for fact in used]
    return (Ground("template", template.id, template.digest), *cited)


def licensing(grounds: Iterable[Ground]) -> tuple[Ground, ...]:
    """The grounds that can license anything: all but the resolved chats that ranked a template."""
    return tuple(ground for ground in grounds if ground.kind != RESOLVED)
