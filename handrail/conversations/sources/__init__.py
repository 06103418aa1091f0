"""Sources: the exports that can be read, by name, and the choice of one for a path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from handrail.conversations.sources.base import Source
from handrail.conversations.sources.files import entries, is_folder
from handrail.conversations.sources.jsonl import CanonicalJsonl
from handrail.conversations.sources.mapped import Mapped
from handrail.conversations.sources.mapping import FieldMap, load_mapping
from handrail.conversations.sources.records import FILE_FORMATS
from handrail.conversations.sources.rows import Problem, RawRow, Reason
from handrail.errors import BadInput

__all__ = [
    "SOURCES", "FieldMap", "Problem", "RawRow", "Reason", "Source", "export_files", "load_mapping",
    "open_source",
]  # fmt: skip

SOURCES: Mapping[str, type[Source]] = {
    "jsonl": CanonicalJsonl,
    "mapped": Mapped,
}


def open_source(format: str | None, mapping: FieldMap | None) -> Source:
    """The source for this format and mapping; None means by mapping and suffix.

    With a mapping, `format` may also be the file format (jsonl, csv, parquet) where the suffix
    doesn't tell.
    """
    known = tuple(dict.fromkeys((*SOURCES, *FILE_FORMATS)))
    if format is not None and format not in known:
        msg = f"unknown format {format!r}; known: {', '.join(known)}"
        raise BadInput(msg)
    by_mapping = format in ("mapped", *FILE_FORMATS)
    if mapping is None:
        if by_mapping and format != "jsonl":
            msg = f"format {format!r} needs a mapping file (--mapping); see deploy/mappings/"
            raise BadInput(msg)
        return SOURCES[format or "jsonl"]()
    if format is not None and not by_mapping:
        msg = f"format {format!r} is read without a mapping: leave out the mapping or the format"
        raise BadInput(msg)
    return Mapped(mapping, file_format=None if format == "mapped" else format)


def export_files(path: Path, source: Source, *, any_suffix: bool) -> tuple[Path, ...]:
    """The files at `path`: itself, or a folder's exports sorted by name."""
    read = ", ".join(source.suffixes)
    if not is_folder(path):
        if any_suffix or _ends(path, source.suffixes):
            return (path,)
        msg = _unread(path, source)
        raise BadInput(msg)
    suffixes = (*Mapped.suffixes, *source.suffixes)
    found = tuple(file for file in entries(path) if _ends(file, suffixes))
    for file in found:
        if not _ends(file, source.suffixes):
            msg = _unread(file, source)
            raise BadInput(msg)
        if is_folder(file):
            msg = f"{file} is a folder named like an export: move it out of {path}"
            raise BadInput(msg)
    if not found:
        msg = f"{path} has no exports in it; files ending in {read} are read"
        raise BadInput(msg)
    return found


def _ends(file: Path, suffixes: tuple[str, ...]) -> bool:
    return file.name.lower().endswith(suffixes)


def _unread(file: Path, source: Source) -> str:
    if _ends(file, Mapped.suffixes):
        return (
            f"{file} needs a mapping file that names its fields (--mapping); see deploy/mappings/"
        )
    return f"{file}: files ending in {', '.join(source.suffixes)} are read; or name the format"
