"""Records of JSON documents, cut out piece by piece, whatever form they come in (R2)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail.conversations.sources import unpacking
from handrail.conversations.sources.json_lists import json_objects
from handrail.conversations.sources.rows import RawRow
from handrail.settings import IntakeSettings

LIMITS = IntakeSettings(
    max_record_bytes=2_000, max_unpacked_bytes=10**9, max_unpacked_ratio=200, reopening_days=7
)
RECORDS: list[dict[str, Any]] = [
    {"id": n, "text": 'a "quoted\\" {brace [ \\' * (n % 7), "in": {"tickets": [1, {"b": "}]"}]}}
    for n in range(40)
]
FORMS = {
    "lines": "\n".join(map(json.dumps, RECORDS)),
    "list": json.dumps(RECORDS),
    "laid out": json.dumps(RECORDS, indent=2),
    "one after the other": "\n".join(json.dumps(one, indent=1) for one in RECORDS),
    "answer": json.dumps(
        {"count": 3, "meta": {"x": [{}]}, "tickets": RECORDS, "links": {"a": [1]}}
    ),
    "answers": "\n".join(json.dumps({"tickets": RECORDS[n : n + 20]}) for n in (0, 20)),
    "inside": json.dumps({"data": {"meta": {}, "tickets": RECORDS}}),
    "marked": "\ufeff" + json.dumps(RECORDS),
}


def found(file: Path, text: str) -> list[RawRow]:
    file.write_text(text, encoding="utf-8")
    return list(json_objects(file, limits=LIMITS, lists=("tickets",)))


@pytest.mark.parametrize("piece", [1, 2, 3, 64, 65_536])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_records_wherever_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, piece: int
) -> None:
    monkeypatch.setattr(unpacking, "_CHUNK", piece)
    rows = found(tmp_path / "e.json", FORMS[form])
    assert [row.data for row in rows] == RECORDS
    assert len({row.location for row in rows}) == len(RECORDS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(), inside, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.text(), JSON, max_size=4), max_size=5), st.booleans())
def test_any_objects_of_a_list_are_found(
    tmp_path: Path, records: list[dict[str, Any]], ascii_only: bool
) -> None:
    text = json.dumps({"tickets": records}, ensure_ascii=ascii_only, indent=1)
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    rows = found(tmp_path / "e.json", text)
    assert [row.data for row in rows if row.problem is None] == [
        one for one, row in zip(records, rows, strict=True) if row.problem is None
    ]
    assert len(rows) == len(records)


def test_what_is_no_record_is_one_row_and_the_next_is_read(tmp_path: Path) -> None:
    """R2: too long, no object, no JSON though its brackets are paired."""
    long = {"text": "x" * 5_000}
    text = f'[{json.dumps(RECORDS[1])}, {json.dumps(long)}, 7, "hi", [1], {{"a": NaN}}, {{"b": 1}}]'
    rows = found(tmp_path / "e.json", text)
    assert [row.problem and row.problem.reason for row in rows] == [
        None, "oversized", "malformed", "malformed", "malformed", "malformed", None,
    ]  # fmt: skip
    assert all(len(row.original) <= LIMITS.max_record_bytes for row in rows)


def test_a_document_that_ends_early_says_so(tmp_path: Path) -> None:
    """R2: also in the middle of a string, a name or an escape."""
    whole = json.dumps(RECORDS[:3])
    second = whole.index('{"id": 2')
    for end in range(second + 1, len(whole) - 2):
        rows = found(tmp_path / "e.json", whole[:end])
        assert [row.data for row in rows[:2]] == RECORDS[:2]
        assert [row.problem and row.problem.ends for row in rows[2:]] == [True]
