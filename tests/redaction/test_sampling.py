"""R33: a seeded sample, reviews, and one bound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from handrail.bounds import clopper_pearson_upper
from handrail.conversations.model import Conversation
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.sampling import Review, draw, leak_bound, review_from_answer_key
from handrail.redaction.scrubber import scrub
from handrail.verdicts import Verdict

IDS = [f"c-{i}" for i in range(500)]
BUDGET = {"delta": 0.05, "max_leaking_share": 0.05}


def reviews(ids: tuple[str, ...], at: datetime, *, leaking: int) -> list[Review]:
    return [Review(one, i < leaking, "r-1", at, simulated=False) for i, one in enumerate(ids)]


def test_the_sample_depends_on_the_seed_and_not_on_the_order() -> None:
    """R33"""
    first = draw(IDS, n=60, seed=7)
    assert first == draw(reversed(IDS), n=60, seed=7)
    assert first.conversation_ids != draw(IDS, n=60, seed=8).conversation_ids
    assert len(set(first.conversation_ids)) == 60


def test_a_small_population_is_taken_whole_and_says_so() -> None:
    """R33"""
    sample = draw(IDS[:5], n=60, seed=7)
    assert set(sample.conversation_ids) == set(IDS[:5])
    assert "all 5" in sample.note


def test_unreviewed_is_not_measured_and_says_what_to_do(at: datetime) -> None:
    """R33"""
    sample = draw(IDS, n=60, seed=7)
    for done in ([], reviews(sample.conversation_ids[:59], at, leaking=0)):
        finding = leak_bound(sample, done, **BUDGET)
        assert finding.check == "leak_bound_within_budget"
        assert finding.verdict is Verdict.NOT_MEASURED
        assert "handrail sample review" in finding.reason


def test_an_empty_sample_is_not_measured() -> None:
    assert leak_bound(draw([], n=60, seed=7), [], **BUDGET).verdict is Verdict.NOT_MEASURED


@pytest.mark.parametrize(("leaking", "verdict"), [(0, Verdict.PASS), (1, Verdict.FAIL)])
def test_the_bound_decides_not_the_observed_share(
    at: datetime, leaking: int, verdict: Verdict
) -> None:
    """R33: 1 leak in 60 is 1.7 % observed, and up to 7.7 % in truth."""
    sample = draw(IDS, n=60, seed=7)
    finding = leak_bound(sample, reviews(sample.conversation_ids, at, leaking=leaking), **BUDGET)
    assert finding.verdict is verdict
    assert finding.measures["n"] == 60
    assert finding.measures["leaking"] == leaking
    assert finding.measures["upper_bound"] == clopper_pearson_upper(leaking, 60, delta=0.05)


def test_one_reviewer_who_saw_a_leak_is_enough_and_strangers_dont_count(at: datetime) -> None:
    """R33"""
    sample = draw(IDS, n=60, seed=7)
    clean = reviews(sample.conversation_ids, at, leaking=0)
    second = Review(sample.conversation_ids[0], True, "r-2", at, simulated=False)
    outside = Review("elsewhere", True, "r-2", at, simulated=False)
    assert leak_bound(sample, [*clean, second], **BUDGET).measures["leaking"] == 1
    assert leak_bound(sample, [*clean, outside], **BUDGET).measures["leaking"] == 0


def test_the_answer_key_sees_planted_values_and_marks_itself(
    chat: Callable[..., Conversation], at: datetime
) -> None:
    """R33"""
    chats = [
        scrub(chat("write to bob@example.org", conversation_id="c-1"), ruleset=STANDARD),
        scrub(chat("ask for the Wigglesworthy deal", conversation_id="c-2"), ruleset=STANDARD),
        scrub(chat("hello", conversation_id="c-3"), ruleset=STANDARD),
    ]
    planted = {"c-1": ("bob@example.org",), "c-2": ("wigglesworthy",)}
    found = review_from_answer_key(chats, planted, at=at)
    assert [(one.conversation_id, one.leaked) for one in found] == [
        ("c-1", False),
        ("c-2", True),
        ("c-3", False),
    ]
    assert all(one.simulated and one.reviewer == "simulated-reviewer" for one in found)
    finding = leak_bound(draw(["c-1", "c-2", "c-3"], n=3, seed=1), found, **BUDGET)
    assert "simulated" in finding.reason


def test_a_review_without_a_time_zone_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        Review("c-1", False, "r-1", at.replace(tzinfo=None), simulated=False)
