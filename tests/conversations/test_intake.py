"""Reading exports: every row accounted for, newest wins, bad input says what to do (R2, R3)."""

from __future__ import annotations

import gzip
import json
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from handrail.conversations.intake import Counts, Export, Reason, fingerprint
from handrail.errors import BadInput, HandrailError
from handrail.settings import Settings
from tests.conversations.exports import mapping_of, read, row, write_jsonl

MAPPING = """
version: 1
source_system: desk
conversation_id: id
turns: {path: log, role: {path: who, map: {me: customer}}, text: said}
day: {const: 2026-01-05}
"""


def test_a_later_row_of_the_same_id_is_a_duplicate(settings: Settings, tmp_path: Path) -> None:
    """R2: the first one stands."""
    twice = write_jsonl(tmp_path / "e.jsonl", row("a", topic="first"), row("a", topic="second"))
    result = read(settings, twice)
    assert result.reasons == ["duplicate"]
    assert [c.topic.value for c in result.conversations if c.topic] == ["first"]


def test_a_newer_export_supersedes_an_older_one(settings: Settings, tmp_path: Path) -> None:
    """R4: a chat that was reopened comes again in a later export, and that one counts."""
    old = write_jsonl(tmp_path / "old.jsonl", row("a", topic="old"), row("b"))
    new = write_jsonl(tmp_path / "new.jsonl", row("a", topic="new"))
    result = read(settings, old, new)
    assert result.reasons == ["superseded"]
    assert result.quarantined[0].location == "old.jsonl:line 1"
    assert {c.conversation_id: c.topic and c.topic.value for c in result.conversations} == {
        "a": "new",
        "b": None,
    }


def test_a_quarantined_row_supersedes_nothing(settings: Settings, tmp_path: Path) -> None:
    """R2: a broken re-export doesn't remove the chat it repeats."""
    old = write_jsonl(tmp_path / "old.jsonl", row("a"))
    new = write_jsonl(tmp_path / "new.jsonl", row("a", turns=[]), row("a", topic="x y"))
    result = read(settings, old, new)
    assert result.ids == ["a"]
    assert sorted(result.reasons) == ["no_turns", "unknown_value"]


def test_a_folder_is_read_newest_name_first(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    write_jsonl(folder / "2026-01-05.jsonl", row("a"), row("b"))
    write_jsonl(folder / "2026-01-06.jsonl.gz", row("a"))
    (folder / "README.txt").write_text("not an export")
    result = read(settings, folder)
    assert sorted(result.ids) == ["a", "b"]
    assert result.reasons == ["superseded"]


def test_the_simulated_mark_is_carried(settings: Settings, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "e.jsonl", row("a"))
    marked = read(settings, Export(file, None, None, True))
    assert [c.simulated for c in marked.conversations] == [True]
    claims = read(settings, write_jsonl(tmp_path / "f.jsonl", row("a", simulated=True)))
    assert [c.simulated for c in claims.conversations] == [True]


def test_a_truncated_gzip_keeps_what_was_read(settings: Settings, tmp_path: Path) -> None:
    """R2: one quarantined row tells of the rest."""
    noise = random.Random(1)
    rows = [row(f"c-{n}", topic="".join(noise.choices("abcdef", k=60))) for n in range(200)]
    file = write_jsonl(tmp_path / "e.jsonl.gz", *rows)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    result = read(settings, file)
    assert 20 < len(result.accepted) < 190
    assert result.reasons == ["malformed"]
    assert "truncated file" in result.quarantined[0].detail
    assert result.quarantined[0].original.startswith(b'{"conversation_id"')


def test_a_file_that_only_calls_itself_gzip_is_one_quarantined_row(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "e.jsonl.gz"
    file.write_bytes(b'{"conversation_id": "a"}\n')
    assert read(settings, file).reasons == ["malformed"]


def test_an_oversized_line_is_never_held_whole(settings: Settings, tmp_path: Path) -> None:
    """R2: 30 MB in one line, read in a few hundred kB, and the line after it is accepted."""
    file = tmp_path / "e.jsonl.gz"
    with gzip.open(file, "wb", compresslevel=1) as stream:
        stream.write(b'{"conversation_id": "big", "x": "')
        for _ in range(30):
            stream.write(b"x" * 1_000_000)
        stream.write(b'"}\n' + json.dumps(row("small")).encode())
    tracemalloc.start()
    result = read(settings, file, max_record_bytes=10_000, max_unpacked_ratio=2000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.reasons == ["oversized"]
    assert result.ids == ["small"]
    assert len(result.quarantined[0].original) == 10_000
    assert peak < 3_000_000


@pytest.mark.parametrize("length", [999, 1000, 1001])
def test_the_record_limit_is_exact(settings: Settings, tmp_path: Path, length: int) -> None:
    line = json.dumps(row("a")).encode()
    padded = line + b" " * (length - len(line))
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", padded), max_record_bytes=1000)
    assert result.reasons == (["oversized"] if length > 1000 else [])


def test_bad_input_is_refused_before_the_first_row(settings: Settings, tmp_path: Path) -> None:
    good = write_jsonl(tmp_path / "good.jsonl", row("a"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "mixed").mkdir()
    write_jsonl(tmp_path / "mixed" / "a.jsonl", row("a"))
    (tmp_path / "mixed" / "b.csv").write_text("id\n1\n")
    (tmp_path / "chat.log").write_text("")
    (tmp_path / "t.csv").write_text("id\n1\n")
    mapping = mapping_of(tmp_path, MAPPING)
    with pytest.raises(BadInput, match="does not exist"):
        read(settings, good, tmp_path / "missing.jsonl")
    with pytest.raises(BadInput, match=r"no exports in it.*\.jsonl"):
        read(settings, tmp_path / "empty")
    with pytest.raises(BadInput, match=r"b\.csv needs a mapping"):
        read(settings, tmp_path / "mixed")
    with pytest.raises(BadInput, match=r"t\.csv needs a mapping"):
        read(settings, tmp_path / "t.csv")
    with pytest.raises(BadInput, match="files ending in"):
        read(settings, tmp_path / "chat.log")
    with pytest.raises(BadInput, match="unknown format 'xml'; known: jsonl, mapped, csv, parquet"):
        read(settings, good, format="xml")
    with pytest.raises(BadInput, match="needs a mapping"):
        read(settings, good, format="parquet")
    with pytest.raises(BadInput, match="unknown format"):
        read(settings, good, format="zip", mapping=mapping)


def test_a_help_desks_format_takes_a_mapping_of_tags_and_no_other(
    settings: Settings, tmp_path: Path
) -> None:
    """R2, R5: what a vendor documents isn't mapped, what only the company knows is."""
    export = write_jsonl(tmp_path / "e.jsonl", {"id": 1})
    with pytest.raises(BadInput, match="begins with `format: zendesk`"):
        read(settings, export, format="zendesk", mapping=mapping_of(tmp_path, MAPPING))
    tags = mapping_of(tmp_path, "version: 1\nformat: zendesk\nsector: {const: retail}\n")
    with pytest.raises(BadInput, match="the mapping is for format 'zendesk'"):
        read(settings, export, format="intercom", mapping=tags)
    for name, why in (("faxes", "unknown format 'faxes'"), ("jsonl", "for format 'jsonl'")):
        with pytest.raises(BadInput, match=why):
            read(settings, export, mapping=mapping_of(tmp_path, f"version: 1\nformat: {name}\n"))
    for line in ("turns: {path: a, role: b, text: c}", "conversation_id: id", "status: open"):
        with pytest.raises(BadInput, match="unknown key"):
            mapping_of(tmp_path, f"version: 1\nformat: zendesk\n{line}\n")
    with pytest.raises(BadInput, match="write `version: 1` first"):
        mapping_of(tmp_path, "format: zendesk\n")


def test_of_a_list_of_labels_the_first_that_is_mapped_counts(
    settings: Settings, tmp_path: Path
) -> None:
    """R5: a label that says nothing is passed over, and a status is no label."""
    text = MAPPING + "topic: {path: tags, map: {pw: password_reset, card: lost_card}}\n"
    log = [{"who": "me", "said": "hi"}]
    rows = [
        {"id": f"c-{n}", "log": log, "tags": t}
        for n, t in enumerate((["vip", "card", "pw"], ["vip"], [], "pw"))
    ]
    found = read(
        settings, write_jsonl(tmp_path / "e.jsonl", *rows), mapping=mapping_of(tmp_path, text)
    ).conversations
    topics = [one.topic and one.topic.value for one in found]
    assert topics == ["lost_card", None, None, "password_reset"]


def test_a_format_reads_a_file_of_any_suffix(settings: Settings, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "chat.log", row("a"))
    assert read(settings, file, format="jsonl").ids == ["a"]
    upper = write_jsonl(tmp_path / "EXPORT.JSONL", row("a"))
    assert read(settings, upper).ids == ["a"]
    table = tmp_path / "chat.txt"
    table.write_text("id,said\n7,hi\n")
    columns = MAPPING.replace(
        "{path: log, role: {path: who, map: {me: customer}}, text: said}",
        "[{role: {const: customer}, text: said}]",
    )
    with pytest.raises(BadInput, match="files ending in"):
        read(settings, table, mapping=mapping_of(tmp_path, columns))
    assert read(settings, table, format="csv", mapping=mapping_of(tmp_path, columns)).ids == ["7"]
    told = mapping_of(tmp_path, columns + "file: {format: csv}\n")
    assert read(settings, table, mapping=told).ids == ["7"]


def test_counts_that_dont_add_up_are_refused() -> None:
    """R3: a lost row is an error, not a rounding."""
    lost = Counts(rows=3, accepted=1)
    lost.quarantined[Reason.NO_TURNS] += 1
    with pytest.raises(HandrailError, match="3 rows were read, but 1 accepted and 1 quarantined"):
        lost.reconcile()


def test_the_fingerprint_is_of_bytes_mapping_and_mark(tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "e.jsonl", row("a"))
    copy = write_jsonl(tmp_path / "copy.jsonl", row("a"))
    mapping = mapping_of(tmp_path, MAPPING)
    commented = mapping_of(tmp_path, "# said twice\n" + MAPPING)
    other = mapping_of(tmp_path, MAPPING.replace("01-05", "01-06"))
    same = fingerprint(Export(file, None, mapping, False))
    assert same == fingerprint(Export(copy, None, commented, False))
    others = {
        fingerprint(Export(file, None, other, False)),
        fingerprint(Export(file, None, None, False)),
        fingerprint(Export(file, None, mapping, True)),
        fingerprint(Export(write_jsonl(tmp_path / "f.jsonl", row("b")), None, mapping, False)),
    }
    assert same not in others
    assert len(others) == 4


BAD: list[Any] = [row("a b"), row(turns=[]), [], 3]
LINES = st.one_of(
    st.builds(lambda n: json.dumps(row(f"c-{n}")).encode(), st.integers(0, 5)),
    st.builds(lambda n: json.dumps(row(f"c-{n}", region="US")).encode(), st.integers(0, 3)),
    st.sampled_from([json.dumps(bad).encode() for bad in BAD]),
    st.binary(max_size=40).map(lambda raw: raw.replace(b"\n", b"")),
    st.just(json.dumps(row("c-1")).encode()[:-7]),
    st.just(b'"' + b"x" * 2000 + b'"'),
)


@hypothesis_settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.lists(LINES, max_size=8), min_size=1, max_size=3), st.booleans())
def test_rows_always_reconcile(
    settings: Settings, tmp_path: Path, files: list[list[bytes]], packed: bool
) -> None:
    """R3: rows in = accepted + each reason, and no id is accepted twice."""
    suffix = ".jsonl.gz" if packed else ".jsonl"
    paths = [write_jsonl(tmp_path / f"{n}{suffix}", *lines) for n, lines in enumerate(files)]
    result = read(settings, *paths, max_record_bytes=1000)
    marks = [line for lines in files for line in _as_read(lines)]
    assert result.counts.rows == sum(1 for line in marks if line.strip(b" \t\r\n"))
    counted = result.counts.reconcile()
    assert counted["accepted"] == len(result.accepted)
    assert counted["rows"] == len(result.accepted) + len(result.quarantined)
    assert len(set(result.ids)) == len(result.ids)


CELLS = st.sampled_from(
    ["t1", "t2", "customer", "hi", '"', '""', ",", "\n", "\r", "\0", "\xe9", ""]
)


@hypothesis_settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(CELLS, max_size=60), st.sampled_from(["utf-8", "latin-1"]), st.booleans())
def test_no_table_ends_the_reading(
    settings: Settings, tmp_path: Path, cells: list[str], encoding: str, grouped: bool
) -> None:
    """R2: whatever stands in the first lines, a whole conversation after them is read."""
    folder = tmp_path / "tables"
    folder.mkdir(exist_ok=True)
    whole = "\nlast,customer,hi\nend,customer,bye\n"
    good = folder / "e.csv"
    good.write_bytes(("id,who,said\n" + ",".join(cells) + whole).encode(encoding))
    by = "file: {group_by: id}\n" if grouped else ""
    turns = "{role: who, text: said}" if grouped else "[{role: who, text: said}]"
    mapping = mapping_of(
        tmp_path,
        "version: 1\nsource_system: d\nconversation_id: id\nday: {const: 2026-01-05}\n"
        f"turns: {turns}\n{by}",
    )
    result = read(settings, folder, mapping=mapping, max_record_bytes=200)
    balanced = "".join(cells).count('"') == 0
    assert "end" in result.ids or not balanced
    assert result.counts.rows >= 1


def _as_read(lines: list[bytes]) -> list[bytes]:
    return [line.removeprefix(b"\xef\xbb\xbf") if n == 0 else line for n, line in enumerate(lines)]
