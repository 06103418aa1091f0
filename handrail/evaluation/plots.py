"""Pictures of scores, as markdown."""

from __future__ import annotations

from collections.abc import Mapping

from handrail.bounds import SMALLEST_CELL
from handrail.evaluation.results import Evaluation
from handrail.evaluation.slices import overall
from handrail.pictures import BLUE, RED, TEXT, as_markdown, canvas


def scores_plot(evaluation: Evaluation, floors: Mapping[str, float], *, delta: float) -> str:
    """Each gated score with its interval and its floor, as markdown."""
    figure, axes = canvas(rows=len(floors))
    for row, (measure, floor) in enumerate(floors.items()):
        score = overall(evaluation, measure, delta=2 * delta)  # its lower end is the gate's bound
        if score.share is not None and score.low is not None and score.high is not None:
            reach = [[score.share - score.low], [score.high - score.share]]
            axes.errorbar([score.share], [row], xerr=reach, fmt="o", color=BLUE, capsize=3)
        else:
            axes.text(0.02, row, f"fewer than {SMALLEST_CELL} cases", va="center", color=TEXT)
        axes.plot([floor, floor], [row - 0.35, row + 0.35], color=RED, linewidth=2)
    axes.set_yticks(range(len(floors)), list(floors))
    axes.set_ylim(max(len(floors), 1) - 0.5, -0.5)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("share of cases, interval; red: the floor its lower end must reach")
    return as_markdown(figure, f"scores of {evaluation.region}")
