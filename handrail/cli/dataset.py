"""`handrail dataset`: what the training set is made of, and what it lacks."""

from __future__ import annotations

import typer

from handrail.cli.coverage import coverage

app = typer.Typer(help="What the training set is made of, and what it lacks.", no_args_is_help=True)
app.command("coverage")(coverage)
