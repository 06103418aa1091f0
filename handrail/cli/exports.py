"""`handrail ingest` and `exports`: what a region reads, and adding to it or taking from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handrail.cli.console import one_of_the_regions, open_home, out, speaks_plainly
from handrail.conversations.reading import register_of
from handrail.conversations.watching import drop

app = typer.Typer(help="The exports that a region reads: list, forget.", no_args_is_help=True)


@app.command("list")
@speaks_plainly
def list_(
    region: Annotated[str | None, typer.Option(help="This region only.")] = None,
) -> None:
    """Show every export that is read, in order: a later one replaces the chats of an earlier."""
    settings, _ = open_home()
    for name in one_of_the_regions(settings, region):
        for row in register_of(settings, name).all():
            marks = [f"mapping {row.mapping}"] if row.mapping else []
            marks += ["simulated"] if row.simulated else []
            marks += [] if Path(row.path).exists() else ["GONE"]
            out.print(f"{name}  {row.path}  {', '.join(marks)}", markup=False, soft_wrap=True)


@app.command()
@speaks_plainly
def forget(
    path: Annotated[str, typer.Argument(help="The export, as `handrail exports list` shows it.")],
    region: Annotated[str, typer.Option(help="The region that reads it.")],
) -> None:
    """Read an export no more: with the next run its chats leave, unless another one holds them.

    The file itself is left where it is. One in a watched folder is found again: move it away.
    """
    settings, _ = open_home()
    register = register_of(settings, settings.region(region).name)
    whole = str(Path(path).resolve())
    row = register.forget(whole if any(r.path == whole for r in register.all()) else path)
    out.print(f"{row.path} is forgotten; next: `handrail run`, or keep `handrail ui` open")


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
