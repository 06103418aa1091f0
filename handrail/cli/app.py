"""The command's verbs that need no graph."""

from __future__ import annotations

import typer

from handrail.cli import (
    access,
    audit,
    dataset,
    doctor,
    exports,
    incidents,
    initialize,
    keys,
    live,
    playbook,
    releasing,
    residency,
    routing,
    sampling,
    simulating,
    summarizing,
    verifying,
)

app = typer.Typer(
    name="handrail",
    help="Trains a support agent from chat logs without losing control.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # or the lines of a docstring break where the source does
    pretty_exceptions_show_locals=False,
)
app.command("init")(initialize.init)
app.command("ingest")(exports.ingest)
app.add_typer(exports.app, name="exports")
app.command("try")(live.try_)
app.command("route")(routing.route)
app.command("why")(live.why)
app.command("summarize")(summarizing.summarize_)
app.command("simulate")(simulating.simulate)
app.add_typer(dataset.app, name="dataset")
app.add_typer(releasing.app, name="release")
app.add_typer(sampling.app, name="sample")
app.add_typer(access.app, name="access")
app.add_typer(keys.app, name="keys")
app.add_typer(audit.app, name="audit")
app.command("doctor")(doctor.doctor)
app.command("residency")(residency.residency)
app.command("verify")(verifying.verify)
app.command("retention")(verifying.retention)
app.add_typer(incidents.app, name="incidents")
app.add_typer(playbook.app, name="playbook")
