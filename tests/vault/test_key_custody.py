"""R37: rotation re-wraps sidecars and rows, never data, while others store and read."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.errors import AccessDenied, Busy, Destroyed, HandrailError, Refused, Tampered
from handrail.residency import DataClass
from handrail.settings import BucketSettings, KeyServiceSettings, Settings
from handrail.vault.class_keys import KeyState, KeyVersionGone
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.vault.sidecar import Sidecar
from handrail.vault.stores import Missing
from tests.cloud import Cloud

CUSTODY = Access(actor="ines", team="custody", purpose=Purpose.CUSTODY)
INTAKE = pipeline("test", Purpose.INTAKE)
RAW, SUBJECT = DataClass.RAW, DataClass.SUBJECT


def stored(vault: RegionVault, day: int = 5) -> Artifact:
    (subject,) = vault.subjects([f"customer of {day}"], access=INTAKE)
    name = ObjectName("raw_chats", f"2026-01-{day:02d}", RAW)
    return vault.put(name, [Record("c-1", subject, b"hello")], access=INTAKE)


def opens(vault: RegionVault, artifact: Artifact) -> bool:
    return [r.payload for r in vault.scan(artifact, data_class=RAW, access=INTAKE)] == [b"hello"]


def sidecar_file(settings: Settings, artifact: Artifact) -> Path:
    return next((settings.home / "eu" / "vault").rglob(f"{artifact.object_id}.key"))


def version_of(settings: Settings, artifact: Artifact) -> int:
    return Sidecar.parse(sidecar_file(settings, artifact).read_bytes(), what="it").key.version


def renew(vault: RegionVault, *classes: DataClass) -> int:
    count = 0
    for data_class in classes:
        vault.keys.rotate(data_class, access=CUSTODY)
        count += vault.keys.rewrap(data_class, access=CUSTODY)
    return count


def test_rotation_rewrites_sidecars_and_no_data(vaults: RegionVaults, settings: Settings) -> None:
    vault = vaults.of("eu")
    artifacts = [stored(vault, day) for day in (5, 6, 7)]
    objects = {f: f.read_bytes() for f in (settings.home / "eu" / "vault").rglob("*")
               if f.is_file() and f.suffix != ".key" and not f.name.startswith(".")}  # fmt: skip
    assert len(objects) == 3
    vault.keys.rotate(RAW, access=CUSTODY)
    assert [version_of(settings, a) for a in artifacts] == [1, 1, 1]
    assert all(opens(vault, a) for a in artifacts), "older versions unwrap until then"
    assert vault.keys.rewrap(RAW, access=CUSTODY) == 4, "three objects, one standing key"
    assert [version_of(settings, a) for a in artifacts] == [2, 2, 2]
    assert {f: f.read_bytes() for f in objects} == objects
    assert all(opens(vault, a) for a in artifacts)
    assert vault.keys.rewrap(RAW, access=CUSTODY) == 0


def test_status_counts_rows_and_sidecars_and_names_what_is_overdue(
    settings: Settings, clock: FixedClock
) -> None:
    """A version that was rotated and not re-wrapped is overdue too."""
    vault = RegionVaults(settings, clock=clock).of("eu")
    stored(vault)
    later = RegionVaults(settings, clock=FixedClock(clock() + timedelta(days=91))).of("eu")
    later.keys.rotate(RAW, access=CUSTODY)
    found = {
        (s.key.data_class, s.key.version): (s.key.state, s.wraps, s.age.days, bool(s.overdue))
        for s in later.keys.status(overdue_after=timedelta(days=90))
    }
    assert found[RAW, 1] == (KeyState.DECRYPT_ONLY, 2, 91, True)
    assert found[RAW, 2] == (KeyState.ENABLED, 0, 0, False)
    assert found[SUBJECT, 1] == (KeyState.ENABLED, 2, 91, True)
    later.keys.rewrap(RAW, access=CUSTODY)
    states = {
        (s.key.data_class, s.key.version): (s.key.state, s.wraps, bool(s.overdue))
        for s in later.keys.status(overdue_after=timedelta(days=90))
    }
    assert states[RAW, 1] == (KeyState.DESTROYED, 0, False)
    assert states[RAW, 2] == (KeyState.ENABLED, 2, False)
    for opened in (vault, later):
        opened.close()


def test_a_version_that_wraps_an_object_is_not_destroyed(
    vaults: RegionVaults, settings: Settings
) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    vault.keys.rotate(RAW, access=CUSTODY)
    vault._keyring.rewrap(RAW)  # its rows, not the sidecar
    with pytest.raises(Refused, match="still wraps the keys of 1 objects: re-wrap them first"):
        vault.keys.destroy(RAW, 1, access=CUSTODY)
    assert opens(vault, artifact)


def test_what_a_reader_kept_on_disk_goes_with_the_next_rewrap(
    vaults: RegionVaults, settings: Settings
) -> None:
    """R37: the class key that is destroyed already is in no file after the second try either."""
    vault = vaults.of("eu")
    stored(vault)
    vault.keys.rotate(RAW, access=CUSTODY)
    reader = sqlite3.connect(settings.home / "eu" / "keys.db", isolation_level=None)
    reader.execute("begin")
    [(gone,)] = reader.execute(
        "select wrapped from class_keys where class = 'raw' and version = 1"
    ).fetchall()
    vault._keyring._database._connection.execute("pragma busy_timeout = 50")
    with pytest.raises(Busy, match="then try again"):
        vault.keys.rewrap(RAW, access=CUSTODY)
    reader.close()

    def lies_somewhere() -> bool:
        files = (settings.home / "eu").glob("*keys*")
        return any(gone in f.read_bytes() for f in files if f.is_file())

    assert lies_somewhere()
    vault.keys.rewrap(RAW, access=CUSTODY)
    assert not lies_somewhere()


def test_a_version_is_on_record_as_destroyed_only_when_it_is(vaults: RegionVaults) -> None:
    """R41: neither the one in use nor one that wraps a row; a stranger's try is on record."""
    vault = vaults.of("eu")
    stored(vault)
    vault.keys.rotate(SUBJECT, access=CUSTODY)
    before = len(vault.audit.records())
    for data_class, version in ((RAW, 1), (RAW, 0), (RAW, 7), (SUBJECT, 1)):
        with pytest.raises(Refused):
            vault.keys.destroy(data_class, version, access=CUSTODY)
    assert len(vault.audit.records()) == before
    with pytest.raises(AccessDenied):
        vault.keys.destroy(SUBJECT, 1, access=INTAKE)
    assert vault.audit.records()[-1].event == "denied"


def test_the_version_in_use_is_not_destroyed_though_a_rotation_comes_between(
    vaults: RegionVaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R37: what is stored after the sidecars were counted is wrapped by it."""
    vault = vaults.of("eu")
    vault.keys.rotate(RAW, access=CUSTODY)
    kept: list[Artifact] = []
    wrapped = vault._sidecars.wrapped

    def count_and_lose_the_race() -> Counter[tuple[DataClass, int]]:
        counted = wrapped()
        name = ObjectName("raw_chats", "2026-01-05", RAW)
        kept.append(vault.put(name, [Record("c-1", None, b"hello")], access=INTAKE))
        renewed = vault._keyring
        renewed.rotate(RAW)
        renewed.rewrap(RAW)
        return counted

    monkeypatch.setattr(vault._sidecars, "wrapped", count_and_lose_the_race)
    with pytest.raises(Refused, match="is not an older version"):
        vault.keys.destroy(RAW, 1, access=CUSTODY)
    assert all(opens(vault, artifact) for artifact in kept)


def test_every_step_is_on_record_and_custodys_alone(vaults: RegionVaults) -> None:
    """R35"""
    vault = vaults.of("eu")
    artifact = stored(vault)
    renew(vault, RAW)
    vault.keys.limit(RAW, min_encrypt=2, min_decrypt=2, access=CUSTODY)
    vault.destroy_keys([artifact], because="retention", access=CUSTODY)
    records = [r for r in vault.audit.records() if r.team == "custody"]
    assert [(r.event, r.actor, r.object.split("/")[0]) for r in records] == [
        ("rotate", "ines", "class_keys"),
        ("rewrap", "ines", "class_keys"),
        ("destroy", "ines", "class_keys"),
        ("limit", "ines", "class_keys"),
        ("destroy", "ines", "raw_chats"),
    ]
    strangers = [INTAKE, Access("eve", "custody", Purpose.INTAKE), Access("eve", "support",
                 Purpose.CUSTODY)]  # fmt: skip
    for stranger in strangers:
        for attempt in (
            lambda who: vault.keys.rotate(RAW, access=who),
            lambda who: vault.keys.rewrap(RAW, access=who),
            lambda who: vault.keys.limit(RAW, min_encrypt=1, min_decrypt=1, access=who),
            lambda who: vault.keys.destroy(RAW, 1, access=who),
            lambda who: vault.destroy_keys([stored(vault)], because="retention", access=who),
        ):
            with pytest.raises(AccessDenied):
                attempt(stranger)
            assert vault.audit.records()[-1].event == "denied"


def test_a_copy_of_a_destroyed_sidecar_opens_until_the_next_rotation_and_never_after(
    vaults: RegionVaults, settings: Settings
) -> None:
    """R52"""
    vault = vaults.of("eu")
    artifact = stored(vault)
    file = sidecar_file(settings, artifact)
    copied = file.read_bytes()
    vault.destroy_keys([artifact], because="retention", access=CUSTODY)
    with pytest.raises(Destroyed):
        opens(vault, artifact)
    with sqlite3.connect(settings.region_home("eu") / "lineage.db") as manifests:
        manifests.execute("delete from destroyed")  # as in a copy of the disk from before
    with pytest.raises(Missing):
        opens(vault, artifact)
    file.write_bytes(copied)
    assert opens(vault, artifact), "what a rotation is for"
    file.unlink()
    renew(vault, RAW)
    file.write_bytes(copied)
    with pytest.raises(KeyVersionGone, match="is destroyed"):
        opens(vault, artifact)


def test_an_edited_sidecar_is_named_stops_no_other_and_keeps_its_class_key(
    vaults: RegionVaults, settings: Settings
) -> None:
    vault = vaults.of("eu")
    bad, good = stored(vault, 5), stored(vault, 6)
    file = sidecar_file(settings, bad)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"records":1', b'"records":2'))
    with pytest.raises(Tampered, match="1 sidecars can't be re-wrapped"):
        renew(vault, RAW)
    assert version_of(settings, good) == 2
    file.write_bytes(whole)
    assert opens(vault, bad), "repaired in time, it opens"
    vault.keys.rewrap(RAW, access=CUSTODY)
    assert opens(vault, bad)
    states = [s.key.state for s in vault.keys.status(overdue_after=timedelta(days=90))
              if s.key.data_class is RAW]  # fmt: skip
    assert states == [KeyState.DESTROYED, KeyState.ENABLED]


def test_a_rewrap_waits_for_what_was_wrapped_and_is_not_stored_yet(vaults: RegionVaults) -> None:
    vault = vaults.of("eu")
    stored(vault)
    done = threading.Event()

    def rewrap() -> None:
        renew(vault, RAW)
        done.set()

    with vault._keyring.wrapping(), vault._keyring.wrapping():
        other = threading.Thread(target=rewrap)
        other.start()
        assert not done.wait(0.3)
    other.join(10)
    assert done.is_set()


@contextmanager
def working(*works: object) -> Iterator[list[str]]:
    """Each work over and over in a thread of its own; what failed is told."""
    failed: list[str] = []
    stop = threading.Event()

    def loop(work: object) -> None:
        number = 0
        while not stop.is_set() and not failed:
            number += 1
            try:
                work(number)  # type: ignore[operator]
            except HandrailError as error:
                failed.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=loop, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield failed
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_rotations_while_others_store_and_read_lose_nothing(
    settings: Settings, clock: FixedClock
) -> None:
    """Three vaults of one home, as three processes have them: store, read and rotate."""
    writing, reading, rotating = (RegionVaults(settings, clock=clock).of("eu") for _ in range(3))
    kept = [stored(writing, day) for day in (1, 2, 3)]

    def write(number: int) -> None:
        kept.append(stored(writing, 4 + number % 20))

    def read(number: int) -> None:
        assert opens(reading, kept[-1 - number % 3])

    with working(write, read) as failed:
        for _ in range(5):
            renew(rotating, RAW, SUBJECT)
    assert failed == []
    assert len(kept) > 3
    assert all(opens(reading, artifact) for artifact in kept)
    newest = {s.key.version for s in rotating.keys.status(overdue_after=timedelta(days=90))
              if s.key.state is KeyState.ENABLED and s.key.data_class is RAW}  # fmt: skip
    assert newest == {6}
    for vault in (writing, reading, rotating):
        vault.close()


def test_a_region_in_the_cloud_rotates_as_one_on_this_machine(
    settings: Settings, clock: FixedClock, cloud: Cloud
) -> None:
    """R37: sidecars in a bucket, class keys wrapped by KMS; no key file is made."""
    eu = settings.regions["eu"].model_copy(
        update={
            "store": BucketSettings(
                kind="s3",
                bucket=cloud.make_bucket("rotated-keys"),
                location=cloud.location,
                endpoint=cloud.endpoint,
            ),
            "key_service": KeyServiceSettings(
                kind="kms",
                key_id=cloud.make_key(),
                location=cloud.location,
                endpoint=cloud.endpoint,
            ),
        }
    )
    there = settings.model_copy(update={"regions": {**settings.regions, "eu": eu}})
    vault = RegionVaults(there, clock=clock).of("eu")
    artifact = stored(vault)
    before = cloud.lies_there("rotated-keys")
    assert renew(vault, RAW, SUBJECT) == 4
    after = cloud.lies_there("rotated-keys")
    assert [key for key in after if after[key] != before[key]] == [
        f"raw_chats/2026-01-05/{artifact.object_id}.key"
    ]
    assert opens(vault, artifact)
    vault.close()
    assert not settings.keys_folder.exists()
