"""R35, R41: every key use is on a chain that shows the first change made to it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.access import Purpose
from handrail.clock import FixedClock
from handrail.errors import AccessDenied, Tampered
from handrail.vault.audit_log import AuditLog
from handrail.vault.region_vault import pipeline

ACCESS = pipeline("test", Purpose.INTAKE)


@pytest.fixture
def log(tmp_path: Path, clock: FixedClock) -> AuditLog:
    made = AuditLog(tmp_path, region="eu", clock=clock)
    for n in range(4):
        made.append("open", ACCESS, what=f"object-{n}", count=n, ids_digest="", detail="")
    return made


def test_untouched_chain_verifies(log: AuditLog) -> None:
    assert log.verify() == 4


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        (lambda lines: [*lines[:1], lines[1].replace(b"object-1", b"object-9"), *lines[2:]], 1),
        (lambda lines: [*lines[:2], *lines[3:]], 2),
        (lambda lines: lines[1:], 0),
        (lambda lines: [lines[1], lines[0], *lines[2:]], 0),
        (lambda lines: [*lines, lines[-1]], 4),
        (lambda lines: [*lines[:3], b"{}"], 3),
    ],
    ids=["edited", "removed", "beheaded", "swapped", "repeated", "garbage"],
)
def test_changed_chain_names_the_first_bad_record_R41(
    log: AuditLog, tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], first_bad: int
) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_bytes(b"\n".join(change(file.read_bytes().splitlines())) + b"\n")
    with pytest.raises(Tampered, match=f"audit record {first_bad} "):
        log.verify()


def test_torn_last_line_is_dropped_and_the_chain_goes_on(log: AuditLog, tmp_path: Path) -> None:
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b'{"seq": 4, "at": "2026')
    log.append("open", ACCESS, what="next", count=0, ids_digest="", detail="")
    assert log.verify() == 5


def test_half_a_line_of_a_crash_is_no_tampering_R41(log: AuditLog, tmp_path: Path) -> None:
    """It was never acknowledged; the log is verified after a crash before anything is appended."""
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b'{"seq": 4, "at": "2026')
    assert log.verify() == len(log.records()) == 4


def test_a_record_that_could_not_be_made_durable_is_not_in_the_log_R41(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        with pytest.raises(AccessDenied, match="can't be written"):
            log.append("open", ACCESS, what="lost", count=0, ids_digest="", detail="")
    assert [r.object for r in log.records()] == [f"object-{n}" for n in range(4)]


def test_long_record_does_not_break_the_chain(log: AuditLog) -> None:
    log.append("open", ACCESS, what="x", count=0, ids_digest="", detail="d" * 40_000)
    log.append("open", ACCESS, what="y", count=0, ids_digest="", detail="")
    assert log.verify() == 6
