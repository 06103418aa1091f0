"""Reviewers' verdicts on held-out rows: what a promise is measured against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from handrail.conversations.model import SetBy
from handrail.dataset.model import Split, TrainingExample


def with_reviews(
    examples: Iterable[TrainingExample], topics: Mapping[str, str]
) -> list[TrainingExample]:
    """The examples with reviewed calibration and test rows as their reviewers saw them.

    `topics` maps example id to the topic a reviewer confirmed or corrected. Export labels are wrong
    now and then, and a promise of 5 % can't be measured against labels that are 5 % wrong. The
    verdict is on the topic alone: nobody judged which of a topic's templates is said. It replaces a
    flag, which is on some message of the chat. Training rows stay as they are: the router learns
    from what the exports say.
    """
    return [
        replace(row, topic=topics[row.example_id], topic_set_by=SetBy.PERSON, accepted=None)
        if row.split is not Split.TRAIN and row.example_id in topics
        else row
        for row in examples
    ]
