"""Records of JSONL and Parquet files, streamed, as plain mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import orjson
from pydantic_core import from_json

from handrail.conversations.sources.files import Readable, regular_file, size_of
from handrail.conversations.sources.lines import read_lines
from handrail.conversations.sources.rows import Problem, RawRow, Reason
from handrail.conversations.sources.tables import header_problem
from handrail.conversations.sources.unpacking import PACKINGS, packed_too, unpacks_too_far
from handrail.errors import HandrailError
from handrail.settings import IntakeSettings

SUFFIXES: Mapping[str, str] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
}
FILE_FORMATS = ("jsonl", "csv", "parquet")
LINE_SUFFIXES = packed_too(".jsonl", ".ndjson")
JSON_SUFFIXES = (*packed_too(".json"), *LINE_SUFFIXES, ".zip")
_BATCH_ROWS = 64
_EMPTY = b" \t\r\n"


def file_format(file: Readable) -> str | None:
    """The format that the suffix of `file` names (that of its packing aside), or None."""
    name = PurePosixPath(file.name)
    plain = name.with_suffix("") if name.suffix.lower() in PACKINGS else name
    found = SUFFIXES.get(plain.suffix.lower())
    return None if found == "parquet" and plain != name else found


def json_records(file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
    """One JSON object a line; blank lines are no rows."""
    for line in read_lines(file, limits=limits):
        if line.problem is None and not line.data.strip(_EMPTY):
            continue
        where = f"{file.name}:line {line.number}"
        if line.problem is not None:
            yield RawRow(where, None, line.problem, line.data)
        else:
            yield json_row(where, line.data)


def json_row(where: str, data: bytes) -> RawRow:
    """The JSON object in `data`, or the problem that it is none."""
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError:  # its message may quote the line
        value = None
    if not isinstance(value, dict):
        return RawRow(where, None, Problem(Reason.MALFORMED, "not a JSON object"), data)
    return RawRow(where, value, None, data)


def parquet_records(file: Readable, *, limits: IntakeSettings) -> Iterator[RawRow]:
    """One mapping a row, read batch by batch; `original` is the row as JSON.

    What the rows amount to as JSON counts as unpacked: a small file can claim any number of rows.
    """
    import pyarrow.parquet as pq

    number = unpacked = 0
    with regular_file(file) as stream:
        size = size_of(stream)
        try:
            footer = pq.read_metadata(stream)
            groups = [footer.row_group(n) for n in range(footer.num_row_groups)]
            claimed = sum(group.total_byte_size for group in groups)
            problem = unpacks_too_far(claimed, packed=size, limits=limits)
            table = pq.ParquetFile(
                stream, pre_buffer=False, read_dictionary=_text_columns(footer.schema)
            )
            problem = problem or header_problem(table.schema_arrow.names)
            if problem is not None:
                yield RawRow(f"{file.name}:row 1", None, problem, b"")
                return
            for batch in table.iter_batches(batch_size=_BATCH_ROWS):
                for index in range(batch.num_rows):
                    number += 1
                    where = f"{file.name}:row {number}"
                    row = _parquet_row(where, batch.slice(index, 1), limits.max_record_bytes)
                    unpacked += len(row.original)
                    problem = unpacks_too_far(unpacked, packed=size, limits=limits)
                    if problem is not None:
                        yield RawRow(where, None, problem, row.original)
                        return
                    yield row
        except HandrailError:  # it can't be had: that says nothing of what it holds
            raise
        except Exception:  # noqa: BLE001 - a damaged file raises whatever it leads the library into
            problem = Problem(
                Reason.MALFORMED, "not a whole Parquet file: truncated, damaged, or another format"
            )
            yield RawRow(f"{file.name}:row {number + 1}", None, problem, b"")


def _text_columns(schema: Any) -> list[str]:
    """The columns to keep in their dictionary: a long text that all rows repeat is held once.

    Arrow can't do that for texts inside lists and structs.
    """
    return [
        column.path
        for column in schema
        if column.physical_type == "BYTE_ARRAY"
        and column.logical_type.type != "DECIMAL"
        and "." not in column.path
    ]


def _parquet_row(where: str, row: Any, max_bytes: int) -> RawRow:
    try:
        data = row.to_pylist()[0]
        original = orjson.dumps(data, default=str)
    except Exception:  # noqa: BLE001 - a cast quotes the value; the row is named by its location
        problem = Problem(Reason.MALFORMED, "holds a value that can't be read")
        return RawRow(where, None, problem, b"")
    if len(original) > max_bytes:
        problem = Problem(Reason.OVERSIZED, f"longer than the record limit of {max_bytes} bytes")
        return RawRow(where, None, problem, original[:max_bytes])
    return RawRow(where, data, None, original)
