"""Durable writes and locks: never overwritten, never torn, one at a time."""

from __future__ import annotations

import errno
import os
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from handrail.errors import Refused
from handrail.vault.files import alone, make_private_folder, replace_atomically, write_once
from handrail.vault.lines import append_durably, last_line, whole_lines


def test_a_stored_object_is_never_overwritten(tmp_path: Path) -> None:
    write_once(tmp_path / "a", b"first", staging=tmp_path)
    with pytest.raises(Refused, match="never overwritten"):
        write_once(tmp_path / "a", b"second", staging=tmp_path)
    assert (tmp_path / "a").read_bytes() == b"first"
    assert [f.name for f in tmp_path.iterdir()] == ["a"]


def test_replacing_leaves_the_new_content_and_nothing_else(tmp_path: Path) -> None:
    replace_atomically(tmp_path / "a", b"first")
    replace_atomically(tmp_path / "a", b"second")
    assert [(f.name, f.read_bytes()) for f in tmp_path.iterdir()] == [("a", b"second")]


def test_files_are_for_this_user_only(tmp_path: Path) -> None:
    write_once(tmp_path / "deep" / "a", b"x", staging=tmp_path)
    append_durably(tmp_path / "deep" / "b", b"x")
    assert {f.stat().st_mode & 0o077 for f in (tmp_path / "deep").iterdir()} == {0}


def test_every_folder_made_on_the_way_is_for_this_user_only(tmp_path: Path) -> None:
    """R36"""
    make_private_folder(tmp_path / "a" / "b" / "c")
    assert {f.stat().st_mode & 0o777 for f in tmp_path.rglob("*")} == {0o700}


def test_what_a_killed_writer_left_is_swept_and_a_living_ones_is_not(tmp_path: Path) -> None:
    (tmp_path / ".a.0123.partial").write_bytes(b"half")
    with (tmp_path / ".b.4567.partial").open("wb") as alive:
        flock(alive, LOCK_EX)
        replace_atomically(tmp_path / "a", b"whole")
        assert {f.name for f in tmp_path.iterdir()} == {"a", ".b.4567.partial"}
    write_once(tmp_path / "c", b"whole", staging=tmp_path)
    assert {f.name for f in tmp_path.iterdir()} == {"a", "c"}


def test_a_failed_append_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_durably(tmp_path / "a", b"first\n")

    def full(descriptor: int, data: bytes) -> int:
        if len(data) > 2:
            return write(descriptor, data[:2])
        raise OSError(errno.ENOSPC, "No space left on device")

    write = os.write
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Refused, match="No space left on device; make room"):
        append_durably(tmp_path / "a", b"second\n")
    assert (tmp_path / "a").read_bytes() == b"first\n"


@pytest.mark.parametrize("length", [1, 5, 16_383, 16_384, 16_385, 40_000])
def test_lines_of_any_length_are_found_from_the_end(tmp_path: Path, length: int) -> None:
    path = tmp_path / "lines"
    assert (last_line(path), whole_lines(path)) == (None, [])
    path.write_bytes(b"x" * length)  # torn
    assert (last_line(path), whole_lines(path)) == (None, [])
    lines = [b"a" * length, b"", b"b" * length]
    for number, line in enumerate(lines):
        append_durably(path, line + b"\n")
        assert (last_line(path), whole_lines(path)) == (line, lines[: number + 1])
        with path.open("ab") as torn:
            torn.write(b"y" * length)
        assert (last_line(path), whole_lines(path)) == (line, lines[: number + 1])


def test_a_second_run_over_the_same_home_is_refused_at_once(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with (
        alone(lock, busy="wait"),
        pytest.raises(Refused, match="wait"),
        alone(lock, busy="wait"),
    ):
        pytest.fail("two held the lock")
    with alone(lock, busy="wait"):
        pass
