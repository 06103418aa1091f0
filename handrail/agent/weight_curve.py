"""What the weight of negative feedback does: the head taught again with warnings weighed otherwise.

Only the head is taught again: router, calibration and bar stay those of the model, whose own point
on the curve is scale 1. A heavier warning makes every reply less likely to be sent; whether it acts
on the replies that people warn of, and not on all alike, is told by the control: the same number of
flags, dealt out at random among the training rows. R24.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from statistics import fmean, pstdev
from typing import TYPE_CHECKING, Self

from handrail.agent.correctness import ANY_TOPIC, Correctness, both_odds, word_grams
from handrail.agent.lessons import Lesson
from handrail.agent.offers import Evidence, Offer
from handrail.agent.teaching import Design
from handrail.agent.types import RiskTier
from handrail.bounds import SMALLEST_CELL
from handrail.verdicts import Finding, holds, not_measured

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

# Times the policy's weight of a warning (`weight_policy`); 1 is what the model was taught with.
SCALES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
# Nineteen shuffles let a permutation test reject at 5 %; four are enough to draw the control.
SHUFFLES, SHUFFLES_DRAWN = 19, 4
_CHECK = "feedback_has_effect"
_DELTA = 0.05
# Of simulated regions, where flags do follow topics, the test finds it in 9 of 13 with so many
# flagged held-out replies (20 to 39), in 6 of 19 with fewer: not finding it there says nothing.
ENOUGH_FLAGGED = 20


@dataclass(frozen=True)
class Counts:
    """What would happen to the held-out rows under one head.

    `sent` of `rows` are sent, the rest abstained from. `violations` of `flagged` rows are sent
    although people warned of the outcome; `refused` of `good` rows are not sent although topic and
    outcome are right; `wrong` of those sent are not right. `selectivity` is the probability that
    warnings mark a flagged row down more than a good one: 0.5 where they act on all alike.
    """

    rows: int
    sent: int
    flagged: int
    violations: int
    good: int
    refused: int
    wrong: int
    selectivity: float

    @property
    def abstention(self) -> float:
        """Share of rows that are not sent."""
        return 1 - self.sent / self.rows if self.rows else 0.0

    @property
    def violation_share(self) -> float:
        """Share of the flagged rows that are sent all the same."""
        return self.violations / self.flagged if self.flagged else 0.0

    @property
    def over_refusal(self) -> float:
        """Share of the good rows that are not sent."""
        return self.refused / self.good if self.good else 0.0

    @property
    def selective_risk(self) -> float:
        """Share of what is sent that is not right."""
        return self.wrong / self.sent if self.sent else 0.0


@dataclass(frozen=True)
class Point:
    """One weighting: what the flags people set do, and what shuffled ones do, run by run."""

    scale: float
    real: Counts
    shuffled: tuple[Counts, ...]


@dataclass(frozen=True)
class WeightCurve:
    """The curve of one region, with how likely a reply had to be to count as sent, by risk tier."""

    region: str
    bars: Mapping[str, float]
    points: tuple[Point, ...]

    def at(self, scale: float) -> Point:
        """The point of a scale."""
        return next(point for point in self.points if point.scale == scale)


@dataclass(frozen=True, eq=False)
class _HeldOut:
    """Held-out offers whose words are counted once, since some sixty heads score them all.

    `said` (offers x `words`) holds what each (n-gram, topic) counts in a score.
    """

    offers: Sequence[Offer]
    words: Sequence[tuple[str, str]]
    said: csr_matrix

    @classmethod
    def of(cls, offers: Sequence[Offer], words: Sequence[tuple[str, str]]) -> Self:
        """These offers, for heads that know no other `words`."""
        from scipy.sparse import csr_matrix

        columns = {word: column for column, word in enumerate(words)}
        counts: list[float] = []
        found: list[int] = []
        ends = [0]
        for offer in offers:
            grams = word_grams(offer.row.message)
            topics = (ANY_TOPIC, str(offer.route.topic))
            keys = ((gram, topic) for gram in grams for topic in topics)
            found += [columns[key] for key in keys if key in columns]
            counts += [1 / math.sqrt(len(grams))] * (len(found) - ends[-1])
            ends.append(len(found))
        return cls(offers, words, csr_matrix((counts, found, ends), (len(offers), len(words))))

    def scores(self, head: Correctness) -> list[float]:
        """The score of each offer, as the head gives it."""
        import numpy as np

        effects = [head.words.get(gram, {}).get(topic, 0.0) for gram, topic in self.words]
        templates = {str(offer.template) for offer in self.offers}
        named = {template: head.template_odds(template) for template in templates}
        return [
            both_odds(head.topic_odds(o.route, str(o.template)), named[str(o.template)] + words)
            for o, words in zip(self.offers, (self.said @ np.array(effects)).tolist(), strict=True)
        ]


def weight_curve(
    design: Design,
    head: Correctness,
    evidence: Evidence,
    *,
    flags: Mapping[str, bool | None],
    bars: Mapping[RiskTier, float],
    tiers: Mapping[str, RiskTier],
    seed: int,
) -> WeightCurve:
    """The curve on the held-out rows; `head` is the model's, `bars` what a reply has to reach.

    `flags` are what people said of each row, by id, also where a reviewer has since confirmed the
    topic: they are the feedback whose effect is asked for.
    """
    held_out = [
        (replace(offer, row=replace(offer.row, accepted=flags.get(offer.row.example_id))), bar)
        for offer in (*evidence.promise, *evidence.test)
        if offer.may_be_sent
        and (bar := bars.get(tiers.get(str(offer.route.topic), RiskTier.HIGH))) is not None
    ]
    shuffles = [
        _shuffled(design.content, Random(f"{seed}/{run}"))  # noqa: S311 - a control, not a secret
        for run in range(SHUFFLES)
    ]

    asked = _HeldOut.of([offer for offer, _ in held_out], design.content_matrix.words)

    def scores(content: Sequence[Lesson], scale: float) -> list[float]:
        return asked.scores(design.head(_scaled(content, scale)))

    before = [scores(content, SCALES[0]) for content in (design.content, *shuffles)]
    points = []
    for scale in SCALES:
        runs = SHUFFLES if scale == 1 else SHUFFLES_DRAWN
        counts = [
            _counts(head, held_out, none, none if scale == SCALES[0] else scores(content, scale))
            for none, content in zip(before, (design.content, *shuffles[:runs]), strict=False)
        ]
        points.append(Point(scale, counts[0], tuple(counts[1:])))
    return WeightCurve(head.region, {str(t): bar for t, bar in bars.items()}, tuple(points))


def feedback_has_effect(curve: WeightCurve) -> Finding:
    """Warnings mark flagged replies down more than good ones, and shuffled warnings do not.

    A permutation test (Fisher 1935): at the policy's weight the flags that people set are more
    selective than each of nineteen shuffles of them, which chance does in one of twenty, however
    few they are. Where that isn't found among fewer than 20 flagged replies it is NOT MEASURED:
    so few rarely show it. Shown, never blocking: where flags say nothing of the message, their
    weight changes nothing.
    """
    none, policy, heavy = curve.points[0].real, curve.at(1.0), curve.points[-1].real
    if min(none.flagged, none.good) < SMALLEST_CELL:
        sentence = (
            f"fewer than {SMALLEST_CELL} held-out replies were flagged as risky or off topic: what "
            "the weight of feedback does can't be told"
        )
        return not_measured(_CHECK, sentence, blocking=False)
    control = [run.selectivity for run in policy.shuffled]
    real = policy.real.selectivity
    chance = (1 + sum(run >= real for run in control)) / (1 + len(control))
    reach = 1.96 * pstdev(control) / len(control) ** 0.5
    told = (
        f"they mark a flagged reply down more than a good one with probability {real:.2f} "
        f"(shuffled flags {fmean(control):.2f} +- {reach:.2f}; 0.50 is none). From no weight to "
        f"{curve.points[-1].scale:g} times the policy's: not sent {none.abstention:.0%} to "
        f"{heavy.abstention:.0%}, flagged but sent {none.violation_share:.0%} to "
        f"{heavy.violation_share:.0%} of {none.flagged}, good but not sent {none.over_refusal:.0%} "
        f"to {heavy.over_refusal:.0%}"
    )
    measures: dict[str, int | float] = {
        "rows": none.rows,
        "flagged": none.flagged,
        "selectivity": round(real, 4),
        "selectivity_shuffled": round(fmean(control), 4),
        "chance": round(chance, 4),
    }
    if chance > _DELTA and none.flagged < ENOUGH_FLAGGED:
        sentence = (
            f"{none.flagged} held-out replies were flagged, too few to tell an effect of warnings "
            f"from chance, which takes {ENOUGH_FLAGGED}: {told}"
        )
        return not_measured(_CHECK, sentence, blocking=False, **measures)
    effect = (
        "warnings act on the replies that people warn of"
        if chance <= _DELTA
        else "no effect of feedback beyond chance was measured"
    )
    return holds(_CHECK, chance <= _DELTA, f"{effect}: {told}", blocking=False, **measures)


def _scaled(content: Sequence[Lesson], scale: float) -> list[Lesson]:
    """The lessons with warnings weighed so many times; boundaries stay as they are."""
    return [
        replace(lesson, weight=lesson.weight * scale)
        if lesson.accepted is False and not lesson.is_boundary
        else lesson
        for lesson in content
    ]


def _shuffled(content: Sequence[Lesson], rng: Random) -> list[Lesson]:
    """The lessons with outcome and weight dealt out anew among the rows."""
    rows = [n for n, lesson in enumerate(content) if not lesson.is_boundary]
    dealt = [(content[n].accepted, content[n].weight) for n in rows]
    rng.shuffle(dealt)
    shuffled = list(content)
    for n, (accepted, weight) in zip(rows, dealt, strict=True):
        shuffled[n] = replace(content[n], accepted=accepted, weight=weight)
    return shuffled


def _counts(
    head: Correctness,
    held_out: Sequence[tuple[Offer, float]],
    before: Sequence[float],
    now: Sequence[float],
) -> Counts:
    sent = [head.calibrated(score) >= bar for score, (_, bar) in zip(now, held_out, strict=True)]
    offers = [offer for offer, _ in held_out]
    # By which factor: how sure the route is cancels out.
    down = [_log_share(then) - _log_share(after) for then, after in zip(before, now, strict=True)]
    flagged = [n for n, offer in enumerate(offers) if offer.row.accepted is False]
    good = [n for n, offer in enumerate(offers) if offer.is_right]
    return Counts(
        rows=len(offers),
        sent=sum(sent),
        flagged=len(flagged),
        violations=sum(sent[n] for n in flagged),
        good=len(good),
        refused=sum(not sent[n] for n in good),
        wrong=sum(sent[n] and not offer.is_right for n, offer in enumerate(offers)),
        selectivity=_larger([down[n] for n in flagged], [down[n] for n in good]),
    )


def _log_share(odds: float) -> float:
    return -math.log1p(math.exp(-odds))


def _larger(ones: Sequence[float], others: Sequence[float]) -> float:
    """P(one of `ones` is larger than one of `others`), ties as half (Mann and Whitney 1947)."""
    if not ones or not others:
        return 0.5
    ranked = sorted(others)
    below = sum(bisect_left(ranked, one) + bisect_right(ranked, one) for one in ones)
    return below / (2 * len(ones) * len(others))
