"""`handrail ingest`: an export into the folder that the running graph watches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handrail.cli.console import open_home, out, speaks_plainly
from handrail.conversations.watching import drop


@speaks_plainly
def ingest(
    source: Annotated[Path, typer.Argument(help="An export: one file.")],
    region: Annotated[str, typer.Option(help="The region it belongs to.")],
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file: which field is what.")
    ] = None,
    answer_key: Annotated[
        Path | None, typer.Option(help="Only for simulated chats: what is true of each.")
    ] = None,
) -> None:
    """Copy an export into the region's watched folder; with `handrail ui` open the rest follows.

    The graph notices it within seconds: it is read, the days that changed are sealed and redacted,
    the warehouse is made anew, and with enough new chats a challenger is trained.
    """
    settings, vaults = open_home()
    vaults.close()
    name = settings.region(region).name
    place = drop(settings, name, source, mapping=mapping, answer_key=answer_key)
    out.print(
        f"{place}\nnext: keep `handrail ui` open and watch its runs, or type `handrail run`",
        soft_wrap=True,
    )
