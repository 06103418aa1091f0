"""R37: a backup of the keys restores them, and only them, only where nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.errors import AccessDenied, BadInput, Busy, HandrailError, Refused, ResidencyViolation
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.export_gate import file_destination
from handrail.vault.key_restore import restore_keys
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.vault.root_key import key_file, read_root

CUSTODY = Access(actor="ines", team="custody", purpose=Purpose.CUSTODY)
INTAKE = pipeline("test", Purpose.INTAKE)
DAY = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
PASSPHRASE = b"correct horse battery staple"


def stored(vault: RegionVault, customer: str = "anna") -> Artifact:
    (subject,) = vault.subjects([customer], access=INTAKE)
    return vault.put(DAY, [Record("c-1", subject, b"hello")], access=INTAKE)


def opens(vault: RegionVault, artifact: Artifact) -> bool:
    found = list(vault.scan(artifact, data_class=DataClass.RAW, access=INTAKE))
    return [r.payload for r in found] == [b"hello"]


def backed_up(settings: Settings, vaults: RegionVaults, file: Path) -> Path:
    place = key_file(settings, settings.region("eu"))
    root = None if place is None else read_root(place)
    to = file_destination(file, settings=settings)
    vaults.of("eu").keys.back_up(to, root=root, passphrase=PASSPHRASE, access=CUSTODY)
    return file


def restore(
    settings: Settings,
    file: Path,
    clock: FixedClock,
    *,
    region: str = "eu",
    passphrase: bytes = PASSPHRASE,
    access: Access = CUSTODY,
) -> None:
    restore_keys(
        file,
        settings=settings,
        region=settings.region(region),
        passphrase=passphrase,
        access=access,
        clock=clock,
    )


def lose_keys(settings: Settings) -> None:
    for file in (settings.home / "eu").glob("keys.db*"):
        file.unlink()
    shutil.rmtree(settings.keys_folder)


def test_lost_keys_come_back_and_open_everything(
    settings: Settings, vaults: RegionVaults, clock: FixedClock, tmp_path: Path
) -> None:
    """R37: both the key database and the key file; both directions are on record."""
    artifact = stored(vaults.of("eu"))
    file = backed_up(settings, vaults, tmp_path / "out" / "eu.backup")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [f.name for f in file.parent.iterdir()] == ["eu.backup"]
    root = (settings.keys_folder / "eu.key").read_bytes()
    assert root not in file.read_bytes()
    vaults.close()
    lose_keys(settings)
    restore(settings, file, clock)
    assert (settings.keys_folder / "eu.key").read_bytes() == root
    again = RegionVaults(settings, clock=clock)
    assert opens(again.of("eu"), artifact)
    events = [r.event for r in again.of("eu").audit.records()]
    assert "backup" in events and "restore" in events
    assert not [f for f in (settings.home / "eu").iterdir() if "restored" in f.name]
    again.close()


def test_a_backup_is_never_overwritten(
    settings: Settings, vaults: RegionVaults, tmp_path: Path
) -> None:
    stored(vaults.of("eu"))
    file = backed_up(settings, vaults, tmp_path / "eu.backup")
    before = file.read_bytes()
    with pytest.raises(Refused, match="exists already"):
        backed_up(settings, vaults, file)
    assert file.read_bytes() == before


def test_a_wrong_passphrase_or_a_flipped_bit_restores_nothing(
    settings: Settings, vaults: RegionVaults, clock: FixedClock, tmp_path: Path
) -> None:
    """R37: bits all over the file: magic, header, its length, the sealed stream."""
    stored(vaults.of("eu"))
    file = backed_up(settings, vaults, tmp_path / "eu.backup")
    vaults.close()
    lose_keys(settings)
    with pytest.raises(HandrailError, match="the passphrase is another one"):
        restore(settings, file, clock, passphrase=b"correct horse battery stable")
    whole = file.read_bytes()
    places = [0, 6, 12, 40, 110, 200, len(whole) - 1]
    for place in places:
        edited = bytearray(whole)
        edited[place] ^= 1
        file.write_bytes(edited)
        with pytest.raises(HandrailError):
            restore(settings, file, clock)
    for length in (0, 100, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(HandrailError):
            restore(settings, file, clock)
    assert not settings.keys_folder.exists()
    assert not (settings.home / "eu" / "keys.db").exists()


def test_another_regions_backup_is_refused(
    settings: Settings, vaults: RegionVaults, clock: FixedClock, tmp_path: Path
) -> None:
    """R38"""
    stored(vaults.of("eu"))
    file = backed_up(settings, vaults, tmp_path / "eu.backup")
    with pytest.raises(ResidencyViolation, match="'eu'"):
        restore(settings, file, clock, region="us")


def test_newer_keys_are_not_replaced_by_older_ones(
    settings: Settings, vaults: RegionVaults, clock: FixedClock, tmp_path: Path
) -> None:
    """R37: what was made, rotated or limited since the backup would be undone."""
    stored(vaults.of("eu"))
    file = backed_up(settings, vaults, tmp_path / "eu.backup")
    vaults.close()
    restore(settings, file, clock)  # nothing is newer, nothing is lost
    changes: list[Callable[[], object]] = [
        lambda: stored(vaults.of("eu"), "bob"),
        lambda: vaults.of("eu").keys.rotate(DataClass.RAW, access=CUSTODY),
        lambda: vaults.of("eu").keys.limit(
            DataClass.RAW, min_encrypt=2, min_decrypt=2, access=CUSTODY
        ),
    ]
    for number, change in enumerate(changes):
        change()
        vaults.close()
        with pytest.raises(Refused, match="holds keys that the backup lacks"):
            restore(settings, file, clock)
        file = backed_up(settings, vaults, tmp_path / f"{number}.backup")
        vaults.close()
        restore(settings, file, clock)


def test_keys_that_are_in_use_are_not_replaced(
    settings: Settings, vaults: RegionVaults, clock: FixedClock, tmp_path: Path
) -> None:
    """R37: what another process wrote to the replaced file would be lost."""
    stored(vaults.of("eu"))
    file = backed_up(settings, vaults, tmp_path / "eu.backup")
    with pytest.raises(Busy):
        restore(settings, file, clock)


def test_keys_of_another_root_stay(
    settings: Settings, vaults: RegionVaults, clock: FixedClock, tmp_path: Path
) -> None:
    stored(vaults.of("eu"))
    file = backed_up(settings, vaults, tmp_path / "eu.backup")
    vaults.close()
    lose_keys(settings)
    (settings.home / "eu" / "lineage.db").unlink()  # else it is no new home, and not keyed anew
    other = RegionVaults(settings, clock=clock)
    artifact = stored(other.of("eu"))
    with pytest.raises(Refused, match="is another root key than the backup's"):
        restore(settings, file, clock)
    assert opens(other.of("eu"), artifact)
    (settings.keys_folder / "eu.key").unlink()
    with pytest.raises(Refused, match="holds keys of another root"):
        restore(settings, file, clock)
    other.close()


def test_a_damaged_key_database_is_replaced(
    settings: Settings, vaults: RegionVaults, clock: FixedClock, tmp_path: Path
) -> None:
    artifact = stored(vaults.of("eu"))
    file = backed_up(settings, vaults, tmp_path / "eu.backup")
    vaults.close()
    (settings.home / "eu" / "keys.db").write_bytes(b"not a database at all" * 1000)
    restore(settings, file, clock)
    again = RegionVaults(settings, clock=clock)
    assert opens(again.of("eu"), artifact)
    again.close()


def test_a_passphrase_stays_where_it_is(
    settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    """R37: the backup of such a home holds wrapped keys only, and needs the same passphrase."""
    phrase = tmp_path / "phrase"
    phrase.write_text("a passphrase of the home")
    home = settings.model_copy(update={"passphrase_file": phrase})
    vaults = RegionVaults(home, clock=clock)
    artifact = stored(vaults.of("eu"))
    file = backed_up(home, vaults, tmp_path / "eu.backup")
    vaults.close()
    (home.home / "eu" / "keys.db").unlink()
    with pytest.raises(Refused, match="set HANDRAIL_PASSPHRASE_FILE"):
        restore(settings, file, clock)
    phrase.write_text("a passphrase of another home")
    with pytest.raises(Refused, match="not the one this home was made with"):
        restore(home, file, clock)
    phrase.write_text("a passphrase of the home")
    restore(home, file, clock)
    vaults = RegionVaults(home, clock=clock)
    assert opens(vaults.of("eu"), artifact)
    assert not settings.keys_folder.exists()
    vaults.close()


def test_only_custody_backs_up_and_restores(
    settings: Settings, vaults: RegionVaults, clock: FixedClock, tmp_path: Path
) -> None:
    """R35"""
    stored(vaults.of("eu"))
    stranger = Access(actor="eve", team="support", purpose=Purpose.CUSTODY)
    file = tmp_path / "eu.backup"
    with pytest.raises(AccessDenied):
        to = file_destination(file, settings=settings)
        vaults.of("eu").keys.back_up(to, root=None, passphrase=PASSPHRASE, access=stranger)
    assert not file.exists()
    assert vaults.of("eu").audit.records()[-1].event == "denied"
    backed_up(settings, vaults, file)
    with pytest.raises(AccessDenied):
        restore(settings, file, clock, access=stranger)
    file.write_bytes(b"something else entirely")
    with pytest.raises(BadInput, match="not a backup of keys"):
        restore(settings, file, clock)
