"""Durable writes and locks: never overwritten, never torn, one at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import Refused
from handrail.vault.files import alone, replace_atomically, write_once
from handrail.vault.lines import append_durably


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
