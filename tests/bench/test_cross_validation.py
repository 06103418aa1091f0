"""A threshold is picked without the family it is measured on."""

from __future__ import annotations

import pytest

from bench.labeled.cross_validation import cross_validate, pick
from bench.labeled.scoring import Score
from bench.labeled.sets import FAMILIES
from bench.labeled.thresholds import threshold
from bench.redaction import rules_spans, spans
from handrail.redaction import opinion
from handrail.redaction.doubts import Doubt

PERSON = ("PERSON", "")
CHATS = FAMILIES[2]


def measured(*figures: tuple[int, int, int]) -> dict[str, Score]:
    """Per family how many of 100 values leak, of 100 characters are wrong, of 100 clean touched."""
    scores = {}
    for family, (leaked, wrong, touched) in zip(FAMILIES, figures, strict=True):
        for name in family:
            one = Score(messages=200, right=100 - wrong, wrong=wrong, clean=100, touched=touched)
            one.gold[PERSON], one.leaked[PERSON] = 100, leaked
            scores[name] = one
    return scores


def test_what_fits_one_family_only_is_not_picked_for_it() -> None:
    """R31: 0.2 leaks nothing in the chats and much elsewhere; the chats are measured with 0.6."""
    candidates = {
        0.2: measured((30, 0, 0), (30, 0, 0), (0, 0, 0)),
        0.6: measured((10, 0, 0), (10, 0, 0), (50, 0, 0)),
    }
    chats = next(one for one in cross_validate(candidates) if one.family == CHATS)
    assert (chats.picked, chats.leak) == (0.6, 50.0)


def test_a_value_that_takes_too_much_is_not_picked() -> None:
    """R31: the least leak counts among values within precision and clean messages only."""
    candidates = {
        0.1: measured((0, 9, 0), (0, 9, 0), (0, 9, 0)),
        0.2: measured((1, 0, 9), (1, 0, 9), (1, 0, 9)),
        0.3: measured((5, 8, 8), (5, 8, 8), (5, 8, 8)),
        0.4: measured((6, 0, 0), (6, 0, 0), (6, 0, 0)),
    }
    assert pick(candidates) == 0.3


def test_where_nothing_is_within_bounds_the_most_precise_is_picked() -> None:
    """R31: of equals the highest."""
    candidates = {
        0.1: measured((0, 30, 0), (0, 30, 0), (0, 30, 0)),
        0.2: measured((1, 20, 0), (1, 20, 0), (1, 20, 0)),
        0.3: measured((9, 20, 0), (9, 20, 0), (9, 20, 0)),
    }
    assert pick(candidates) == 0.3


def test_a_missing_set_chooses_nothing() -> None:
    """R31: without one language no threshold is chosen."""
    scores = measured((0, 0, 0), (0, 0, 0), (0, 0, 0))
    del scores["chat_hard_de"]
    with pytest.raises(ValueError, match="whole families"):
        pick({0.5: scores})


def test_a_threshold_reaches_the_scrubber_and_is_put_back() -> None:
    """R31: a name that no rule sees is taken where little is asked of it, else left."""
    in_use = opinion.THRESHOLDS
    chat = [{"text": "the parcel went with Zbyszkowa on monday", "locale": "en"}]
    assert rules_spans(chat, {}, "en") == [[]]
    with threshold(Doubt.UNKNOWN, 0.0):
        assert spans(chat, {}, "en") != [[]]
    with threshold(Doubt.UNKNOWN, 1.1):
        assert spans(chat, {}, "en") == [[]]
    assert opinion.THRESHOLDS is in_use
