"""CSV as spreadsheets and bad programs write it: every row is read or counted (R2, R3)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from handrail.conversations.sources.mapping import FieldMap
from handrail.settings import Settings
from tests.conversations.exports import mapping_of, read, row, write_jsonl
from tests.conversations.test_hostile_values import COLUMNS, NESTED, holds_everywhere

AT = "2026-01-05T10:00:00Z"


@pytest.fixture
def columns(tmp_path: Path) -> FieldMap:
    return mapping_of(tmp_path, COLUMNS)


@pytest.mark.parametrize(
    ("data", "ids", "reasons"),
    [
        (f"id,said,at\r\na,hi,{AT}\nb,hi,{AT}\r\n\r\n\nc,hi,{AT}", ["a", "b", "c"], []),
        (f"id,said,at\ra,hi,{AT}\rb,hi,{AT}\r", [], ["malformed"]),
        (f"id,said,at\na,h\ri,{AT}\nb,hi,{AT}\n", ["b"], ["malformed"]),
        (f'id,said,at\na,"h\ri",{AT}\n', ["a"], []),
        (f"id,said,at\na,h\0i,{AT}\nb\0,hi,{AT}\n", ["a"], ["bad_id"]),
        (f"id,said,at\na,hi,{AT},more\nb,hi\nc,hi,{AT}\n", ["c"], ["malformed"] * 2),
        (f'id,said,at\na,"hi"x,{AT}\nb,hi,{AT}\n', ["b"], ["malformed"]),
        (f'id,said,at\na,hi "there" you,{AT}\n', ["a"], []),
        (f'id,said,at\na,hi,{AT}\nb,"hi,{AT}\n', ["a"], ["malformed"]),
        (f'id,said,at\na,hi,"{AT}\nb,hi,{AT}\nc,hi,{AT}\n', ["b", "c"], ["malformed"]),
        ('"id,said,at\na,hi,x\n', [], ["malformed"]),
        ("\n\n\n", [], []),
        ("id,said,at\n", [], []),
    ],
)
def test_odd_line_ends_quotes_and_fields(
    settings: Settings, tmp_path: Path, columns: FieldMap, data: str, ids: list[str],
    reasons: list[str],
) -> None:  # fmt: skip
    """R2"""
    (tmp_path / "e.csv").write_bytes(data.encode())
    result = read(settings, tmp_path / "e.csv", mapping=columns)
    assert (result.ids, result.reasons) == (ids, reasons)
    holds_everywhere(result.conversations)


def test_ten_thousand_columns_and_a_million(
    settings: Settings, tmp_path: Path, columns: FieldMap
) -> None:
    """R2: three are ours; a row of a million empty fields is one malformed row."""
    more = [f"c{n}" for n in range(10_000)]
    lines = [",".join(["id", "said", "at", *more]), f"a,hi,{AT}" + "," * 10_000, "," * 1_000_000]
    (tmp_path / "e.csv").write_text("\n".join(lines))
    result = read(settings, tmp_path / "e.csv", mapping=columns, max_record_bytes=2_000_000)
    assert (result.ids, result.reasons) == (["a"], ["malformed"])


def test_a_cell_as_long_as_the_record_may_be_is_read(
    settings: Settings, tmp_path: Path, columns: FieldMap
) -> None:
    (tmp_path / "e.csv").write_text(f"id,said,at\na,{'x' * 900_000},{AT}\n")
    result = read(settings, tmp_path / "e.csv", mapping=columns, max_record_bytes=1_000_000)
    assert [len(c.turns[0].text) for c in result.conversations] == [900_000]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252"])
def test_a_table_in_another_encoding_than_the_mapping_says(
    settings: Settings, tmp_path: Path, columns: FieldMap, encoding: str
) -> None:
    """R2: nothing is guessed, and each row that can't be read is counted."""
    (tmp_path / "e.csv").write_bytes(f"id,said,at\na,Grüße,{AT}\nb,hi,{AT}\n".encode(encoding))
    result = read(settings, tmp_path / "e.csv", mapping=columns)
    assert result.ids == ([] if encoding.startswith("utf-16") else ["b"])
    assert set(result.reasons) <= {"malformed", "bad_id"}


TEXTS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).filter(str.strip)


@hypothesis_settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_any_text_comes_through_lines_and_tables_as_it_was(
    settings: Settings, tmp_path: Path, texts: list[str]
) -> None:
    """R2: quotes, line ends, NULs, separators, emoji: said in, said out, in every form."""
    turns = [{"role": "customer", "text": text, "at": AT} for text in texts]
    log = [{"said": text, "at": AT} for text in texts]
    canonical = write_jsonl(
        tmp_path / "e.jsonl", row(turns=turns, customer={"known": {"name": texts}})
    )
    table = tmp_path / "e.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["id", "log"], ["c-1", json.dumps(log)]])
    flat = tmp_path / "flat.csv"
    with flat.open("w", encoding="utf-8", newline="") as stream:
        rows = [[f"c-{n}", text, AT] for n, text in enumerate(texts)]
        csv.writer(stream).writerows([["id", "said", "at"], *rows])
    by_lines = read(settings, canonical)
    in_cells = read(settings, table, mapping=mapping_of(tmp_path, NESTED))
    by_columns = read(settings, flat, mapping=mapping_of(tmp_path, COLUMNS))
    for result in (by_lines, in_cells, by_columns):
        assert result.reasons == []
        assert [t.text for c in result.conversations for t in c.turns] == texts
    holds_everywhere(by_lines.conversations)


@hypothesis_settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8)
        | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_argument_of_an_action_comes_through(
    settings: Settings, tmp_path: Path, argument: object
) -> None:
    """R2: what JSON can say is stored as it was said."""
    actions = [{"name": "x", "arguments": {"v": argument}}]
    file = write_jsonl(tmp_path / "e.jsonl", row(actions=actions))
    (found,) = read(settings, file).conversations
    assert found.actions[0].arguments == {"v": argument}
    holds_everywhere([found])


@hypothesis_settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.sampled_from(["forged,hi,", '"', '""', "\n", ",", "x" * 60]), max_size=30))
def test_no_quoted_text_ever_becomes_a_row(
    settings: Settings, tmp_path: Path, columns_text: list[str]
) -> None:
    """R3: whatever a customer writes, however long, in a table that quotes as it should."""
    text = "".join(f"{piece}{AT}\n" if "forged" in piece else piece for piece in columns_text)
    file = tmp_path / "e.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = [["id", "said", "at"], ["a", text, AT], ["last", "hi", AT]]
        csv.writer(stream).writerows(rows)
    result = read(settings, file, mapping=mapping_of(tmp_path, COLUMNS), max_record_bytes=150)
    assert result.ids in (["a", "last"], ["last"])
    assert result.counts.rows == 2
