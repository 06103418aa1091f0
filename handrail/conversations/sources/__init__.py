"""Sources: the exports that can be read, by name, and the choice of one for a path."""

from __future__ import annotations

from collections.abc import Mapping

from handrail.conversations.sources.base import Source
from handrail.conversations.sources.chatwoot import Chatwoot
from handrail.conversations.sources.files import Readable, entries, is_folder
from handrail.conversations.sources.freshdesk import Freshdesk
from handrail.conversations.sources.intercom import Intercom
from handrail.conversations.sources.jsonl import CanonicalJsonl
from handrail.conversations.sources.mapped import Mapped
from handrail.conversations.sources.mapping import FieldMap, TagMap, load_mapping, no_tags
from handrail.conversations.sources.records import FILE_FORMATS
from handrail.conversations.sources.rows import Problem, RawRow, Reason
from handrail.conversations.sources.salesforce import Salesforce
from handrail.conversations.sources.vendor import VendorSource
from handrail.conversations.sources.zendesk_chat import ZendeskChat
from handrail.conversations.sources.zendesk_support import ZendeskSupport
from handrail.errors import BadInput

__all__ = [
    "SOURCES", "VENDORS", "FieldMap", "Problem", "RawRow", "Reason", "Source", "TagMap",
    "export_files", "files_of", "load_mapping", "open_source",
]  # fmt: skip

SOURCES: Mapping[str, type[Source]] = {
    "jsonl": CanonicalJsonl,
    "mapped": Mapped,
}
VENDORS: Mapping[str, type[VendorSource]] = {
    "chatwoot": Chatwoot,
    "freshdesk": Freshdesk,
    "intercom": Intercom,
    "salesforce": Salesforce,
    "zendesk": ZendeskSupport,
    "zendesk_chat": ZendeskChat,
}


def open_source(format: str | None, mapping: FieldMap | TagMap | None) -> Source:
    """The source for this format and mapping; None means by mapping and suffix.

    With a mapping of fields, `format` may also be the file format (jsonl, csv, parquet) where the
    suffix doesn't tell. A mapping of tags names its vendor's format itself.
    """
    known = tuple(dict.fromkeys((*SOURCES, *FILE_FORMATS, *VENDORS)))
    for named in (format, mapping.format if isinstance(mapping, TagMap) else None):
        if named is not None and named not in known:
            msg = f"unknown format {named!r}; known: {', '.join(known)}"
            raise BadInput(msg)
    if isinstance(mapping, TagMap) or format in VENDORS:
        return _open_vendor(format, mapping)
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


def _open_vendor(format: str | None, mapping: FieldMap | TagMap | None) -> Source:
    if isinstance(mapping, FieldMap):
        msg = (
            f"format {format!r} is read as its vendor documents it: its mapping says only which of "
            f"your own fields are which tags, and begins with `format: {format}`"
        )
        raise BadInput(msg)
    tags = no_tags(str(format)) if mapping is None else mapping
    if tags.format not in VENDORS or format not in (None, tags.format):
        msg = f"the mapping is for format {tags.format!r}: leave out the format, or the mapping"
        raise BadInput(msg)
    return VENDORS[tags.format](tags)


def export_files(path: Readable, source: Source, *, any_suffix: bool) -> tuple[Readable, ...]:
    """The exports at `path`: itself, or a folder's sorted by name.

    A folder whose files belong together, in the eyes of the source, is one export.
    """
    read = ", ".join(source.suffixes)
    if not is_folder(path):
        if any_suffix or _ends(path, source.suffixes):
            return (path,)
        msg = _unread(path, source)
        raise BadInput(msg)
    if source.reads_whole(path):
        return (path,)
    suffixes = (*Mapped.suffixes, *source.suffixes)
    found = tuple(
        entry
        for entry in entries(path)
        if _ends(entry, suffixes) or (entry.is_dir() and source.reads_whole(entry))
    )
    for file in found:
        if is_folder(file) and not source.reads_whole(file):
            msg = f"{file} is a folder named like an export: move it out of {path}"
            raise BadInput(msg)
        if not is_folder(file) and not _ends(file, source.suffixes):
            msg = _unread(file, source)
            raise BadInput(msg)
    if not found:
        msg = f"{path} has no exports in it; files ending in {read} are read"
        raise BadInput(msg)
    return found


def files_of(export: Readable) -> tuple[Readable, ...]:
    """The files that an export lies in: itself, or those of a folder that is read whole."""
    return tuple(entries(export)) if is_folder(export) else (export,)


def _ends(file: Readable, suffixes: tuple[str, ...]) -> bool:
    return file.name.lower().endswith(suffixes)


def _unread(file: Readable, source: Source) -> str:
    if _ends(file, Mapped.suffixes):
        return (
            f"{file} needs a mapping file that names its fields (--mapping); see deploy/mappings/"
        )
    return f"{file}: files ending in {', '.join(source.suffixes)} are read; or name the format"
