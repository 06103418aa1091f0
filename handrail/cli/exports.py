"""`handrail ingest` and `exports`: what a region reads, and adding to it or taking from it."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer

from handrail.access import Access, Purpose
from handrail.cli.console import one_of_the_regions, open_home, out, person, speaks_plainly
from handrail.conversations.intake import Reason
from handrail.conversations.reading import paths_gone, register_of
from handrail.conversations.sealing import QUARANTINE, rows_set_aside
from handrail.conversations.surveying import SURVEY
from handrail.conversations.watching import drop
from handrail.errors import BadInput

app = typer.Typer(
    help="The exports that a region reads: list, forget, what was set aside.", no_args_is_help=True
)
_PLACES = 5


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
            marks += ["GONE"] if paths_gone(row) else []
            said = "  ".join([name, row.path, *([", ".join(marks)] if marks else [])])
            out.print(said, markup=False, soft_wrap=True)


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


@app.command()
@speaks_plainly
def quarantine(
    region: Annotated[str, typer.Option(help="The region that read them.")],
    reason: Annotated[Reason | None, typer.Option(help="This reason only.")] = None,
    team: Annotated[str, typer.Option(help="The team that asks; it opens raw data.")] = "pipeline",
) -> None:
    """Show which rows of which file were set aside, and why; what they hold stays sealed.

    A superseded row is the earlier state of a chat that a newer export holds too.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    sealed = vault.lineage.current(QUARANTINE, vault.region.name)
    if sealed is None:
        msg = f"region {region} has read no exports yet: `handrail run --region {region}`"
        looked_at = vault.lineage.current(SURVEY, vault.region.name)
        if looked_at is not None:
            msg = "nothing is kept until a day is sealed; of the exports as they were looked at: "
            msg += vault.lineage.findings(looked_at)[0].reason
        raise BadInput(msg)
    rows: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    access = Access(person(), team, Purpose.INTAKE)
    for row in rows_set_aside(vault, sealed, access=access):
        file, _, place = row.location.rpartition(":")
        if reason in (None, row.reason):
            rows[file, row.reason, row.detail].append(place)
    for (file, why, detail), places in sorted(rows.items()):
        shown = ", ".join(places[:_PLACES]) + (", ..." if len(places) > _PLACES else "")
        out.print(f"{file}  {why}  {len(places):,}: {shown}", markup=False, soft_wrap=True)
        out.print(f"    {detail}", markup=False, soft_wrap=True)
    out.print(f"rows set aside: {sum(map(len, rows.values())):,}")


@speaks_plainly
def ingest(
    source: Annotated[Path, typer.Argument(help="An export: one file.")],
    region: Annotated[str, typer.Option(help="The region it belongs to.")],
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file: which field is what. Default: beside it.")
    ] = None,
    answer_key: Annotated[
        Path | None, typer.Option(help="Only for simulated chats: what is true of each.")
    ] = None,
) -> None:
    """Copy an export into the region's watched folder; with `handrail ui` open the rest follows.

    The graph notices it within seconds: it is read, the days that changed are sealed and redacted,
    the warehouse is made anew, and with enough new chats a challenger is trained.
    """
    if str(source).startswith("s3:"):
        msg = (
            "an export in a bucket is read where it is, never copied here: `handrail run --source "
            f"s3://BUCKET/PREFIX --region {region}`, or name its place in the config "
            f"([regions.{region}.exports])"
        )
        raise BadInput(msg)
    settings, vaults = open_home()
    vaults.close()
    name = settings.region(region).name
    place = drop(settings, name, source, mapping=mapping, answer_key=answer_key)
    out.print(
        f"{place}\nnext: keep `handrail ui` open and watch its runs, or type `handrail run`",
        soft_wrap=True,
    )
