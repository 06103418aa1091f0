from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from handrail.errors import Tampered
from handrail.release.promotion import Releases
from tests.release.conftest import MONDAY

TakeLive = Callable[..., str]


@pytest.fixture
def history(releases: Releases, take_live: TakeLive) -> tuple[str, str]:
    """First live on Monday, second a week later, rolled back on the ninth day."""
    first, second = take_live("a", day=0), take_live("b", day=7)
    releases.rollback(actor="ines", reason="wrong refunds", at=MONDAY + timedelta(days=9))
    return first, second


def test_ledger_says_what_was_live_when(releases: Releases, history: tuple[str, str]) -> None:
    """R47"""
    first, second = history
    live_at = releases.ledger.live_at
    assert live_at(MONDAY - timedelta(seconds=1)) is None
    assert live_at(MONDAY) == first
    assert live_at(MONDAY + timedelta(days=6)) == first
    assert live_at(MONDAY + timedelta(days=7)) == second
    assert live_at(MONDAY + timedelta(days=9)) == first


def test_ledger_keeps_event_actor_reason_and_approvals(
    releases: Releases, history: tuple[str, str]
) -> None:
    """R47"""
    entries = releases.ledger.entries()
    assert [e.event for e in entries] == [
        "nominate", "promote", "nominate", "promote", "rollback",
    ]  # fmt: skip
    assert (entries[-1].actor, entries[-1].reason) == ("ines", "wrong refunds")
    assert [len(e.approvals) for e in entries] == [0, 1, 0, 1, 0]
    assert releases.verify() == 5


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda lines: [lines[0], lines[1].replace(b'"ines"', b'"eve"'), *lines[2:]], "record 1"),
        (lambda lines: [lines[0], *lines[2:]], "record 1"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "record 0"),
        (lambda lines: [*lines[:3], b"{}", lines[4]], "record 3"),
        (lambda lines: [*lines[:3], b"\xff not json", lines[4]], "record 3"),
        (lambda lines: lines[:4], "records from 4 on were removed"),
    ],
    ids=["edited", "removed", "swapped", "emptied", "garbage", "cut off"],
)
def test_ledger_names_the_first_bad_record(
    releases: Releases,
    history: tuple[str, str],
    tmp_path: Path,
    damage: Callable[[list[bytes]], list[bytes]],
    named: str,
) -> None:
    """R47"""
    path = tmp_path / "release" / "ledger.jsonl"
    path.write_bytes(b"\n".join(damage(path.read_bytes().splitlines())) + b"\n")
    with pytest.raises(Tampered, match=named):
        releases.verify()


def test_no_move_is_appended_to_a_broken_ledger(
    releases: Releases, history: tuple[str, str], tmp_path: Path
) -> None:
    """R47"""
    path = tmp_path / "release" / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b"wrong refunds", b"nothing wrong"))
    with pytest.raises(Tampered, match="record 4"):
        releases.rollback(actor="ines", reason="again", at=MONDAY)


def test_half_a_line_from_a_crash_was_never_acknowledged(
    releases: Releases, history: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "release" / "ledger.jsonl"
    path.write_bytes(path.read_bytes() + b'{"actor":"in')
    assert releases.verify() == 5
    releases.rollback(actor="ines", reason="again", at=MONDAY)
    assert releases.verify() == 6
