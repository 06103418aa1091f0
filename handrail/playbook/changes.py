"""What two versions of a playbook differ in, entry by entry, in words a support lead reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from handrail.playbook.model import Approval, Boundary, Mandate, Playbook, Topic
from handrail.playbook.queues import Field, Queue

Entries = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Change:
    """One entry that came, went or changed. `before` and `after` are its words, empty if none.

    `entries` are the ids it holds of: a sentence that three regions share is one change.
    """

    part: str
    entries: tuple[str, ...]
    what: str
    before: str
    after: str


def changes(old: Playbook, new: Playbook) -> tuple[Change, ...]:
    """Everything that differs, by part; equal changes of several entries are told once."""
    told: dict[Change, list[str]] = {}
    for part, (before, after) in _parts(old, new).items():
        for change in _compared(part, before, after):
            key = replace(change, entries=())
            told.setdefault(key, []).extend(change.entries)
    return tuple(replace(change, entries=tuple(ids)) for change, ids in told.items())


def wording(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The words of both texts in order, as (kind, words): `same`, `removed` or `added`."""
    old, new = before.split(), after.split()
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", " ".join(old[a:b])
            continue
        if b > a:
            yield "removed", " ".join(old[a:b])
        if d > c:
            yield "added", " ".join(new[c:d])


def sentence(change: Change) -> str:
    """One line without markup: what happened to which entry, and the words that differ."""
    words = " ".join(marked(*piece) for piece in wording(change.before, change.after))
    return f"{change.part} {', '.join(change.entries)} {change.what}: {words}"


def marked(kind: str, words: str) -> str:
    """Words as they stand where there is no color."""
    return {"same": words, "removed": f"[-{words}-]", "added": f"[+{words}+]"}[kind]


def _compared(part: str, before: Entries, after: Entries) -> Iterator[Change]:
    came, went, changed = _WORDS.get(part, ("added", "removed", "changed"))
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, {}), after.get(name, {})
        if not old or not new:
            what = came if new else went
            yield Change(part, (name,), what, _told(old), _told(new))
            continue
        for field in new:
            if old.get(field) != new[field]:
                what = f"{changed} ({field})" if len(new) > 1 else changed
                if field == _ANSWERED_BY:
                    what = went if new[field] == _PEOPLE else came
                yield Change(part, (name,), what, old.get(field, ""), new[field])


_ANSWERED_BY, _PEOPLE = "answered by", "people only"
_WORDS = {
    "topic": ("opened", "closed", "changed"),
    "template": ("added", "retired", "changed"),
}


def _told(fields: Mapping[str, str]) -> str:
    return "; ".join(value for value in fields.values() if value)


def _parts(old: Playbook, new: Playbook) -> dict[str, tuple[Entries, Entries]]:
    told = [_told_parts(book) for book in (old, new)]
    return {part: (told[0][part], told[1][part]) for part in told[1]}


def _told_parts(book: Playbook) -> dict[str, Entries]:
    bounds = book.boundaries
    return {
        "topic": {name: _topic(topic) for name, topic in book.topics.items()},
        "risk tier": {name: {"meaning": meaning} for name, meaning in book.tiers.items()},
        "mandate": {role: _mandate(mandate) for role, mandate in book.mandates.items()},
        "template": {
            t.id: {
                "text": t.text,
                "owner": t.owner,
                "approver": t.approver,
                "holds": f"{t.valid_from} to {t.valid_to}",
            }
            for t in book.templates
        },
        "fact": {
            f.id: {
                "value": f.value,
                "approver": f.approver,
                "holds": f"{f.valid_from} to {f.valid_to}",
            }
            for f in book.facts
        },
        "disclosure": {
            d.id: {
                "text": d.text,
                "when": d.when,
                "must say": ", ".join(f"{n}: {words}" for n, words in sorted(d.must_say.items())),
                "legal owner": d.owner,
                "signed by": d.approver,
                "holds": f"{d.valid_from} to {d.valid_to}",
            }
            for d in book.disclosures
        },
        "question": {
            q.id: {
                "text": q.text,
                "owner": q.owner,
                "approver": q.approver,
                "holds": f"{q.valid_from} to {q.valid_to}",
            }
            for q in book.queues.questions
        },
        "field": {name: _field(field) for name, field in book.queues.fields.items()},
        "queue": {name: _queue(queue) for name, queue in book.queues.queues.items()},
        "banned phrase": _phrases(bounds.banned),
        "regulated phrase": _phrases(bounds.regulated_keywords),
        "human claim": _phrases({lang: {"": said} for lang, said in bounds.human_claims.items()}),
        "boundary example": {_example(e): _shown(e) for e in bounds.examples},
    }


def _topic(topic: Topic) -> dict[str, str]:
    return {
        "description": topic.description,
        "area": topic.product_area,
        "risk": topic.tier,
        _ANSWERED_BY: _PEOPLE if topic.regulated else "the agent may",
    }


def _mandate(mandate: Mandate) -> dict[str, str]:
    return {
        "statement": mandate.statement,
        "prompt": mandate.prompt,
        "guardrails": " ".join(mandate.guardrails),
        "approval": _approval(mandate.approval),
    }


def _approval(approval: Approval | None) -> str:
    if approval is None:
        return "approved by nobody"
    return f"{approval.by}, {approval.on} to {approval.valid_to}"


def _field(field: Field) -> dict[str, str]:
    said = (
        f"{choice} {language}: {', '.join(phrases)}"
        for choice, by_language in sorted(field.choices.items())
        for language, phrases in sorted(by_language.items())
    )
    return {"kind": field.kind, "choices": "; ".join(said)}


def _queue(queue: Queue) -> dict[str, str]:
    needs = (f"{need.field}{'' if need.required else ' (welcome)'}" for need in queue.needs)
    return {
        "description": queue.description,
        "regions": ", ".join(queue.regions),
        "takes": ", ".join(queue.takes),
        "needs": ", ".join(needs),
        "questions at most": str(queue.max_questions),
        "answers within": f"{queue.answers_within_minutes} minutes",
        "if it refuses": "it never does" if queue.fallback else queue.if_refused or "the fallback",
    }


def _phrases(by_language: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Entries:
    said = (
        (f"{language} {kind}".strip(), phrase)
        for language, by_kind in by_language.items()
        for kind, phrases in by_kind.items()
        for phrase in phrases
    )
    return {f"{where}: {phrase}": {"phrase": phrase} for where, phrase in said}


def _example(example: Boundary) -> str:
    return f"{example.language} {example.type}: {example.message}"


def _shown(example: Boundary) -> dict[str, str]:
    return {"use": example.use, "bad reply": example.bad_reply, "good reply": example.good_reply}
