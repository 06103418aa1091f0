"""`handrail residency` and `incidents`: custody from a terminal."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from handrail.cli.console import FAILED, one_of_the_regions, open_home, out, speaks_plainly
from handrail.custody.residency_report import report_residency

SomeRegion = Annotated[str | None, typer.Option(help="This region only.")]


@speaks_plainly
def residency(region: SomeRegion = None) -> None:
    """Say where every stored object of a region lies, from its own header."""
    settings, vaults = open_home()
    failed = False
    for name in one_of_the_regions(settings, region):
        report = report_residency(vaults.of(name))
        table = Table("asset", "class", "objects", "records", title=f"region {name}")
        for asset, data_class, objects, records in report.rows:
            table.add_row(asset, data_class, str(objects), str(records))
        out.print(table)
        for finding in report.findings:
            out.print(f"{finding.verdict}: {finding.reason}", markup=False)
            failed |= not finding.verdict.passed
    if failed:
        raise typer.Exit(FAILED)


@speaks_plainly
def incidents() -> None:
    """List what went wrong while nobody was looking: which run, of what, and why.

    The graph that `handrail ui` keeps running opens an incident for every run that fails.
    """
    from handrail.custody.incidents import Incidents

    settings, vaults = open_home()
    vaults.close()
    found = Incidents(settings.home).all()
    for incident in found:
        of = f" of {incident.partition}" if incident.partition else ""
        out.print(
            f"{incident.at[:19]}Z  {incident.kind}  {incident.job}{of}  run {incident.run_id}"
        )
        for problem in incident.problems:
            out.print(f"    {problem}", markup=False, soft_wrap=True)
    if not found:
        out.print("no incidents")
