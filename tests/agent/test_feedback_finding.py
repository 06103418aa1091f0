"""What is said of the effect of feedback, by how many flags it was measured on (R24)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handrail.agent.weight_curve import (
    ENOUGH_FLAGGED,
    SCALES,
    SHUFFLES,
    Counts,
    Point,
    WeightCurve,
    feedback_has_effect,
)
from handrail.verdicts import Verdict


def curve_of(*, flagged: int, selectivity: float, better_shuffles: int) -> WeightCurve:
    """Nineteen shuffles, so many of which are more selective than the flags that people set."""
    real = Counts(300, 200, flagged, flagged // 2, 200, 20, 5, selectivity)
    shuffles = tuple(
        replace(real, selectivity=selectivity + (0.1 if n < better_shuffles else -0.2))
        for n in range(SHUFFLES)
    )
    return WeightCurve("eu", {"low": 0.9}, tuple(Point(scale, real, shuffles) for scale in SCALES))


@pytest.mark.parametrize(
    ("flagged", "better_shuffles", "verdict"),
    [
        (ENOUGH_FLAGGED, 0, Verdict.PASS),
        (ENOUGH_FLAGGED, 1, Verdict.FAIL),
        (ENOUGH_FLAGGED - 1, 0, Verdict.PASS),  # the test is exact however few there are
        (ENOUGH_FLAGGED - 1, 1, Verdict.NOT_MEASURED),
        (4, 0, Verdict.NOT_MEASURED),
    ],
)
def test_not_finding_an_effect_among_few_flags_is_not_measured_R24(
    flagged: int, better_shuffles: int, verdict: Verdict
) -> None:
    curve = curve_of(flagged=flagged, selectivity=0.7, better_shuffles=better_shuffles)
    found = feedback_has_effect(curve)
    assert (found.verdict, found.blocking) == (verdict, False)
    if verdict is Verdict.NOT_MEASURED and flagged >= 5:
        assert found.reason.startswith(f"{flagged} held-out replies were flagged")
        assert "with probability 0.70" in found.reason
