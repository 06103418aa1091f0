"""A disk that is read-only or full, a file that is in use: a sentence, and nothing torn."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from handrail.access import Purpose
from handrail.conversations.reading import register_of
from handrail.errors import HandrailError, Refused
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault import database
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.primitives import SecretKey
from handrail.vault.region_vault import RegionVault, pipeline
from handrail.warehouse.connection import open_encrypted
from orchestration.cli import app
from tests.cloud import Cloud
from tests.faults.conftest import ForkServer, Prepared, home_in, leftovers
from tests.faults.stages import REGION, commit, vault_of
from tests.lifecycle.story import places
from tests.vault.stores.conftest import new_bucket, open_bucket

INTAKE = pipeline("test:faults", Purpose.INTAKE)
KEY = SecretKey(b"k" * 32)
PAGE = 4096


@dataclass(frozen=True)
class Disk:
    """A file system of 1 MiB in memory."""

    folder: Path

    def read_only(self) -> None:
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)

    def fill(self, *, but: int) -> None:
        """Leave `but` bytes free."""
        found = os.statvfs(self.folder)
        taken = found.f_bavail * found.f_frsize - but
        with (self.folder / "ballast").open("wb") as ballast, suppress(OSError):
            ballast.write(b"x" * max(0, taken))

    def make_room(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a file system can't be mounted here: it takes root")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def small_home(disk: Disk, new_home: Settings) -> Settings:
    """A home on the small disk, without exports."""
    shutil.copy(new_home.config_file, disk.folder)
    return home_in(disk.folder)


def put(vault: RegionVault, partition: str) -> Artifact:
    """One small object of one customer, committed."""
    (subject,) = vault.subjects([f"customer of {partition}"], access=INTAKE)
    records = [Record("c1", subject, b"hello")]
    artifact = vault.put(ObjectName("raw_chats", partition, DataClass.RAW), records, access=INTAKE)
    commit(vault, artifact, [])
    return artifact


def opens(vault: RegionVault, artifact: Artifact) -> bool:
    access = pipeline("test:faults", Purpose.REDACTION)
    found = vault.scan(artifact, data_class=DataClass.RAW, access=access)
    return [r.payload for r in found] == [b"hello"]


@pytest.mark.parametrize(
    "command",
    [
        "keys status",
        "keys rotate raw --region eu",
        "audit verify",
        "try hello --region eu",
        "why reply-1",
        "residency",
        "release rollback --region eu --actor ines --reason wrong",
        "sample review --region eu",
        "sample draw --region eu",
        "run",
        "run --source {export} --region eu",
    ],
)
@pytest.mark.parametrize("used", [True, False], ids=["used", "new"])
def test_a_command_on_a_read_only_home_says_what_to_do(
    command: str,
    used: bool,
    disk: Disk,
    small_home: Settings,
    new_home: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Exit code 1 and a sentence, whether the home was used before or not."""
    if used:
        vault = vault_of(small_home)
        put(vault, "2026-01-05")
        vault.close()
    disk.read_only()
    for name, value in places(disk.folder).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HANDRAIL_EXPORTS", str(tmp_path / "exports"))
    export = register_of(new_home, REGION).all()[0].path
    arguments = command.format(export=export).split()
    result = CliRunner().invoke(app, [*arguments, *(["--chats", "60"] if command == "run" else [])],
                                env={"COLUMNS": "400"})  # fmt: skip
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert "writable" in result.output
    assert "Traceback" not in result.output


def test_exports_that_cant_be_written_are_named(
    disk: Disk, small_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system itself says ends in a sentence too."""
    for name, value in places(disk.folder).items():
        monkeypatch.setenv(name, value)
    disk.read_only()
    result = CliRunner().invoke(app, ["run", "--chats", "60"], env={"COLUMNS": "400"})
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    said = result.output.replace("\n", "")
    assert f"{small_home.exports_folder}: Read-only file system" in said


def test_a_home_on_a_full_disk_keeps_what_it_acknowledged(disk: Disk, small_home: Settings) -> None:
    """R35, R41: whatever is left when the disk fills up, a write is whole or refused."""
    vault = vault_of(small_home)
    kept, refused = [put(vault, "2026-01-01")], 0
    for free in range(0, 20):
        disk.fill(but=free * PAGE)
        try:
            kept.append(put(vault, f"2026-02-{free + 1:02d}"))
        except HandrailError as error:
            refused += 1
            assert "make room on the disk" in str(error)
        disk.make_room()
    assert refused > 3
    assert len(kept) > 3
    vault.close()
    again = vault_of(small_home)
    assert [opens(again, artifact) for artifact in kept] == [True] * len(kept)
    assert {a.object_id for a in kept} == {a.object_id for a in again.lineage.everything()}
    assert again.audit.verify() > 0
    again.close()
    assert leftovers(small_home) == []


def test_a_new_home_on_a_full_disk_works_once_there_is_room(
    disk: Disk, small_home: Settings
) -> None:
    """R37: a key that could not be stored encrypts nothing, in the same process and later."""
    refused = 0
    for free in range(30, 90, 2):
        disk.fill(but=free * PAGE)
        with suppress(Refused):
            vault = vault_of(small_home)
            try:
                put(vault, "2026-01-05")
            except Refused:
                refused += 1
            disk.make_room()
            artifact = put(vault, "2026-01-06")
            vault.close()
            again = vault_of(small_home)
            assert opens(again, artifact)
            again.close()
        disk.make_room()
        shutil.rmtree(small_home.home, ignore_errors=True)
        shutil.rmtree(small_home.keys_folder, ignore_errors=True)
    assert refused > 2


def test_a_warehouse_on_a_full_disk_keeps_the_tables_it_had(disk: Disk) -> None:
    path = disk.folder / "eu" / "warehouse.duckdb"
    before = pa.table({"a": list(range(10))})
    with open_encrypted(path, KEY, alias="eu") as warehouse:
        warehouse.replace_tables("landing", {"a": before, "b": before})
    big = pa.table({"a": [os.urandom(400).hex() for _ in range(4000)]})
    with (
        pytest.raises(Refused, match="make room on the disk"),
        open_encrypted(path, KEY, alias="eu") as warehouse,
    ):
        warehouse.replace_tables("landing", {"a": before.slice(1), "b": big})
    with open_encrypted(path, KEY, alias="eu") as warehouse:
        for name in ("a", "b"):
            assert warehouse.query(f"select * from landing.{name}").num_rows == 10


def test_a_warehouse_on_a_read_only_disk_says_what_to_do(disk: Disk) -> None:
    path = disk.folder / "warehouse.duckdb"
    with open_encrypted(path, KEY, alias="eu"):
        pass
    disk.read_only()
    for file in (path, disk.folder / "eu" / "warehouse.duckdb"):
        with pytest.raises(Refused, match="writable"), open_encrypted(file, KEY, alias="eu"):
            pass


def test_a_database_in_use_is_waited_for_and_then_named(
    forks: ForkServer, prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R35: reading goes on, nothing is half-written, and the write works when the other ended."""
    home = prepared.before("redact", tmp_path / "home")
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    other = forks.start("hold", home)
    other.wait_for("acknowledged")
    vault = vault_of(home)
    held = vault.lineage.partitions("raw_chats")
    access = pipeline("test:faults", Purpose.REDACTION)
    assert list(vault.scan(held[0], data_class=DataClass.RAW, access=access))
    with pytest.raises(Refused, match="key database of region eu is being written by another"):
        put(vault, "2026-02-01")
    with pytest.raises(Refused, match="manifest file of region eu is being written by another"):
        commit(vault, held[0], [])
    other.kill()
    assert opens(vault, put(vault, "2026-02-01"))
    assert vault.lineage.partitions("raw_chats")[: len(held)] == held
    vault.close()


def test_everything_below_the_home_is_for_its_user_only(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """R36: whatever the umask."""
    home = prepared.before("land", tmp_path / "there")
    shutil.rmtree(home.home)
    shutil.rmtree(home.keys_folder)
    before = os.umask(0)
    try:
        vault = vault_of(home)
        put(vault, "2026-01-05")
        vault.close()
        with open_encrypted(home.home / "eu" / "warehouse.duckdb", KEY, alias="eu"):
            pass
    finally:
        os.umask(before)
    below = [
        path
        for folder in (home.home, home.keys_folder)
        for path in (folder, *folder.rglob("*"))
    ]  # fmt: skip
    assert len(below) > 12
    assert {p: oct(p.stat().st_mode) for p in below if p.stat().st_mode & 0o077} == {}


def test_a_large_object_on_its_way_to_a_bucket_needs_room_too(
    disk: Disk, cloud: Cloud, tmp_path: Path
) -> None:
    """What waits to be sent is in an unnamed file; a disk without room for it is named."""
    bucket = new_bucket(cloud, tmp_path)
    store = open_bucket(cloud.endpoint, cloud.location, bucket.bucket, disk.folder / "staging")
    for more in (0, 3):
        with pytest.raises(Refused, match=r"can't write .*staging: No space left .*; make room"):
            store.create("large", [b"x" * PAGE] * (8 * 256 + 1 + more))
    store.create("small", [b"x" * PAGE] * 100)
    assert set(bucket.lies_there()) == {"small"}
    assert list((disk.folder / "staging").iterdir()) == []
