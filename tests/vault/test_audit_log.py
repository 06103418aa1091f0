"""R35, R41: every key use is on a chain that shows the first change made to it."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.errors import AccessDenied, Tampered
from handrail.residency import DataClass
from handrail.vault import lines
from handrail.vault.audit_log import AuditLog, Entry
from handrail.vault.lines import Occurrences
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline

ACCESS = pipeline("test", Purpose.INTAKE)
STRANGER = Access("mallory", "marketing", Purpose.INTAKE)


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
        (lambda lines: [*lines[:2], lines[2][:40], *lines[3:]], 2),
        (lambda lines: [*lines[:1], lines[1].replace(b'"count"', b' "count"'), *lines[2:]], 1),
        (lambda lines: [*lines[:3], b'{"seq":3,' + lines[3][1:]], 3),
        (lambda lines: [*lines[:2], lines[2].replace(b'"count":2', b'"count":[]'), lines[3]], 2),
    ],
    ids=[
        "edited", "removed", "beheaded", "swapped", "repeated", "garbage", "truncated", "spaced",
        "said twice", "of another type",
    ],
)  # fmt: skip
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


def test_the_first_bad_record_is_named_by_number_time_and_event_R41(
    log: AuditLog, tmp_path: Path
) -> None:
    file = tmp_path / "audit.jsonl"
    file.write_bytes(file.read_bytes().replace(b"object-2", b"object-7"))
    sentence = r"audit record 2 of region eu \(2026-03-02T12:00:00.000000Z, open\) was changed"
    with pytest.raises(Tampered, match=sentence):
        log.verify()


def test_a_log_of_another_region_is_no_log_of_this_one_R38(log: AuditLog, tmp_path: Path) -> None:
    us = AuditLog(tmp_path, region="us", clock=log.clock)
    with pytest.raises(Tampered, match="audit record 0 of region us"):
        us.verify()


def test_threads_share_writes_and_keep_one_chain(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R35: each returns when its own record is durable, in the order of its own calls."""
    writes: list[int] = []

    def counted(path: Path, data: bytes) -> None:
        writes.append(data.count(b"\n"))
        lines.append_durably(path, data)

    monkeypatch.setattr("handrail.vault.audit_log.append_durably", counted)
    log = AuditLog(tmp_path, region="eu", clock=clock)

    def use(thread: int) -> list[int]:
        return [
            log.append("open", ACCESS, what=f"{thread}", count=n, ids_digest="", detail="").seq
            for n in range(12)
        ]

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(use, range(8)))
    assert log.verify() == sum(writes) == 96
    assert len(writes) < 96
    assert sorted(n for own in numbers for n in own) == list(range(96))
    records = log.records()
    for thread, own in enumerate(numbers):
        assert own == sorted(own)
        assert [(records[n].object, records[n].count) for n in own] == [
            (f"{thread}", n) for n in range(12)
        ]


def test_several_records_of_one_caller_are_one_write(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: Counter[str] = Counter()
    fsync = os.fsync

    def counted(descriptor: int) -> None:
        synced["times"] += 1
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    made = log.append_many([Entry("put", ACCESS, f"o{n}", n, "", "") for n in range(50)])
    assert (synced["times"], [r.seq for r in made]) == (1, list(range(4, 54)))
    assert log.verify() == 54


def test_what_cant_be_written_is_refused_before_anybody_else_waits_for_it(log: AuditLog) -> None:
    with pytest.raises(TypeError):
        log.append(
            "open", ACCESS, what="half a character \ud800", count=0, ids_digest="", detail=""
        )
    assert log.verify() == 4


def test_a_log_whose_end_is_not_readable_denies_access_R35(log: AuditLog, tmp_path: Path) -> None:
    with (tmp_path / "audit.jsonl").open("ab") as file:
        file.write(b"no record\n")
    with pytest.raises(AccessDenied, match="record at the end of region eu is not readable"):
        log.append("open", ACCESS, what="next", count=0, ids_digest="", detail="")


def test_records_of_one_event_are_found_by_the_event_alone(log: AuditLog) -> None:
    log.append("put", ACCESS, what="x", count=0, ids_digest="", detail='"event":"open"')
    log.append("open", ACCESS, what="y", count=0, ids_digest="", detail="")
    assert [r.object for r in log.stream(event="put")] == ["x"]
    assert [r.object for r in log.stream(event="open")][-2:] == ["object-3", "y"]


def read(vault: RegionVault, artifact: Artifact) -> object:
    return list(vault.scan(artifact, data_class=DataClass.RAW, access=STRANGER))


def write(vault: RegionVault, artifact: Artifact) -> object:
    name = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
    return vault.put(name, [Record("c", None, b"")], access=STRANGER)


def rewrap(vault: RegionVault, artifact: Artifact) -> object:
    return vault.keys.rewrap(DataClass.RAW, access=STRANGER)


@pytest.mark.parametrize("attempt", [read, write, rewrap])
def test_a_denied_attempt_is_on_record_and_nothing_else_is_R35(
    vaults: RegionVaults, attempt: Callable[[RegionVault, Artifact], object]
) -> None:
    vault = vaults.of("eu")
    name = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
    artifact = vault.put(name, [Record("c", None, b"")], access=ACCESS)
    before = vault.audit.verify()
    with pytest.raises(AccessDenied):
        attempt(vault, artifact)
    (denied,) = vault.audit.records()[before:]
    assert (denied.event, denied.actor, denied.team) == ("denied", "mallory", "marketing")
    assert "team marketing" in denied.detail and denied.detail.endswith("permits it")


def test_occurrences_are_those_of_the_file_as_it_is(tmp_path: Path) -> None:
    """Whatever happens to it between two looks: grown, torn, cut, replaced by a longer one."""
    file = tmp_path / "log"
    seen = Occurrences(file, b"yes")
    for content in (
        None, b"", b"yes\n", b"yes\nno\nyes yes\n", b"yes\nno\nyes yes\nye",
        b"yes\nno\nyes yes\nyes\n", b"yes\n", b"no\n", b"nay\nyes\nno\nyes\nyes\n", None, b"yes\n",
    ):  # fmt: skip
        if content is None:
            file.unlink(missing_ok=True)
        else:
            file.write_bytes(content)
        whole = (content or b"").rpartition(b"\n")[0]
        assert seen.count() == whole.count(b"yes"), content


def test_occurrences_read_only_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"yes\n" * 1000)
    seen = Occurrences(file, b"yes")
    assert seen.count() == 1000
    looked = 0
    each_line = lines.each_line

    def counted(path: Path, *, start: int, end: int):  # type: ignore[no-untyped-def]
        nonlocal looked
        looked += end - start
        return each_line(path, start=start, end=end)

    monkeypatch.setattr(lines, "each_line", counted)
    with file.open("ab") as more:
        more.write(b"yes\n")
    assert (seen.count(), looked) == (1001, 8)
