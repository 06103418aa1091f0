"""`handrail simulate` as it is typed: files, a readable summary, errors that say what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from handrail.cli.app import app

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command over a home of its own."""
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HANDRAIL_CONFIG", raising=False)

    def invoke(*arguments: object) -> Result:
        line = ["simulate", *(str(a) for a in arguments)]
        return CliRunner().invoke(app, line, env={"COLUMNS": "200"})

    return invoke


def test_a_week_of_one_region_is_written_and_told(run: Run, tmp_path: Path) -> None:
    result = run(
        tmp_path / "out", "--chats", 60, "--days", 7, "--first-day", "2026-03-02", "--region", "eu"
    )
    assert result.exit_code == 0, result.output
    assert re.search(r"eu +60 +.*1 +0", result.output)
    for told in ("planted values", "changed in a later week", "flags", "edited by people"):
        assert told in result.output
    files = {f.relative_to(tmp_path / "out").as_posix() for f in (tmp_path / "out").rglob("*.gz")}
    assert files == {"eu/2026-w10.jsonl.gz", "answer_key/eu/2026-w10.jsonl.gz"}
    assert not (tmp_path / "home").exists()


def test_the_summary_as_json_names_every_export_with_its_key(run: Run, tmp_path: Path) -> None:
    result = run(tmp_path / "out", "--chats", 80, "--days", 21, "--region", "us", "--json")
    summary = orjson.loads(result.stdout)
    exports = summary["exports"]["us"]
    assert [Path(export["path"]).name for export in exports] == [
        "2026-w02.jsonl.gz", "2026-w03.jsonl.gz", "2026-w04.csv.gz",
    ]  # fmt: skip
    assert all(Path(export[of]).exists() for export in exports for of in ("path", "answer_key"))
    assert Path(exports[2]["mapping"]).exists()
    assert summary["chats"] == {"us": 80}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--first-day", "05.01.2026"), "--first-day is a date like 2026-01-05"),
        (("--days", 0), "at least one day"),
        (("--chats", 0), "at least one chat"),
        (("--region", "mars"), "'mars' is not served"),
        (("--region", "us", "--region", "us"), "each region once"),
    ],
)
def test_a_wrong_argument_is_told_and_nothing_is_written(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], says: str
) -> None:
    result = run(tmp_path / "out", *arguments)
    assert result.exit_code == 2, result.output
    assert says in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
