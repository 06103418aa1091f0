"""Values that break readers, through every reader and on through every later form (R2, R3, R36)."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from handrail.conversations.model import Conversation, decode, encode, from_arrow, to_arrow
from handrail.redaction.model import open_redacted, seal_redacted
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.scrubber import scrub
from handrail.settings import Settings
from tests.conversations.exports import Read, mapping_of, read, row, write_jsonl

AT = "2026-01-05T10:00:00Z"
COLUMNS = """
version: 1
source_system: desk
conversation_id: id
turns: [{role: {const: customer}, text: said, at: at}]
customer: {known: {name: who}}
actions: {path: steps, name: do, arguments: with}
"""
# A value here stands in one line, so line feeds become spaces.
BAD_BY_ITS_LINE_FEED = "n_string_unescaped_newline.json"
NESTED = COLUMNS.replace(
    "[{role: {const: customer}, text: said, at: at}]",
    "{path: log, role: {const: customer}, text: said, at: at}",
)


def holds_everywhere(conversations: Sequence[Conversation]) -> None:
    """What was accepted can be stored, exchanged, scrubbed, and comes back as it was."""
    for each in conversations:
        assert decode(encode(each)) == each
        redacted = scrub(each, ruleset=STANDARD)
        assert open_redacted(seal_redacted(redacted)) == redacted
    assert from_arrow(to_arrow(conversations)) == list(conversations)


def by_every_reader(settings: Settings, folder: Path, texts: Sequence[str]) -> dict[str, Read]:
    """What each reader makes of conversations that say `texts`, by its name."""
    ids = [f"n-{n}" for n in range(len(texts))]
    said = [[{"said": text, "at": AT}] for text in texts]
    flat = pa.table({"id": ids, "said": texts, "at": [AT] * len(texts), "who": texts})
    pq.write_table(flat, folder / "flat.parquet")
    pq.write_table(pa.table({"id": ids, "log": said}), folder / "nested.parquet")
    with (folder / "flat.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, quoting=csv.QUOTE_ALL)
        table.writerow(["id", "said", "at", "who"])
        table.writerows(zip(ids, texts, [AT] * len(texts), texts, strict=True))
    with (folder / "nested.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["id", "log"])
        table.writerows([i, json.dumps(log)] for i, log in zip(ids, said, strict=True))
    turns = [[{"role": "customer", "text": text, "at": AT}] for text in texts]
    write_jsonl(
        folder / "canonical.jsonl",
        *(
            row(i, turns=t, customer={"known": {"name": [t[0]["text"]]}})
            for i, t in zip(ids, turns, strict=True)
        ),
    )
    write_jsonl(
        folder / "nested.jsonl", *({"id": i, "log": log} for i, log in zip(ids, said, strict=True))
    )
    columns, nested = mapping_of(folder, COLUMNS), mapping_of(folder, NESTED)
    files = {
        "canonical.jsonl": None, "nested.jsonl": nested, "flat.csv": columns, "nested.csv": nested,
        "flat.parquet": columns, "nested.parquet": nested,
    }  # fmt: skip
    return {name: read(settings, folder / name, mapping=way) for name, way in files.items()}


def test_naughty_strings_pass_every_reader_and_every_form(
    settings: Settings, tmp_path: Path, test_data: Path
) -> None:
    """R2, R31: text is text in JSONL, CSV, Parquet and JSON inside a cell; none of it is obeyed."""
    texts = json.loads((test_data / "hostile/blns/blns.json").read_text(encoding="utf-8"))
    texts = [text for text in texts if text.strip()]
    assert len(texts) > 500
    for name, result in by_every_reader(settings, tmp_path, texts).items():
        assert [c.turns[0].text for c in result.conversations] == texts, name
        assert result.reasons == [], name
    holds_everywhere(read(settings, tmp_path / "canonical.jsonl").conversations)


@pytest.mark.parametrize("kind", ["y", "n", "i"])
def test_every_json_file_of_the_suite_as_a_value(
    settings: Settings, tmp_path: Path, test_data: Path, kind: str
) -> None:
    """R2: inside a line and inside a cell; what must be read is, what must not isn't."""
    folder = test_data / "hostile/JSONTestSuite/test_parsing"
    files = sorted(f for f in folder.glob(f"{kind}_*.json") if f.name != BAD_BY_ITS_LINE_FEED)
    assert len(files) >= 35
    turns = json.dumps(row()["turns"]).encode()
    lines, cells = [], [b"id,at,said,steps"]
    for n, file in enumerate(files):
        value = file.read_bytes().replace(b"\n", b" ").replace(b"\r", b" ")
        actions = b'[{"name": "x", "arguments": {"v": ' + value + b"}}]"
        lines.append(
            b'{"conversation_id": "j-%d", "turns": %s, "actions": %s}' % (n, turns, actions)
        )
        steps = actions.replace(b"name", b"do").replace(b"arguments", b"with")
        cells.append(b'j-%d,%s,hi,"%s"' % (n, AT.encode(), steps.replace(b'"', b'""')))
    (tmp_path / "e.csv").write_bytes(b"\n".join(cells))
    mapping, limit = mapping_of(tmp_path, COLUMNS), 1_000_000
    for result in (
        read(settings, write_jsonl(tmp_path / "e.jsonl", *lines), max_record_bytes=limit),
        read(settings, tmp_path / "e.csv", mapping=mapping, max_record_bytes=limit),
    ):
        assert result.counts.rows == len(files)
        if kind == "y":
            assert result.reasons == []
        if kind == "n":
            assert result.ids == []
        assert set(result.reasons) <= {"malformed"}
        holds_everywhere(result.conversations)


@pytest.mark.parametrize("kind", ["y", "i"])
def test_every_json_file_of_the_suite_as_an_export(
    settings: Settings, tmp_path: Path, test_data: Path, kind: str
) -> None:
    """R2: with the byte order marks, NULs and line ends they have."""
    for file in sorted((test_data / "hostile/JSONTestSuite/test_parsing").glob(f"{kind}_*.json")):
        export = tmp_path / "e.jsonl"
        export.write_bytes(file.read_bytes())
        result = read(settings, export)
        assert result.ids == []
        assert result.counts.rows >= 1, file.name


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(("levels", "accepted"), [(60, True), (70, False), (197, False)])
def test_what_is_accepted_can_be_stored_however_deep_it_is(
    settings: Settings, tmp_path: Path, levels: int, accepted: bool
) -> None:
    """R2: a reader that takes deeper values than the store gives back would end the batch."""
    actions = [{"name": "x", "do": "x", "arguments": {"v": deep(levels)}, "with": deep(levels)}]
    canonical = [{"name": "x", "arguments": actions[0]["arguments"]}]
    lines = write_jsonl(tmp_path / "e.jsonl", row(actions=canonical))
    mapped = write_jsonl(
        tmp_path / "m.jsonl", {"id": "a", "said": "hi", "at": AT, "steps": actions}
    )
    for result in (
        read(settings, lines),
        read(settings, mapped, mapping=mapping_of(tmp_path, COLUMNS)),
    ):
        assert len(result.accepted) == accepted
        holds_everywhere(result.conversations)


def test_json_of_a_hundred_thousand_levels_is_one_row(settings: Settings, tmp_path: Path) -> None:
    """R2: as a line, under a mapped path, in a cell; and a path of as many steps finds nothing."""
    endless = b"[" * 100_000
    closed = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    lines = (endless, closed, b'{"id": "a", "log": ' + endless + b"]" * 100_000 + b"}")
    good = json.dumps({"id": "b", "log": [{"said": "hi", "at": AT}]}).encode()
    export = write_jsonl(tmp_path / "e.jsonl", *lines, good)
    steps = ".".join(["a"] * 20_000)
    mapping = mapping_of(tmp_path, NESTED + f"sector: {steps}\n")
    result = read(settings, export, mapping=mapping, max_record_bytes=1_000_000)
    assert (result.ids, result.reasons) == (["b"], ["malformed"] * 3)
    table = tmp_path / "e.csv"
    table.write_bytes(
        b"id,log\nc," + endless + b'\nd,"[{""said"":""hi"",""at"":""%s""}]"\n' % AT.encode()
    )
    result = read(settings, table, mapping=mapping, max_record_bytes=1_000_000)
    assert (result.ids, result.reasons) == (["d"], ["malformed"])


NUMBERS = [
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "-0", "-0.0", "1e-999", "9" * 400,
    "9" * 5000, "1" + "0" * 30, "0.1e1", "true", "null", '"\\u0664"', '"-0"', "[5]", "{}",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_an_odd_number_is_stored_or_quarantined(
    settings: Settings, tmp_path: Path, number: str
) -> None:
    """R2: in every place that takes a number."""
    places = (
        '"outcome": {"csat": %s}',
        '"actions": [{"name": "x", "after_turn": %s}]',
        '"actions": [{"name": "x", "arguments": {"n": %s}}]',
        '"channel": {"value": "chat", "set_by": "model", "confidence": %s}',
        '"customer": {"customer_id": %s}',
        '"customer": {"known": {"account": [%s]}}',
        '"conversation_id": %s',
        '"simulated": %s',
    )
    rows = []
    for n, place in enumerate(places):
        start = json.dumps(row(f"c-{n}"))[:-1]
        rows.append(f"{start}, {place % number}}}".encode())
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *rows, row("last")))
    assert result.counts.rows == len(places) + 1
    assert result.ids[-1] == "last"
    holds_everywhere(result.conversations)


TIMES = [
    ("0000-01-01T00:00:00Z", "malformed"),
    ("0001-01-01T00:00:00+23:59", "malformed"),
    ("0001-01-01T00:00:00Z", "before_first_day"),
    ("9999-12-31T23:59:59Z", "in_future"),
    ("9999-12-31T23:59:59-23:59", "malformed"),
    ("10000-01-01T00:00:00Z", "malformed"),
    ("2026-06-30T23:59:60Z", "malformed"),  # a leap second that never was
    ("2016-12-31T23:59:60Z", "malformed"),  # one that was: no clock in Python knows it
    ("2026-01-05T24:00:00Z", "malformed"),
    ("2026-02-30T00:00:00Z", "malformed"),
    ("2026-01-05T10:00:00+24:00", "malformed"),
    ("2026-01-05T10:00:00 Europe/Berlin", "malformed"),
    ("2026-03-02T12:00:01Z", "in_future"),
    ("2026-01-05T10:00:00+05:45", None),
    ("2026-01-05T10:00:00-00:00", None),
    ("2026-01-05T10:00:00.123456789Z", None),
    ("2026-01-05T10:00:00+05:30:15.000001", None),
    ("20260105T100000Z", None),
    ("2026-W02-1T10:00:00Z", None),
]


@pytest.mark.parametrize(("time", "reason"), TIMES)
def test_an_odd_time(settings: Settings, tmp_path: Path, time: str, reason: str | None) -> None:
    """R2: as the time of a message and as the time it was closed."""
    said = [{"role": "customer", "text": "hi", "at": time}]
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", row(turns=said)))
    assert result.reasons == ([] if reason is None else [reason])
    closed = write_jsonl(tmp_path / "c.jsonl", row("a", outcome={"closed_at": time}), row("b"))
    after = read(settings, closed)
    assert "b" in after.ids
    holds_everywhere((*result.conversations, *after.conversations))


@pytest.mark.parametrize(
    ("unit", "time", "reason"),
    [
        ("s", 1767607200, None),
        ("ms", 1767607200000, None),
        ("s", 1767607200000, "malformed"),  # milliseconds taken for seconds: the year 57982
        ("ms", 1767607200, "before_first_day"),  # and the other way round: January 1970
        ("s", -62135596800, "before_first_day"),
        ("s", -62135596801, "malformed"),
        ("s", "1e999", "malformed"),
        ("s", "1767607200.5", None),
        ("s", [1767607200], "malformed"),
    ],
)
def test_an_epoch_in_the_wrong_unit_is_told(
    settings: Settings, tmp_path: Path, unit: str, time: object, reason: str | None
) -> None:
    mapping = mapping_of(tmp_path, COLUMNS.replace("at: at", f"at: {{path: at, unit: {unit}}}"))
    export = write_jsonl(tmp_path / "e.jsonl", {"id": "a", "said": "hi", "at": time})
    result = read(settings, export, mapping=mapping)
    assert result.reasons == ([] if reason is None else [reason])
    if reason == "malformed" and not isinstance(time, list):
        assert "is its unit s or ms?" in result.quarantined[0].detail


@pytest.mark.parametrize(
    ("identity", "accepted"),
    [
        ("a/../../etc/passwd", True),
        ("../a", False),
        ("/etc/passwd", False),
        ("a\\b", False),
        ("C:/x", True),
        ("a\u202eb", False),
        ("a\u200bb", False),
        ("\u0430dmin", False),
        ("a\ufeff", False),
        ("a\n", False),
        ("a\0", False),
        ("x" * 128, True),
        ("x" * 129, False),
        ("", False),
        (True, False),
        (7, True),
        (7.0, False),
        (["a"], False),
    ],
)
def test_an_id_that_is_something_else(
    settings: Settings, tmp_path: Path, identity: object, accepted: bool
) -> None:
    """R2: invisible and foreign letters make no id; a path is only a name."""
    result = read(
        settings, write_jsonl(tmp_path / "e.jsonl", {**row(), "conversation_id": identity})
    )
    assert result.reasons == ([] if accepted else ["bad_id"])
    holds_everywhere(result.conversations)


def test_no_reader_quotes_what_it_refuses(settings: Settings, tmp_path: Path) -> None:
    """R36: not in a reason's detail and not in a repr, in any format."""
    mark = "ZQXJMARK"
    bad = [mark, f'["{mark}', f"\ud800{mark}", mark * 10]
    (tmp_path / "e.csv").write_bytes(
        b"id,said,at,steps\n"
        + b"".join(f'"{b}","{b}","{b}","{b}"\n'.encode("utf-8", "surrogatepass") for b in bad)
        + f'a,hi,{AT},"[{{""do"": ""{mark}""]"\nb,hi,{AT},{mark}\n'.encode()
        + f'c,"{mark}"{mark},,\nd,{mark},,\n'.encode()
    )
    pq.write_table(
        pa.table(
            {"id": [mark + "@", "a"], "said": [mark] * 2, "at": [mark] * 2, "steps": [mark] * 2}
        ),
        tmp_path / "e.parquet",
    )
    mapping = mapping_of(tmp_path, COLUMNS)
    for name in ("e.csv", "e.parquet"):
        result = read(settings, tmp_path / name, mapping=mapping)
        assert result.accepted == []
        for each in result.quarantined:
            assert mark not in each.detail + repr(each)
