"""`handrail verify` and `retention` from a terminal: tables, JSON and exit codes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from handrail.cli.app import app
from handrail.settings import Settings, load_settings
from handrail.vault.names import object_key
from handrail.vault.presence import at_work
from tests.custody.small_home import REGION, object_file, opened, small_home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment's home, with one region in it."""
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    settings = load_settings()
    small_home(settings)
    return settings


def handrail(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--region", REGION], env={"COLUMNS": "200"})


def test_a_whole_region_is_whole_and_exit_code_0(home: Settings) -> None:
    for options in ((), ("--deep",)):
        result = handrail("verify", *options)
        assert (result.exit_code, "eu: whole: 6 objects" in result.output) == (0, True)


def test_problems_are_named_with_what_to_do_and_exit_code_1(home: Settings) -> None:
    """R36: as a table for people, as JSON for machines."""
    vault = opened(home)
    artifact = vault.lineage.holdings.all()[0].artifact
    vault.close()
    object_file(home, artifact).unlink()
    result = handrail("verify")
    assert result.exit_code == 1
    assert "missing" in result.output and artifact.partition in result.output
    result = handrail("verify", "--deep", "--json")
    assert result.exit_code == 1
    [problem] = orjson.loads(result.output)["problems"]
    assert (problem["what"], problem["kind"]) == (f"object {object_key(artifact)}", "missing")
    assert "restore it from a backup" in problem["advice"]


def test_nothing_is_pruned_or_destroyed_while_a_run_is_at_work(home: Settings) -> None:
    with at_work(home.home, [REGION], run_id="a-run", patience=timedelta(), on_wait=print):
        for command in (("verify", "--prune"), ("retention",)):
            result = handrail(*command)
            assert result.exit_code == 1
            assert "a-run is at work" in result.output.replace("\n", " ")
        assert handrail("verify").exit_code == 0
        assert handrail("retention", "--dry-run").exit_code == 0


def test_retention_says_what_it_would_and_what_it_did(home: Settings) -> None:
    """R52: the chats of January 2026 are kept for a year."""
    for options, said in ((("--dry-run",), "would be destroyed"), ((), "destroyed")):
        result = handrail("retention", *options)
        assert result.exit_code == 0
        assert said in result.output and "kept since" in result.output
