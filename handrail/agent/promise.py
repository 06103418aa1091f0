"""The promise: of the replies sent automatically at most alpha are wrong, confidence 1 - delta.

Wrong is a reply to another topic than the message's, or one that people flagged. Whether an answer
meets the point of its message is not measured here: phrases and a head of their own judge that.
How a threshold is tested: `learn_then_test`. R25.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handrail.agent.correctness import Correctness
from handrail.agent.learn_then_test import (
    Scored,
    lowest_safe_threshold,
    rows_without_mistake,
    starting_points,
)
from handrail.agent.offers import Evidence, Offer
from handrail.agent.terms import Terms
from handrail.agent.types import RiskTier
from handrail.bounds import SMALLEST_CELL, clopper_pearson_lower
from handrail.conversations.model import SetBy
from handrail.dataset.splits import share_of
from handrail.verdicts import Verdict

# Whose word on a topic is a person's: the desk's own label or a reviewer's. A rule's or a model's
# guess is no truth to measure a promise by.
_PEOPLE = (SetBy.EXPORT, SetBy.PERSON)

NOT_PROMISED = (
    "Whether an answer meets the point of its message is judged apart and not a part of this"
)


@dataclass(frozen=True)
class TopicShare:
    """How a promise does in one topic: of `sent` tested rows `wrong` were not right.

    Monitored, not promised: a promise is about all of its tier's replies together. `worse`: this
    topic alone does worse than that, so it only drafts.
    """

    topic: str
    sent: int
    wrong: int
    worse: bool = False


@dataclass(frozen=True)
class Promise:
    """What is promised for one region and tier; `threshold` None: NOT MEASURED, only drafts.

    `alpha` 0 is a tier that is never automatic. `n` rows of as many customers were tested,
    `coverage` of them reach the threshold. Of `reviewed` of them the topic is a reviewer's word, of
    the others the desk's label. `simulated`: some of those words were a simulated company's.
    `topics` are those of the rows that reach the threshold.
    """

    region: str
    tier: RiskTier
    alpha: float
    delta: float
    threshold: float | None
    n: int
    coverage: float
    verdict: Verdict
    reason: str
    simulated: bool
    topics: tuple[TopicShare, ...] = ()
    reviewed: int = 0

    @property
    def sentence(self) -> str:
        """The promise as people read it, with alpha, delta, n and what it is not about; else why
        there is none.
        """
        if self.threshold is None:
            return f"{self.tier} risk in {self.region}: drafts only; {self.reason}"
        return (
            f"Of the replies sent automatically in {self.region}, over all topics of {self.tier} "
            f"risk together, at most {self.alpha:.0%} have the wrong topic or are flagged, with "
            f"confidence {1 - self.delta:.0%}; measured on {self.n} rows of different customers, "
            f"{self._labeled()}. {NOT_PROMISED}"
        )

    def _labeled(self) -> str:
        """Whose word the topics of the rows are."""
        desk = "a simulated desk" if self.simulated else "the desk"
        people = "simulated reviewers" if self.simulated else "people"
        if not self.reviewed:
            return f"as {desk} labeled them, reviewed by nobody"
        if self.reviewed >= self.n:
            return f"reviewed by {people}"
        return f"{self.reviewed} of them reviewed by {people}, the others as {desk} labeled them"


def wrong_share(share: TopicShare) -> str:
    """What is shown of a topic: nothing of a cell so small that it could single somebody out."""
    if share.sent < SMALLEST_CELL:
        return "suppressed"
    return f"{share.wrong / share.sent:.1%}"


def make_promises(
    correctness: Correctness,
    evidence: Evidence,
    *,
    region: str,
    tiers: Mapping[str, RiskTier],
    terms: Terms,
    seed: int,
) -> tuple[Promise, ...]:
    """One promise per risk tier, from held-out rows that neither router nor head was fitted on.

    A row counts in the tier of the topic the router gives it, as it would when served; it is right
    when people gave it that topic and nobody flagged its outcome. Rows whose topic no person set,
    and messages that regulated triggers keep from being sent, count in none. Of a customer's rows
    in a tier one is tested, so that no two depend on each other.
    """
    fitted = _by_tier(correctness, evidence.fit, tiers)
    promised = sorted(
        evidence.promise,
        key=lambda offer: share_of(offer.row.example_id, seed=seed, purpose="one a customer"),
    )
    tested = _by_tier(correctness, promised, tiers, one_a_customer=True)
    simulated = any(offer.row.simulated for offer in evidence.promise)
    return tuple(
        _with_topics(
            promise(
                [(p, offer.is_right) for offer, p in tested[tier]],
                starts=starting_points(
                    [p for _, p in fitted[tier]],
                    tested=len(tested[tier]),
                    alpha=terms.alpha.get(tier, 0.0),
                    delta=terms.delta,
                ),
                region=region,
                tier=tier,
                alpha=terms.alpha.get(tier, 0.0),
                delta=terms.delta,
                least_rows=terms.least_rows(terms.alpha.get(tier, 0.0)),
                simulated=simulated,
            ),
            tested[tier],
            families=max(sum(of is tier for of in tiers.values()), 1),
        )
        for tier in RiskTier
    )


def _with_topics(made: Promise, rows: Sequence[tuple[Offer, float]], *, families: int) -> Promise:
    """The promise with its topics and how many of its rows were reviewed.

    Delta is shared equally by the tier's topics (Bonferroni).
    """
    made = replace(made, reviewed=sum(o.row.topic_set_by == SetBy.PERSON for o, _ in rows))
    if made.threshold is None:
        return made
    sent: dict[str, list[bool]] = {}
    for offer, probability in rows:
        if probability >= made.threshold:
            sent.setdefault(str(offer.route.topic), []).append(offer.is_right)
    shares = []
    for topic, rights in sorted(sent.items()):
        wrong = rights.count(False)
        least = clopper_pearson_lower(wrong, len(rights), delta=made.delta / families)
        shares.append(TopicShare(topic, len(rights), wrong, worse=least > made.alpha))
    return replace(made, topics=tuple(shares))


def promise(
    rows: Sequence[Scored],
    *,
    starts: Sequence[float],
    region: str,
    tier: RiskTier,
    alpha: float,
    delta: float,
    least_rows: int,
    simulated: bool,
) -> Promise:
    """The lowest threshold that can be promised on `rows`; `starts` must not come from them.

    Below `least_rows` nothing is promised, however few of them are wrong.
    """

    def answer(threshold: float | None, sent: int, reason: str) -> Promise:
        return Promise(
            region=region,
            tier=tier,
            alpha=alpha,
            delta=delta,
            threshold=threshold,
            n=len(rows),
            coverage=sent / len(rows) if rows else 0.0,
            verdict=Verdict.NOT_MEASURED if threshold is None else Verdict.PASS,
            reason=reason,
            simulated=simulated,
        )

    if not alpha:
        return answer(None, 0, f"{tier} risk is never automatic: every reply goes to people")
    if len(rows) < least_rows:
        sentence = f"{len(rows)} labeled rows; at most {alpha:.0%} wrong takes {least_rows:,}"
        return answer(None, 0, sentence)
    level = delta / len(starts)
    needed = rows_without_mistake(alpha, level=level)
    if len(rows) < needed:
        sentence = (
            f"{len(rows)} labeled rows; at most {alpha:.0%} wrong with confidence {1 - delta:.0%} "
            f"takes {needed} without a mistake"
        )
        return answer(None, 0, sentence)
    threshold = lowest_safe_threshold(rows, starts=starts, alpha=alpha, level=level)
    if threshold is None:
        wrong = sum(not right for _, right in rows)
        sentence = (
            f"no threshold keeps the promise: {wrong} of {len(rows)} rows have the wrong topic or "
            "a flag"
        )
        return answer(None, 0, sentence)
    sent = [right for p, right in rows if p >= threshold]
    sentence = (
        f"from probability {threshold:.4f} up {sent.count(False)} of {len(sent)} rows had the "
        f"wrong topic or a flag: at most {alpha:.0%} with confidence {1 - delta:.0%}"
    )
    return answer(threshold, len(sent), sentence)


def _by_tier(
    correctness: Correctness,
    offers: Sequence[Offer],
    tiers: Mapping[str, RiskTier],
    *,
    one_a_customer: bool = False,
) -> dict[RiskTier, list[tuple[Offer, float]]]:
    """Each row that counts, or the first of each customer, with its probability."""
    seen: set[tuple[RiskTier, str]] = set()
    scored: dict[RiskTier, list[tuple[Offer, float]]] = {tier: [] for tier in RiskTier}
    for offer in offers:
        topic = offer.route.topic
        if topic is not None and offer.may_be_sent and offer.row.topic_set_by in _PEOPLE:
            tier = tiers.get(topic, RiskTier.HIGH)
            if one_a_customer and (tier, offer.row.group) in seen:
                continue
            seen.add((tier, offer.row.group))
            p = correctness.probability(offer.row.message, offer.route, offer.template)
            scored[tier].append((offer, p))
    return scored
