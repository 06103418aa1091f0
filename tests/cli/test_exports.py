"""What a region reads, from a terminal: handing an export over, listing them, leaving one out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from handrail.cli.app import app
from handrail.custody.incidents import Incidents
from handrail.settings import PROJECT
from tests.conftest import NOW

Run = Callable[..., Result]
CHAT = orjson.dumps(
    {
        "conversation_id": "c-1",
        "region": "eu",
        "turns": [{"role": "customer", "text": "hello", "at": "2026-01-06T10:00:00Z"}],
    }
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HANDRAIL_HOME", str(tmp_path / "home"))
    return lambda *args: CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    file = tmp_path / "2026-w10.jsonl"
    file.write_bytes(CHAT)
    return file


def test_an_ingested_export_lies_in_the_watched_folder_and_is_said_to(
    run: Run, export: Path, tmp_path: Path
) -> None:
    """R1, R2."""
    done = run("ingest", export, "--region", "eu")
    place = tmp_path / "home-exports" / "eu" / export.name
    assert (done.exit_code, place.read_bytes()) == (0, CHAT)
    assert str(place) in done.output.replace("\n", "")
    again = run("ingest", export, "--region", "eu")
    assert again.exit_code == 2
    assert "exists already" in again.output
    assert run("ingest", export, "--region", "mars").exit_code == 2


def test_exports_are_listed_with_what_is_gone_and_can_be_left_out(
    run: Run, export: Path, tmp_path: Path
) -> None:
    """R2: nothing disappears without a word, and there is a way on."""
    from handrail.conversations.reading import register_of
    from handrail.conversations.register import RegisteredExport
    from handrail.settings import load_settings

    register_of(load_settings(), "eu").add(RegisteredExport(str(export), None, None, None))
    assert "GONE" not in run("exports", "list").output
    export.unlink()
    assert "GONE" in run("exports", "list", "--region", "eu").output
    assert run("exports", "forget", tmp_path / "other", "--region", "eu").exit_code == 2
    assert run("exports", "forget", export, "--region", "eu").exit_code == 0
    assert run("exports", "list").output.strip() == ""


def test_an_export_in_a_bucket_is_copied_nowhere(run: Run) -> None:
    """R36"""
    said = run("ingest", "s3://bucket/in", "--region", "eu")
    assert said.exit_code == 2
    assert "run --source" in said.output


def test_incidents_are_listed_with_their_reasons(run: Run, tmp_path: Path) -> None:
    assert run("incidents").output.strip() == "no incidents"
    Incidents(tmp_path / "home").open(
        "run_failed", run_id="r-1", job="release", partition="eu", problems=["the disk is full"],
        at=NOW,
    )  # fmt: skip
    said = run("incidents")
    assert said.exit_code == 0
    assert all(part in said.output for part in ("run_failed", "release of eu", "the disk is full"))


def test_what_was_set_aside_is_listed_without_what_it_holds(
    run: Run, export: Path, tmp_path: Path
) -> None:
    """R2: every row that isn't used is found by file and line, an earlier state of a chat too."""
    from handrail.access import Access, Purpose
    from handrail.conversations.reading import read_region, register_of
    from handrail.conversations.register import RegisteredExport
    from handrail.conversations.sealing import seal_days
    from handrail.settings import load_settings
    from handrail.vault.region_vault import RegionVaults

    assert "has read no exports yet" in run("exports", "quarantine", "--region", "eu").output
    later = tmp_path / "2026-w11.jsonl"
    later.write_bytes(CHAT.replace(b"hello", b"hello again") + b"\nnothing of ours\n{}\n")
    settings = load_settings()
    for file in (export, later):
        register_of(settings, "eu").add(RegisteredExport(str(file), None, None, None))
    vaults = RegionVaults(settings)
    vault, access = vaults.of("eu"), Access("a test", "pipeline", Purpose.INTAKE)
    reading = read_region(settings, "eu", kept_since="", now=NOW)
    _, quarantine = seal_days(reading, vault=vault, days=[], access=access)
    vault.lineage.commit(quarantine, inputs=[], config_hash="", findings=[], run_id="r-1")
    vaults.close()
    said = run("exports", "quarantine", "--region", "eu")
    assert said.exit_code == 0
    lines = said.output.splitlines()
    assert lines[0] == "2026-w10.jsonl  superseded  1: line 1"
    assert lines[2] == "2026-w11.jsonl  bad_id  1: line 3"
    assert lines[4] == "2026-w11.jsonl  malformed  1: line 2"
    assert lines[-1] == "rows set aside: 3"
    assert "hello" not in said.output and "nothing of ours" not in said.output
    only = run("exports", "quarantine", "--region", "eu", "--reason", "superseded")
    assert only.output.splitlines()[-1] == "rows set aside: 1"
    refused = run("exports", "quarantine", "--region", "eu", "--team", "compliance")
    assert refused.exit_code == 1


def test_exports_of_which_no_row_is_of_use_are_said_to_be_so(run: Run, tmp_path: Path) -> None:
    """R2: nothing is sealed then, so no quarantine can be opened; what is wrong is said anyway."""
    from handrail.conversations.reading import read_region, register_of
    from handrail.conversations.register import RegisteredExport
    from handrail.conversations.sealing import survey
    from handrail.conversations.surveying import kept
    from handrail.settings import load_settings
    from handrail.vault.region_vault import RegionVaults

    file = tmp_path / "cut.json"
    file.write_bytes(b'{"payload": [{"id"')
    settings = load_settings()
    register_of(settings, "eu").add(RegisteredExport(str(file), "chatwoot", None, None))
    vaults = RegionVaults(settings)
    vault = vaults.of("eu")
    made = kept(
        survey(read_region(settings, "eu", kept_since="", now=NOW), vault=vault), region="eu"
    )
    vault.lineage.commit(
        made.artifact, inputs=[], config_hash="", findings=[made.finding], run_id="r-1"
    )
    vaults.close()
    said = run("exports", "quarantine", "--region", "eu")
    assert said.exit_code == 2
    assert "none of the 1 rows can be used; set aside: malformed 1: " in said.output
    assert "--format" in said.output and "payload" not in said.output


def test_a_table_is_handed_over_with_the_mapping_that_lies_beside_it(
    run: Run, tmp_path: Path
) -> None:
    """R2: a folder that `handrail simulate` wrote, with a table in it, is read as it is."""
    from handrail.settings import load_settings
    from orchestration.exports import register_export

    folder = tmp_path / "exports"
    folder.mkdir()
    mapping = folder / "mapping.yaml"
    mapping.write_bytes((PROJECT / "deploy" / "mappings" / "example.yaml").read_bytes())
    (folder / "2026-w10.jsonl").write_bytes(CHAT)
    (folder / "2026-w11.csv").write_bytes(b"id,said,at\n")
    register_export(load_settings(), str(folder), None, None, "eu")
    listed = run("exports", "list", "--region", "eu").output.splitlines()
    assert listed[0].endswith("2026-w10.jsonl")
    assert listed[1].endswith(f"2026-w11.csv  mapping {mapping}")
    assert run("ingest", folder / "2026-w11.csv", "--region", "eu").exit_code == 0
    assert (tmp_path / "home-exports" / "eu" / "2026-w11.csv.mapping.yaml").exists()
