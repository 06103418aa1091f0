"""The watched folder: what is dropped there is registered, what can't be read is named."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from handrail.clock import system_clock
from handrail.conversations.reading import register_of
from handrail.conversations.register import RegisteredExport
from handrail.conversations.watching import (
    arrivals,
    drop,
    folder_mark,
    unsettled,
    watched_folder,
)
from handrail.errors import BadInput
from handrail.settings import PROJECT, Settings

REGION = "eu"
CHAT = orjson.dumps(
    {
        "conversation_id": "c-1",
        "region": REGION,
        "turns": [{"role": "customer", "text": "hello", "at": "2026-01-06T10:00:00Z"}],
    }
)
MAPPING = (PROJECT / "deploy" / "mappings" / "example.yaml").read_text()


def put(settings: Settings, name: str, data: bytes = CHAT) -> Path:
    folder = watched_folder(settings, REGION)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def found(settings: Settings) -> list[str]:
    now = system_clock() + timedelta(minutes=1)
    return [Path(e.path).name for e in arrivals(settings, REGION, now=now).exports]


def test_new_exports_are_found_in_order_of_name_and_known_ones_are_not(settings: Settings) -> None:
    """R2: what was dropped is read, once."""
    put(settings, "2026-w11.jsonl")
    put(settings, "2026-w10.jsonl")
    assert found(settings) == ["2026-w10.jsonl", "2026-w11.jsonl"]
    now = system_clock() + timedelta(minutes=1)
    for export in arrivals(settings, REGION, now=now).exports:
        register_of(settings, REGION).add(export)
    assert found(settings) == []


def test_what_is_still_being_written_waits(settings: Settings) -> None:
    put(settings, ".2026-w10.jsonl.partial")
    put(settings, "2026-w10.jsonl.partial")
    put(settings, "notes.txt")
    fresh = put(settings, "2026-w11.jsonl")
    assert arrivals(settings, REGION, now=system_clock()).exports == ()
    os.utime(fresh, (0, 0))
    assert [e.path for e in arrivals(settings, REGION, now=system_clock()).exports] == [str(fresh)]


def test_a_run_waits_for_what_was_dropped_a_moment_ago(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """R2: `handrail ingest FILE`, then at once `handrail run`: the file is in that run."""
    from orchestration.exports import regions_to_run

    file = put(settings, "fresh.jsonl")
    assert unsettled(settings, "eu", now=system_clock()) == [file]
    assert regions_to_run(settings, chats=1, region="eu") == ["eu"]
    assert [row.path for row in register_of(settings, "eu").all()] == [str(file)]
    assert "waiting for fresh.jsonl" in capsys.readouterr().out
    os.utime(file)
    assert unsettled(settings, "eu", now=system_clock()) == [], "it is registered"


def test_a_table_needs_its_mapping_beside_it_and_says_so(settings: Settings) -> None:
    """R2: nothing is dropped silently."""
    table = put(settings, "2026-w10.csv", b"id,said,at\n")
    now = system_clock() + timedelta(minutes=1)
    seen = arrivals(settings, REGION, now=now)
    assert seen.exports == ()
    assert "needs a mapping file" in seen.unreadable[0]
    table.with_name("mapping.yaml").write_text(MAPPING)
    assert arrivals(settings, REGION, now=now).exports[0].mapping == str(
        table.with_name("mapping.yaml")
    )
    own = table.with_name("2026-w10.csv.mapping.yaml")
    own.write_text(MAPPING)
    assert arrivals(settings, REGION, now=now).exports[0].mapping == str(own)


def test_a_help_desks_document_is_seen_and_read_by_the_folders_mapping(settings: Settings) -> None:
    """R2: nothing is overlooked silently."""
    document = put(settings, "2026-w10.json", b"[]")
    now = system_clock() + timedelta(minutes=1)
    assert "2026-w10.json" in arrivals(settings, REGION, now=now).unreadable[0]
    document.with_name("mapping.yaml").write_text("version: 1\nformat: freshdesk\n")
    assert arrivals(settings, REGION, now=now).exports[0].path == str(document)


def test_an_answer_key_marks_an_export_as_simulated(settings: Settings) -> None:
    put(settings, "2026-w10.jsonl")
    key = settings.exports_folder / "answer_key" / REGION / "2026-w10.jsonl.gz"
    key.parent.mkdir(parents=True)
    key.write_bytes(b"")
    now = system_clock() + timedelta(minutes=1)
    assert arrivals(settings, REGION, now=now).exports[0].answer_key == str(key)


def test_a_replaced_grown_or_lost_export_changes_the_mark(settings: Settings) -> None:
    file = put(settings, "2026-w10.jsonl")
    now = system_clock() + timedelta(minutes=1)
    rows = arrivals(settings, REGION, now=now).exports
    marks = [folder_mark(settings, REGION, rows)]
    assert folder_mark(settings, REGION, rows) == marks[0]
    file.write_bytes(CHAT + b"\n" + CHAT)
    marks.append(folder_mark(settings, REGION, rows))
    file.unlink()
    marks.append(folder_mark(settings, REGION, rows))
    assert len(set(marks)) == 3


def test_an_edited_mapping_or_a_file_in_a_folder_changes_the_mark(
    settings: Settings, tmp_path: Path
) -> None:
    """R2: how an export is read is part of what it says."""
    folder, mapping = tmp_path / "given", tmp_path / "mapping.yaml"
    folder.mkdir()
    mapping.write_text(MAPPING)
    row = RegisteredExport(str(folder), None, str(mapping), None)
    marks = [folder_mark(settings, REGION, [row])]
    (folder / "more.csv").write_text("id\n")
    marks.append(folder_mark(settings, REGION, [row]))
    mapping.write_text(MAPPING + "# corrected\n")
    marks.append(folder_mark(settings, REGION, [row]))
    assert len(set(marks)) == 3


def test_a_real_export_is_never_taken_for_a_simulated_one_of_the_same_name(
    settings: Settings, tmp_path: Path
) -> None:
    """R1: only a simulated export has simulated reviewers and approvers."""
    simulated = put(settings, "2026-w10.jsonl.gz")
    key = settings.exports_folder / "answer_key" / REGION / "2026-w10.jsonl.gz"
    key.parent.mkdir(parents=True)
    key.write_bytes(b"")
    register_of(settings, REGION).add(RegisteredExport(str(simulated), None, None, str(key)))
    put(settings, "2026-w10.jsonl")
    now = system_clock() + timedelta(minutes=1)
    [real] = arrivals(settings, REGION, now=now).exports
    assert not real.simulated
    source = tmp_path / "2026-w10.ndjson"
    source.write_bytes(CHAT)
    with pytest.raises(BadInput, match="belongs to a simulated export"):
        drop(settings, REGION, source, mapping=None, answer_key=None)


def test_a_forgotten_export_is_read_no_more(settings: Settings) -> None:
    """R2: and the file stays where it is."""
    file = put(settings, "2026-w10.jsonl")
    register = register_of(settings, REGION)
    register.add(RegisteredExport(str(file), None, None, None))
    with pytest.raises(BadInput, match="is not among the exports"):
        register.forget("elsewhere.jsonl")
    assert register.forget(str(file)).path == str(file)
    assert (register.all(), file.exists()) == ((), True)


def test_what_ingest_copies_is_shut_to_other_users(settings: Settings, tmp_path: Path) -> None:
    """R36: an export holds chats in clear; a copy that all may read is a leak of ours."""
    source = tmp_path / "chats.jsonl"
    source.write_bytes(CHAT)
    source.chmod(0o600)
    place = drop(settings, REGION, source, mapping=None, answer_key=None)
    modes = [each.stat().st_mode & 0o777 for each in (place, place.parent, place.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]


def test_ingest_copies_whole_or_refuses(settings: Settings, tmp_path: Path) -> None:
    """A name that is taken, a folder, a file nobody can read: refused, nothing left behind."""
    source = tmp_path / "2026-w10.jsonl"
    source.write_bytes(CHAT)
    place = drop(settings, REGION, source, mapping=None, answer_key=None)
    assert place.read_bytes() == CHAT
    with pytest.raises(BadInput, match="exists already"):
        drop(settings, REGION, source, mapping=None, answer_key=None)
    with pytest.raises(BadInput, match="does not exist"):
        drop(settings, REGION, tmp_path / "none.jsonl", mapping=None, answer_key=None)
    with pytest.raises(BadInput, match="is a folder"):
        drop(settings, REGION, tmp_path, mapping=None, answer_key=None)
    assert [f.name for f in watched_folder(settings, REGION).iterdir()] == ["2026-w10.jsonl"]
