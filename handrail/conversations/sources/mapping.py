"""A mapping file: how the fields of any JSONL, CSV or Parquet export become our record.

`deploy/mappings/example.yaml` shows every option with its meaning, `deploy/mappings/zendesk.yaml`
the few of a vendor's format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from handrail.conversations.model import Basis, Channel, FlagLabel, Role, Severity, Status
from handrail.conversations.sources.fields import (
    Field,
    Step,
    parse_path,
    parse_unit,
    parse_zone,
)
from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.mapping_yaml import read_document
from handrail.conversations.sources.records import FILE_FORMATS
from handrail.digests import digest
from handrail.errors import BadInput

TAGS = ("channel", "language", "product_area", "severity", "topic", "basis")
TOP = ("conversation_id", "day", "region", "sector", *TAGS)
TURN = ("role", "text", "at", "template", "is_private", "author")
ACTION = ("name", "after_turn", "succeeded", "arguments")
FLAG = ("flag_id", "turn_index", "label", "reason", "flagged_by", "at", "revision")
OUTCOME = ("status", "closed_at", "reopened_at", "escalated", "csat")
CUSTOMER = ("customer_id", "opted_out_of_ai", "opted_out_of_training")
_TIMES = ("at", "closed_at", "reopened_at")
_CLOSED: Mapping[str, type[StrEnum]] = {
    "role": Role,
    "status": Status,
    "channel": Channel,
    "severity": Severity,
    "basis": Basis,
    "label": FlagLabel,
}
_ENCODINGS = ("utf-8", "cp1252", "latin-1")
_NO_DELIMITERS = ('"', "\r", "\n", "\0")
# What a vendor's export can't know of the company: only these may a tag mapping say.
OWN = ("region", "sector", *TAGS)


@dataclass(frozen=True)
class Rows:
    """A list inside a record (turns, actions, flags): where it is, and the fields of one item.

    Without a `path` the record itself is the one item.
    """

    path: tuple[Step, ...] | None
    fields: Mapping[str, Field]


@dataclass(frozen=True)
class FileOptions:
    """What the mapping says of the file: format (None: by suffix) and how to cut it."""

    format: str | None
    delimiter: str
    encoding: str
    group_by: tuple[Step, ...] | None


@dataclass(frozen=True)
class FieldMap:
    """A mapping file that was read and checked; `digest` identifies its content."""

    source_system: str
    file: FileOptions
    fields: Mapping[str, Field]
    turns: tuple[Rows, ...]
    actions: Rows | None
    flags: Rows | None
    outcome: Mapping[str, Field]
    customer: Mapping[str, Field]
    known: Mapping[str, Field]
    digest: str


@dataclass(frozen=True)
class TagMap:
    """Which of a company's own fields in a vendor's export say what; `format` is the vendor's.

    Everything else of such an export is read as the vendor documents it.
    """

    format: str
    fields: Mapping[str, Field]
    customer: Mapping[str, Field]
    known: Mapping[str, Field]
    digest: str


def no_tags(format: str) -> TagMap:
    """The mapping of a vendor's export whose company says nothing of its own fields."""
    return TagMap(format, {}, {}, {}, "")


def load_mapping(path: Readable) -> FieldMap | TagMap:
    """The mapping in the YAML file `path`; anything it may not say is a `BadInput`."""
    return parse_mapping(read_document(path), name=path.name)


def parse_mapping(document: Any, *, name: str) -> FieldMap | TagMap:
    """The mapping in a document whose scalars are all text; one that names a format is a `TagMap`.

    Which formats there are is the registry's to say.
    """
    blocks = ("turns", "actions", "flags", "outcome", "customer")
    allowed = ("version", "source_system", "file", *TOP, *blocks)
    of_vendor = isinstance(document, dict) and "format" in document
    top = _table(document, ("version", "format", *OWN, "customer") if of_vendor else allowed, name)
    if top.get("version") != "1":
        msg = f"{name}: write `version: 1` first; this program reads no other"
        raise BadInput(msg)
    if of_vendor:
        return _tag_map(top, name)
    for required in ("source_system", "conversation_id", "turns"):
        if required not in top:
            msg = f"{name}: {required} is missing"
            raise BadInput(msg)
    file = _file(top.get("file", {}), f"{name} file")
    customer, known = _customer(top, name)
    return FieldMap(
        source_system=_word(top["source_system"], f"{name} source_system"),
        file=file,
        fields=_fields({k: v for k, v in top.items() if k in TOP}, TOP, name),
        turns=_turns(top["turns"], grouped=file.group_by is not None, where=f"{name} turns"),
        actions=_rows(top["actions"], ACTION, f"{name} actions") if "actions" in top else None,
        flags=_rows(top["flags"], FLAG, f"{name} flags") if "flags" in top else None,
        outcome=_fields(top.get("outcome", {}), OUTCOME, f"{name} outcome"),
        customer=customer,
        known=known,
        digest=digest(document),
    )


def _tag_map(top: Mapping[str, Any], name: str) -> TagMap:
    customer, known = _customer(top, name)
    return TagMap(
        format=_word(top["format"], f"{name} format"),
        fields=_fields({k: v for k, v in top.items() if k in OWN}, OWN, name),
        customer=customer,
        known=known,
        digest=digest(top),
    )


def _customer(top: Mapping[str, Any], name: str) -> tuple[Mapping[str, Field], Mapping[str, Field]]:
    """The fields of the customer, and those of the values that are known of them."""
    table = _table(top.get("customer", {}), (*CUSTOMER, "known"), f"{name} customer")
    known = table.pop("known", {})
    return (
        _fields(table, CUSTOMER, f"{name} customer"),
        _fields(known, None, f"{name} customer.known"),
    )


def _table(value: Any, allowed: tuple[str, ...] | None, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        msg = f"{where}: a table of keys is expected here"
        raise BadInput(msg)
    for key in value:
        if allowed is not None and key not in allowed:
            msg = f"{where}: unknown key {key!r}; allowed: {', '.join(allowed)}"
            raise BadInput(msg)
    return dict(value)


def _word(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        msg = f"{where}: one value is expected here"
        raise BadInput(msg)
    return value


def _file(value: Any, where: str) -> FileOptions:
    table = _table(value, ("format", "delimiter", "encoding", "group_by"), where)
    chosen = table.get("format")
    if chosen is not None and chosen not in FILE_FORMATS:
        msg = f"{where}: format is one of {', '.join(FILE_FORMATS)}, not {chosen!r}"
        raise BadInput(msg)
    delimiter = table.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in _NO_DELIMITERS:
        msg = f"{where}: delimiter is one character, no quote and no line end"
        raise BadInput(msg)
    encoding = table.get("encoding", "utf-8")
    if encoding not in _ENCODINGS:
        msg = f"{where}: encoding is one of {', '.join(_ENCODINGS)}, not {encoding!r}"
        raise BadInput(msg)
    by = table.get("group_by")
    where_by = f"{where}.group_by"
    group_by = None if by is None else parse_path(_word(by, where_by), where=where_by)
    return FileOptions(chosen, delimiter, encoding, group_by)


def _turns(value: Any, *, grouped: bool, where: str) -> tuple[Rows, ...]:
    blocks = value if isinstance(value, list) else [value]
    if not blocks:
        msg = f"{where}: the list is empty: name the columns that hold messages"
        raise BadInput(msg)
    turns = tuple(_rows(block, TURN, where) for block in blocks)
    for block in turns:
        for required in ("role", "text"):
            if required not in block.fields:
                msg = f"{where}: {required} is missing"
                raise BadInput(msg)
    if grouped and (len(turns) != 1 or turns[0].path is not None):
        msg = f"{where}: with file.group_by each row is one turn, so turns has no path and no list"
        raise BadInput(msg)
    if not grouped and not isinstance(value, list) and turns[0].path is None:
        msg = (
            f"{where}: path is missing: name the list of messages, or list one block per column, "
            "or set file.group_by where each row is one message"
        )
        raise BadInput(msg)
    return turns


def _rows(value: Any, allowed: tuple[str, ...], where: str) -> Rows:
    table = _table(value, ("path", *allowed), where)
    path = table.pop("path", None)
    where_path = f"{where}.path"
    steps = None if path is None else parse_path(_word(path, where_path), where=where_path)
    return Rows(steps, _fields(table, allowed, where))


def _fields(value: Any, allowed: tuple[str, ...] | None, where: str) -> Mapping[str, Field]:
    table = _table(value, allowed, where)
    return {key: _field(key, rule, f"{where} {key}") for key, rule in table.items()}


def _field(key: str, rule: Any, where: str) -> Field:
    if isinstance(rule, str):
        return Field(path=parse_path(rule, where=where), strict=key not in TAGS)
    times = ("unit", "zone") if key in _TIMES else ()
    table = _table(rule, ("path", "map", "default", "const", *times), where)
    if ("path" in table) == ("const" in table):
        msg = f"{where}: give either path or const"
        raise BadInput(msg)
    if "const" in table:
        table = _table(table, ("const",), where)
    values = _table(table.pop("map"), None, f"{where}.map") if "map" in table else None
    words = {k: _word(v, f"{where}.{k}") for k, v in table.items()}
    if values is not None and not all(isinstance(v, str) for v in values.values()):
        msg = f"{where}.map: each value of the export maps to one of ours"
        raise BadInput(msg)
    ours = [*(values or {}).values(), words.get("default"), words.get("const")]
    _check_ours(key, [value for value in ours if value], where)
    return Field(
        path=parse_path(words["path"], where=where) if "path" in words else None,
        table=values,
        default=words.get("default"),
        const=words.get("const"),
        unit=parse_unit(words["unit"], where=where) if "unit" in words else None,
        zone=parse_zone(words["zone"], where=where) if "zone" in words else None,
        strict=key not in TAGS,
    )


def _check_ours(key: str, values: Sequence[str], where: str) -> None:
    if key in _CLOSED:
        for value in values:
            if value not in set(_CLOSED[key]):
                msg = f"{where}: {value!r} is none of {', '.join(_CLOSED[key])}"
                raise BadInput(msg)
    if key == "day":
        for value in values:
            try:
                date.fromisoformat(value)
            except ValueError:
                msg = f"{where}: {value!r} is no date like 2026-01-05"
                raise BadInput(msg) from None
