"""`handrail dataset`: what people ask of a data set in a terminal, and what they are refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from handrail.cli.app import app
from handrail.dataset.model import Split
from handrail.playbook.approved import PLAYBOOK
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT, load_settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVaults
from tests.dataset.held import commit, examples_of, frozen_of
from tests.dataset.test_stored import DROPPED, IDS, LEFT_OUT, Home

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, over a home whose `eu` made two data sets; the second one can be exported."""
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    settings = load_settings()
    vaults = RegionVaults(settings)
    home = Home(vaults.of("eu"), settings)
    rows = examples_of(IDS[:9], split=Split.TRAIN, template="reset", reply="zebra crossing")
    home.again(frozen_of(home.vault, rows))
    book = read_playbook(settings.playbook)
    commit(home.vault, Artifact(PLAYBOOK, "all", book.digest, None, len(book.templates), {}))
    vaults.close()
    invoke = CliRunner().invoke
    return lambda *args: invoke(app, ["dataset", *map(str, args)], env={"COLUMNS": "220"})


def ids(run: Run) -> tuple[str, str]:
    """How the newest and the first data set's id begin."""
    lines = [line for line in run("list", "--region", "eu").output.splitlines() if "Z " in line]
    newest, first = (line.split()[1] for line in lines)
    return newest, first


def test_versions_are_listed_newest_first(run: Run) -> None:
    shown = run("list", "--region", "eu")
    assert shown.exit_code == 0
    newest, first = ids(run)
    assert newest != first
    assert next(line for line in shown.output.splitlines() if newest in line).count("current") == 1


def test_a_version_is_shown_and_proven(run: Run) -> None:
    newest, first = ids(run)
    shown = run("show", "--region", "eu")
    assert shown.exit_code == 0
    assert "whole: 9 rows read and proven by the id" in shown.output
    assert (
        f"# Data card: training set {first}"
        in run("show", first, "--region", "eu", "--card").output
    )
    assert '"rows_root"' in run("show", "--region", "eu", "--json").output
    assert run("show", "beef", "--region", "eu").exit_code == 2
    assert newest in run("show", "beef", "--region", "eu").output


def test_two_versions_are_compared(run: Run) -> None:
    _, first = ids(run)
    said = run("diff", first, "--region", "eu")
    assert said.exit_code == 0
    assert "10 rows became 9: 0 came new" in said.output


def test_a_row_is_explained_and_its_text_shown_only_when_asked(run: Run) -> None:
    told = run("explain", "c2", "--region", "eu")
    assert told.exit_code == 0
    assert "exported from desk" in told.output
    assert "[EMAIL_1]" not in told.output
    assert (
        "customer: c2 asks, write to [EMAIL_1]"
        in run("explain", "c2", "--region", "eu", "--text").output
    )
    _, first = ids(run)
    for row, rule in ((LEFT_OUT, "dataset|burst"), (DROPPED, "admission|reopened")):
        assert rule in run("explain", row, "--region", "eu", "--version", first).output
    assert run("explain", "nobody", "--region", "eu").exit_code == 2


def test_what_people_say_of_any_tag_is_part_of_the_story(run: Run) -> None:
    """R5: a topic isn't the only tag that is corrected; a row that was left out has tags too."""
    for row in ("c2", DROPPED):
        words = ("--region", "eu", "--set", "severity=high", "--reason", "it could not wait")
        tagged = run("tag", row, *words)
        assert tagged.exit_code == 0, tagged.output
        assert "corrected to high at 20" in run("explain", row, "--region", "eu").output


def test_an_export_streams_to_a_process_and_nowhere_else(run: Run, tmp_path: Path) -> None:
    """R36: no chat in the clear on a disk."""
    made = run("export", "--region", "eu", "--format", "trl-kto")
    assert made.exit_code == 0
    file = tmp_path / "home" / "eu" / "training_exports" / f"trl-kto-{ids(run)[0]}.sealed"
    assert str(file) in made.output
    command = [sys.executable, "-c", "from orchestration.cli import main; main()",
               "dataset", "open", str(file), "--region", "eu"]  # fmt: skip
    plain = tmp_path / "plain.jsonl"
    with plain.open("wb") as sink:
        refused = subprocess.run(
            command, stdout=sink, stderr=subprocess.PIPE, check=False, cwd=PROJECT
        )
    assert refused.returncode == 1
    assert b"streamed to a process only" in refused.stderr
    assert plain.read_bytes() == b""
    piped = subprocess.run(command, capture_output=True, check=True, cwd=PROJECT)
    assert piped.stdout.count(b"zebra crossing") == 9
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PROJECT
    ) as ended:
        ended.stdout.close()  # type: ignore[union-attr] # a reader that has enough, as `head` has
        assert ended.stderr.read() == b""  # type: ignore[union-attr]
    assert ended.returncode == 0
    assert run("export", "--region", "eu", "--format", "csv").exit_code == 2
    assert run("export", "--region", "eu", "--format", "trl-kto", "--out", plain).exit_code == 1
