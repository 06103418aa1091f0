"""`handrail dataset export` and `open`: a data set for another trainer, sealed, in its region."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from stat import S_ISFIFO
from typing import Annotated

import typer

from handrail.access import Access, Purpose
from handrail.cli.console import err, open_home, out, person, speaks_plainly
from handrail.dataset.exporting import export_dataset, open_export
from handrail.dataset.stored import version
from handrail.digests import short
from handrail.errors import BadInput, Refused
from handrail.playbook.reader import read_playbook

Region = Annotated[str, typer.Option(help="The region whose data set it is.")]


@speaks_plainly
def export(
    region: Region,
    format_: Annotated[
        str,
        typer.Option("--format", help="openai-chat, trl-sft, trl-prompt-completion, -kto or -dpo."),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--out", help="The file; it has to lie in the region. Default: there."),
    ] = None,
    which: Annotated[
        str | None, typer.Option("--version", help="Another data set than the current one.")
    ] = None,
) -> None:
    """Write a data set's training rows in another trainer's format, sealed with the region's key.

    The export gate lets it go nowhere but into the region, by a receipt in the audit log. Nothing
    is written in plain text; `handrail dataset open` streams it to the process that trains.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    one = version(vault, which)
    default = f"{format_}-{short(one.artifact.digest)}.sealed"
    made = export_dataset(
        vault,
        settings,
        read_playbook(settings.playbook),
        one,
        format_=format_,
        to=to or settings.region_home(region) / "training_exports" / default,
        on=vaults.clock().date(),
        access=Access(actor=person(), team="pipeline", purpose=Purpose.DATASET),
    )
    out.print(
        f"{made.file}: {made.lines} lines, sealed, of {made.rows} training rows; a reply is taught "
        "only where it follows a vetted template, or people accepted it and it states nothing that "
        "the playbook doesn't",
        markup=False,
        soft_wrap=True,
    )
    out.print(f"next: handrail dataset open {made.file} --region {region} | your-trainer",
              markup=False, soft_wrap=True)  # fmt: skip
    vaults.close()


@speaks_plainly
def open_(
    file: Annotated[Path, typer.Argument(help="A file that `handrail dataset export` wrote.")],
    region: Region,
) -> None:
    """Stream an export's lines to a process that trains: to a pipe, never to a file or terminal.

    Redacted text in the clear may lie on no disk; that it was opened is on record.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    if not S_ISFIFO(Path("/dev/stdout").stat().st_mode):
        msg = "the lines are streamed to a process only: `handrail dataset open FILE ... | trainer`"
        raise Refused(msg)
    if not file.is_file():
        msg = f"{file} is no file: name one that `handrail dataset export` wrote"
        raise BadInput(msg)
    access = Access(actor=person(), team="pipeline", purpose=Purpose.TRAINING)
    lines = 0
    try:
        for line in open_export(vault, file, access=access):
            sys.stdout.buffer.write(line + b"\n")
            lines += 1
        sys.stdout.buffer.flush()
    except BrokenPipeError:  # the reader has enough, as `head` has: what waits goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    else:
        err.print(f"{lines} lines of {file}", markup=False, soft_wrap=True)
    vaults.close()
