"""What a generator wrote fills gaps of topics; it opens none (R8, R25)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handrail.agent.training import train_router
from handrail.dataset.model import Split, Synthesis, TrainingExample
from tests.agent.conftest import SEED


def made(rows: list[TrainingExample], *, topic: str, escalates: bool) -> list[TrainingExample]:
    """Rows as a generator would write them about a topic no customer raised."""
    mark = Synthesis("g-1", 1, f"{topic} / en / chat", (), escalates)
    learned = [row for row in rows if row.split is Split.TRAIN and row.language == "en"][:40]
    return [
        replace(
            row,
            example_id=f"s{n}",
            group=f"s{n}",
            topic=topic,
            message=f"my mortgage papers are lost, {row.message}",
            synthesis=mark,
        )
        for n, row in enumerate(learned)
    ]


@pytest.mark.parametrize(("escalates", "is_known"), [(False, False), (True, True)])
def test_a_topic_without_customers_is_only_learned_to_be_handed_off(
    escalates: bool, is_known: bool, dataset: list[TrainingExample]
) -> None:
    """No reply is sent about what no customer's row could have proven wrong."""
    rows = made(dataset, topic="new_topic", escalates=escalates)
    router = train_router([*dataset, *rows], region="eu", seed=SEED, encoder=None)
    assert ("new_topic" in router.topics) is is_known


def test_customers_are_counted_without_what_a_generator_wrote(
    dataset: list[TrainingExample],
) -> None:
    rows = made(dataset, topic="order_status", escalates=False)
    plain = train_router(dataset, region="eu", seed=SEED, encoder=None).training
    filled = train_router([*dataset, *rows], region="eu", seed=SEED, encoder=None).training
    assert filled["customers"] == plain["customers"]
    assert (filled["synthetic_rows"], plain["synthetic_rows"]) == (40, 0)
