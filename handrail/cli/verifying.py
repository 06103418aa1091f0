"""`handrail verify` and `retention`: is everything whole, and is nothing kept too long."""

from __future__ import annotations

from datetime import timedelta
from getpass import getuser
from typing import Annotated

import typer
from rich.table import Table

from handrail.access import Access, Purpose
from handrail.cli.console import FAILED, one_of_the_regions, open_home, out, speaks_plainly
from handrail.custody.retention import due, retain
from handrail.vault.presence import at_work

SomeRegion = Annotated[str | None, typer.Option(help="This region only.")]


@speaks_plainly
def retention(
    region: SomeRegion = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be destroyed.")
    ] = False,
) -> None:
    """Destroy the keys of chats that are past the days their region keeps them; no way back.

    How long is in the config file: `retention_days` of each region. With `handrail ui` open it
    happens every night.
    """
    settings, vaults = open_home()
    failed = False
    for name in one_of_the_regions(settings, region):
        vault, now = vaults.of(name), vaults.clock()
        if dry_run:
            rows, said = due(vault, now=now).rows, "would be destroyed"
        else:
            with at_work(
                settings.home, [name], run_id="retention", patience=timedelta(), on_wait=out.print
            ):
                done = retain(vault, now=now, access=_care())
            rows, said = done.due.rows, "destroyed"
            failed |= not done.finding.verdict.passed
        table = Table("class", "kept since", said, title=f"region {name}")
        for row in rows:
            table.add_row(*row)
        out.print(table if rows else f"region {name} has no retention_days: everything is kept")
    if failed:
        raise typer.Exit(FAILED)


def _care() -> Access:
    return Access(actor=getuser(), team="custody", purpose=Purpose.CUSTODY)
