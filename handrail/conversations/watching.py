"""The watched folder of a region: an export dropped there is registered without a command.

    <exports>/<region>/2026-w10.jsonl.gz                  an export
    <exports>/<region>/2026-w10.csv.gz.mapping.yaml       how to read that one, or
    <exports>/<region>/mapping.yaml                       how to read all tables of the folder
    <exports>/answer_key/<region>/2026-w10.jsonl.gz       only for simulated ones

Files that are still being written (hidden, `.partial`, or changed a moment ago) wait.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from handrail.conversations.intake import Export, load_mapping
from handrail.conversations.reading import register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sources.mapped import Mapped
from handrail.digests import digest
from handrail.errors import BadInput, HandrailError
from handrail.settings import Settings

SETTLED_AFTER = timedelta(seconds=3)
MAPPING = "mapping.yaml"
ANSWER_KEYS = "answer_key"


@dataclass(frozen=True)
class Arrivals:
    """What the folder holds that the register doesn't: what can be read, and why the rest can't."""

    exports: tuple[RegisteredExport, ...]
    unreadable: tuple[str, ...]


def watched_folder(settings: Settings, region: str) -> Path:
    """Where to drop exports of a region."""
    return settings.exports_folder / settings.region(region).name


def arrivals(settings: Settings, region: str, *, now: datetime) -> Arrivals:
    """The settled files of the watched folder that aren't registered yet, in order of name."""
    known = {row.path for row in register_of(settings, region).all()}
    found: list[RegisteredExport] = []
    problems: list[str] = []
    for file in _settled(watched_folder(settings, region), now):
        if str(file) in known:
            continue
        export = described(settings, region, file)
        try:
            mapping = load_mapping(Path(export.mapping)) if export.mapping else None
            Export(file, None, mapping, export.simulated).open()
        except HandrailError as error:
            problems.append(str(error))
        else:
            found.append(export)
    return Arrivals(tuple(found), tuple(problems))


def described(settings: Settings, region: str, file: Path) -> RegisteredExport:
    """The file as its neighbors describe it: its mapping and, for a simulated one, its key."""
    own, shared = file.with_name(f"{file.name}.{MAPPING}"), file.with_name(MAPPING)
    is_table = not file.name.endswith((".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz"))
    mapping = own if own.exists() else shared if is_table and shared.exists() else None
    key = settings.exports_folder / ANSWER_KEYS / region / f"{_stem(file)}.jsonl.gz"
    return RegisteredExport(
        path=str(file),
        format=None,
        mapping=str(mapping) if mapping else None,
        answer_key=str(key) if key.exists() else None,
    )


def folder_mark(settings: Settings, region: str, exports: Sequence[RegisteredExport]) -> str:
    """A cheap mark of the registered files: it changes when one was replaced, grew or vanished."""
    return digest([region, [[row.path, *_stat(Path(row.path))] for row in exports]])


def drop(
    settings: Settings, region: str, source: Path, *, mapping: Path | None, answer_key: Path | None
) -> Path:
    """Copy an export into the watched folder, whole or not at all; returns its place there.

    Refuses a file that can't be read, or another file of the same name.
    """
    target = watched_folder(settings, region) / source.name
    Export(source, None, load_mapping(mapping) if mapping else None, simulated=False).open()
    if source.is_dir():
        msg = f"{source} is a folder: ingest its files one by one, or `handrail run --source` it"
        raise BadInput(msg)
    if target.exists():
        msg = f"{target} exists already: give the new export another name"
        raise BadInput(msg)
    if answer_key is not None:
        folder = settings.exports_folder / ANSWER_KEYS / region
        _copy(answer_key, folder / f"{_stem(source)}.jsonl.gz")
    if mapping is not None:
        _copy(mapping, target.with_name(f"{target.name}.{MAPPING}"))
    _copy(source, target)
    return target


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    try:
        shutil.copyfile(source, partial)
        partial.replace(target)
    except OSError as error:
        msg = f"{source} can't be copied to {target}: {error.strerror}"
        raise BadInput(msg) from None
    finally:
        partial.unlink(missing_ok=True)


def _settled(folder: Path, now: datetime) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for file in sorted(folder.iterdir()):
        is_export = file.name.lower().endswith(Mapped.suffixes) and not file.name.startswith(".")
        if is_export and file.is_file():
            changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            if changed > now or now - changed >= SETTLED_AFTER:
                yield file


def _stat(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_size, found.st_mtime_ns


def _stem(file: Path) -> str:
    name = file.name.removesuffix(".gz")
    return Path(name).stem
