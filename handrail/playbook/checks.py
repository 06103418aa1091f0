"""What must hold of a playbook before anything is built on it, as findings people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from handrail.playbook.authoring import ROLES
from handrail.playbook.boundaries import REQUIRED_TYPES
from handrail.playbook.model import Playbook
from handrail.residency import Region
from handrail.verdicts import Finding, holds

_NAMED = 5


def every_role_has_boundaries(playbook: Playbook) -> Finding:
    """Each of the three roles has an approved mandate, and each type of boundary has examples."""
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


def every_region_has_disclosures(playbook: Playbook, regions: Iterable[Region]) -> Finding:
    """Each region says in each of its languages what it must, and can answer every open topic.

    Per region and language: the AI disclosure of the first turn, a hand-off phrase, a template for
    each topic that isn't regulated, and banned, human-claim and regulated phrases.
    """
    cells = [(region.name, language) for region in regions for language in region.languages]
    missing = [gap for region, language in cells for gap in _gaps(playbook, region, language)]
    if not cells:
        missing.append("a region to check")
    return _complete(
        "every_region_has_disclosures", missing, f"{len(cells)} pairs of region and language"
    )


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


def _gaps(playbook: Playbook, region: str, language: str) -> Iterator[str]:
    where = f"for {region} in {language}"
    said = {d.when for d in playbook.disclosures if (d.region, d.language) == (region, language)}
    if "first_turn" not in said:
        yield f"an AI disclosure {where}"
    if "hand_off" not in said:
        yield f"a hand-off phrase {where}"
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
