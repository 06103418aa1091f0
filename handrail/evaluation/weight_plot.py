"""The weight curve as a picture: what heavier warnings cost and spare, beside shuffled ones."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from handrail.agent.weight_curve import Counts, WeightCurve
from handrail.pictures import BLUE, GREEN, RED, TEXT, as_markdown, canvas

_LINES: tuple[tuple[str, str, Callable[[Counts], float]], ...] = (
    ("flagged, but sent", RED, lambda counts: counts.violation_share),
    ("not sent", BLUE, lambda counts: counts.abstention),
    ("good, but not sent", GREEN, lambda counts: counts.over_refusal),
    ("wrong among the sent", TEXT, lambda counts: counts.selective_risk),
)


def weight_plot(curve: WeightCurve) -> str:
    """Violations, abstention, over-refusal and selective risk by weight, as markdown.

    Full lines are the flags that people set, dotted ones the mean of shuffled flags.
    """
    figure, axes = canvas(rows=6)
    at = range(len(curve.points))
    for name, color, measure in _LINES:
        real = [measure(point.real) for point in curve.points]
        control = [fmean(map(measure, point.shuffled)) for point in curve.points]
        axes.plot(at, real, color=color, marker="o", label=name)
        axes.plot(at, control, color=color, linestyle=":")
    axes.set_xticks(at, [f"{point.scale:g}" for point in curve.points])
    axes.set_xlabel("weight of a warning, times the policy's (1: the model in use)")
    axes.set_ylabel("share; dotted: shuffled flags")
    axes.set_ylim(-0.02, 1.02)
    axes.legend(frameon=False, fontsize=8)
    return as_markdown(figure, f"weight of negative feedback in {curve.region}")
