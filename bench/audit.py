"""The audit log: records made durable a second, and verifying a long log in flat memory.

`python bench/audit.py --json OUT [--records N]`. Threads of one process share writes; beside it, in
the same run, a log whose every record has an fsync of its own. All on the disk of `--folder`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench.figures import row, show_rows, versions, write_document
from handrail.access import Access, Purpose
from handrail.clock import system_clock
from handrail.vault.audit_log import AuditLog, Entry
from handrail.vault.checkpoints import Checkpoints
from handrail.vault.primitives import SecretKey
from handrail.vault.region_vault import pipeline
from handrail.vault.stores import DirectoryStore

ACCESS = pipeline("bench", Purpose.INTAKE)
OBJECT = "raw_chats/2026-01-05/0123456789abcdef0123456789abcdef"
THREADS = (1, 8, 64)


def append(log: AuditLog) -> None:
    log.append("open", ACCESS, what=OBJECT, count=100, ids_digest="0" * 64, detail="raw")


def shared(folder: Path, threads: int, records: int) -> float:
    log = AuditLog(folder / f"shared-{threads}", region="eu", clock=system_clock)

    def work(_: int) -> None:
        for _ in range(records // threads):
            append(log)

    return rate(work, threads, records, log)


def one_fsync_each(folder: Path, threads: int, records: int) -> float:
    """A log object a thread: they wait for each other's lock, and nobody writes for another."""
    place = folder / f"each-{threads}"

    def work(_: int) -> None:
        log = AuditLog(place, region="eu", clock=system_clock)
        for _ in range(records // threads):
            append(log)

    return rate(work, threads, records, AuditLog(place, region="eu", clock=system_clock))


def rate(work: object, threads: int, records: int, log: AuditLog) -> float:
    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))  # type: ignore[arg-type]
    took = time.perf_counter() - began
    if log.verify() != records:
        sys.exit("records are missing")
    return records / took


def long_log(folder: Path, records: int) -> None:
    """A log of `records`, signed in ten places."""
    log, checkpoints = opened(folder)
    custodian = Access("bench", "custody", Purpose.CUSTODY)
    for _ in range(10):
        for _ in range(10):
            entry = Entry("open", ACCESS, OBJECT, 100, "0" * 64, "raw")
            log.append_many([entry] * (records // 100))
    checkpoints.sign(access=custodian)


def opened(folder: Path) -> tuple[AuditLog, Checkpoints]:
    log = AuditLog(folder / "audit", region="eu", clock=system_clock)
    key = SecretKey(b"b" * 32)
    copy = DirectoryStore(folder / "copy")
    return log, Checkpoints(log, folder=folder / "audit", copy=copy, key=lambda: key)


def verify_alone(folder: Path) -> dict[str, float]:
    """Verify in a process of its own: seconds, and the most memory it ever held."""
    done = subprocess.run(
        [sys.executable, __file__, "--verify", str(folder)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def verified(folder: Path) -> dict[str, float]:
    began = time.process_time()
    records = opened(folder)[1].verify().records
    return {
        "records": records,
        "cpu_s": time.process_time() - began,
        "mib": peak_mib(),
    }


def peak_mib() -> float:
    """Not `ru_maxrss`: a child begins with its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024  # type: ignore[index]


def measure(folder: Path, records: int) -> list[dict[str, object]]:
    rows = []
    for threads in THREADS:
        count = 64 * (4 if threads == 1 else 16)
        together, alone = shared(folder, threads, count), one_fsync_each(folder, threads, count)
        note = f"{alone:.0f} 1/s with an fsync a record; {together / alone:.1f} times as many"
        rows.append(row(f"audit.append_per_s_{threads}_threads", together, "1/s", note))
        rows.append(row(f"audit.fsync_each_per_s_{threads}_threads", alone, "1/s", ""))
    for name, size in (("short", 1000), ("long", records)):
        long_log(folder / name, size)
    short, long = verify_alone(folder / "short"), verify_alone(folder / "long")
    per_s = (long["records"] - short["records"]) / (long["cpu_s"] - short["cpu_s"])
    note = f"{long['records']:.0f} records in {long['cpu_s']:.1f} CPU s, chain and Merkle root"
    rows.append(row("audit.verify_per_cpu_s", per_s, "1/s", note))
    note = f"{long['mib']:.0f} MiB in all, against {short['mib']:.0f} for 1000 records"
    rows.append(row("audit.verify_memory_growth_mib", long["mib"] - short["mib"], "MiB", note))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--records", type=int, default=100_000, help="of the long log")
    parser.add_argument("--verify", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.verify:
        sys.stdout.write(json.dumps(verified(options.verify)))
        return 0
    folder = Path(tempfile.mkdtemp(dir=options.folder, prefix="bench-audit-"))
    try:
        rows = measure(folder, options.records)
    finally:
        shutil.rmtree(folder)
    show_rows(rows)
    if options.json:
        write_document(options.json, rows, used=versions("orjson"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
