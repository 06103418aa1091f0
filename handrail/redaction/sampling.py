"""People review a seeded sample of redacted chats; one exact bound gates a release."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.bounds import clopper_pearson_upper
from handrail.redaction.model import RedactedConversation
from handrail.verdicts import Finding, holds, not_measured

LEAK_BOUND = "leak_bound_within_budget"


@dataclass(frozen=True)
class Sample:
    """Conversations to review, drawn before anyone looks.

    `requested` is the size fixed beforehand, `population` what it was drawn from; `note` says so
    when the population was smaller than the sample.
    """

    conversation_ids: tuple[str, ...]
    requested: int
    population: int
    seed: int
    note: str


@dataclass(frozen=True)
class Review:
    """One reviewer's verdict on one sampled conversation; `simulated` is carried on and shown."""

    conversation_id: str
    leaked: bool
    reviewer: str
    at: datetime
    simulated: bool

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            msg = "a review carries an aware time: pass a datetime with tzinfo=UTC"
            raise ValueError(msg)


def draw(conversation_ids: Iterable[str], *, n: int, seed: int) -> Sample:
    """A simple random sample without replacement: the same for the same ids in any order."""
    if n < 1:
        msg = "a sample has at least one conversation"
        raise ValueError(msg)
    population = sorted(set(conversation_ids))
    if len(population) <= n:
        note = f"all {len(population)} conversations are sampled; {n} were asked for"
        return Sample(tuple(population), n, len(population), seed, note)
    chosen = sorted(random.Random(seed).sample(population, n))  # noqa: S311 - a sample, not a key
    note = f"{n} of {len(population)} conversations, drawn with seed {seed}"
    return Sample(tuple(chosen), n, len(population), seed, note)


def leak_bound(
    sample: Sample, reviews: Iterable[Review], *, delta: float, max_leaking_share: float
) -> Finding:
    """Whether the share of conversations with a residual leak is within budget.

    One-sided Clopper-Pearson upper bound with error `delta`. A conversation leaks if any reviewer
    says so. NOT MEASURED until every sampled conversation is reviewed: stopping early would let the
    result choose the sample size.
    """
    sampled = set(sample.conversation_ids)
    counted = [review for review in reviews if review.conversation_id in sampled]
    reviewed = {review.conversation_id for review in counted}
    missing = len(sampled) - len(reviewed)
    simulated = sum(review.simulated for review in counted)
    if not sampled:
        return not_measured(
            LEAK_BOUND, "no conversation was sampled: ingest and redact chats first", n=0
        )
    if missing:
        reason = (
            f"{missing} of {len(sampled)} sampled conversations are not reviewed yet: "
            "review them with `handrail sample review`"
        )
        return not_measured(LEAK_BOUND, reason, n=len(sampled), reviewed=len(reviewed))
    leaking = len({review.conversation_id for review in counted if review.leaked})
    bound = clopper_pearson_upper(leaking, len(sampled), delta=delta)
    within = bound <= max_leaking_share
    by = " by a simulated reviewer" if simulated else ""
    reason = (
        f"{leaking} of {len(sampled)} reviewed conversations leak{by}; "
        f"at most {100 * bound:.1f} % of all do ("
        f"confidence {100 * (1 - delta):g} %), budget {100 * max_leaking_share:g} %"
    )
    if not within:
        reason += ": mend the scrubber and redact again, or review a larger sample"
    return holds(
        LEAK_BOUND, within, reason,
        n=len(sampled), leaking=leaking, upper_bound=bound, simulated_reviews=simulated,
    )  # fmt: skip


def review_from_answer_key(
    conversations: Iterable[RedactedConversation],
    planted: Mapping[str, Sequence[str]],
    *,
    at: datetime,
    reviewer: str = "simulated-reviewer",
) -> tuple[Review, ...]:
    """A simulated reviewer's verdicts: a leak is a planted value still visible, in any case.

    For simulated sources only; each review says so.
    """
    reviews = []
    for conversation in conversations:
        texts = [turn.text for turn in conversation.turns]
        texts += [flag.reason for flag in conversation.flags]
        visible = "\n".join(texts).casefold()
        values = planted.get(conversation.conversation_id, ())
        leaked = any(value.casefold() in visible for value in values if value)
        reviews.append(Review(conversation.conversation_id, leaked, reviewer, at, simulated=True))
    return tuple(reviews)
