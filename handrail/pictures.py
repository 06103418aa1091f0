"""Small pictures of aggregates as markdown with an embedded PNG: nothing is written to disk."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, RED, GREEN, TEXT = "#4c78a8", "#d62728", "#54a24b", "#333333"


def canvas(*, rows: int, inches: float = 6) -> tuple[Figure, Axes]:
    """A figure of one plot, so many inches wide, with room for so many rows."""
    # Figure without pyplot: no global state, nothing to close, safe in threads.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(inches, 0.9 + 0.38 * max(rows, 1)), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def as_markdown(figure: Figure, title: str) -> str:
    """The figure as an image that needs no file."""
    png = io.BytesIO()
    figure.savefig(png, format="png", metadata={"Software": None})
    return f"![{title}](data:image/png;base64,{base64.b64encode(png.getvalue()).decode()})"
