"""What the playbook's boundaries do: heads taught with and without them, on held-out ones. R16."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handrail.agent.correctness import Correctness
from handrail.agent.offers import Offer
from handrail.agent.teaching import Design, calibrated
from handrail.agent.types import RiskTier, Route
from handrail.bounds import binomial_tail_p
from handrail.playbook.model import Boundary
from handrail.verdicts import Finding, holds, not_measured

_CHECK = "boundaries_have_effect"
_DELTA = 0.05
_FEWEST = 5  # all of them changed is chance once in 32; four would be once in 16


@dataclass(frozen=True)
class BoundaryEffect:
    """Held-out boundaries under two heads: taught with the boundaries for training, and without.

    Of `asked` examples `answerable` get a topic and a template, and neither a regulated trigger nor
    what else the message says keeps them from being sent: only confidence can. `sent_with` and
    `sent_without` reach the bar, `mean_with` and `mean_without` is how likely people accept the
    template. `only_without` are sent by that head alone, `only_with` by the other alone.
    """

    asked: int
    answerable: int
    sent_with: int
    sent_without: int
    only_without: int
    only_with: int
    mean_with: float
    mean_without: float


def boundary_effect(
    design: Design,
    head: Correctness,
    held_out: Sequence[tuple[Boundary, Route, str | None]],
    *,
    calibrate_on: Sequence[Offer],
    bars: Mapping[RiskTier, float],
    tiers: Mapping[str, RiskTier],
) -> BoundaryEffect:
    """The effect on these examples; `head` is the model's, taught with the boundaries.

    `held_out` are (boundary, route, template), the last None where nothing could be sent.
    """
    content = [replace(n, weight=0.0) if n.is_boundary else n for n in design.content]
    without = calibrated(design.head(content), calibrate_on)
    asked = [
        (boundary.message, route, template, bar)
        for boundary, route, template in held_out
        if template is not None
        and (bar := bars.get(tiers.get(str(route.topic), RiskTier.HIGH))) is not None
    ]
    likely = [
        tuple(one.probability(message, route, template) for one in (head, without))
        for message, route, template, _ in asked
    ]
    sent = [(a >= bar, b >= bar) for (a, b), (_, _, _, bar) in zip(likely, asked, strict=True)]
    n = max(len(asked), 1)
    return BoundaryEffect(
        asked=len(held_out),
        answerable=len(asked),
        sent_with=sum(a for a, _ in sent),
        sent_without=sum(b for _, b in sent),
        only_without=sum(b and not a for a, b in sent),
        only_with=sum(a and not b for a, b in sent),
        mean_with=round(sum(a for a, _ in likely) / n, 4),
        mean_without=round(sum(b for _, b in likely) / n, 4),
    )


def boundaries_have_effect(effect: BoundaryEffect) -> Finding:
    """Without boundaries more held-out ones would be answered than chance allows; never blocking.

    Exact one-sided sign test at 5 % on the examples that only one head would answer. It takes five
    that all change, so fewer than five answered without boundaries can't show an effect.
    """
    if min(effect.answerable, effect.sent_without) < _FEWEST:
        sentence = (
            f"of {effect.asked} held-out boundaries {effect.answerable} could be sent at all, "
            f"{effect.sent_without} would be without those for training: what boundaries do takes "
            f"{_FEWEST}"
        )
        return not_measured(_CHECK, sentence, blocking=False)
    changed = effect.only_without + effect.only_with
    chance = binomial_tail_p(effect.only_with, changed, alpha=0.5) if changed else 1.0
    said = (
        f"of {effect.asked} held-out boundaries {effect.sent_with} would be answered with those "
        f"for training, {effect.sent_without} without; people accept the template with "
        f"probability {effect.mean_with:.2f} and {effect.mean_without:.2f} on the mean of "
        f"{effect.answerable}"
    )
    found = "boundaries keep replies back" if chance <= _DELTA else "no effect beyond chance"
    return holds(
        _CHECK,
        chance <= _DELTA,
        f"{found}: {said}",
        blocking=False,
        asked=effect.asked,
        answerable=effect.answerable,
        sent_with=effect.sent_with,
        sent_without=effect.sent_without,
        chance=round(chance, 4),
    )
