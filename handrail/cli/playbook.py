"""`handrail playbook`: what the company has approved, looked over, compared and shown."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from handrail.agent.routing.diagram import queues_diagram, states_diagram
from handrail.agent.routing.plan import Plan
from handrail.agent.routing.proof import person_reachable, prove
from handrail.cli.console import FAILED, WAITING, one_of_the_regions, open_home, out, speaks_plainly
from handrail.cli.playbook_tables import overview, queue_tables, shown
from handrail.errors import BadInput
from handrail.playbook.changes import changes, marked, wording
from handrail.playbook.lint import lint as find_problems
from handrail.playbook.model import Playbook
from handrail.playbook.problems import Level
from handrail.playbook.reader import read_playbook
from handrail.playbook.versions import Versions
from handrail.settings import Settings

app = typer.Typer(
    help="The playbook: look it over, compare versions, show what may be said.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="For programs.")]
_STYLES = {Level.ERROR: "bold red", Level.TO_DO: "cyan", Level.WARNING: "yellow"}
_CHANGED = {"same": "", "removed": "red", "added": "green"}


@app.command()
@speaks_plainly
def lint(
    folder: Annotated[Path | None, typer.Argument(help="Default: the config's playbook.")] = None,
    as_json: Json = False,
) -> None:
    """Say what is wrong, unfinished or risky in the files, with file and line.

    Exit codes: 0 nothing or warnings only, 1 errors, 3 waiting for people: things to write or sign.
    """
    settings, vaults = open_home()
    where = folder or settings.playbook
    today = vaults.clock().date()
    problems = find_problems(
        where, regions=settings.all_regions(), on=today, proofs=(person_reachable,)
    )
    levels = Counter(problem.level for problem in problems)
    if as_json:
        out.print_json(json.dumps([asdict(problem) for problem in problems]))
    else:
        for problem in problems:
            line = Text(f"{problem.level}: ", style=_STYLES[problem.level])
            out.print(line.append(str(problem), style="none"), soft_wrap=True)
        if not problems:
            out.print(f"nothing to say of {where}", markup=False, soft_wrap=True)
        else:
            out.print(", ".join(_counted(level, levels[level]) for level in Level if levels[level]))
    if levels[Level.ERROR]:
        raise typer.Exit(FAILED)
    if levels[Level.TO_DO]:
        raise typer.Exit(WAITING)


@app.command()
@speaks_plainly
def diff(
    old: Annotated[str, typer.Argument(help="A folder, or the hash of a version that was read.")],
    new: Annotated[str | None, typer.Argument(help="Default: the config's playbook.")] = None,
    as_json: Json = False,
) -> None:
    """Show what changed between two versions, entry by entry."""
    settings, _ = open_home()
    before = _version(settings, old)
    after = _version(settings, new) if new else read_playbook(settings.playbook)
    told = changes(before, after)
    if as_json:
        out.print_json(json.dumps([asdict(change) for change in told]))
        return
    count = f"{len(told) or 'no'} change{'' if len(told) == 1 else 's'}"
    out.print(f"from {before.digest[:12]} to {after.digest[:12]}: {count}")
    table = Table(box=None, show_header=False, pad_edge=False)
    for ratio in (1, 2):
        table.add_column(overflow="fold", ratio=ratio)
    for change in told:
        words = Text()
        for kind, text in wording(change.before, change.after):
            words.append(marked(kind, text), style=_CHANGED[kind]).append(" ")
        head = Text(f"{change.part} {change.what}\n", style="bold")
        table.add_row(head.append(", ".join(change.entries), style="none"), words)
    if told:
        out.print(table)


@app.command()
@speaks_plainly
def show(
    entry: Annotated[
        str | None, typer.Argument(help="A topic, a role, a queue, or the id of a template.")
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="A folder or a hash. Default: the config's playbook.")
    ] = None,
) -> None:
    """Show the topics, roles and what each region can say, or one entry as it is written."""
    settings, vaults = open_home()
    book = _version(settings, version) if version else read_playbook(settings.playbook)
    today = vaults.clock().date()
    tables = (
        overview(book, settings.all_regions(), on=today)
        if entry is None
        else shown(book, entry, on=today)
    )
    for table in tables:
        out.print(table)


@app.command()
@speaks_plainly
def queues(
    region: Annotated[str | None, typer.Option(help="This region only.")] = None,
    mermaid: Annotated[bool, typer.Option(help="As Mermaid text, to draw elsewhere.")] = False,
    version: Annotated[
        str | None, typer.Option(help="A folder or a hash. Default: the config's playbook.")
    ] = None,
) -> None:
    """Show who takes over what, the states of a conversation, and proof that people are near.

    Exit codes: 0 proven, 1 not: the shortest conversation that shows it is printed.
    """
    settings, vaults = open_home()
    book = _version(settings, version) if version else read_playbook(settings.playbook)
    today = vaults.clock().date()
    regions = [settings.region(name) for name in one_of_the_regions(settings, region)]
    plans = [Plan.of(book, region=r.name, languages=r.languages, on=today) for r in regions]
    states = states_diagram(prove(plans[0]).edges)
    if mermaid:
        for picture in (states, *map(queues_diagram, plans)):
            out.print(picture, markup=False, soft_wrap=True)
    else:
        for plan in plans:
            for table in queue_tables(book, plan, on=today):
                out.print(table)
        out.print(states, markup=False, soft_wrap=True)
    proof = person_reachable(book, regions, on=today)
    out.print(f"person_reachable {proof.verdict}: {proof.reason}", markup=False, soft_wrap=True)
    if not proof.verdict.passed:
        raise typer.Exit(FAILED)


@app.command()
@speaks_plainly
def versions() -> None:
    """List the versions that were read here, by their hash."""
    settings, _ = open_home()
    now = read_playbook(settings.playbook).digest
    for name in sorted({name for kept in _kept(settings) for name in kept.names()}):
        out.print(name[:12] + ("  as the files are now" if name == now else ""))


def _counted(level: Level, count: int) -> str:
    return f"{count} {level}" + ("" if count == 1 or level is Level.TO_DO else "s")


def _version(settings: Settings, name: str) -> Playbook:
    if Path(name).is_dir():
        return read_playbook(Path(name))
    for kept in _kept(settings):
        if any(version.startswith(name) for version in kept.names()):
            return kept.read(name)
    msg = f"{name!r} is no folder and no version that was read here: `handrail playbook versions`"
    raise BadInput(msg)


def _kept(settings: Settings) -> list[Versions]:
    return [Versions(settings.region_home(region)) for region in settings.serves]
