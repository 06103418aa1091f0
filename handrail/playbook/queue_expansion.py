"""What the authors wrote about queues, spread out to one question per region and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set

from handrail.playbook.authoring import FieldEntry, QueueEntry
from handrail.playbook.boundaries import phrases_in
from handrail.playbook.licensed_claims import holes
from handrail.playbook.never_asked import never_asked_in
from handrail.playbook.parts import Parts
from handrail.playbook.queues import (
    OF_NO_FIELD,
    Field,
    FieldKind,
    Need,
    Question,
    Queue,
    Queues,
)

_NEVER = "passwords, PINs, codes and card numbers are never asked for"


def queues_of(parts: Parts, *, takeable: Set[str]) -> Queues:
    """Fields, questions and queues; `takeable` are the topics and matters that a queue can take."""
    fields = parts.merged("fields", lambda file: file.fields)
    queues = parts.merged("queues", lambda file: file.queues)
    for name, field in fields.items():
        _check_field(parts, name, field)
    questions = sorted(_questions(parts, fields), key=_in_order)
    for name, queue in queues.items():
        _check_queue(parts, name, queue, fields, queues, takeable)
    _check_who_takes_what(parts, queues)
    return Queues(
        fields={
            name: Field(name, e.kind, {choice: dict(said) for choice, said in e.choices.items()})
            for name, e in fields.items()
        },
        questions=tuple(questions),
        queues={name: _queue(name, entry) for name, entry in queues.items()},
    )


def _queue(name: str, entry: QueueEntry) -> Queue:
    return Queue(
        name=name,
        description=entry.description,
        regions=entry.regions,
        takes=entry.takes,
        needs=tuple(Need(need.field, need.required) for need in entry.needs),
        max_questions=entry.max_questions,
        answers_within_minutes=entry.answers_within_minutes,
        if_refused=entry.if_refused or "",
        fallback=entry.fallback,
    )


def _questions(parts: Parts, fields: Mapping[str, FieldEntry]) -> Iterator[Question]:
    numbers: Counter[tuple[str, str, str]] = Counter()
    entries = parts.numbered("questions", lambda file: file.questions, lambda e: e.asks)
    for where, entry, defaults in entries:
        if entry.asks not in fields and entry.asks not in OF_NO_FIELD:
            others = " and ".join(OF_NO_FIELD)
            parts.note(where, f"{entry.asks!r} is not under `fields:`, and not {others}")
        approved = parts.approved(where, entry, defaults)
        owner = parts.owner(where, entry, defaults)
        for language, text in entry.texts.items():
            if holes(text):
                parts.note(where, "a question has no slots: write the sentence out")
            secret = never_asked_in(text)
            if secret:
                parts.note(where, f"the question in {language!r} asks for {secret!r}; {_NEVER}")
        for region, language in parts.cells(where, entry.regions, entry.texts):
            numbers[entry.asks, region, language] += 1
            number = numbers[entry.asks, region, language]
            if approved:
                yield Question(
                    id=f"{entry.asks}.{region}.{language}.{number}",
                    asks=entry.asks,
                    region=region,
                    language=language,
                    text=entry.texts[language],
                    owner=owner,
                    **approved,
                )


def _check_field(parts: Parts, name: str, entry: FieldEntry) -> None:
    where = parts.place("fields", name)
    if name in OF_NO_FIELD:
        parts.note(where, f"{name!r} is the name of a question that belongs to no field")
    secret = never_asked_in(name)
    if secret:
        parts.note(where, f"the field {name!r} is for {secret!r}; {_NEVER}")
    if (entry.kind is FieldKind.CHOICE) != bool(entry.choices):
        parts.note(where, "a field of kind choice has choices, and no other field has")
    spoken = {language for languages in parts.regions.values() for language in languages}
    for choice, said in entry.choices.items():
        for language in sorted(spoken - said.keys()):
            parts.note(where, f"no phrases in {language!r} for the choice {choice!r}")
        for phrase in (phrase for phrases in said.values() for phrase in phrases):
            if not phrases_in(phrase, [phrase]):
                parts.note(where, f"the phrase {phrase!r} of the choice {choice!r} has no words")


def _check_queue(
    parts: Parts,
    name: str,
    entry: QueueEntry,
    fields: Mapping[str, FieldEntry],
    queues: Mapping[str, QueueEntry],
    takeable: Set[str],
) -> None:
    where = parts.place("queues", name)
    for region in entry.regions:
        if region not in parts.regions:
            parts.note(where, f"region {region!r} is not among the regions of the playbook")
    for taken in entry.takes:
        if taken not in takeable:
            parts.note(where, f"{taken!r} is neither a topic nor a regulated matter")
    needed = [need.field for need in entry.needs]
    for field in needed:
        if field not in fields:
            parts.note(where, f"the field {field!r} is not under `fields:`")
        if needed.count(field) > 1:
            parts.note(where, f"the field {field!r} is needed twice; keep one")
    if entry.if_refused is not None and entry.if_refused not in queues:
        parts.note(where, f"if_refused: there is no queue {entry.if_refused!r}")
    if entry.fallback and entry.if_refused is not None:
        parts.note(where, "a fallback is where people always are: it has no if_refused")


def _check_who_takes_what(parts: Parts, queues: Mapping[str, QueueEntry]) -> None:
    taken: dict[tuple[str, str], str] = {}
    for name, entry in queues.items():
        where = parts.place("queues", name)
        for region in entry.regions:
            for what in (*entry.takes, *(["whatever nobody takes"] if entry.fallback else [])):
                first = taken.setdefault((region, what), name)
                if first != name:
                    parts.note(where, f"{first!r} takes {what!r} in {region} already")


def _in_order(question: Question) -> tuple[str, int]:
    cell, _, number = question.id.rpartition(".")
    return cell, int(number)
