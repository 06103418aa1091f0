"""The command's verbs that need no graph."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from handrail.cli import exports, keeping, live, releasing, sampling
from handrail.cli.console import open_home, out, speaks_plainly

app = typer.Typer(
    name="handrail",
    help="Trains a support agent from chat logs without losing control.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.command("ingest")(exports.ingest)
app.command("try")(live.try_)
app.command("why")(live.why)
app.add_typer(releasing.app, name="release")
app.add_typer(sampling.app, name="sample")
app.add_typer(keeping.keys, name="keys")
app.add_typer(keeping.audit, name="audit")
app.command("residency")(keeping.residency)
app.command("incidents")(keeping.incidents)


@app.command()
@speaks_plainly
def simulate(
    folder: Annotated[Path, typer.Argument(help="Where to write the exports and the answer key.")],
    chats: Annotated[int, typer.Option(help="How many chats, over all regions.")] = 6000,
    days: Annotated[int, typer.Option(help="Over how many days.")] = 14,
    first_day: Annotated[str, typer.Option(help="The first day, YYYY-MM-DD.")] = "2026-01-05",
    seed: Annotated[int | None, typer.Option(help="Default: the config's seed.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Default: every region served.")] = None,
) -> None:
    """Write believable exports of an invented company, with the answer key beside them."""
    from rich.progress import Progress

    from handrail.playbook.reader import read_playbook
    from handrail.simulate.exports import simulate as write

    settings, _ = open_home()
    with Progress(transient=True) as progress:
        task = progress.add_task("simulating", total=chats)
        summary = write(
            folder,
            regions=region or list(settings.serves),
            chats=chats,
            days=days,
            first_day=date.fromisoformat(first_day),
            seed=settings.seed if seed is None else seed,
            playbook=read_playbook(settings.playbook),
            progress=lambda done: progress.update(task, completed=done),
        )
    out.print(summary)


@app.command()
@speaks_plainly
def playbook(
    folder: Annotated[Path | None, typer.Argument(help="Default: the config's playbook.")] = None,
) -> None:
    """Read a playbook and say what is wrong with it, with file and line."""
    from handrail.playbook.checks import every_region_has_disclosures, every_role_has_boundaries
    from handrail.playbook.reader import read_playbook

    settings, _ = open_home()
    book = read_playbook(folder or settings.playbook)
    out.print(
        f"version {book.digest[:12]}: {len(book.topics)} topics, {len(book.templates)} templates"
    )
    for finding in (
        every_role_has_boundaries(book),
        every_region_has_disclosures(book, settings.all_regions()),
    ):
        out.print(f"{finding.verdict}  {finding.check}: {finding.reason}", markup=False)
