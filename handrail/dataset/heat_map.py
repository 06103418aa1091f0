"""The picture of coverage: one row a topic, one column a language and channel."""

from __future__ import annotations

from handrail.bounds import suppress_small
from handrail.dataset.coverage import Cell, Coverage
from handrail.pictures import as_markdown, canvas

_MOST_TOPICS = 40


def heat_map(seen: Coverage, *, title: str) -> str:
    """Examples of each cell over its share of the floor, as markdown; small counts suppressed.

    White is covered, deep red has nothing. Topics with most missing come first; of very many the
    first forty are drawn. All suppressed cells have one color.
    """
    missing = {t: 0 for t in sorted({cell.topic for cell in seen.cells})}
    for cell in seen.cells:
        missing[cell.topic] += cell.lacking
    topics = sorted(missing, key=lambda topic: -missing[topic])[:_MOST_TOPICS]
    columns = sorted({(cell.language, cell.channel) for cell in seen.cells})
    at = {(cell.topic, cell.language, cell.channel): cell for cell in seen.cells}
    figure, axes = canvas(rows=len(topics) + 2, inches=2.5 + 0.48 * max(len(columns), 4))
    lacking = [[_lacking(at.get((topic, *column))) for column in columns] for topic in topics]
    axes.imshow(lacking or [[0.0]], cmap="Reds", vmin=0, vmax=1.8, aspect="auto")
    for row, topic in enumerate(topics):
        for number, column in enumerate(columns):
            there = at.get((topic, *column))
            text = "" if there is None else suppress_small(there.examples)
            axes.text(number, row, text, ha="center", va="center", fontsize=7)
    axes.set_yticks(range(len(topics)), topics, fontsize=8)
    axes.set_xticks(
        range(len(columns)), [f"{lang} {channel}" for lang, channel in columns],
        rotation=60, ha="right", fontsize=8,
    )  # fmt: skip
    axes.set_xlabel("examples; redder: further below the floor", fontsize=8)
    return as_markdown(figure, title)


def _lacking(cell: Cell | None) -> float:
    """The share of the floor that is missing: 0 covered or no such cell, 1 nothing there."""
    if cell is None or not cell.examples_wanted:
        return 0.0
    return cell.lacking / cell.examples_wanted
