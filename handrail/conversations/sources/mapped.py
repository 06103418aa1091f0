"""Any JSONL, CSV or Parquet export, read through a mapping file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic_core import from_json

from handrail.conversations.sources.base import Source
from handrail.conversations.sources.fields import Step, lookup, values_of
from handrail.conversations.sources.files import Readable
from handrail.conversations.sources.mapping import TAGS, FieldMap, Rows
from handrail.conversations.sources.records import (
    LINE_SUFFIXES,
    file_format,
    json_records,
    parquet_records,
)
from handrail.conversations.sources.rows import Problem, RawRow, Reason, Unusable, attempt
from handrail.conversations.sources.tables import csv_records
from handrail.conversations.sources.unpacking import packed_too
from handrail.errors import BadInput
from handrail.settings import IntakeSettings

Record = Mapping[str, Any]


class Mapped(Source):
    """An export whose fields a company names in a mapping file."""

    suffixes: ClassVar[tuple[str, ...]] = (*LINE_SUFFIXES, *packed_too(".csv"), ".parquet")

    def __init__(self, mapping: FieldMap, *, file_format: str | None) -> None:
        self._mapping = mapping
        self._format = file_format or mapping.file.format

    def rows(self, file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
        """One row a record, or one a run of records with the same `group_by` value."""
        by = self._mapping.file.group_by
        for group in _groups(self._records(file, limits), by, limits.max_record_bytes):
            yield self._row(group)

    def _records(self, file: Readable, limits: IntakeSettings) -> Iterator[RawRow]:
        options = self._mapping.file
        match self._format or file_format(file):
            case "jsonl":
                return json_records(file, limits=limits)
            case "csv":
                return csv_records(
                    file,
                    limits=limits,
                    delimiter=options.delimiter,
                    encoding=options.encoding,
                )
            case "parquet":
                return parquet_records(file, limits=limits)
        msg = f"{file}: the suffix names no format; set one of jsonl, csv, parquet"
        raise BadInput(msg)

    def _row(self, group: _Group) -> RawRow:
        if group.problem is not None:
            return RawRow(group.location, None, group.problem, bytes(group.original))
        made = attempt(group.location, lambda: canonical(self._mapping, group.records))
        data, problem = (None, made) if isinstance(made, Problem) else (made, None)
        return RawRow(group.location, data, problem, bytes(group.original))


def canonical(mapping: FieldMap, records: Sequence[Record]) -> dict[str, Any]:
    """The record in our shape; `records` are its messages, or itself alone."""
    record = records[0] if len(records) == 1 else _merged(records)
    data: dict[str, Any] = {
        key: field.read(record) for key, field in mapping.fields.items() if key not in TAGS
    }
    data |= {key: mapping.fields[key].read_tag(record) for key in TAGS if key in mapping.fields}
    if "region" in mapping.fields:
        data["region"], data["region_set_by"] = mapping.fields["region"].read_with_origin(record)
    data["source_system"] = mapping.source_system
    data["turns"] = [turn for block in mapping.turns for turn in _turns(block, records)]
    data["outcome"] = {
        key: field.read_time(record) if key in ("closed_at", "reopened_at") else field.read(record)
        for key, field in mapping.outcome.items()
    }
    data["customer"] = {key: field.read(record) for key, field in mapping.customer.items()}
    data["customer"]["known"] = {
        kind: values_of(field.read(record)) for kind, field in mapping.known.items()
    }
    data["actions"] = [
        {**item, "arguments": _arguments(item.get("arguments"))}
        for item in _items(mapping.actions, [record])
    ]
    data["flags"] = _items(mapping.flags, [record])
    return data


def _turns(block: Rows, records: Sequence[Record]) -> list[dict[str, Any]]:
    items = _items(block, records)
    # A block without a path reads columns: an empty cell is no message.
    return [item for item in items if block.path is not None or item["text"] is not None]


def _items(block: Rows | None, records: Sequence[Record]) -> list[dict[str, Any]]:
    if block is None:
        return []
    found: Iterable[Any] = records
    if block.path is not None:
        found = [item for record in records for item in _list(lookup(record, block.path))]
    return [
        {k: f.read_time(item) if k == "at" else f.read(item) for k, f in block.fields.items()}
        for item in found
    ]


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):  # a cell of a table that holds JSON
        value = from_json(value, allow_inf_nan=False)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unusable(Reason.MALFORMED, "no list where the mapping's path says there is one")
    return value


def _arguments(value: Any) -> Any:
    if value is None or isinstance(value, Mapping):
        return value or {}
    return {"value": value}


def _merged(records: Sequence[Record]) -> Record:
    """One record with the last value that the messages give for each key: how it ended."""
    merged: dict[str, Any] = {}
    for record in records:
        for key, value in record.items():
            if key not in merged or value not in (None, ""):
                merged[key] = value
    return merged


class _Group:
    """Consecutive records of one conversation; only what fits the limit is held."""

    def __init__(self, row: RawRow, key: str | None) -> None:
        self.location = row.location
        self.key = key
        self.records: list[Record] = []
        self.original = bytearray()
        self.problem: Problem | None = None

    def add(self, row: RawRow, max_bytes: int) -> None:
        if self.problem is None:
            self.problem = row.problem
        if len(self.original) + len(row.original) > max_bytes and self.records:
            detail = f"a conversation longer than the record limit of {max_bytes} bytes"
            self.problem = self.problem or Problem(Reason.OVERSIZED, detail)
        self.original += row.original[: max(0, max_bytes - len(self.original))]
        if self.problem is not None:
            self.records.clear()
        elif row.data is not None:
            self.records.append(row.data)


def _groups(
    rows: Iterator[RawRow], by: tuple[Step, ...] | None, max_bytes: int
) -> Iterator[_Group]:
    """The rows as conversations.

    A broken row may have been a message of the conversation before it or after it: without knowing
    which, neither is whole, and both carry the problem.
    """
    group: _Group | None = None
    broken: Problem | None = None
    for row in rows:
        if row.problem is not None and by is not None:
            group = group or _Group(row, None)
            group.add(row, max_bytes)
            broken = row.problem
            continue
        key = None if by is None else _key(lookup(row.data, by))
        if group is None or key is None or key != group.key:
            if group is not None:
                yield group
            group = _Group(row, key)
            group.problem = broken
        broken = None
        group.add(row, max_bytes)
    if group is not None:
        yield group


def _key(value: Any) -> str | None:
    return None if value is None else str(value)
