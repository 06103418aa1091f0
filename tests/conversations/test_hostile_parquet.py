"""Parquet files that lie, are cut, or hold what no conversation holds (R2, R3, R36)."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from handrail.conversations.model import decode, encode, from_arrow, to_arrow
from handrail.settings import Settings
from tests.conversations.children import read_and_measure
from tests.conversations.exports import mapping_of, read, write_jsonl

AT = datetime(2026, 1, 5, 10, tzinfo=UTC)
MAPPING = """
version: 1
source_system: desk
conversation_id: id
turns: [{role: {const: customer}, text: said, at: at}]
outcome: {csat: stars}
actions: {path: steps, name: do, arguments: with}
"""


def table(*rows: dict[str, object], **types: pa.DataType) -> pa.Table:
    """Rows with an id, a text and a time, and more; columns of `types` are cast."""
    whole = [{"id": f"p-{n}", "said": "hi", "at": AT, **row} for n, row in enumerate(rows)]
    made = pa.Table.from_pylist(whole)
    for name, kind in types.items():
        at = made.schema.get_field_index(name)
        made = made.set_column(at, name, made.column(name).cast(kind))
    return made


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("at", pa.timestamp("ns", "UTC")),
        ("at", pa.timestamp("us", "Asia/Kathmandu")),
        ("at", pa.timestamp("s", "+05:45")),
        ("said", pa.dictionary(pa.int32(), pa.string())),
        ("said", pa.large_string()),
        ("said", pa.string_view()),
        ("stars", pa.decimal128(38, 0)),
        ("stars", pa.float32()),
        ("stars", pa.uint64()),
    ],
)
def test_a_column_of_another_type_is_read_and_can_be_stored(
    settings: Settings, tmp_path: Path, name: str, kind: pa.DataType
) -> None:
    """R2: nanoseconds come as a type of their own, which no store takes."""
    pq.write_table(table({"stars": 4}, {"stars": 5}, **{name: kind}), tmp_path / "e.parquet")
    result = read(settings, tmp_path / "e.parquet", mapping=mapping_of(tmp_path, MAPPING))
    assert [c.outcome.csat for c in result.conversations] == [4, 5]
    assert [c.turns[0].text for c in result.conversations] == ["hi", "hi"]
    assert {c.turns[0].at for c in result.conversations} == {AT}
    for each in result.conversations:
        assert type(each.turns[0].at) is datetime
        assert decode(encode(each)) == each
    assert from_arrow(to_arrow(result.conversations)) == result.conversations


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("said", pa.array([b"\xff\xfe", b"hi"])),
        ("said", pa.array([{"a": 1}, {"a": 2}])),
        ("said", pa.array([[["x"]], []])),
        ("said", pa.array([[("k", "v")], []], pa.map_(pa.string(), pa.string()))),
        ("said", pa.array([Decimal("1.50"), Decimal(2)])),
        ("said", pa.array([1.5, float("nan")])),
        ("at", pa.array([10**15, 10**14], pa.timestamp("s", "UTC"))),
        ("at", pa.array([datetime(2026, 1, 5), datetime(2026, 1, 5)], pa.timestamp("us"))),  # noqa: DTZ001
        ("at", pa.array([date(2026, 1, 5)] * 2)),
        ("at", pa.array([3, 4], pa.duration("s"))),
        ("at", pa.array([10, 11], pa.time64("ns"))),
        ("id", pa.array([[1], [2]])),
        ("id", pa.nulls(2)),
        ("steps", pa.array([[{"do": "x", "with": {"n": 2**63 - 1, "b": b"\xff"}}]] * 2)),
    ],
)
def test_a_column_that_is_none_of_ours_is_stored_or_quarantined(
    settings: Settings, tmp_path: Path, name: str, values: pa.Array
) -> None:
    """R2, R3: and every row is counted."""
    made = table({}, {})
    at = made.schema.get_field_index(name)
    made = made.append_column(name, values) if at < 0 else made.set_column(at, name, values)
    pq.write_table(made, tmp_path / "e.parquet")
    result = read(settings, tmp_path / "e.parquet", mapping=mapping_of(tmp_path, MAPPING))
    assert result.counts.rows == 2
    for each in result.conversations:
        assert decode(encode(each)) == each


def test_a_text_that_is_no_utf8_is_one_row(settings: Settings, tmp_path: Path) -> None:
    """R2: the format doesn't check what it calls a string."""
    offsets = pa.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 2, 4, 6)))
    said = pa.Array.from_buffers(pa.string(), 3, [None, offsets, pa.py_buffer(b"hi\xff\xfehi")])
    made = table({}, {}, {})
    pq.write_table(made.set_column(1, "said", said), tmp_path / "e.parquet")
    result = read(settings, tmp_path / "e.parquet", mapping=mapping_of(tmp_path, MAPPING))
    assert (result.ids, result.reasons) == (["p-0", "p-2"], ["malformed"])


def test_two_columns_of_one_name_are_one_quarantined_row(
    settings: Settings, tmp_path: Path
) -> None:
    made = table({}, {})
    pq.write_table(made.append_column("said", pa.array(["a", "b"])), tmp_path / "e.parquet")
    result = read(settings, tmp_path / "e.parquet", mapping=mapping_of(tmp_path, MAPPING))
    assert result.reasons == ["malformed"]
    assert "repeated column names" in result.quarantined[0].detail


def test_a_damaged_file_never_ends_the_reading(settings: Settings, tmp_path: Path) -> None:
    """R2: cut anywhere, of another format, or with any byte changed; the next file is read."""
    rows = [{"log": [{"who": "customer", "said": f"hällo {n}"}], "stars": 4} for n in range(40)]
    whole = tmp_path / "whole.parquet"
    pq.write_table(table(*rows), whole, row_group_size=10)
    data = whole.read_bytes()
    noise = random.Random(5)
    damaged = [b"", b"PAR1", b"PAR1PAR1", b"id,said\n1,hi\n", data[1:], data[:-1] + b"2"]
    damaged += [data[: noise.randrange(len(data))] for _ in range(20)]
    for _ in range(300):
        changed = bytearray(data)
        for _ in range(noise.choice((1, 2, 8))):
            changed[noise.randrange(len(data))] = noise.randrange(256)
        damaged.append(bytes(changed))
    # A column's name that is no UTF-8.
    damaged.append(data.replace(b"stars", b"st\xffrs"))
    folder = tmp_path / "exports"
    folder.mkdir()
    pq.write_table(table({"id": "last"}), folder / "1.parquet")
    mapping = mapping_of(tmp_path, MAPPING)
    for bad in damaged:
        (folder / "2.parquet").write_bytes(bad)
        result = read(settings, folder, mapping=mapping)
        assert "last" in result.ids
        assert result.counts.rows >= 2


def test_a_file_that_claims_rows_out_of_all_proportion_is_left_at_the_limit(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: millions of empty rows in a few kilobytes."""
    nothing = pa.table({"id": pa.nulls(3_000_000, pa.string())})
    pq.write_table(nothing, tmp_path / "e.parquet", row_group_size=3_000_000)
    size = (tmp_path / "e.parquet").stat().st_size
    assert size < 10_000
    mapping = mapping_of(tmp_path, MAPPING)
    result = read(settings, tmp_path / "e.parquet", mapping=mapping, max_unpacked_ratio=50)
    assert set(result.reasons) == {"bad_id", "oversized"}
    assert result.reasons[-1] == "oversized"
    assert result.counts.rows < size * 50 / 10
    assert "max_unpacked_ratio" in result.quarantined[-1].detail


def test_a_long_text_that_every_row_repeats_is_held_once(tmp_path: Path) -> None:
    """R2: a thousand rows of 5 MB each in a few kilobytes; and the same beside real bulk."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING)
    small = write_jsonl(tmp_path / "small.jsonl", {"id": "a", "said": "hi", "at": AT.isoformat()})
    long = pa.array(["x" * 5_000_000])
    said = pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), long)
    made = pa.table({"id": [f"p-{n}" for n in range(1000)], "said": said})
    options = {"compression": "zstd", "store_schema": False}
    pq.write_table(made, tmp_path / "bomb.parquet", **options)
    said_of_it, _ = read_and_measure(tmp_path / "bomb.parquet", after=small, mapping=mapping)
    assert said_of_it == ["oversized"]
    bulk = random.Random(1).randbytes(60_000).hex()
    made = made.slice(0, 100).append_column("bulk", pa.array([bulk] + [""] * 99))
    pq.write_table(made, tmp_path / "bulky.parquet", **options)
    said_of_it, grown = read_and_measure(tmp_path / "bulky.parquet", after=small, mapping=mapping)
    assert set(said_of_it) == {"oversized"}
    assert grown < 150 * 1024
