"""Intake on real public data and on the worst JSON there is; skips visibly where it isn't there."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.conversations.intake import load_mapping
from handrail.conversations.tagging import missing_tags
from handrail.settings import PROJECT, Settings
from tests.conversations.exports import read, row, write_jsonl

# Nothing, and a space: a blank line is no row.
BLANK = {"n_structure_no_data.json", "n_single_space.json"}


def test_every_bad_json_file_is_quarantined(
    settings: Settings, tmp_path: Path, test_data: Path
) -> None:
    """R2: each line of the 188 files that a JSON parser must refuse, between two good lines."""
    files = sorted((test_data / "hostile/JSONTestSuite/test_parsing").glob("n_*.json"))
    assert len(files) == 188
    for file in files:
        bad = file.read_bytes().replace(b"\n", b" ")
        export = write_jsonl(tmp_path / "e.jsonl", row("a"), bad, row("b"))
        result = read(settings, export, max_record_bytes=300_000)
        assert result.ids == ["a", "b"], file.name
        assert result.reasons == ([] if file.name in BLANK else ["malformed"]), file.name


def test_odd_but_lawful_json_never_ends_the_reading(
    settings: Settings, tmp_path: Path, test_data: Path
) -> None:
    """R2: parsers differ on these (`i_`) or accept them (`y_`); we only have to survive them."""
    folder = test_data / "hostile/JSONTestSuite/test_parsing"
    lines = [f.read_bytes().replace(b"\n", b" ") for f in sorted(folder.glob("[iy]_*.json"))]
    wrapped = [b'{"conversation_id": "x", "turns": ' + line + b"}" for line in lines]
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *lines, *wrapped, row("last")))
    assert result.ids == ["last"]
    assert len(result.reasons) > 2 * 100


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("taubench", {"rows": 69, "accepted": 69}),
        ("star", {"rows": 6652, "accepted": 6205, "no_turns": 447}),
        pytest.param("sgd", {"rows": 10406, "accepted": 10406}, marks=pytest.mark.long),
    ],
)
def test_real_dialogues_are_accounted_for(
    settings: Settings, test_data: Path, name: str, counts: dict[str, int]
) -> None:
    """R2, R3, R5: every row counted, and every accepted one carries the five tags."""
    mapping = load_mapping(PROJECT / "deploy" / "mappings" / f"{name}.yaml")
    result = read(settings, test_data / "chats" / f"{name}.jsonl.gz", mapping=mapping)
    assert result.counts.reconcile() == counts
    assert {missing_tags(c) for c in result.conversations} == {()}


def test_naughty_strings_pass_through_unchanged(
    settings: Settings, tmp_path: Path, test_data: Path
) -> None:
    """R2: text is text; nothing in it is interpreted."""
    lines = (test_data / "hostile/blns/blns.txt").read_text(encoding="utf-8").split("\n")
    texts = [line for line in lines if line.strip()]
    rows = [
        row(f"n-{n}", turns=[{"role": "customer", "text": t, "at": "2026-01-05T10:00:00Z"}])
        for n, t in enumerate(texts)
    ]
    result = read(settings, write_jsonl(tmp_path / "e.jsonl", *rows))
    assert [c.turns[0].text for c in result.conversations] == texts
