"""`redact` in worker processes: the same bytes in the same order, nothing left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest

from handrail.conversations.model import Conversation, to_arrow
from handrail.errors import HandrailError
from handrail.redaction import workers as module
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.workers import WORTHWHILE, WorkerDied, Workers
from handrail.settings import PROJECT

Chat = Callable[..., Conversation]


@pytest.fixture
def batches(chat: Chat) -> list[tuple[int, pa.RecordBatch]]:
    return [
        (n, to_arrow([chat(f"I am Anna Berg, mail a{n}@b.org", conversation_id=f"c-{n}")]))
        for n in range(WORTHWHILE + 4)
    ]


@pytest.fixture(scope="module")
def two() -> Iterator[Workers]:
    with Workers(2, ruleset=STANDARD) as workers:
        yield workers


def test_two_workers_give_the_bytes_of_one_process_in_order(
    two: Workers, batches: list[tuple[int, pa.RecordBatch]]
) -> None:
    """R31, R47: what is stored does not depend on how many processes made it."""
    with Workers(1, ruleset=STANDARD) as alone:
        expected = list(alone.redacted(batches))
    found = list(two.redacted(batches))
    assert [n for n, _ in found] == [n for n, _ in batches]
    assert all(a.equals(b) for (_, a), (_, b) in zip(found, expected, strict=True))
    assert two._started


def test_a_few_batches_start_no_process(batches: list[tuple[int, pa.RecordBatch]]) -> None:
    with Workers(2, ruleset=STANDARD) as workers:
        assert len(list(workers.redacted(batches[: WORTHWHILE - 1]))) == WORTHWHILE - 1
        assert not workers._started


def test_batches_are_read_a_few_ahead_only(
    two: Workers, batches: list[tuple[int, pa.RecordBatch]]
) -> None:
    read: list[int] = []

    def coming() -> Iterator[tuple[int, pa.RecordBatch]]:
        for n in range(100):
            read.append(n)
            yield n, batches[n % len(batches)][1]

    results = two.redacted(coming())
    next(results)
    assert len(read) <= WORTHWHILE + 2 * 2 + 1
    results.close()  # type: ignore[attr-defined]


def test_what_fails_in_a_worker_is_told_without_chat_text(
    two: Workers, batches: list[tuple[int, pa.RecordBatch]]
) -> None:
    """R36: the sentence names the error's type and quotes nothing of the batch."""
    secret = pa.RecordBatch.from_pydict({"text": ["anna@berg.example"]})
    with pytest.raises(HandrailError, match="withheld") as told:
        list(two.redacted([*batches, (99, secret)]))
    assert "anna" not in str(told.value)


def test_a_worker_that_dies_is_a_clear_error(batches: list[tuple[int, pa.RecordBatch]]) -> None:
    """No answer is no result: nothing is stored, and the sentence says what to do."""
    with Workers(2, ruleset=STANDARD) as workers:
        list(workers.redacted(batches))
        for worker in workers._started:
            worker._process.kill()
        with pytest.raises(WorkerDied, match="run again"):
            list(workers.redacted(batches))


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    """R36: no orphan keeps raw text in memory or holds a lock, even after a kill."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path / "lock-of-the-parent")],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    children = [int(n) for n in parent.stdout.readline().split()]
    assert len(children) == 2
    assert all(_open_files(child).isdisjoint({"lock-of-the-parent"}) for child in children)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children):
        assert time.monotonic() < deadline, "a worker outlived the process that started it"
        time.sleep(0.02)


def _open_files(process: int) -> set[str]:
    names = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # it closes files of its own while it starts
            names.add(link.readlink().name)
    return names


_PARENT = f"""
import sys, time
from handrail.redaction.ruleset import STANDARD
from {module.__name__} import Workers
held = open(sys.argv[1], "w")
workers = Workers(2, ruleset=STANDARD)
workers._start()
print(*(w._process.pid for w in workers._started), flush=True)
time.sleep(60)
"""
