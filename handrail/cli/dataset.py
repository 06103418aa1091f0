"""`handrail dataset`: what the agent is trained on, and what people say of it."""

from __future__ import annotations

import typer

from handrail.cli import correcting, coverage, dataset_exports, datasets

app = typer.Typer(
    help="What the agent is trained on, and what people say of it.", no_args_is_help=True
)
app.command("list")(datasets.list_)
app.command("show")(datasets.show)
app.command("diff")(datasets.diff)
app.command("explain")(datasets.explain)
app.command("export")(dataset_exports.export)
app.command("open")(dataset_exports.open_)
app.command("coverage")(coverage.coverage)
app.command("tag")(correcting.tag)
app.command("tags")(correcting.tags)
