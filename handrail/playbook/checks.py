"""What must hold of a playbook before anything is built on it, as findings people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from handrail.playbook.authoring import ROLES, to_do
from handrail.playbook.boundaries import REQUIRED_TYPES, phrases_in
from handrail.playbook.model import Playbook, Use
from handrail.residency import Region
from handrail.verdicts import Finding, holds

_NAMED = 5


def every_role_has_boundaries(playbook: Playbook) -> Finding:
    """Each of the three roles has a mandate and guardrails, each type of boundary has examples."""
    missing = [f"a mandate for role {role}" for role in ROLES if role not in playbook.mandates]
    missing += [
        f"guardrails for role {role}" for role, m in playbook.mandates.items() if not m.guardrails
    ]
    examples = playbook.boundaries.examples
    for language in sorted(playbook.boundaries.banned):
        found = {example.type for example in examples if example.language == language}
        missing += [
            f"an example of {kind} in {language}" for kind in REQUIRED_TYPES if kind not in found
        ]
    if not playbook.boundaries.banned:
        missing.append("boundaries in any language")
    return _complete(
        "every_role_has_boundaries",
        missing,
        f"{len(playbook.mandates)} mandates, {len(examples)} typed examples",
    )


def every_boundary_is_held_out_too(playbook: Playbook) -> Finding:
    """Each type of boundary has examples to learn from and others held out, by language (R16).

    An example that is asked in both is learned by heart, so the question may not be the same.
    """
    missing = []
    for language in sorted(playbook.boundaries.banned):
        told = {
            use: [e for e in playbook.boundaries.used_for(use) if e.language == language]
            for use in Use
        }
        missing += [
            f"{use.replace('_', ' ')} examples of {kind} in {language}"
            for kind in REQUIRED_TYPES
            for use, examples in told.items()
            if kind not in {e.type for e in examples}
        ]
        learned = [e.message for e in told[Use.TRAINING]]
        missing += [
            f"another question for the held out {asked.type} in {language}"
            for asked in told[Use.HELD_OUT]
            if any(phrases_in(asked.message, [message]) for message in learned)
        ]
    if not playbook.boundaries.banned:
        missing.append("boundaries in any language")
    sizes = [f"{len(playbook.boundaries.used_for(use))} {use.replace('_', ' ')}" for use in Use]
    return _complete("every_boundary_is_held_out_too", missing, f"examples: {', '.join(sizes)}")


def everything_is_approved(playbook: Playbook, on: date) -> Finding:
    """Somebody answers for every mandate and text of the playbook; nothing is to do (R10).

    A mandate is in force on `on`; a text that says TO DO is not finished. The good replies of
    boundary examples are taught, so that goes for them too.
    """
    waiting = [problem for m in playbook.mandates.values() if (problem := m.problem_on(on))]
    owned = {entry.id: entry.owner for entry in playbook.templates}
    owned |= {entry.id: entry.owner for entry in playbook.disclosures}
    signed = {entry.id: entry.approver for entry in playbook.templates}
    signed |= {entry.id: entry.approver for entry in playbook.facts}
    signed |= {entry.id: entry.approver for entry in playbook.disclosures}
    questions = playbook.queues.questions
    owned |= {f"question {entry.id}": entry.owner for entry in questions}
    signed |= {f"question {entry.id}": entry.approver for entry in questions}
    waiting += [f"{name} is approved by nobody" for name, person in signed.items() if not person]
    waiting += [f"{name} is owned by nobody" for name, person in owned.items() if not person]
    texts = {
        **{t.id: t.text for t in playbook.templates},
        **{f.id: f.value for f in playbook.facts},
        **{d.id: d.text for d in playbook.disclosures},
        **{f"question {q.id}": q.text for q in questions},
        **{f"queue {q.name}": q.description for q in playbook.queues.queues.values()},
        **{
            f"mandate of {m.role}": " ".join((m.statement, m.prompt, *m.guardrails))
            for m in playbook.mandates.values()
        },
        **{
            f"boundary example {number} ({e.type}, {e.language})": " ".join(
                (e.message, e.bad_reply, e.good_reply)
            )
            for number, e in enumerate(playbook.boundaries.examples, 1)
        },
        **{f"topic {t.name}": t.description for t in playbook.topics.values()},
        **{f"tier {tier}": meaning for tier, meaning in playbook.tiers.items()},
    }
    waiting += [f"{name} says TO DO" for name, text in texts.items() if to_do(text)]
    reason = (
        f"waiting: {_named(waiting)}"
        if waiting
        else f"in force on {on}: {len(playbook.mandates)} mandates and everything they rest on"
    )
    return holds("everything_is_approved", not waiting, reason, waiting=len(waiting))


def every_region_has_disclosures(
    playbook: Playbook, regions: Iterable[Region], *, on: date
) -> Finding:
    """Each region says in each of its languages what it must, and has a reply to every open topic.

    Per region and language: the AI disclosure of the first turn, the hand-off phrase and the
    uncertainty phrase, all signed for `on`, a template, expired or not, for each topic that isn't
    regulated, and banned, human-claim and regulated phrases. What a topic needs said in one of a
    region's languages, it needs in each. R15.
    """
    cells = [(region.name, language) for region in regions for language in region.languages]
    missing = [gap for region, language in cells for gap in _gaps(playbook, region, language, on)]
    said = {(d.region, d.language, d.when) for d in playbook.disclosures}
    needed = sorted({(region, when) for region, _, when in said if when.startswith("topic:")})
    missing += [
        f"the disclosure {when} for {region} in {language}"
        for region, when in needed
        for here, language in cells
        if here == region and (region, language, when) not in said
    ]
    if not cells:
        missing.append("a region to check")
    return _complete(
        "every_region_has_disclosures", missing, f"{len(cells)} pairs of region and language"
    )


def every_region_asks_in_each_language(
    playbook: Playbook, regions: Iterable[Region], *, on: date
) -> Finding:
    """Each region has queues of people, and each question they need in each of its languages (R13).

    A question holds on `on`; what nobody takes goes to the region's fallback.
    """
    served = list(regions)
    missing: list[str] = [] if served else ["a region to check"]
    asked = 0
    for region in served:
        queues = playbook.queues.of(region.name)
        if not any(queue.fallback for queue in queues.values()):
            missing.append(f"a queue of {region.name} with `fallback: true`")
        for asks in playbook.queues.asked_in(region.name):
            for language in region.languages:
                asked += 1
                cell = {"region": region.name, "language": language}
                if not playbook.queues.written(asks, **cell, on=on):
                    missing.append(f"a question for {asks} in {language} for {region.name}")
    sizes = f"{len(playbook.queues.queues)} queues, {asked} questions to ask"
    return _complete("every_region_asks_in_each_language", missing, sizes)


def no_template_expired(playbook: Playbook, on: date) -> Finding:
    """No template is past its last day; an expired one is never used, so this does not block."""
    expired = [t.id for t in playbook.templates if t.valid_to < on]
    reason = (
        f"past their last day on {on} and not used: {_named(expired)}"
        if expired
        else f"all {len(playbook.templates)} templates are within their last day on {on}"
    )
    return holds(
        "no_template_expired",
        not expired,
        reason,
        blocking=False,
        templates=len(playbook.templates),
        expired=len(expired),
    )


def _gaps(playbook: Playbook, region: str, language: str, on: date) -> Iterator[str]:
    where = f"for {region} in {language}"
    here = [d for d in playbook.disclosures if (d.region, d.language) == (region, language)]
    said = {d.when for d in here if d.valid_on(on)}
    yield from (f"a signature of {d.id} that holds on {on}" for d in here if not d.valid_on(on))
    if "first_turn" not in said:
        yield f"an AI disclosure {where}"
    if "hand_off" not in said:
        yield f"a hand-off phrase {where}"
    if "unsure" not in said:
        yield f"an uncertainty phrase {where}"
    for topic in playbook.topics.values():
        if not topic.regulated and not playbook.templates_for(topic.name, region, language):
            yield f"a template of {topic.name} {where}"
    bounds = playbook.boundaries
    for part, phrases in (
        ("banned", any(bounds.banned.get(language, {}).values())),
        ("human-claim", bool(bounds.human_claims.get(language))),
        ("regulated", any(bounds.regulated_keywords.get(language, {}).values())),
    ):
        if not phrases:
            yield f"{part} phrases in {language}"


def _complete(check: str, missing: list[str], what: str) -> Finding:
    gaps = list(dict.fromkeys(missing))
    reason = f"missing: {_named(gaps)}" if gaps else f"complete: {what}"
    return holds(check, not gaps, reason, missing=len(gaps))


def _named(things: list[str]) -> str:
    more = len(things) - _NAMED
    return ", ".join(things[:_NAMED]) + (f" and {more} more" if more > 0 else "")
