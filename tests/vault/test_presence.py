"""One run at a time over a region, and a sign of life that ends with the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from handrail.errors import Busy
from handrail.vault.presence import at_work, forget, last_sign_of_life

AT_ONCE = timedelta()


def quiet(sentence: str) -> None:
    pass


def test_a_second_run_over_a_region_waits_and_then_says_who_is_at_work(tmp_path: Path) -> None:
    told: list[str] = []
    with (
        at_work(tmp_path, ["eu"], run_id="first", patience=AT_ONCE, on_wait=quiet),
        pytest.raises(Busy, match="run first is at work on region eu"),
        at_work(
            tmp_path, ["eu"], run_id="second", patience=timedelta(0.6 / 86400), on_wait=told.append
        ),
    ):
        raise AssertionError
    assert told == ["waiting for run first, which is at work on region eu"]


def test_another_region_and_a_run_without_one_go_on_meanwhile(tmp_path: Path) -> None:
    with (
        at_work(tmp_path, ["eu"], run_id="first", patience=AT_ONCE, on_wait=quiet),
        at_work(tmp_path, ["us"], run_id="second", patience=AT_ONCE, on_wait=quiet),
        at_work(tmp_path, [], run_id="third", patience=AT_ONCE, on_wait=quiet),
    ):
        assert last_sign_of_life(tmp_path, "third") is not None
    assert last_sign_of_life(tmp_path, "third") is None, "it ended, so it gives no more signs"


def test_a_killed_process_leaves_its_last_sign_and_no_lock(tmp_path: Path) -> None:
    """What dies without a word is noticed by its silence, and is in nobody's way."""
    work = (
        "import sys, time; from datetime import timedelta; from pathlib import Path\n"
        "from handrail.vault.presence import at_work\n"
        "with at_work(Path(sys.argv[1]), ['eu'], run_id='killed', patience=timedelta(),"
        " on_wait=print):\n"
        "    print('at work', flush=True); time.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", work, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "at work\n"
    with (
        pytest.raises(Busy),
        at_work(tmp_path, ["eu"], run_id="next", patience=AT_ONCE, on_wait=quiet),
    ):
        raise AssertionError
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with at_work(tmp_path, ["eu"], run_id="next", patience=AT_ONCE, on_wait=quiet):
        assert last_sign_of_life(tmp_path, "killed") is not None
    forget(tmp_path, "killed")
    assert last_sign_of_life(tmp_path, "killed") is None
