"""The `handrail` command: `handrail.cli`, plus `run` and `ui`, which drive the graph."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from handrail.cli.app import app
from handrail.cli.console import speaks_plainly
from handrail.conversations.sources import SOURCES, VENDORS
from handrail.errors import BadInput
from handrail.settings import load_settings, quiet_telemetry


@app.command()
@speaks_plainly
def run(
    source: Annotated[
        str | None,
        typer.Option(
            help="An export: file, folder or s3://BUCKET/PREFIX. Default: those given before."
        ),
    ] = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", help=f"{', '.join(SOURCES)}, {', '.join(VENDORS)}. Default: by suffix."
        ),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping file: which field is what. Default: beside it.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="The region the export belongs to, or to run alone.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Only the export's latest days that have chats.")
    ] = None,
    chats: Annotated[int, typer.Option(min=1, help="How many chats to simulate.")] = 6000,
    train: Annotated[
        bool, typer.Option("--train/--no-train", help="Stop after redaction and warehouse.")
    ] = True,
) -> None:
    """Take exports through the whole lifecycle: seal, redact, train, evaluate, gate, release.

    Without --source, the exports given before or dropped into the watched folders are run; on a
    new home eight weeks of an invented company's chats are simulated. A run with nothing new does
    nothing. Exit codes: 0 released, or with --no-train the warehouse is built, 1 refused or failed,
    2 usage, 3 waiting for people.
    """
    from orchestration.exports import regions_to_run, register_export
    from orchestration.run import run_regions

    settings = load_settings()
    if source is not None:
        names = [register_export(settings, source, format_, mapping, region)]
    elif mapping is not None or format_ is not None:
        msg = "--mapping and --format say how to read an export: give it with --source"
        raise BadInput(msg)
    else:
        names = regions_to_run(settings, chats=chats, region=region)
    raise typer.Exit(run_regions(settings, names, days=days, train=train))


@app.command()
@speaks_plainly
def ui(
    port: Annotated[int, typer.Option(help="Dagster's port on the loopback.")] = 3000,
    mlflow_port: Annotated[int, typer.Option(help="MLflow's port on the loopback.")] = 5000,
) -> None:
    """Open Dagster (graph, checks) and MLflow (registry) on the loopback; Ctrl-C stops both."""
    from orchestration.ui import serve

    raise typer.Exit(serve(load_settings(), port=port, mlflow_port=mlflow_port))


def main() -> None:
    """Entry point; telemetry of every tool is off before any is imported.

    Files that Dagster, dbt, DuckDB and MLflow make are this user's only, like ours. A script's
    background job ignores interrupts; Dagster makes SIGTERM do what they do, and what it starts
    could not be ended any more: each step would wait a minute for that. So they are heard.
    """
    os.umask(0o077)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    quiet_telemetry()
    app(prog_name=Path(sys.argv[0]).name)
