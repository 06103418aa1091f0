"""The target mix of training rows is met within its tolerance: R7."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.dataset.mix import RULES, MixTarget, mix_within_tolerance, sampled
from handrail.dataset.model import Split, Synthesis, TrainingExample
from handrail.errors import BadInput
from handrail.verdicts import Verdict

CAPPED = MixTarget(most_times_median=2, uncapped_rows=5, shares={}, tolerance=0.02, least_kept=0.5)


def example(number: int, *, topic: str = "a", channel: str = "chat") -> TrainingExample:
    return TrainingExample(
        example_id=f"{topic}-{channel}-{number}", source_system="test", region="eu",
        language="en", channel=channel, product_area="account", severity="low", sector="retail",
        basis="contract", topic=topic, topic_set_by="export", message="m", reply="r",
        template=None, agent=None, weight=1.0, outcome_weight=0.0, accepted=None,
        reply_accepted=None, flagged=None, signals=(),
        group=f"{topic}-{channel}-{number}", day=date(2026, 1, 5), split=Split.TRAIN,
        simulated=True, synthesis=None,
    )  # fmt: skip


def many(n: int, *, topic: str = "a", channel: str = "chat") -> list[TrainingExample]:
    return [example(number, topic=topic, channel=channel) for number in range(n)]


LOPSIDED = [*many(100, topic="a"), *many(10, topic="b"), *many(10, topic="c")]


def test_no_cell_is_larger_than_the_cap_and_every_row_is_accounted_for() -> None:
    kept, left = sampled(LOPSIDED, target=CAPPED, seed=1)
    assert Counter(row.topic for row in kept) == {"a": 20, "b": 10, "c": 10}
    assert {one.rule for one in left} == {"over_mix"}
    assert {row.example_id for row in kept} | {one.example_id for one in left} == {
        row.example_id for row in LOPSIDED
    }
    assert len(kept) + len(left) == len(LOPSIDED)


def test_the_order_of_rows_is_kept_and_does_not_count() -> None:
    kept, _ = sampled(LOPSIDED, target=CAPPED, seed=1)
    turned, _ = sampled(LOPSIDED[::-1], target=CAPPED, seed=1)
    assert kept == turned[::-1]
    assert kept != sampled(LOPSIDED, target=CAPPED, seed=2)[0]


@given(st.integers(0, 99))
def test_one_more_row_changes_at_most_one_other(left_out: int) -> None:
    fewer = [row for n, row in enumerate(LOPSIDED) if n != left_out]
    before = {row.example_id for row in sampled(fewer, target=CAPPED, seed=3)[0]}
    after = {row.example_id for row in sampled(LOPSIDED, target=CAPPED, seed=3)[0]}
    assert len(before - after) <= 1
    assert len(after - before) <= 1


def test_calibration_and_test_rows_stay_as_they_came() -> None:
    """R25: a promise is about what customers really ask."""
    held = [replace(row, split=Split.TEST) for row in LOPSIDED]
    assert sampled(held, target=CAPPED, seed=1) == (held, [])


def test_flagged_rows_stay_before_the_rest() -> None:
    """R24: a warning is not what makes room for praise nobody gave."""
    warned = {f"a-chat-{n}" for n in range(7)}
    rows = [replace(row, accepted=False) if row.example_id in warned else row for row in LOPSIDED]
    kept, _ = sampled(rows, target=CAPPED, seed=1)
    assert warned <= {row.example_id for row in kept}


def test_named_shares_are_met_within_tolerance() -> None:
    rows = [*many(300, channel="chat"), *many(100, channel="email")]
    target = replace(CAPPED, uncapped_rows=999, shares={"channel": {"email": 0.4, "chat": 0.6}})
    kept, left = sampled(rows, target=target, seed=1)
    assert Counter(row.channel for row in kept) == {"chat": 150, "email": 100}
    assert len(left) == 150
    finding = mix_within_tolerance(rows, kept, target=target)
    assert finding.verdict is Verdict.PASS
    assert not finding.blocking


def test_a_share_out_of_reach_costs_no_more_rows_than_allowed_and_is_said() -> None:
    rows = [*many(300, channel="chat"), *many(10, channel="email")]
    target = replace(CAPPED, uncapped_rows=999, shares={"channel": {"email": 0.5}})
    kept, _ = sampled(rows, target=target, seed=1)
    assert Counter(row.channel for row in kept)["email"] == 10
    assert 0.5 * len(rows) <= len(kept) < 0.55 * len(rows)
    finding = mix_within_tolerance(rows, kept, target=target)
    assert finding.verdict is Verdict.FAIL
    assert "of channel" in finding.reason


def test_shares_of_two_dimensions_are_met_together() -> None:
    rows = [
        row
        for topic, n in (("a", 200), ("b", 100))
        for channel in ("chat", "email")
        for row in many(n, topic=topic, channel=channel)
    ]
    shares = {"channel": {"email": 0.3}, "topic": {"a": 0.5}}
    target = replace(CAPPED, uncapped_rows=999, least_kept=0.4, shares=shares)
    kept, _ = sampled(rows, target=target, seed=1)
    assert mix_within_tolerance(rows, kept, target=target).verdict is Verdict.PASS
    assert Counter(row.topic for row in kept)["a"] == pytest.approx(len(kept) / 2, abs=2)


@pytest.mark.parametrize(
    "channels", [{"email": 0.4, "chat": 0.6}, {"email": 0.5, "chat": 0.5, "form": 0.0}]
)
def test_what_no_share_is_left_for_is_left_out(channels: dict[str, float]) -> None:
    rows = [row for channel in ("chat", "email", "form") for row in many(100, channel=channel)]
    target = replace(CAPPED, uncapped_rows=999, least_kept=0.4, shares={"channel": channels})
    kept, left = sampled(rows, target=target, seed=1)
    assert {row.channel for row in kept} == {"chat", "email"}
    assert len(kept) + len(left) == len(rows)
    assert mix_within_tolerance(rows, kept, target=target).verdict is Verdict.PASS


def test_no_rows_is_not_measured() -> None:
    assert mix_within_tolerance([], [], target=CAPPED).verdict is Verdict.NOT_MEASURED


@pytest.mark.parametrize("shares", [{"weather": {"sunny": 1.0}}, {"topic": {"a": 0.7, "b": 0.7}}])
def test_a_target_that_can_not_be_met_is_refused(shares: dict[str, dict[str, float]]) -> None:
    with pytest.raises(BadInput, match="the target mix can't be met"):
        replace(CAPPED, shares=shares)


def test_the_shipped_target_leaves_an_even_set_alone() -> None:
    rows = [row for topic in "abcdefgh" for row in many(60, topic=topic)]
    assert sampled(rows, target=MixTarget.read(RULES), seed=1) == (rows, [])


def test_what_a_generator_wrote_is_no_part_of_the_mix() -> None:
    mark = Synthesis("g-1", 1, "a / en / chat", (), escalates=False)
    made = [replace(row, synthesis=mark, example_id=f"s{row.example_id}") for row in many(50)]
    kept, left = sampled([*LOPSIDED, *made], target=CAPPED, seed=1)
    assert sum(row.synthetic for row in kept) == 50
    assert all(not one.example_id.startswith("s") for one in left)
