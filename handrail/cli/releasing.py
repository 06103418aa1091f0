"""`handrail release`: what is live, approving a candidate, activating, rolling back."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from handrail.cli.console import one_of_the_regions, open_home, out, speaks_plainly
from handrail.playbook.reader import read_playbook
from handrail.registry import open_registry
from handrail.release.candidate import answered_alone, releases_of
from handrail.release.promotion import Move

app = typer.Typer(
    help="Releases: what is live, approve, activate, roll back.", no_args_is_help=True
)

Region = Annotated[str, typer.Option(help="The region whose release it is.")]
Actor = Annotated[str, typer.Option(help="Who does it; goes to the ledger.")]
Why = Annotated[str, typer.Option("--reason", help="Why; goes to the ledger.")]


@app.command("list")
@speaks_plainly
def list_(region: Annotated[str | None, typer.Option(help="This region only.")] = None) -> None:
    """Show what is live, what waits and what was live when."""
    settings, _ = open_home()
    for name in one_of_the_regions(settings, region):
        releases = releases_of(settings, name, open_registry(settings))
        releases.verify()
        live = releases.live()
        table = Table(title=f"region {name}")
        for column, width in (("at", 20), ("release", 16)):  # to be copied whole
            table.add_column(column, no_wrap=True, min_width=width)
        table.add_column("what happened, and who did it", overflow="fold", ratio=1)
        for entry in releases.ledger.entries():
            happened = Text(f"{entry.event}: {entry.reason}\nby {entry.actor}")
            table.add_row(f"{entry.at[:19]}Z", entry.release, happened)
        out.print(table)
        if live:
            cells = ", ".join(" x ".join(cell) for cell in live.open_cells) or "nothing"
            alone = ", ".join(answered_alone(releases, read_playbook(settings.playbook)))
            of = (
                releases.bundles.read(live.aliases.champion).labels
                if live.aliases.champion
                else None
            )
            waits = live.aliases.challenger or "nothing"
            out.print(f"live: {live.aliases.champion or 'nothing'}   waiting: {waits}")
            out.print(f"stage: {live.stage}, which opens {cells}")
            out.print(f"answers by itself: {alone or 'nowhere, every reply is a draft'}")
            if of:
                learned = ", ".join(of.sectors)
                out.print(f"learned from sectors: {learned}; data for {', '.join(of.purposes)}")
            out.print()


@app.command()
@speaks_plainly
def approve(
    release: Annotated[str, typer.Argument(help="The candidate's id.")],
    region: Region,
    actor: Annotated[str, typer.Option(help="Who approves; goes to the approvals.")],
) -> None:
    """Say yes to exactly this content; `handrail run` then takes it through the gate."""
    settings, vaults = open_home()
    releases = releases_of(settings, region, open_registry(settings))
    bundle = releases.bundles.read(release)
    given = releases.approvals.record(bundle, approver=actor, simulated=False, at=vaults.clock())
    out.print(f"{release} approved by {given.approver} at {given.at}")
    out.print("next: `handrail run` gates it again; with `handrail ui` open that happens by itself")


@app.command()
@speaks_plainly
def activate(
    release: Annotated[str, typer.Argument(help="A release that was live before.")],
    region: Region,
    actor: Actor,
    reason: Why,
) -> None:
    """Make a release live again that passed its gate before."""
    settings, vaults = open_home()
    releases = releases_of(settings, region, open_registry(settings))
    _report(releases.activate(release, actor=actor, reason=reason, at=vaults.clock()))


@app.command()
@speaks_plainly
def rollback(region: Region, actor: Actor, reason: Why) -> None:
    """Swap the live release with the one before; works while everything else is down."""
    settings, vaults = open_home()
    releases = releases_of(settings, region, open_registry(settings))
    _report(releases.rollback(actor=actor, reason=reason, at=vaults.clock()))


def _report(move: Move) -> None:
    out.print(f"live now: {move.pointer.aliases.champion} (was {move.pointer.aliases.previous})")
    if move.registry_note:
        out.print(f"[yellow]{move.registry_note}[/]")
