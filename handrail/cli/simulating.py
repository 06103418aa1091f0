"""`handrail simulate`: believable exports of an invented company, and the answer key to them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import orjson
import typer

from handrail.cli.console import err, out, speaks_plainly
from handrail.errors import BadInput
from handrail.settings import load_settings
from handrail.simulate.counting import SimulationSummary
from handrail.simulate.exports import DAYS, FIRST_DAY
from handrail.simulate.shapes import OURS, SHAPES


@speaks_plainly
def simulate(
    folder: Annotated[Path, typer.Argument(help="Where to write the exports and the answer key.")],
    chats: Annotated[int, typer.Option(help="How many chats, over all regions.")] = 6000,
    days: Annotated[int, typer.Option(help="Over how many days.")] = DAYS,
    first_day: Annotated[
        str, typer.Option(help="The first day, YYYY-MM-DD.")
    ] = FIRST_DAY.isoformat(),
    seed: Annotated[int | None, typer.Option(help="Default: the config's seed.")] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="Repeatable; default: every region served.")
    ] = None,
    shape: Annotated[
        str, typer.Option(help=f"Whose exports they look like: {', '.join(SHAPES)}.")
    ] = OURS,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Write believable exports of an invented company, with the answer key beside them.

    One file a week and region, of our own shape the third of eight in CSV; a later week also holds
    the chats of earlier weeks that changed since. In a help desk's shape nobody flags what the AI
    drafted, and replies have no template's name.
    """
    from rich.progress import Progress

    from handrail.playbook.reader import read_playbook
    from handrail.simulate.exports import simulate as write

    settings = load_settings()
    names = [settings.region(name).name for name in region or settings.serves]
    with Progress(transient=True, console=err) as progress:
        task = progress.add_task("simulating", total=chats)
        summary = write(
            folder,
            regions=names,
            languages={r.name: r.languages for r in settings.all_regions()},
            chats=chats,
            days=days,
            first_day=_day(first_day),
            seed=settings.seed if seed is None else seed,
            playbook=read_playbook(settings.playbook),
            shape=shape,
            progress=lambda done: progress.update(task, completed=done),
        )
    if as_json:
        out.print_json(orjson.dumps(summary, default=str).decode())
    else:
        _show(summary)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = f"--first-day is a date like {FIRST_DAY.isoformat()}, not {text!r}"
        raise BadInput(msg) from None


def _show(summary: SimulationSummary) -> None:
    from rich.table import Table

    table = Table("region", "chats", "languages", "exports", "of them CSV", box=None)
    for region, exports in summary.exports.items():
        spoken = sorted(summary.languages[region].items(), key=lambda item: -item[1])
        table.add_row(
            region,
            f"{summary.chats[region]:,}",
            ", ".join(f"{language} {n:,}" for language, n in spoken),
            str(len(exports)),
            str(sum(".csv" in export.path.suffixes for export in exports)),
        )
    out.print(table)
    figures = {
        "messages": summary.turns,
        "planted values": summary.planted,
        "chats with a value that rules can't find": summary.chats_with_missed_kind,
        "chats that changed in a later week": summary.changed_chats,
        "  rows they are repeated in": summary.repeated,
        "reopened": summary.reopened,
        "flags on what the AI drafted": summary.flags,
        "drafts edited by people": summary.edits,
        "calls": summary.calls,
        "pasted logs": summary.pasted_logs,
        "chats with a sentence in another language": summary.asides,
        "chats labeled with another language": summary.wrong_languages,
        "chats of accounts that plant falsehoods": summary.poisoned,
    }
    counts = Table(show_header=False, box=None)
    for name, n in figures.items():
        counts.add_row(name, f"{n:,}")
    out.print(counts)
