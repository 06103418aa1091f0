"""`handrail dataset`: what the agent is trained on, and what people say of it."""

from __future__ import annotations

import typer

from handrail.cli import correcting

app = typer.Typer(
    help="What the agent is trained on, and what people say of it.", no_args_is_help=True
)
app.command("tag")(correcting.tag)
app.command("tags")(correcting.tags)
