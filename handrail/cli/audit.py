"""`handrail audit`: read the audit log, prove that it is whole, sign it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from handrail.cli.console import (
    FAILED,
    custodian,
    err,
    one_of_the_regions,
    open_home,
    out,
    speaks_plainly,
)
from handrail.clock import iso
from handrail.digests import canonical
from handrail.errors import BadInput, HandrailError, Tampered
from handrail.vault.audit_log import AuditRecord
from handrail.vault.checkpoints import Examination
from handrail.vault.region_vault import RegionVault

app = typer.Typer(help="The audit log: show, verify, sign.", no_args_is_help=True)

SomeRegion = Annotated[str | None, typer.Option(help="This region only.")]

_WHERE_CHANGED = "next: find out who can write there, and restore the log from a backup"


@app.command()
@speaks_plainly
def verify(region: SomeRegion = None) -> None:
    """Check every record and every checkpoint, here and in the second place.

    The first record that was changed is named.
    """
    _examine(region, lambda vault: vault.checkpoints.verify())


@app.command()
@speaks_plainly
def checkpoint(region: SomeRegion = None) -> None:
    """Verify the log, then sign its size and hash here and in the second place."""
    _examine(region, lambda vault: vault.checkpoints.sign(access=custodian()))


@app.command()
@speaks_plainly
def key(region: SomeRegion = None) -> None:
    """Print the key with which anybody can check the checkpoints; it is no secret."""
    settings, vaults = open_home()
    for name in one_of_the_regions(settings, region):
        out.print(str(vaults.of(name).checkpoints.verifier_key()), markup=False, soft_wrap=True)
    vaults.close()


@app.command()
@speaks_plainly
def show(
    region: SomeRegion = None,
    event: Annotated[str | None, typer.Option(help="Records of this event only.")] = None,
    actor: Annotated[str | None, typer.Option(help="By whose name this is a part.")] = None,
    what: Annotated[
        str | None, typer.Option("--object", help="Of objects of whose name this is a part.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="From this date or time (UTC) on.")] = None,
    denied: Annotated[bool, typer.Option("--denied", help="Denied attempts only.")] = False,
    last: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show who used what, when and why; the newest records come last."""
    if denied and event not in (None, "denied"):
        msg = f"denied attempts are of the event denied, not {event}: leave out one of the two"
        raise BadInput(msg)
    begin = "" if since is None else _moment(since)
    settings, vaults = open_home()
    for name in one_of_the_regions(settings, region):
        found = deque(
            (
                record
                for record in vaults.of(name).audit.stream(event="denied" if denied else event)
                if record.at >= begin
                and (actor or "") in record.actor
                and (what or "") in record.object
            ),
            maxlen=last,
        )
        if as_json:
            for record in found:
                out.print(canonical(vars(record)).decode(), markup=False, soft_wrap=True)
        elif found:
            out.print(_table(name, found))
        else:
            out.print(f"region {name}: no such record")
    vaults.close()


def _examine(region: str | None, look: Callable[[RegionVault], Examination]) -> None:
    """Say what the look at each region found; exit code 1 if a log isn't whole."""
    settings, vaults = open_home()
    failed = False
    for name in one_of_the_regions(settings, region):
        try:
            found = look(vaults.of(name))
        except HandrailError as error:
            failed = True
            err.print(f"{name}: {error}", markup=False, soft_wrap=True)
            if isinstance(error, Tampered):
                err.print(_WHERE_CHANGED, soft_wrap=True)
        else:
            out.print(f"{name}: {_sentence(found)}", markup=False, soft_wrap=True)
    vaults.close()
    if failed:
        raise typer.Exit(FAILED)


def _sentence(found: Examination) -> str:
    said = f"{found.records} records, chain intact"
    if found.newest is None:
        said += "; not signed yet: `handrail audit checkpoint`"
    else:
        said += (
            f"; {found.checkpoints} signed checkpoints, the newest of {found.newest.at} covers "
            f"{found.newest.size}"
        )
    if found.backwards:
        said += f"; the clock was set back {found.backwards} times"
    return said


def _table(region: str, records: deque[AuditRecord]) -> Table:
    """Narrow terminals break cells and cut none: an object's name has to be whole to be used."""
    shown = Table(title=f"region {region}", title_justify="left", box=None, pad_edge=False)
    for head, is_whole in (
        ("no.", True), ("time", False), ("event", True), ("who, team, for", False),
        ("object: detail", False), ("count", True),
    ):  # fmt: skip
        shown.add_column(
            head, no_wrap=is_whole, overflow="fold", min_width=None if is_whole else 10
        )
    for r in records:
        time = f"{r.at[:10]} {r.at[11:19]}Z"
        who = f"{r.actor} {r.team} {r.purpose}"
        what = f"{r.object}: {r.detail}" if r.detail else r.object
        cells = (r.seq, time, r.event, who, what, r.count)
        shown.add_row(*(escape(str(cell)) for cell in cells))
    return shown


def _moment(text: str) -> str:
    """`text` as times are written in the log."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        msg = "--since takes a date or time, such as 2026-03-01 or 2026-03-01T12:00"
        raise BadInput(msg) from None
    return iso(at if at.tzinfo else at.replace(tzinfo=UTC))
