"""The vault: container against AES-GCM, a plain copy and peers; chats, keys, memory, one record.

    python bench/vault.py --json OUT [--large]

Ratios are of CPU seconds of one process, sealing and opening together, the best of several rounds
that take turns; chats are simulated. The peers (Tink, the AWS Encryption SDK) run in an environment
of their own, made on first use. `--large` measures memory with 10 GiB instead of 2 GiB, and what a
million small records take.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench.figures import row, show_rows, versions, write_document
from bench.peers.environment import in_peers_environment
from handrail.access import Access, Purpose
from handrail.conversations.model import encode
from handrail.playbook.reader import read_playbook
from handrail.residency import DataClass
from handrail.settings import PROJECT, load_settings
from handrail.simulate.exports import histories
from handrail.simulate.locales import locales_of
from handrail.simulate.world import World
from handrail.vault.container import SealedObject, pack
from handrail.vault.floe import OpenStream, seal_stream
from handrail.vault.names import Artifact, ObjectName, Place, Record
from handrail.vault.primitives import SecretKey, new_id, new_key
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.vault.stores import DirectoryStore

MIB = 1 << 20
STREAM_MIB = 256
OBJECT_RECORDS, OBJECT_RECORD_BYTES = 1 << 17, 2048
CHATS = 20_000
KEYS = 500_000
ROUNDS = 5
ACCESS = pipeline("bench", Purpose.INTAKE)
DAY = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
PLACE = Place("eu", DAY, "0" * 32)
Rows = list[dict[str, Any]]


def cpu_seconds(run: Callable[[], object]) -> float:
    """CPU seconds of this process that `run` takes."""
    start = time.process_time()
    run()
    return time.process_time() - start


def best(*runs: Callable[[], object]) -> list[float]:
    """The least CPU seconds of each run; they take turns."""
    rounds = [[cpu_seconds(run) for run in runs] for _ in range(ROUNDS)]
    return [min(taken) for taken in zip(*rounds, strict=True)]


def streams(folder: Path) -> Rows:
    """The sealed stream against one-shot AES-GCM in memory, and a plain copy from file to file."""
    key, gcm, nonce = new_key(), AESGCM(os.urandom(32)), os.urandom(12)
    piece = os.urandom(MIB)
    ciphertext = gcm.encrypt(nonce, piece, b"bound")
    source, copied, sealed, opened = (folder / n for n in ("source", "copied", "sealed", "opened"))
    source.write_bytes(piece * STREAM_MIB)
    stored = b"".join(seal_stream([piece] * STREAM_MIB, key=key, bound_to=b"bound"))

    def one_shot() -> None:
        for _ in range(STREAM_MIB):
            gcm.encrypt(nonce, piece, b"bound")
            gcm.decrypt(nonce, ciphertext, b"bound")

    def stream() -> None:
        for _ in seal_stream([piece] * STREAM_MIB, key=key, bound_to=b"bound"):
            pass
        _drain(_opened(_InMemory(stored), key))

    def copy() -> None:
        for start, end in ((source, copied), (copied, opened)):
            _write(end, _chunks(start))

    def file_stream() -> None:
        _write(sealed, seal_stream(_chunks(source), key=key, bound_to=b"bound"))
        store = DirectoryStore(folder)
        with store.open("sealed") as blob:
            _write(opened, _opened(blob, key))

    aes, floe, plain, filed = best(one_shot, stream, copy, file_stream)
    per_s = 2 * STREAM_MIB / 1024
    note = f"{STREAM_MIB} MiB, sealed and opened"
    peers = [
        row(f"vault.{name.replace('-', '_')}_gib_per_cpu_s", per_s / peer["cpu"], "GiB/s",
             f"{note}, file to file, {name} {peer['version']}")
        for name, peer in in_peers_environment(
            "vault.py", "--source", str(source), "--folder", str(folder), "--rounds", str(ROUNDS)
        ).items()
    ]  # fmt: skip
    for file in (source, copied, sealed, opened):
        file.unlink()
    return [
        row("vault.aesgcm_gib_per_cpu_s", per_s / aes, "GiB/s", f"{note}, 1 MiB one-shot"),
        row("vault.container_gib_per_cpu_s", per_s / floe, "GiB/s", f"{note}, in memory"),
        row("vault.container_vs_aesgcm", aes / floe, "", f"{note}, in memory; goal >= 0.35"),
        row("vault.copy_gib_per_cpu_s", per_s / plain, "GiB/s", f"{note}, file to file"),
        row("vault.container_vs_copy", plain / filed, "", f"{note}, file to file; goal >= 0.75"),
        row("vault.container_file_gib_per_cpu_s", per_s / filed, "GiB/s", f"{note}, file to file"),
        *peers,
    ]


class _InMemory:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


def _opened(blob: Any, key: SecretKey) -> Iterator[bytes]:
    stream = OpenStream(blob, start=0, key=key, bound_to=b"bound", what="the stream")
    for start in range(0, stream.size, MIB - 32):
        yield stream.read(start, min(MIB - 32, stream.size - start))


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb", buffering=0) as stream:
        while chunk := stream.read(MIB):
            yield chunk


def _write(file: Path, chunks: Iterable[bytes]) -> None:
    with file.open("wb", buffering=0) as stream:
        for chunk in chunks:
            stream.write(chunk)


def _drain(chunks: Iterable[object]) -> None:
    for _ in chunks:
        pass


def chats() -> list[Record]:
    """Simulated chats as they are sealed, each of another subject."""
    settings = load_settings(environ={})
    world = World("eu", read_playbook(settings.playbook), locales_of("eu"), settings.seed)
    made = histories(world, chats=CHATS, days=56, first_day=date(2026, 1, 5))
    return [Record(h.last.conversation_id, new_id(), encode(h.last)) for h in made]


def conversations(folder: Path) -> Rows:
    """Chats per CPU second: the container with keys at hand, and the whole vault."""
    records = chats()
    key = new_key()
    keys = {r.subject: new_key() for r in records if r.subject}
    stored = b"".join(pack(PLACE, records, data_key=key, subject_keys=lambda _: keys))
    blob = _InMemory(stored)

    def seal() -> None:
        _drain(pack(PLACE, records, data_key=key, subject_keys=lambda _: keys))

    def open_() -> None:
        sealed = SealedObject(blob, PLACE, data_key=key, records=len(records))
        _drain(sealed.records(lambda _: keys))

    sealing, opening = best(seal, open_)
    size = sum(len(r.payload) for r in records)
    note = f"{len(records)} simulated chats, {size // len(records)} bytes each"
    rows = [
        row("vault.seal_conversations_per_s", len(records) / sealing, "1/s",
             f"{note}; CPU seconds, keys at hand; goal >= 60000"),
        row("vault.open_conversations_per_s", len(records) / opening, "1/s",
             f"{note}; CPU seconds, keys at hand"),
        row("vault.compression_ratio", size / len(stored), "", f"{note}; with index and seals"),
    ]  # fmt: skip
    with _home(folder) as vault:
        subjects = vault.subjects([r.record_id for r in records], access=ACCESS)
        owned = [Record(r.record_id, s, r.payload) for r, s in zip(records, subjects, strict=True)]
        made: list[Artifact] = []
        putting = min(
            cpu_seconds(lambda: made.append(vault.put(DAY, owned, access=ACCESS))) for _ in range(3)
        )
        scanning = min(
            cpu_seconds(
                lambda: _drain(vault.scan(made[0], data_class=DAY.data_class, access=ACCESS))
            )
            for _ in range(3)
        )
    return [
        *rows,
        row("vault.put_conversations_per_s", len(records) / putting, "1/s",
             "the same through put: keys of the subjects, digests, log, disk"),
        row("vault.scan_conversations_per_s", len(records) / scanning, "1/s",
             "the same through scan"),
    ]  # fmt: skip


def rotation(folder: Path) -> Rows:
    """Keys of data subjects that a rotation wraps anew, in one key database."""
    with _home(folder) as vault:
        for start in range(0, KEYS, 10_000):
            vault.subjects([f"c-{n}" for n in range(start, start + 10_000)], access=ACCESS)
        care = Access("bench", "custody", Purpose.CUSTODY)
        vault.keys.rotate(DataClass.SUBJECT, access=care)
        counts: list[int] = []
        taken = cpu_seconds(
            lambda: counts.append(vault.keys.rewrap(DataClass.SUBJECT, access=care))
        )
    note = f"{counts[0]} subject keys in one key database, CPU seconds; goal >= 200000"
    return [row("vault.rewrap_per_s", counts[0] / taken, "1/s", note)]


def random_record(folder: Path) -> Rows:
    """One record of a 256 MiB object, found by its id: the container alone, and the whole vault."""
    noise = os.urandom(OBJECT_RECORDS + OBJECT_RECORD_BYTES)
    ids = [f"c-{n}" for n in range(OBJECT_RECORDS)]
    records = (Record(i, None, noise[n : n + OBJECT_RECORD_BYTES]) for n, i in enumerate(ids))
    asked = random.Random(1).sample(ids, 200)
    note = f"of {OBJECT_RECORDS} records of {OBJECT_RECORD_BYTES} bytes, files cached, wall"
    with _home(folder) as vault:
        artifact = vault.put(DAY, records, access=ACCESS)

        def get(record_id: str) -> None:
            found = vault.get(artifact, record_id, data_class=DAY.data_class, access=ACCESS)
            assert found is not None

        whole = _wall_ms(get, asked)
    key = new_key()
    records = (Record(i, None, noise[n : n + OBJECT_RECORD_BYTES]) for n, i in enumerate(ids))
    store = DirectoryStore(folder / "objects")
    store.create("one", pack(PLACE, records, data_key=key, subject_keys=lambda _: {}))

    def find(record_id: str) -> None:
        with store.open("one") as blob:
            sealed = SealedObject(blob, PLACE, data_key=key, records=OBJECT_RECORDS)
            assert sealed.record(record_id, lambda _: {}) is not None

    alone = _wall_ms(find, asked)
    store.delete("one")
    return [
        row("vault.random_record_ms", alone[0], "ms",
             f"median {note}, opening included; goal <= 5"),
        row("vault.random_record_p99_ms", alone[1], "ms", f"99th percentile {note}"),
        row("vault.get_ms", whole[0], "ms", f"median {note}, with policy, log and keys"),
    ]  # fmt: skip


def _wall_ms(run: Callable[[str], None], asked: list[str]) -> tuple[float, float]:
    taken = []
    for record_id in asked:
        start = time.perf_counter()
        run(record_id)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[len(taken) * 99 // 100]


def memory(folder: Path, *, is_large: bool) -> Rows:
    """By how much a process grows that stores and reads a large object after one of 64 MiB."""
    size = 10 if is_large else 2
    rows = [
        row("vault.memory_growth_mib", _growth(folder, size * 1024, MIB), "MiB",
             f"64 MiB to {size} GiB, records of 1 MiB; put and scan; goal <= 16")
    ]  # fmt: skip
    if is_large:
        growth, note = _growth(folder, 2048, 2048), "64 MiB to 2 GiB, records of 2 KiB; their index"
        rows.append(row("vault.memory_growth_small_mib", growth, "MiB", note))
    return rows


def _growth(folder: Path, mib: int, record_bytes: int) -> float:
    done = subprocess.run(
        [sys.executable, __file__, "--grow", str(folder), str(mib), str(record_bytes)],
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return float(done.stdout)


def grow(folder: Path, mib: int, record_bytes: int) -> None:
    """In a process of its own: print by how many MiB its peak grows with the large object."""
    peaks = []
    for size in (64, mib):
        with _home(folder) as vault:
            count = size * MIB // record_bytes
            noise = os.urandom(record_bytes)
            records = (Record(f"c-{n}", None, noise) for n in range(count))
            artifact = vault.put(DAY, records, access=ACCESS)
            found = vault.scan(artifact, data_class=DAY.data_class, access=ACCESS)
            assert sum(1 for _ in found) == count
            peaks.append(_peak_kib())
    print((peaks[1] - peaks[0]) / 1024)


def _peak_kib() -> int:  # getrusage would count the process that this one was forked from
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


@contextmanager
def _home(folder: Path) -> Iterator[RegionVault]:
    """The vault of a new home below `folder`, which is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        vaults = RegionVaults(load_settings(environ={"HANDRAIL_HOME": home}))
        try:
            yield vaults.of("eu")
        finally:
            vaults.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--large", action="store_true", help="10 GiB instead of 2 GiB")
    parser.add_argument("--grow", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.grow:
        folder, mib, record_bytes = options.grow
        grow(Path(folder), int(mib), int(record_bytes))
        return 0
    if options.json is None:
        parser.error("--json OUT is needed")
    with tempfile.TemporaryDirectory(prefix="handrail-bench-") as name:
        folder = Path(name)
        rows = [
            *streams(folder),
            *conversations(folder),
            *rotation(folder),
            *random_record(folder),
            *memory(folder, is_large=options.large),
        ]
    show_rows(rows)
    write_document(options.json, rows, used=versions("cryptography", "zstandard"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
