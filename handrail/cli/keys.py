"""`handrail keys`: the class keys of a region from a terminal, every use of them on record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from handrail.cli.console import (
    FAILED,
    custodian,
    one_of_the_regions,
    open_home,
    out,
    speaks_plainly,
)
from handrail.custody.key_report import report_keys
from handrail.residency import DataClass
from handrail.vault.export_gate import file_destination
from handrail.vault.key_restore import restore_keys
from handrail.vault.root_key import key_file, read_passphrase, read_root

app = typer.Typer(
    help="Keys: show, rotate, re-wrap, limit, destroy, back up.", no_args_is_help=True
)

Region = Annotated[str, typer.Option(help="The region whose keys they are.")]
Class = Annotated[DataClass, typer.Argument(metavar="CLASS", help=", ".join(DataClass))]
AnyClass = Annotated[
    DataClass | None, typer.Argument(metavar="CLASS", help="Default: every class that has a key.")
]

Passphrase = Annotated[Path, typer.Option(help="The file that holds the passphrase of the backup.")]


@app.command()
@speaks_plainly
def status(
    region: Annotated[str | None, typer.Option(help="This region only.")] = None,
) -> None:
    """Show every class key: version, state, age, what it wraps. Exit code 1 when one is overdue."""
    settings, vaults = open_home()
    is_overdue = False
    for name in one_of_the_regions(settings, region):
        report = report_keys(
            vaults.of(name), after=timedelta(days=settings.custody.rotate_after_days)
        )
        table = Table(*report.head, title=f"region {name}")
        for row in report.rows:
            table.add_row(*map(str, row))
        out.print(table if report.rows else f"region {name} has no class key yet")
        for finding in report.findings:
            out.print(f"{finding.verdict}: {finding.reason}", markup=False, soft_wrap=True)
            is_overdue |= not finding.verdict.passed
    if is_overdue:
        raise typer.Exit(FAILED)


@app.command()
@speaks_plainly
def rotate(region: Region, data_class: AnyClass = None) -> None:
    """Start a new version of a class key; `rewrap` then moves everything to it."""
    _, vaults = open_home()
    keys = vaults.of(region).keys
    for each in [data_class] if data_class else keys.classes():
        version = keys.rotate(each, access=custodian())
        out.print(
            f"{each} in {region}: version {version} wraps from now on; next: handrail keys rewrap "
            f"{each} --region {region}",
            soft_wrap=True,
        )


@app.command()
@speaks_plainly
def rewrap(region: Region, data_class: AnyClass = None) -> None:
    """Wrap every key anew by the newest version and destroy the older ones; no data is rewritten.

    Runs may go on meanwhile. Stopped half-way, the same command does the rest.
    """
    _, vaults = open_home()
    keys = vaults.of(region).keys
    for each in [data_class] if data_class else keys.classes():
        count = keys.rewrap(each, access=custodian())
        out.print(f"{each} in {region}: {count:,} keys re-wrapped, older versions destroyed")


@app.command()
@speaks_plainly
def limit(
    region: Region,
    data_class: Class,
    min_encrypt: Annotated[int | None, typer.Option(help="Oldest version that may wrap.")] = None,
    min_decrypt: Annotated[int | None, typer.Option(help="Oldest version that may unwrap.")] = None,
) -> None:
    """Set the oldest versions that may wrap and unwrap; without an option, show them."""
    _, vaults = open_home()
    keys = vaults.of(region).keys
    if min_encrypt is None and min_decrypt is None:
        limits = keys.limits(data_class)
    else:
        limits = keys.limit(
            data_class, min_encrypt=min_encrypt, min_decrypt=min_decrypt, access=custodian()
        )
    out.print(
        f"{data_class} in {region}: min_encrypt {limits.min_encrypt}, min_decrypt "
        f"{limits.min_decrypt}"
    )


@app.command()
@speaks_plainly
def destroy(region: Region, data_class: Class, version: int) -> None:
    """Destroy an older version of a class key for good; refused while it wraps anything."""
    _, vaults = open_home()
    vaults.of(region).keys.destroy(data_class, version, access=custodian())
    out.print(f"{data_class} in {region}: version {version} is destroyed")


@app.command()
@speaks_plainly
def backup(file: Path, region: Region, passphrase_file: Passphrase) -> None:
    """Write the region's keys to one new file, sealed under a passphrase of its own.

    Not the data: who holds this file, its passphrase and a copy of the home can read everything.
    It also holds what is destroyed later: destroy older backups when you make a new one.
    """
    settings, vaults = open_home()
    in_file = key_file(settings, settings.region(region))
    vaults.of(region).keys.back_up(
        file_destination(file, settings=settings),
        root=None if in_file is None else read_root(in_file),
        passphrase=read_passphrase(passphrase_file),
        access=custodian(),
    )
    brought = "with" if in_file else "without"
    out.print(f"{file}: the keys of region {region}, {brought} its root key", soft_wrap=True)


@app.command()
@speaks_plainly
def restore(file: Path, region: Region, passphrase_file: Passphrase) -> None:
    """Put the keys of a backup back; refused where it would take the place of newer ones."""
    settings, vaults = open_home()
    restore_keys(
        file,
        settings=settings,
        region=settings.region(region),
        passphrase=read_passphrase(passphrase_file),
        access=custodian(),
        clock=vaults.clock,
    )
    out.print(f"the keys of region {region} are restored, and open")
