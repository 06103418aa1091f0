"""Which exports a run is over: those given, those dropped into watched folders, or simulated."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from rich.progress import Progress

from handrail.cli.console import out
from handrail.clock import system_clock
from handrail.conversations.buckets import readable
from handrail.conversations.intake import Export, content_of, load_mapping
from handrail.conversations.reading import look_again, register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sources import files_of
from handrail.conversations.sources.files import Readable, RemoteFile
from handrail.conversations.watching import (
    SETTLED_AFTER,
    arrivals,
    described_exports,
    unsettled,
)
from handrail.errors import BadInput
from handrail.playbook.reader import read_playbook
from handrail.settings import Settings

_SHOWN = 20


def register_export(
    settings: Settings,
    source: str,
    format_: str | None,
    mapping: Path | None,
    region: str | None,
) -> str:
    """Remember a real export for its region; `BadInput` before anything is changed.

    Where neither format nor mapping is given, the mappings that lie beside its files are taken.
    """
    if region is None:
        msg = "say which region the export belongs to: --region " + " or ".join(settings.serves)
        raise BadInput(msg)
    name = settings.region(region).name
    place = readable(settings, name, source)
    found: Mapping[Readable, Readable | None] = (
        {place: mapping} if format_ or mapping else described_exports(place)
    )
    contents = {}
    for file, beside in found.items():
        export = Export(file, format_, load_mapping(beside) if beside else None, simulated=False)
        _show_plan(export)
        contents[file] = content_of(export)
    register = register_of(settings, name)
    if any(export.simulated for export in register.all()):
        out.print(
            f"[yellow]region {name} also holds simulated chats: their reviews are simulated and "
            "count for them only; use a home of its own (HANDRAIL_HOME) for real work[/]"
        )
    for file, beside in found.items():
        register.add(
            RegisteredExport(
                path=_address(file),
                format=format_,
                mapping=_address(beside) if beside else None,
                answer_key=None,
                content=contents[file],
            )
        )
    return name


def _address(file: Readable) -> str:
    return str(file.resolve()) if isinstance(file, Path) else str(file)


def _show_plan(export: Export) -> None:
    """Open an export, which refuses one that can't be read, and say what of a bucket will be."""
    _, opened = export.open()
    files = [f for one in opened for f in files_of(one) if isinstance(f, RemoteFile)]
    if not files:
        return
    megabytes = sum(file.size for file in files) / 1e6
    out.print(
        f"{export.path}: objects to read in place: {len(files)}, {megabytes:,.1f} MB",
        soft_wrap=True,
    )
    for file in files[:_SHOWN]:
        out.print(
            f"  {file}  {file.size / 1e6:,.1f} MB", highlight=False, markup=False, soft_wrap=True
        )
    if len(files) > _SHOWN:
        out.print(f"  and {len(files) - _SHOWN} more")


def regions_to_run(settings: Settings, *, chats: int, region: str | None) -> list[str]:
    """The regions that have exports, those dropped meanwhile included; else simulated ones."""
    names = [settings.region(region).name] if region else list(settings.serves)
    for name in names:
        _register_arrivals(settings, name)
    found = [name for name in names if register_of(settings, name).all()]
    if found:
        return found
    if any(register_of(settings, name).all() for name in settings.serves):
        msg = f"region {region} has no exports: `handrail run --source PATH --region {region}`"
        raise BadInput(msg)
    _simulate(settings, chats=chats)
    return names


def _register_arrivals(settings: Settings, name: str) -> None:
    if young := unsettled(settings, name, now=system_clock()):
        said = ", ".join(file.name for file in young)
        out.print(f"{name}: waiting for {said}, which changed a moment ago", soft_wrap=True)
        time.sleep(SETTLED_AFTER.total_seconds())
    found = arrivals(settings, name, now=system_clock())
    for export in found.exports:
        register_of(settings, name).add(export)
        out.print(f"{name}: new export {export.path}", highlight=False, soft_wrap=True)
    for file in unsettled(settings, name, now=system_clock()):
        out.print(
            f"[yellow]{name}: left out:[/] {file.name} is still being written; run again when it "
            "is whole",
            soft_wrap=True,
        )
    for problem in found.unreadable:
        out.print(f"[yellow]{name}: left out:[/] {problem}", soft_wrap=True)
    look_again(settings, name)


def _simulate(settings: Settings, *, chats: int) -> None:
    from handrail.simulate.exports import DAYS, FIRST_DAY, simulate

    out.print(
        f"simulating {chats:,} chats of an invented company over {DAYS // 7} weeks, into "
        f"{settings.exports_folder}",
        soft_wrap=True,
    )
    with Progress(transient=True, console=out) as progress:
        shown = progress.add_task("simulating", total=chats)
        written = simulate(
            settings.exports_folder,
            regions=settings.serves,
            languages={region.name: region.languages for region in settings.all_regions()},
            chats=chats,
            days=DAYS,
            first_day=FIRST_DAY,
            seed=settings.seed,
            playbook=read_playbook(settings.playbook),
            progress=lambda done: progress.update(shown, completed=done),
        )
    for name in settings.serves:
        for export in written.exports[name]:
            mapping = str(export.mapping) if export.mapping else None
            register_of(settings, name).add(
                RegisteredExport(str(export.path), None, mapping, str(export.answer_key))
            )
