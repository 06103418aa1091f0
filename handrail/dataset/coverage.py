"""Coverage by topic x region x language x channel against the floor: what is missing. R7."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handrail.access import Access
from handrail.bounds import SMALLEST_CELL, suppress_small
from handrail.dataset.landing import open_core
from handrail.dataset.splits import share_of
from handrail.settings import Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault

_MART = "select * from marts.topic_coverage order by cell_id"


@dataclass(frozen=True)
class Cell:
    """One row of the `topic_coverage` mart; `deficit` examples are missing to `examples_wanted`.

    Of the admitted, `vetted_share` were answered from a template and `unflagged_share` nobody
    warned of; both and `mean_csat` (1 to 5) are None where there is nothing to measure.
    """

    topic: str
    region: str
    language: str
    channel: str
    tier: str | None
    examples: int
    examples_wanted: int
    deficit: int
    vetted_share: float | None
    unflagged_share: float | None
    mean_csat: float | None

    @property
    def name(self) -> str:
        """The cell in words."""
        return f"{self.topic} / {self.language} / {self.channel}"

    @property
    def is_small(self) -> bool:
        """Whether it has so few examples that nothing more is told of them."""
        return 0 < self.examples < SMALLEST_CELL

    @property
    def lacking(self) -> int:
        """What is missing as far as it may be told: all small cells lack alike."""
        seen = SMALLEST_CELL - 1 if self.is_small else self.examples
        return max(0, self.examples_wanted - seen)

    @property
    def shown(self) -> tuple[str, ...]:
        """Examples, missing and quality as people see them: of few people, nothing but that."""
        if self.is_small:
            return (suppress_small(self.examples), "", "", "", "")
        return (
            str(self.examples),
            str(self.deficit),
            _percent(self.vetted_share),
            _percent(self.unflagged_share),
            "" if self.mean_csat is None else f"{self.mean_csat:.1f}",
        )


@dataclass(frozen=True)
class Coverage:
    """A region's coverage: its cells, those with the largest deficit first."""

    cells: tuple[Cell, ...]

    HEAD = ("topic / language / channel", "examples", "missing", "vetted", "unflagged", "csat")

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

    def table(self, *, rows: int) -> Iterator[tuple[str, ...]]:
        """The cells of most deficit, a line of `HEAD` each; small counts are suppressed."""
        for cell in self.cells[:rows]:
            yield (cell.name, *cell.shown)


def coverage(rows: Iterable[Mapping[str, Any]]) -> Coverage:
    """Coverage from the rows of the `topic_coverage` mart."""
    cells = [
        Cell(
            topic=str(row["topic"]),
            region=str(row["region"]),
            language=str(row["language"]),
            channel=str(row["channel"]),
            tier=row["tier"],
            examples=int(row["training_examples"]),
            examples_wanted=int(row["examples_wanted"]),
            deficit=int(row["deficit"]),
            vetted_share=row["vetted_share"],
            unflagged_share=row["unflagged_share"],
            mean_csat=row["mean_csat"],
        )
        for row in rows
    ]
    return Coverage(_ordered(cells))


def read_coverage(
    vault: RegionVault, settings: Settings, *, access: Access
) -> tuple[Coverage, Artifact]:
    """The region's coverage and the warehouse it was counted in; refuses a stale one."""
    with open_core(vault, settings, access=access) as (warehouse, core):
        return coverage(warehouse.rows(_MART)), core


def planned(cells: Iterable[Cell], *, most: int, seed: int) -> tuple[tuple[Cell, int], ...]:
    """How many dialogues each cell may get, at most `most` in all and never more than it misses.

    The emptiest cells are filled first, all up to one level (water filling), so that a small budget
    goes where nothing is known yet. What is left of it for some of the cells at that level goes by
    a seeded hash: by name the first letters of the alphabet would always win.
    """
    short = sorted(
        cells, key=lambda cell: (share_of(cell.name, seed=seed, purpose="deficit"), cell.name)
    )

    def needed(level: int) -> list[int]:
        return [min(max(level - cell.examples, 0), cell.deficit) for cell in short]

    highest = max((cell.examples_wanted for cell in short), default=0)
    level = max(at for at in range(highest + 1) if sum(needed(at)) <= most)
    given = needed(level)
    left = most - sum(given)
    for place, more in enumerate(needed(level + 1)):
        if left and more > given[place]:
            given[place] += 1
            left -= 1
    plan = [(cell, n) for cell, n in zip(short, given, strict=True) if n]
    return tuple(sorted(plan, key=lambda pair: pair[0].name))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _ordered(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(sorted(cells, key=lambda cell: (-cell.lacking, cell.name)))
