"""Work in a process of its own says what came of it, and ends with the process that asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.apart import DiedApart, answer_apart
from handrail.digests import canonical
from handrail.errors import Withheld
from handrail.settings import PROJECT

MODULE = "tests.answers_apart"


def test_the_answer_comes_from_another_process_without_what_it_printed() -> None:
    said, _, by = answer_apart(MODULE, "hello", kind=str).partition(" by ")
    assert said == "hello"
    assert int(by) != os.getpid()


def test_a_refusal_keeps_its_sentence() -> None:
    with pytest.raises(Withheld, match=r"^give it other rows$"):
        answer_apart(MODULE, "refuse give it other rows", kind=str)


def test_an_unexpected_error_quotes_nothing() -> None:
    """R36: its text may be a chat's."""
    with pytest.raises(Withheld) as error:
        answer_apart(MODULE, "stumble my card is 4111", kind=str)
    assert str(error.value) == "ValueError; the message is withheld"


def test_an_end_without_an_answer_is_told() -> None:
    with pytest.raises(DiedApart, match=r"exit code 7\) before it had answered"):
        answer_apart(MODULE, "die 7", kind=str)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_the_process_that_asked(tmp_path: Path, end: signal.Signals) -> None:
    note = tmp_path / "pid"
    asking = subprocess.Popen(
        [sys.executable, "-m", MODULE],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert asking.stdin is not None
    asking.stdin.write(canonical(f"ask {note}") + b"\n")
    asking.stdin.flush()
    _until(lambda: note.exists() and note.read_text() != "")
    asking.send_signal(end)
    asking.wait()
    waiting = Path("/proc") / note.read_text()
    _until(lambda: not waiting.exists())


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "not within 20 seconds"
        time.sleep(0.05)
