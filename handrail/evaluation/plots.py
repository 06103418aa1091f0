"""Small pictures of aggregates as markdown with an embedded PNG: nothing is written to disk."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from handrail.evaluation.results import Evaluation
from handrail.evaluation.slices import SMALLEST_CELL, overall

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BAR, _FLOOR, _TEXT = "#4c78a8", "#d62728", "#333333"


def scores_plot(evaluation: Evaluation, floors: Mapping[str, float], *, delta: float) -> str:
    """Each gated score with its interval and its floor, as markdown."""
    figure, axes = _canvas(rows=len(floors))
    for row, (measure, floor) in enumerate(floors.items()):
        score = overall(evaluation, measure, delta=2 * delta)  # its lower end is the gate's bound
        if score.share is not None and score.low is not None and score.high is not None:
            reach = [[score.share - score.low], [score.high - score.share]]
            axes.errorbar([score.share], [row], xerr=reach, fmt="o", color=_BAR, capsize=3)
        else:
            axes.text(0.02, row, f"fewer than {SMALLEST_CELL} cases", va="center", color=_TEXT)
        axes.plot([floor, floor], [row - 0.35, row + 0.35], color=_FLOOR, linewidth=2)
    axes.set_yticks(range(len(floors)), list(floors))
    axes.set_ylim(max(len(floors), 1) - 0.5, -0.5)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("share of cases, interval; red: the floor its lower end must reach")
    return _markdown(figure, f"scores of {evaluation.region}")


def funnel_plot(rows: Sequence[tuple[str, int]]) -> str:
    """Counts that get fewer step by step, (name, count) from the top, as markdown."""
    figure, axes = _canvas(rows=len(rows))
    counts = [count for _, count in rows]
    axes.barh(range(len(rows)), counts, color=_BAR, height=0.7)
    for row, count in enumerate(counts):
        axes.text(count, row, f" {count:,}", va="center", color=_TEXT)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    axes.set_xlim(0, 1.15 * max(counts, default=1) or 1)
    axes.set_xlabel("rows")
    return _markdown(figure, "funnel")


def _canvas(*, rows: int) -> tuple[Figure, Axes]:
    # Figure without pyplot: no global state, nothing to close, safe in threads.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 0.9 + 0.38 * max(rows, 1)), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _markdown(figure: Figure, title: str) -> str:
    png = io.BytesIO()
    figure.savefig(png, format="png", metadata={"Software": None})
    return f"![{title}](data:image/png;base64,{base64.b64encode(png.getvalue()).decode()})"
