"""Coverage by topic x region x language x channel against the floor: what is missing. R7."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """One row of the `topic_coverage` mart; `deficit` examples are missing to the floor."""

    topic: str
    region: str
    language: str
    channel: str
    examples: int
    deficit: int

    @property
    def name(self) -> str:
        """The cell in words."""
        return f"{self.topic} / {self.language} / {self.channel}"


@dataclass(frozen=True)
class Coverage:
    """A region's coverage: its cells, those with the largest deficit first."""

    cells: tuple[Cell, ...]

    @property
    def measures(self) -> dict[str, int | float]:
        """Aggregates for the UI and the manifest."""
        covered = sum(cell.deficit == 0 for cell in self.cells)
        return {
            "cells": len(self.cells),
            "cells_covered": covered,
            "cells_without_examples": sum(cell.examples == 0 for cell in self.cells),
            "share_covered": round(covered / len(self.cells), 4) if self.cells else 0.0,
            "examples": sum(cell.examples for cell in self.cells),
            "examples_missing": sum(cell.deficit for cell in self.cells),
        }

    @property
    def deficits(self) -> tuple[Cell, ...]:
        """The cells below the floor: the list that synthetic dialogues may be written for."""
        return tuple(cell for cell in self.cells if cell.deficit)

    def markdown(self, *, rows: int, smallest_shown: int) -> str:
        """The largest deficits as a table; counts below `smallest_shown` are suppressed."""
        lines = ["| topic / language / channel | examples | missing |", "|---|---:|---:|"]
        for cell in self.deficits[:rows]:
            small = 0 < cell.examples < smallest_shown
            shown = f"< {smallest_shown}" if small else str(cell.examples)
            lines.append(f"| {cell.name} | {shown} | {'' if small else cell.deficit} |")
        return "\n".join(lines)


def coverage(rows: Iterable[Mapping[str, Any]]) -> Coverage:
    """Coverage from the rows of the `topic_coverage` mart."""
    cells = [
        Cell(
            topic=str(row["topic"]),
            region=str(row["region"]),
            language=str(row["language"]),
            channel=str(row["channel"]),
            examples=int(row["training_examples"]),
            deficit=int(row["deficit"]),
        )
        for row in rows
    ]
    return Coverage(_ordered(cells))


def _ordered(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(sorted(cells, key=lambda cell: (-cell.deficit, cell.name)))
