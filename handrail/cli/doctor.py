"""`handrail doctor`: what is enforced on this machine, and what is only advice."""

from __future__ import annotations

from typing import Annotated

import orjson
import typer
from rich.table import Table

from handrail.cli.console import (
    FAILED,
    one_of_the_regions,
    open_home,
    out,
    person,
    speaks_plainly,
)
from handrail.custody.doctor.lines import Standing
from handrail.custody.doctor.machine import look_at_machine, this_machine
from handrail.custody.doctor.places import look_at_places
from handrail.custody.doctor.regions import look_at_region

_STYLES = {
    Standing.ENFORCED: "green",
    Standing.HOLDS: "green",
    Standing.ADVISORY: "yellow",
    Standing.NOT_MEASURED: "dim",
    Standing.PROBLEM: "bold red",
}


@speaks_plainly
def doctor(
    region: Annotated[str | None, typer.Option(help="Of the regions, this one only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Say what is enforced here, what is only advisory, and what is wrong; changes nothing.

    Exit code 1 when something is wrong.
    """
    settings, vaults = open_home()
    machine = this_machine(user=person(), now=vaults.clock())
    lines = [*look_at_places(settings, machine), *look_at_machine(machine)]
    for name in one_of_the_regions(settings, region):
        lines += look_at_region(settings, name, machine)
    if as_json:
        out.print_json(orjson.dumps(lines).decode())
    else:
        table = Table("what", "standing", show_lines=False, box=None)
        table.add_column("", overflow="fold")
        for line in lines:
            standing = f"[{_STYLES[line.standing]}]{line.standing}[/]"
            table.add_row(line.what, standing, line.sentence.replace("[", "\\["))
        out.print(table)
    problems = sum(line.standing is Standing.PROBLEM for line in lines)
    if problems:
        raise typer.Exit(FAILED)
