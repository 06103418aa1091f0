"""The policy of a release: playbook, terms, promises and the stage's allow-list in one value."""

from __future__ import annotations

from collections.abc import Iterable

from handrail.agent.promise import Promise
from handrail.agent.terms import Terms
from handrail.agent.triggers import across_languages
from handrail.agent.types import AgentRole, Policy, RiskTier
from handrail.digests import digest
from handrail.errors import BadInput
from handrail.playbook.model import Disclosure, Playbook
from handrail.residency import require_region


def build_policy(
    playbook: Playbook,
    *,
    region: str,
    promises: Iterable[Promise],
    open_cells: Iterable[tuple[str, str, str]],
    terms: Terms,
) -> Policy:
    """What `decide` measures replies by in `region`.

    `open_cells` are the (topic, region, channel) the stage allows; deny is the default. A tier
    without a measured promise has no threshold. The digest covers all of it.
    """
    made = tuple(promises)
    for promise in made:
        require_region(region, promise.region, "a promise")
    cells = frozenset(open_cells)
    unknown = sorted({topic for topic, _, _ in cells} - set(playbook.topics))
    if unknown:
        msg = f"the stage opens topics the playbook doesn't have: {', '.join(unknown)}"
        raise BadInput(msg)
    thresholds: dict[RiskTier, float | None] = dict.fromkeys(RiskTier)
    thresholds |= {promise.tier: promise.threshold for promise in made}
    worse = frozenset(t.topic for promise in made for t in promise.topics if t.worse)
    content = {
        "playbook": playbook.digest,
        "region": region,
        "terms": terms.digest,
        "thresholds": {str(tier): threshold for tier, threshold in thresholds.items()},
        "open_cells": sorted(cells),
        "worse_topics": sorted(worse),
    }
    boundaries = playbook.boundaries
    disclosures: dict[str, list[Disclosure]] = {}
    for said in playbook.disclosures:
        if said.region == region:
            disclosures.setdefault(said.language, []).append(said)
    templates = {t.id: t for t in playbook.templates if t.region == region}
    return Policy(
        digest=digest(content),
        region=region,
        topic_tiers={topic.name: RiskTier(topic.tier) for topic in playbook.topics.values()},
        regulated_topics=frozenset(t.name for t in playbook.topics.values() if t.regulated),
        thresholds=thresholds,
        open_cells=cells,
        banned=across_languages(boundaries.banned),
        disclosures={language: tuple(said) for language, said in disclosures.items()},
        human_claims=boundaries.human_claims,
        known_templates=frozenset(templates),
        misfits=terms.misfits,
        templates=templates,
        promises={promise.tier: promise.sentence for promise in made},
        worse_topics=worse,
        facts={f.id: f for f in playbook.facts if f.region == region},
        human_requests=terms.human_requests,
        identity_questions=terms.identity_questions,
        mandate=playbook.mandates.get(AgentRole.RESOLVE),
    )
