"""The whole lifecycle: seconds, CPU seconds and memory per stage, growth, and a run with no news.

    python bench/pipeline.py --chats N --json OUT [--growth]

Chats are simulated, and dbt's sources parsed, outside the timing; then `handrail run` runs on a new
home in a folder of its own, and its process tree is watched from outside. `--growth` runs N, 2N and
4N chats.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench.figures import row, show_rows, versions, write_document
from handrail.cli.console import DONE, WAITING
from handrail.settings import PROJECT, Settings, export_places, load_settings, quiet_telemetry

REDACTION = "redacted_chats"
OUTSIDE = "start, survey, between steps"
PACKAGES = ("dagster", "dbt-core", "duckdb", "great-expectations", "mlflow", "pyarrow")
_EVERY_SECONDS = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Sample:
    """The process tree at one time: CPU seconds so far, and bytes of its largest process."""

    at: float
    cpu: float
    rss: int


@dataclass(frozen=True)
class Stage:
    """What one stage took over all regions."""

    name: str
    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True)
class Measured:
    """One run of N chats; `peak` is the largest process by the kernel's own high-water mark.

    `code` is the exit code: few chats end in 1, because gates need more than that.
    """

    code: int
    messages: int
    wall: float
    cpu: float
    peak: int
    stages: tuple[Stage, ...]
    noop_wall: float
    noop_cpu: float


class Watch:
    """Samples a process and its descendants from /proc until it ends."""

    def __init__(self, root: int) -> None:
        self.samples: list[Sample] = [Sample(time.time(), 0.0, 0)]
        self.peak = 0
        self._root = root
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_often, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._over.set()
        self._thread.join()

    def cpu_at(self, at: float) -> float:
        """CPU seconds of the tree at a time, between two samples by interpolation."""
        place = bisect_left(self.samples, at, key=lambda s: s.at)
        if place == 0 or place == len(self.samples):
            return self.samples[min(place, len(self.samples) - 1)].cpu
        before, after = self.samples[place - 1], self.samples[place]
        share = (at - before.at) / (after.at - before.at)
        return before.cpu + share * (after.cpu - before.cpu)

    def peak_between(self, start: float, end: float) -> int:
        """Bytes of the largest process between two times."""
        return max((s.rss for s in self.samples if start <= s.at <= end), default=0)

    def _look_often(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        cpu, rss = 0.0, 0
        for process in _tree(self._root):
            try:
                fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
                status = Path(f"/proc/{process}/status").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            # user, system, and those two of children that have ended
            cpu += sum(map(int, fields[11:15])) / _TICKS
            rss = max(rss, _kibibytes(status, "VmRSS:") * 1024)
            self.peak = max(self.peak, _kibibytes(status, "VmHWM:") * 1024)
        # A child that ends between two looks is counted late, never twice.
        self.samples.append(Sample(time.time(), max(cpu, self.samples[-1].cpu), rss))


def _tree(root: int) -> Iterator[int]:
    waiting = [root]
    while waiting:
        process = waiting.pop()
        yield process
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except (FileNotFoundError, ProcessLookupError):
                continue


def _kibibytes(status: str, field: str) -> int:
    found = next((line for line in status.splitlines() if line.startswith(field)), "")
    return int(found.split()[1]) if found else 0


def run(chats: int) -> Measured:
    """Simulate, run, and run again with nothing new, in a folder that is deleted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="handrail-bench-"))
    os.environ.update(
        HANDRAIL_HOME=str(folder / "home"),
        HANDRAIL_KEYS=str(folder / "keys"),
        HANDRAIL_EXPORTS=str(folder / "exports"),
        HANDRAIL_AUDIT_COPY=str(folder / "audit"),
    )
    try:
        settings = load_settings()
        _simulate(settings, chats)
        code, wall, watch = _handrail_run()
        stages = tuple(_stages(_steps(settings), watch))
        _, noop_wall, noop = _handrail_run()
        return Measured(
            code=code,
            messages=_messages(settings),
            wall=wall,
            cpu=watch.samples[-1].cpu,
            peak=max(watch.peak, noop.peak),
            stages=stages,
            noop_wall=noop_wall,
            noop_cpu=noop.samples[-1].cpu,
        )
    finally:
        shutil.rmtree(folder)


def _simulate(settings: Settings, chats: int) -> None:
    import orchestration.definitions  # noqa: F401 - dbt's manifest is made once a source version
    from orchestration.exports import regions_to_run

    regions_to_run(settings, chats=chats, region=None)


def _handrail_run() -> tuple[int, float, Watch]:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "run"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watch = Watch(process.pid)
    said, _ = process.communicate()
    wall = time.perf_counter() - began
    watch.stop()
    if process.returncode not in (DONE, WAITING):
        print(said[-3000:], file=sys.stderr)
    return process.returncode, wall, watch


def _steps(settings: Settings) -> list[tuple[str, float, float]]:
    """(stage, start, end) of every step of every run, from Dagster's event log."""
    import dagster as dg

    export_places(settings)
    kinds = {
        dg.DagsterEventType.STEP_START,
        dg.DagsterEventType.STEP_SUCCESS,
        dg.DagsterEventType.STEP_FAILURE,
    }
    steps: list[tuple[str, float, float]] = []
    with dg.DagsterInstance.get() as instance:
        for one in instance.get_runs():
            started: dict[str, float] = {}
            for record in instance.get_records_for_run(one.run_id, of_type=kinds).records:
                entry = record.event_log_entry
                event, step = entry.get_dagster_event(), str(entry.step_key)
                if event.event_type is dg.DagsterEventType.STEP_START:
                    started[step] = entry.timestamp
                elif step in started:
                    steps.append((step, started.pop(step), entry.timestamp))
    return sorted(steps, key=lambda s: s[1])


def _stages(steps: Sequence[tuple[str, float, float]], watch: Watch) -> Iterator[Stage]:
    """Steps of one name together, and what lies between; steps that run at once share evenly."""
    first, last = watch.samples[0].at, watch.samples[-1].at
    edges = sorted({first, last, *(t for _, start, end in steps for t in (start, end))})
    wall: dict[str, float] = defaultdict(float)
    cpu: dict[str, float] = defaultdict(float)
    peak: dict[str, int] = defaultdict(int)
    for start, end in pairwise(edges):
        running = [name for name, since, until in steps if since <= start and end <= until]
        for name in running or [OUTSIDE]:
            wall[name] += (end - start) / max(1, len(running))
            spent = watch.cpu_at(end) - watch.cpu_at(start)
            cpu[name] += spent / max(1, len(running))
            peak[name] = max(peak[name], watch.peak_between(start, end))
    for name in wall:
        yield Stage(name, wall[name], cpu[name], peak[name])


def _messages(settings: Settings) -> int:
    """Messages of all chats that were read and are not private notes, by the redacted days."""
    from handrail.access import Purpose
    from handrail.redaction.days import read_redacted
    from handrail.vault.region_vault import RegionVaults, pipeline

    vaults = RegionVaults(settings)
    try:
        return sum(
            len(chat.turns)
            for region in settings.serves
            for chat, _ in read_redacted(
                vaults.of(region), access=pipeline("bench:pipeline", Purpose.WAREHOUSE)
            )
        )
    finally:
        vaults.close()


def show(chats: int, measured: Measured) -> None:
    per = 1e6 / measured.messages
    print(f"\n{chats:,} chats, {measured.messages:,} messages")
    print(f"{'stage':<32}{'s':>9}{'CPU s':>9}{'peak MiB':>10}{'CPU s / 1M messages':>21}{'%':>7}")
    whole = Stage("whole run", measured.wall, measured.cpu, measured.peak)
    for stage in (*measured.stages, whole):
        print(
            f"{stage.name:<32}{stage.wall:>9.1f}{stage.cpu:>9.1f}{stage.peak / _MIB:>10.0f}"
            f"{stage.cpu * per:>21.0f}{100 * stage.cpu / measured.cpu:>7.1f}"
        )
    print(f"{'again, nothing new':<32}{measured.noop_wall:>9.1f}{measured.noop_cpu:>9.1f}")


def metrics(runs: Mapping[int, Measured]) -> list[dict[str, Any]]:
    """One row per metric, of the largest run; growth where there are three."""
    chats, last = max(runs.items())
    note = f"{chats} chats, {last.messages} messages"
    redaction = sum(s.cpu for s in last.stages if s.name == REDACTION)
    per_million = 1e6 / last.messages
    rows = [
        row("pipeline.wall_s", last.wall, "s", note),
        row("pipeline.cpu_s", last.cpu, "s", f"{note}, children counted"),
        row("pipeline.cpu_s_per_1m_messages", last.cpu * per_million, "s", note),
        row("pipeline.peak_rss_mib", last.peak / _MIB, "MiB", f"largest process; {note}"),
        row("pipeline.non_redaction_share", 100 * (1 - redaction / last.cpu), "%", "of CPU s"),
    ]
    if last.code in (DONE, WAITING):  # a run that failed runs again: that would be no "no news"
        again = f"{last.noop_cpu:.1f} CPU s; {note}"
        rows.append(row("pipeline.noop_s", last.noop_wall, "s", again))
    for stage in last.stages:
        name = "outside_steps" if stage.name == OUTSIDE else stage.name
        seen = f"{stage.wall:.1f} s, {stage.peak / _MIB:.0f} MiB; {note}"
        rows.append(
            row(f"pipeline.stage.{name}.cpu_s_per_1m_messages", stage.cpu * per_million, "s", seen)
        )
    if len(runs) == 3:
        one, two, four = (runs[n] for n in sorted(runs))
        growth = (four.cpu - two.cpu) / (two.cpu - one.cpu)
        walls = (four.wall - two.wall) / (two.wall - one.wall)
        seen = f"CPU s (T4n - T2n) / (T2n - Tn); by wall {walls:.2f}; n = {min(runs)} chats"
        rows.append(row("pipeline.growth", growth, "", seen))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chats", type=int, default=6000, metavar="N")
    parser.add_argument("--growth", action="store_true", help="also 2N and 4N chats")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    asked = parser.parse_args()
    quiet_telemetry()
    runs: dict[int, Measured] = {}
    for times in (1, 2, 4) if asked.growth else (1,):
        chats = times * asked.chats
        runs[chats] = run(chats)
        show(chats, runs[chats])
    rows = metrics(runs)
    print()
    show_rows(rows)
    write_document(asked.json, rows, used=versions(*PACKAGES))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
