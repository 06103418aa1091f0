"""`handrail dataset coverage`: which topics, languages and channels miss examples."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from handrail.access import Access, Purpose
from handrail.cli.console import one_of_the_regions, open_home, out, person, speaks_plainly
from handrail.dataset.coverage import Coverage
from handrail.dataset.synthesis import read_gaps


@speaks_plainly
def coverage(
    region: Annotated[str | None, typer.Option(help="This region only.")] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many cells, most missing first.")] = 30,
) -> None:
    """Show how many examples each topic has by language and channel, how good they are, and how
    many are missing.

    As of the last time synthetic dialogues were written. Counts below five are not shown.
    """
    settings, vaults = open_home()
    access = Access(person(), team="compliance", purpose=Purpose.REVIEW)
    for name in one_of_the_regions(settings, region):
        seen = read_gaps(vaults.of(name), access=access)
        table = Table(*Coverage.HEAD, title=f"{name}: coverage")
        for line in seen.table(rows=rows):
            table.add_row(*line)
        out.print(table)
        said = seen.measures
        out.print(
            f"{said['cells_covered']} of {said['cells']} cells covered; {said['examples_missing']} "
            f"examples missing in the others, {said['cells_without_examples']} of which have none",
            soft_wrap=True,
        )
    vaults.close()
