"""`handrail residency`: where a region's data is, what left it, and what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from handrail.access import Access, Purpose
from handrail.cli.console import (
    FAILED,
    custodian,
    one_of_the_regions,
    open_home,
    out,
    person,
    speaks_plainly,
)
from handrail.custody.residency_page import html, markdown, sections
from handrail.custody.residency_report import REPORT, ResidencyReport, report_residency
from handrail.errors import BadInput
from handrail.residency import DataClass, Labels
from handrail.settings import Settings
from handrail.vault.export_gate import Basis, Export, file_destination, write_out
from handrail.vault.region_vault import RegionVault


@speaks_plainly
def residency(
    region: Annotated[str | None, typer.Option(help="This region only.")] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", help="Write one region's page here, to print or keep.")
    ] = None,
    markdown_file: Annotated[
        Path | None, typer.Option("--markdown", help="Write one region's page here.")
    ] = None,
) -> None:
    """Prove where everything of a region lies; show what left it and what was refused.

    Every stored object is opened with the region's key, every input looked up. A page that is
    written outside the region's folder leaves through its gate: signed and on record.
    """
    settings, vaults = open_home()
    names = one_of_the_regions(settings, region)
    if (html_file or markdown_file) and len(names) > 1:
        msg = f"a page holds one region: name it with --region, one of {', '.join(names)}"
        raise BadInput(msg)
    failed = False
    for name in names:
        vault = vaults.of(name)
        report = report_residency(vault, settings, access=custodian())
        _show(report)
        for path, render in ((html_file, html), (markdown_file, markdown)):
            if path is not None:
                _write(vault, settings, path, render(report).encode())
                out.print(f"written: {path}", markup=False, soft_wrap=True)
        failed |= not report.verdict.passed
    vaults.close()
    if failed:
        raise typer.Exit(FAILED)


def _show(report: ResidencyReport) -> None:
    for section in sections(report):
        if section.rows:
            table = Table(*section.head, title=f"{report.region.name}: {section.title}")
            for row in section.rows:
                table.add_row(*(escape(cell) for cell in row))
            out.print(table)
    out.print(f"{report.verdict}: {report.sentence}", markup=False, soft_wrap=True)


def _write(vault: RegionVault, settings: Settings, path: Path, page: bytes) -> None:
    export = Export(
        what=REPORT,
        regions=(vault.region.name,),
        labels=Labels((), ()),
        data_class=DataClass.AUDIT,
        basis=Basis.AGGREGATE,
        records=0,
        destination=file_destination(path, settings=settings),
    )
    reviewer = Access(person(), team="compliance", purpose=Purpose.REVIEW)
    write_out(vault.gate, path, page, receipt=vault.gate.clear(export, page, access=reviewer))
