"""From a router to what may be promised with it: lessons, head, promises, and what feedback did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from handrail.agent.boundary_effect import (
    BoundaryEffect,
    boundaries_have_effect,
    boundary_effect,
)
from handrail.agent.correctness import Correctness
from handrail.agent.lessons import lessons_of
from handrail.agent.offers import Offering, evidence
from handrail.agent.promise import Promise, make_promises
from handrail.agent.retrieval import Retrieval
from handrail.agent.router import Router
from handrail.agent.teaching import Design, calibrated
from handrail.agent.terms import Terms
from handrail.agent.types import RiskTier
from handrail.agent.weight_curve import WeightCurve, feedback_has_effect, weight_curve
from handrail.dataset.model import TrainingExample
from handrail.errors import without_chat_text
from handrail.inference.threads import one_thread
from handrail.playbook.model import Playbook, Use
from handrail.verdicts import Finding


@dataclass(frozen=True)
class Effects:
    """What feedback and boundaries were measured to do, kept with the model for its dossier."""

    curve: WeightCurve
    boundaries: BoundaryEffect

    @property
    def findings(self) -> tuple[Finding, Finding]:
        """The two as findings; neither blocks."""
        return feedback_has_effect(self.curve), boundaries_have_effect(self.boundaries)


@dataclass(frozen=True)
class Taught:
    """The head, what can be promised with it, and what it learned from people.

    `held_out` are (P(accepted), was it right) of replies to rows that nothing was fitted on.
    """

    correctness: Correctness
    promises: tuple[Promise, ...]
    effects: Effects
    held_out: tuple[tuple[float, bool], ...]


def teach_acceptance(
    router: Router,
    examples: Sequence[TrainingExample],
    *,
    retrieval: Retrieval | None,
    flags: Mapping[str, bool | None],
    playbook: Playbook,
    terms: Terms,
    on: date,
    seed: int,
) -> Taught:
    """The head of `router`, taught and calibrated on its data set, and the promises it allows.

    `examples` are as reviewers saw them, `flags` what people flagged before, by id. `retrieval`
    ranks templates here as it will for customers, so a promise is about what they are offered.
    Where nothing is promised, effects are measured at the bar of 1 - alpha; a tier that is never
    automatic has none.
    """
    region = router.region
    tiers = {t.name: RiskTier(t.tier) for t in playbook.topics.values()}
    offering = Offering.of(playbook, retrieval=retrieval, terms=terms, region=region, on=on)
    spoken = {example.language for example in examples}
    asked = {
        use: [b for b in playbook.boundaries.used_for(use) if b.language in spoken] for use in Use
    }
    with without_chat_text(f"what people accept in region {region}"), one_thread():
        lessons = lessons_of(examples, asked[Use.TRAINING], offering=offering, seed=seed)
        seen = evidence(examples, offering, router, seed=seed)
        design = Design.of(lessons, playbook=playbook, region=region)
        head = calibrated(design.head(design.content), seen.fit)
        promises = make_promises(head, seen, region=region, tiers=tiers, terms=terms, seed=seed)
        bars = {p.tier: p.threshold or 1 - p.alpha for p in promises if p.alpha}
        curve = weight_curve(design, head, seen, flags=flags, bars=bars, tiers=tiers, seed=seed)
        boundaries = boundary_effect(
            design,
            head,
            offering.sendable_boundaries(asked[Use.HELD_OUT], router),
            calibrate_on=seen.fit,
            bars=bars,
            tiers=tiers,
        )
    held_out = tuple(
        (head.probability(o.row.message, o.route, o.template), o.is_right)
        for o in (*seen.promise, *seen.test)
        if o.may_be_sent
    )
    return Taught(head, promises, Effects(curve, boundaries), held_out)
