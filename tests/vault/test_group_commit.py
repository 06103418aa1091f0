"""R35: whoever waits for the disk shares the next write; nobody goes on before its own is made."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from handrail.errors import AccessDenied
from handrail.vault.group_commit import GroupCommit

PATIENCE = 10.0


class Disk:
    """Writes only when it is let."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.may = threading.Semaphore(0)
        self.failure: BaseException | None = None

    def write(self, items: Sequence[int]) -> Sequence[str]:
        self.begun.release()
        assert self.may.acquire(timeout=PATIENCE)
        if self.failure is not None:
            raise self.failure
        self.written.append(list(items))
        return [f"made {item}" for item in items]


def gathered(commits: GroupCommit[int, str], disk: Disk, pool: ThreadPoolExecutor):  # type: ignore[no-untyped-def]
    """One writer at the disk, and four that wait behind it."""
    first = pool.submit(commits.submit, [0])
    assert disk.begun.acquire(timeout=PATIENCE)
    others = [pool.submit(commits.submit, [10 * n, 10 * n + 1]) for n in range(1, 5)]
    while len(commits._waiting) < len(others):
        pass
    return first, others


def test_those_who_wait_are_written_together_and_each_gets_its_own() -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    with ThreadPoolExecutor(5) as pool:
        first, others = gathered(commits, disk, pool)
        assert not any(f.done() for f in (first, *others))
        disk.may.release()
        assert first.result(PATIENCE) == ["made 0"]
        assert not any(f.done() for f in others)
        disk.may.release()
        made = [f.result(PATIENCE) for f in others]
    assert made == [[f"made {10 * n}", f"made {10 * n + 1}"] for n in range(1, 5)]
    assert len(disk.written) == 2 and len(disk.written[1]) == 8


@pytest.mark.parametrize(
    "failure", [AccessDenied("no room on the disk"), KeyboardInterrupt()], ids=["full", "stopped"]
)
def test_a_write_that_fails_is_denied_to_all_who_waited_for_it(failure: BaseException) -> None:
    disk = Disk()
    commits = GroupCommit(disk.write)
    with ThreadPoolExecutor(5) as pool:
        first, others = gathered(commits, disk, pool)
        disk.may.release()
        first.result(PATIENCE)
        assert disk.begun.acquire(timeout=PATIENCE)
        disk.failure = failure
        disk.may.release()
        errors = [f.exception(PATIENCE) for f in others]
    denied = [e for e in errors if isinstance(e, AccessDenied)]
    assert len(denied) == (4 if isinstance(failure, AccessDenied) else 3)
    disk.failure = None
    disk.may.release()
    assert commits.submit([7]) == ["made 7"]
