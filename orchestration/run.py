"""`handrail run`: exports in, a gated release out, with progress and a scoreboard at the end."""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import dagster as dg
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from handrail.access import Purpose
from handrail.apart import give_back_early
from handrail.cli.console import DONE, FAILED, WAITING, err, out
from handrail.conversations.reading import register_of
from handrail.errors import BadInput, HandrailError, Tampered
from handrail.playbook.approved import PLAYBOOK
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import ruleset_of
from handrail.registry import open_registry
from handrail.release.candidate import (
    CANDIDATE,
    make_candidate,
    releases_of,
)
from handrail.release.people import waiting_for_people
from handrail.release.promotion import Releases
from handrail.settings import Settings, code_digest
from handrail.vault.files import alone
from handrail.vault.presence import who_is_at_work
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.verdicts import worst
from orchestration import drive
from orchestration.scoreboard import show_region

SIMULATED_APPROVER = "simulated-support-lead"


@dataclass
class _Regions:
    """What a run needs at hand."""

    settings: Settings
    vaults: RegionVaults
    instance: dg.DagsterInstance
    definitions: dg.Definitions
    progress: Progress


def run_regions(settings: Settings, names: Sequence[str], *, days: int | None, train: bool) -> int:
    """Run every region, show its scoreboard, and return the exit code: failed, waiting or done.

    One run at a time: a second one over the same home is refused at once.
    """
    warnings.simplefilter("ignore")
    give_back_early()  # each step has a thread: their heaps would add up
    busy = f"another run over {settings.home} is going on: wait for its end, then run again"
    with (
        alone(settings.home / drive.RUN_LOCK, busy=busy),
        closing(RegionVaults(settings)) as vaults,
    ):
        marks = _marks(vaults, names, days=days, train=train)
        codes = {name: FAILED for name in names if name not in marks}
        for name, mark in marks.items():
            known = drive.last_run(settings, name)
            if known is not None and known[0] == mark:
                codes[name] = known[1]
        new = [name for name in names if name not in codes]
        if new:
            codes |= _run_new(settings, vaults, new, days=days, train=train)
        elif marks:
            out.print("nothing new: exports, playbook, policy and code are as they were")
        for name in names:
            show_region(vaults, name, open_registry(settings), code=codes[name], train=train)
        _where_to_look(vaults, codes, train=train)
    return max(codes.values(), key=[DONE, WAITING, FAILED].index)


def _marks(
    vaults: RegionVaults, names: Sequence[str], *, days: int | None, train: bool
) -> dict[str, str]:
    """What each region's run depends on; one that can't be run is named and left out.

    Its exports can't be read, or its audit log was changed: what a run does would not be on a
    record that holds. Raises the first of these errors where that is every region.
    """
    marks: dict[str, str] = {}
    problems: dict[str, HandrailError] = {}
    for name in names:
        try:
            vaults.of(name).checkpoints.verify()
            marks[name] = drive.fingerprint(vaults, name, days=days, train=train)
        except (BadInput, Tampered) as error:
            problems[name] = error
    if problems and not marks:
        raise next(iter(problems.values()))
    for name, problem in problems.items():
        err.print(f"{name}: {problem}", markup=False)
    return marks


def _run_new(
    settings: Settings,
    vaults: RegionVaults,
    names: Sequence[str],
    *,
    days: int | None,
    train: bool,
) -> dict[str, int]:
    codes: dict[str, int] = {}
    with (
        Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            console=out,
            disable=not out.is_terminal,  # a file gets a line as each task ends
        ) as progress,
        drive.open_instance(settings) as instance,
    ):
        loading = progress.add_task("load the graph", total=1)
        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        from orchestration.definitions import defs

        progress.update(loading, completed=1)
        at = _Regions(settings, vaults, instance, defs, progress)
        if not _playbook_as_read(at):
            # One that isn't approved is no reason not to seal and redact: the warehouse refuses it.
            _do(at, drive.Task("read the playbook", "read_playbook", None))
        for name in names:
            try:
                codes[name] = _run_region(at, name, days=days, train=train)
                # However the run ended: what it did is on record, and the record is whole.
                if not _do(at, drive.checkpoint_task(name), name):
                    codes[name] = FAILED
            except HandrailError as error:
                err.print(f"{name}: {error}", markup=False)
                codes[name] = FAILED
            if codes[name] != FAILED:
                mark = drive.fingerprint(vaults, name, days=days, train=train)
                drive.remember_run(settings, name, mark=mark, exit_code=codes[name])
    return codes


def _playbook_as_read(at: _Regions) -> bool:
    """Whether every region has read the playbook as it is now, and it passed."""
    digest = read_playbook(at.settings.playbook).digest
    for region in at.settings.serves:
        lineage = at.vaults.of(region).lineage
        known = lineage.current(PLAYBOOK, "all")
        if known is None or known.digest != digest or not lineage.verdict(PLAYBOOK, "all").passed:
            return False
    return True


def _run_region(at: _Regions, name: str, *, days: int | None, train: bool) -> int:
    if not register_of(at.settings, name).all():
        msg = f"region {name} has no exports: `handrail run --source PATH --region {name}`"
        raise BadInput(msg)
    if not _do(at, drive.survey_task(name), name):
        return FAILED
    for task in drive.intake_tasks(
        at.vaults.of(name).lineage, name, days=days, scrubber=ruleset_of(at.vaults.settings).version
    ):
        if not _do(at, task, name):
            return FAILED
    for task in drive.lifecycle_tasks(at.vaults.of(name).lineage, name, train=train):
        if not _do(at, task, name):
            return FAILED
    if not train:
        return DONE
    _approve_simulated(at, name)
    if not _do(at, drive.release_task(name), name, waiting=lambda: _waits(at, name)):
        return FAILED
    return WAITING if _waits(at, name) else DONE


def _approve_simulated(at: _Regions, name: str) -> None:
    """A marked, simulated approver says yes to a simulated candidate whose other gates passed."""
    vault = at.vaults.of(name)
    releases = _releases(at, name)
    candidate = make_candidate(
        vault,
        releases,
        scrubber=ruleset_of(at.vaults.settings).version,
        code=code_digest(),
        access=pipeline("cli:run", Purpose.RELEASE),
    )
    others = [f for f in candidate.findings if f.check != "approved"]
    if candidate.bundle.simulated and worst(others).passed:
        releases.approvals.record(
            candidate.bundle, approver=SIMULATED_APPROVER, simulated=True, at=at.vaults.clock()
        )


def _releases(at: _Regions, name: str) -> Releases:
    return releases_of(at.settings, name, open_registry(at.settings))


def _waits(at: _Regions, name: str) -> bool:
    """Whether the only thing between the candidate and its release is people's verdict."""
    lineage = at.vaults.of(name).lineage
    candidate = lineage.current(CANDIDATE, name)
    if candidate is None:
        return False
    findings = lineage.findings(candidate)
    people = waiting_for_people(findings)
    return bool(people) and worst(f for f in findings if f.check not in people).passed


def _do(
    at: _Regions, task: drive.Task, region: str = "", *, waiting: Callable[[], bool] = lambda: False
) -> bool:
    title = f"{region}: {task.title}" if region else task.title
    shown = at.progress.add_task(title, total=1)

    def on_step(step: str, done: int, of: int) -> None:
        if task.parts:
            done, of = at.vaults.of(region).lineage.made_in(task.run_id), task.parts
        at.progress.update(
            shown, completed=done, total=of, description=f"{title} · {step}" if step else title
        )

    other = who_is_at_work(at.settings.home, region) if region else None
    if other:
        at.progress.console.print(f"{region}: waiting for run {other}, which is at work there")
    outcome = drive.execute(task, instance=at.instance, definitions=at.definitions, on_step=on_step)
    mark = "[red]✗[/]"
    if outcome.succeeded:
        mark = "[yellow]…[/]" if waiting() else "[green]✓[/]"
    at.progress.update(shown, description=f"{mark} {title}", completed=1, total=1)
    if not out.is_terminal:
        out.print(f"{mark} {title}")
    for problem in outcome.problems:
        at.progress.console.print(f"  {region} {problem}", markup=False, style="yellow")
    return outcome.succeeded


def _where_to_look(vaults: RegionVaults, codes: dict[str, int], *, train: bool) -> None:
    settings = vaults.settings
    command = "handrail" if shutil.which("handrail") else ".venv/bin/handrail"
    out.print("\n[bold]Where to look[/]")
    out.print("  make ui                       the graph with every check: http://127.0.0.1:3000")
    for name, code in codes.items():
        if code == WAITING:
            out.print(f"  {command} sample review --region {name}   read the sample")
            candidate = vaults.of(name).lineage.current(CANDIDATE, name)
            release = candidate.measures["release"] if candidate else "ID"
            out.print(f"  {command} release approve {release} --region {name} --actor YOU")
    if train and DONE in codes.values():
        name = next(n for n, code in codes.items() if code == DONE)
        out.print(f'  {command} try --region {name} "I forgot my password"')
    out.print(f"  home: {settings.home} (sealed); keys: {settings.keys_folder} (keep them apart)")
    out.print(f"  audit log, second place of its checkpoints: {settings.audit_copy}")
