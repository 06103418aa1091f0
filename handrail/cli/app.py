"""The command's verbs that need no graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handrail.cli import (
    access,
    audit,
    dataset,
    doctor,
    exports,
    incidents,
    keys,
    live,
    releasing,
    residency,
    sampling,
    simulating,
    verifying,
)
from handrail.cli.console import open_home, out, speaks_plainly

app = typer.Typer(
    name="handrail",
    help="Trains a support agent from chat logs without losing control.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # or the lines of a docstring break where the source does
    pretty_exceptions_show_locals=False,
)
app.command("ingest")(exports.ingest)
app.add_typer(exports.app, name="exports")
app.command("try")(live.try_)
app.command("why")(live.why)
app.command("simulate")(simulating.simulate)
app.add_typer(releasing.app, name="release")
app.add_typer(sampling.app, name="sample")
app.add_typer(dataset.app, name="dataset")
app.add_typer(access.app, name="access")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.command("doctor")(doctor.doctor)
app.command("residency")(residency.residency)
app.command("verify")(verifying.verify)
app.command("retention")(verifying.retention)
app.add_typer(incidents.app, name="incidents")


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
