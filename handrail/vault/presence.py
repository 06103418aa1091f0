"""Who is at work on a region: one run at a time, and a sign of life that a killed one stops giving.

The orchestrator counts runs by tag, which runs from the terminal and from its buttons don't share,
and it doesn't notice a killed worker. Both are answered here, with a lock that the kernel drops
when its process dies and a file whose age is the time since the last sign of life.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from handrail.errors import Busy
from handrail.vault.files import is_locked, make_private_folder

BEAT_SECONDS = 5.0
_POLL_SECONDS = 0.5
_LOCK = ".at-work.lock"


@contextmanager
def at_work(
    home: Path,
    regions: Sequence[str],
    *,
    run_id: str,
    patience: timedelta,
    on_wait: Callable[[str], None],
) -> Iterator[None]:
    """Be the only run over `regions`, and give signs of life until the end.

    Waits at most `patience` for a run that is going on (told once through `on_wait`), then raises
    `Busy`. Regions are taken in order of name, so that two runs never wait for each other.
    """
    beating = threading.Event()
    pulse = _pulse(home, run_id)
    make_private_folder(pulse.parent)
    pulse.touch(mode=0o600)
    heart = threading.Thread(target=_beat, args=(pulse, beating), daemon=True)
    heart.start()
    try:
        with ExitStack() as held:
            for region in sorted(regions):
                folder = home / region
                held.enter_context(_only_run(folder, region, run_id, patience, on_wait))
            yield
    finally:
        beating.set()
        heart.join()
        pulse.unlink(missing_ok=True)


def who_is_at_work(home: Path, region: str) -> str | None:
    """The id of the run that is at work on a region now, or None."""
    lock = home / region / _LOCK
    return (lock.read_text(errors="replace") or "another run") if is_locked(lock) else None


def last_sign_of_life(home: Path, run_id: str) -> datetime | None:
    """When the run last gave one, or None if it never did or has ended."""
    try:
        return datetime.fromtimestamp(_pulse(home, run_id).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def forget(home: Path, run_id: str) -> None:
    """Remove what a killed run left."""
    _pulse(home, run_id).unlink(missing_ok=True)


@contextmanager
def _only_run(
    folder: Path,
    region: str,
    run_id: str,
    patience: timedelta,
    on_wait: Callable[[str], None],
) -> Iterator[None]:
    make_private_folder(folder)
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, region, patience, on_wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, run_id.encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(
    descriptor: int, region: str, patience: timedelta, on_wait: Callable[[str], None]
) -> None:
    deadline = time.monotonic() + patience.total_seconds()
    told = False
    while True:
        try:
            flock(descriptor, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 64, 0).decode(errors="replace") or "another run"
        else:
            return
        if time.monotonic() >= deadline:
            msg = (
                f"run {holder} is at work on region {region} and has not ended within "
                f"{patience.total_seconds():.0f} seconds: let it end or stop it, then run again"
            )
            raise Busy(msg)
        if not told:
            on_wait(f"waiting for run {holder}, which is at work on region {region}")
            told = True
        time.sleep(_POLL_SECONDS)


def _beat(pulse: Path, stop: threading.Event) -> None:
    while not stop.wait(BEAT_SECONDS):
        with suppress(OSError):  # a full disk or a deleted file now is no reason to stop for ever
            pulse.touch(mode=0o600)


def _pulse(home: Path, run_id: str) -> Path:
    return home / "runs" / f"{run_id}.alive"
