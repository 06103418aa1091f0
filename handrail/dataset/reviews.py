"""Reviewers' verdicts on held-out rows: what a promise is measured against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from handrail.conversations.model import SetBy
from handrail.dataset.model import Split, TrainingExample


@dataclass(frozen=True)
class Review:
    """What a reviewer says of a chat: the topic that it is about, confirmed or corrected.

    `accepted`: whether that topic's vetted answers would do, whatever was said in the chat; None
    where the reviewer wasn't asked that.
    """

    topic: str
    accepted: bool | None = None


def with_reviews(
    examples: Iterable[TrainingExample], reviews: Mapping[str, Review]
) -> list[TrainingExample]:
    """The examples with reviewed calibration and test rows as their reviewers saw them.

    `reviews` by example id. Export labels are wrong now and then, and a promise of 5 % can't be
    measured against labels that are 5 % wrong. A verdict has the last word on what it is about: the
    topic always, the outcome where the reviewer judged that. Where not, a flag of the desk stands:
    the row is not accepted. Training rows stay as they are: the router learns from what the exports
    say, and the head from every flag.
    """
    return [
        _reviewed(row, reviews[row.example_id])
        if row.split is not Split.TRAIN and row.example_id in reviews
        else row
        for row in examples
    ]


def _reviewed(row: TrainingExample, review: Review) -> TrainingExample:
    accepted = row.accepted if review.accepted is None else review.accepted
    return replace(row, topic=review.topic, topic_set_by=SetBy.PERSON, accepted=accepted)
