"""The watched folder of a region: an export dropped there is registered without a command.

    <exports>/<region>/2026-w10.jsonl.gz                  an export
    <exports>/<region>/2026-w10.csv.gz.mapping.yaml       how to read that one, or
    <exports>/<region>/mapping.yaml                       how to read all tables of the folder
    <exports>/answer_key/<region>/2026-w10.jsonl.gz       only for simulated ones

Files that are still being written (hidden, `.partial`, or changed a moment ago) wait. A region's
config may name a place in a bucket beside it (`[regions.NAME.exports]`): it is looked at likewise.
"""

from __future__ import annotations

import shutil
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from handrail.conversations.buckets import BucketFolder, readable, watched_address
from handrail.conversations.intake import Export, load_mapping
from handrail.conversations.reading import register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.sources.files import Readable, RemoteFile, entries, is_folder
from handrail.conversations.sources.mapped import Mapped
from handrail.conversations.sources.records import JSON_SUFFIXES, LINE_SUFFIXES
from handrail.digests import digest
from handrail.errors import BadInput, HandrailError
from handrail.settings import Settings
from handrail.vault.files import make_private_folder

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
    rows = register_of(settings, region).all()
    known = {row.path for row in rows}
    taken = {row.answer_key for row in rows}
    found: list[RegisteredExport] = []
    problems: list[str] = []
    for path in _settled(watched_folder(settings, region), now):
        if str(path) in known:
            continue
        export = _described(settings, region, path, taken)
        mapping = Path(export.mapping) if export.mapping else None
        problem = _problem_of(path, mapping, simulated=export.simulated)
        if problem is None:
            found.append(export)
        else:
            problems.append(problem)
    try:
        for file, beside in _in_bucket(settings, region).items():
            if str(file) in known:
                continue
            problem = _problem_of(file, beside, simulated=False)
            if problem is None:
                found.append(_lying(file, beside))
            else:
                problems.append(problem)
    except HandrailError as error:
        problems.append(str(error))
    return Arrivals(tuple(found), tuple(problems))


def _problem_of(file: Readable, mapping: Readable | None, *, simulated: bool) -> str | None:
    """Why an export can't be read, so that one that can't holds up no other."""
    try:
        Export(file, None, load_mapping(mapping) if mapping else None, simulated).open()
    except HandrailError as error:
        return str(error)
    return None


def _lying(file: Readable, beside: Readable | None) -> RegisteredExport:
    mapping = str(beside) if beside else None
    return RegisteredExport(path=str(file), format=None, mapping=mapping, answer_key=None)


def _in_bucket(settings: Settings, region: str) -> dict[Readable, Readable | None]:
    """What lies in the place for exports that the config names; a place without any is empty.

    The slash says that the place is a prefix, so that what lies above it isn't listed too.
    """
    address = watched_address(settings, region)
    if address is None:
        return {}
    place = readable(settings, region, f"{address}/", may_be_empty=True)
    if isinstance(place, BucketFolder) and place.is_empty:
        return {}
    return described_exports(place)


def unsettled(settings: Settings, region: str, *, now: datetime) -> list[Path]:
    """The files of the watched folder that aren't registered and changed a moment ago."""
    known = {row.path for row in register_of(settings, region).all()}
    return [
        file
        for file in _exports_in(watched_folder(settings, region))
        if str(file) not in known and not _is_settled(file, now)
    ]


def _described(
    settings: Settings, region: str, file: Path, taken: Container[str | None]
) -> RegisteredExport:
    """The file as its neighbors describe it: its mapping and, for a simulated one, its key.

    A key that is another export's already says nothing of this one.
    """
    mapping = mapping_beside(file)
    key = _answer_key(settings, region, file)
    return RegisteredExport(
        path=str(file),
        format=None,
        mapping=str(mapping) if mapping else None,
        answer_key=str(key) if key.exists() and str(key) not in taken else None,
    )


def mapping_beside(file: Readable) -> Readable | None:
    """The mapping that lies beside an export: its own, or for a table that of its folder."""
    if isinstance(file, Path):
        return _mapping_here(file)
    return file.beside(f"{file.name}.{MAPPING}") or (
        file.beside(MAPPING) if _is_table(file) else None
    )


def _is_table(file: Readable) -> bool:
    return not file.name.lower().endswith(LINE_SUFFIXES)


def _mapping_here(file: Path) -> Path | None:
    own, shared = file.with_name(f"{file.name}.{MAPPING}"), file.with_name(MAPPING)
    try:
        return own if own.exists() else shared if _is_table(file) and shared.exists() else None
    except OSError:
        return None  # a name that is too long for a file beside it; the export itself speaks up


def described_exports(source: Readable) -> dict[Readable, Readable | None]:
    """What `source` holds and the mapping beside each, in order of name.

    A folder is one export unless mappings lie in it: then each file is read by its own.
    """
    if not is_folder(source):
        return {source: mapping_beside(source)}
    files = {file: mapping_beside(file) for file in entries(source) if _is_export(file)}
    return files if any(files.values()) else {source: None}


def folder_mark(settings: Settings, region: str, exports: Sequence[RegisteredExport]) -> str:
    """A cheap mark of exports and mappings: it changes when one was replaced, grew or vanished."""
    stats = partial(_stats, settings, region)
    return digest(
        [
            region,
            [[row.path, *stats(row.path)] for row in exports],
            [[row.mapping, *stats(row.mapping)] for row in exports if row.mapping],
        ]
    )


def drop(
    settings: Settings, region: str, source: Path, *, mapping: Path | None, answer_key: Path | None
) -> Path:
    """Copy an export into the watched folder, whole or not at all; returns its place there.

    Without `mapping`, the one that lies beside it goes along. Refuses a file that can't be read, or
    another file of the same name.
    """
    target = watched_folder(settings, region) / source.name
    mapping = _mapping_here(source) if mapping is None else mapping
    Export(source, None, load_mapping(mapping) if mapping else None, simulated=False).open()
    if source.is_dir():
        msg = f"{source} is a folder: ingest its files one by one, or `handrail run --source` it"
        raise BadInput(msg)
    if target.exists():
        msg = f"{target} exists already: give the new export another name"
        raise BadInput(msg)
    key = _answer_key(settings, region, target)
    if key.exists():
        msg = f"{key} belongs to a simulated export: give the new export another name"
        raise BadInput(msg)
    if answer_key is not None:
        _copy(answer_key, key)
    if mapping is not None:
        _copy(mapping, target.with_name(f"{target.name}.{MAPPING}"))
    _copy(source, target)
    return target


def _copy(source: Path, target: Path) -> None:
    make_private_folder(target.parent)
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)  # chats in clear, which are nobody else's on this machine
        shutil.copyfile(source, partial)
        partial.replace(target)
    except OSError as error:
        msg = f"{source} can't be copied to {target}: {error.strerror}"
        raise BadInput(msg) from None
    finally:
        partial.unlink(missing_ok=True)


def _settled(folder: Path, now: datetime) -> Iterator[Path]:
    return (file for file in _exports_in(folder) if _is_settled(file, now))


def _exports_in(folder: Path) -> Iterator[Path]:
    return filter(_is_export, sorted(folder.iterdir())) if folder.is_dir() else iter(())


def _is_settled(file: Path, now: datetime) -> bool:
    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return changed > now or now - changed >= SETTLED_AFTER


def _is_export(file: Readable) -> bool:
    named = file.name.lower().endswith((*Mapped.suffixes, *JSON_SUFFIXES))
    return named and not file.name.startswith(".") and file.is_file()


def _stats(settings: Settings, region: str, address: str) -> list[list[int | str]]:
    """Size and time of a file, or of each file below a folder; in a bucket, size and ETag."""
    path = readable(settings, region, address)
    if isinstance(path, RemoteFile):
        return [[str(file), file.mark] for file in _files_below(path)]
    try:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        found = [file.stat() for file in files]
    except OSError:
        return []
    return [[one.st_size, one.st_mtime_ns] for one in found]


def _files_below(place: RemoteFile) -> Iterator[RemoteFile]:
    """An object; or those of a prefix and, as tables of one export may lie there, one step down."""
    for entry in (place,) if place.is_file() else place.entries():
        yield from (entry,) if entry.is_file() else filter(RemoteFile.is_file, entry.entries())


def _answer_key(settings: Settings, region: str, file: Path) -> Path:
    stem = Path(file.name.removesuffix(".gz")).stem
    return settings.exports_folder / ANSWER_KEYS / region / f"{stem}.jsonl.gz"
