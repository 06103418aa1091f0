"""`handrail verify` and `retention`: is everything whole, and is nothing kept too long."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from handrail.cli.console import (
    FAILED,
    custodian,
    one_of_the_regions,
    open_home,
    out,
    speaks_plainly,
)
from handrail.custody.pruning import prune as prune_region
from handrail.custody.retention import due, retain
from handrail.custody.verification import Verified, authenticate, look_over, unopened
from handrail.digests import canonical
from handrail.settings import Settings
from handrail.vault.presence import at_work
from handrail.vault.region_vault import RegionVaults

SomeRegion = Annotated[str | None, typer.Option(help="This region only.")]


@speaks_plainly
def verify(
    region: SomeRegion = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Authenticate every byte of every object; takes long.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Then remove what nothing needs any more.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a region.")] = False,
) -> None:
    """Check that everything stored is there and as it was written; what isn't is named.

    Objects, sidecars, manifests, keys, audit log, releases; with --deep also each segment of each
    object, each key and the warehouse. Exit code 1 when anything is wrong.
    """
    settings, vaults = open_home()
    failed = False
    for name in one_of_the_regions(settings, region):
        found = _verified(settings, vaults, name, deep=deep)
        failed |= bool(found.problems)
        if as_json:
            out.print(_as_json(name, found), markup=False, soft_wrap=True)
        else:
            _show(name, found)
        if prune:
            _prune(settings, vaults, name)
    if failed:
        raise typer.Exit(FAILED)


@speaks_plainly
def retention(
    region: SomeRegion = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be destroyed.")
    ] = False,
) -> None:
    """Destroy the keys of chats that are past the days their region keeps them; no way back.

    How long is in the config file: `retention_days` of each region. With `handrail ui` open it
    happens every night.
    """
    settings, vaults = open_home()
    failed = False
    for name in one_of_the_regions(settings, region):
        vault, now = vaults.of(name), vaults.clock()
        if dry_run:
            rows, said = due(vault, now=now).rows, "would be destroyed"
        else:
            with at_work(
                settings.home, [name], run_id="retention", patience=timedelta(), on_wait=out.print
            ):
                done = retain(vault, now=now, access=custodian())
            rows, said = done.due.rows, "destroyed"
            failed |= not done.finding.verdict.passed
        table = Table("class", "kept since", said, title=f"region {name}")
        for row in rows:
            table.add_row(*row)
        out.print(table if rows else f"region {name} has no retention_days: everything is kept")
    if failed:
        raise typer.Exit(FAILED)


def _verified(settings: Settings, vaults: RegionVaults, name: str, *, deep: bool) -> Verified:
    closed = unopened(name, lambda: vaults.of(name))
    if closed is not None:
        return closed
    vault, now = vaults.of(name), vaults.clock()
    if not deep:
        return look_over(vault, settings, now=now, access=custodian())
    with Progress(transient=True, console=out, disable=not out.is_terminal) as progress:
        shown = progress.add_task(f"{name}: objects", total=None)
        return authenticate(
            vault, settings, now=now, access=custodian(),
            progress=lambda done, of: progress.update(shown, completed=done, total=of),
        )  # fmt: skip


def _show(name: str, found: Verified) -> None:
    said = ", ".join(f"{n:,} {what}" for what, n in found.looked_at.items())
    if not found.problems:
        out.print(f"{name}: [green]whole[/]: {said}", soft_wrap=True)
        return
    table = Table(title=f"region {name}: {said}" if said else f"region {name}")
    for head in ("what", "is", "because", "do"):
        table.add_column(head, overflow="fold")  # a name that is cut can't be looked for
    for problem in found.problems:
        table.add_row(problem.what, str(problem.kind), escape(problem.reason), problem.advice)
    out.print(table)


def _as_json(name: str, found: Verified) -> str:
    problems = [
        {"what": p.what, "kind": p.kind, "reason": p.reason, "advice": p.advice}
        for p in found.problems
    ]
    return canonical({"region": name, "looked_at": found.looked_at, "problems": problems}).decode()


def _prune(settings: Settings, vaults: RegionVaults, name: str) -> None:
    with at_work(settings.home, [name], run_id="prune", patience=timedelta(), on_wait=out.print):
        done = prune_region(vaults.of(name), settings, now=vaults.clock(), access=custodian())
    out.print(
        f"{name}: removed {len(done.orphaned)} orphaned and {len(done.superseded)} superseded "
        "objects"
    )
    for key in done.left:
        out.print(
            f"{name}: left {key}: no put of it is on record; look at it, then delete it by hand",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    for key in done.newer:
        out.print(
            f"{name}: left {key}: it is newer than every manifest; restore lineage.db if it was "
            "lost or is an older one, else prune again after the next run",
            markup=False, soft_wrap=True,
        )  # fmt: skip
