"""R35-R38: sealed objects, who may open them, and what happens when one was touched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.digests import digest
from handrail.errors import AccessDenied, BadInput, Refused, ResidencyViolation, Tampered
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import Artifact, ObjectName, Record, object_key
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline

CUSTODY = Access(actor="test", team="custody", purpose=Purpose.CUSTODY)
INTAKE = pipeline("test", Purpose.INTAKE)
DAY = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
CANARY = b"the customer said: my card is 4111 1111 1111 1111"


def stored(vault: RegionVault, name: ObjectName = DAY) -> Artifact:
    subjects = vault.subjects(["anna", "bob"], access=INTAKE)
    records = [Record(f"c-{n}", s, CANARY + b"%d" % n) for n, s in enumerate(subjects)]
    return vault.put(name, records, access=INTAKE)


def payloads(vault: RegionVault, artifact: Artifact) -> list[bytes]:
    return [r.payload for r in vault.scan(artifact, data_class=DataClass.RAW, access=INTAKE)]


def object_file(settings: Settings, region: str, artifact: Artifact) -> Path:
    assert artifact.object_id
    return (
        settings.home / region / "vault" / artifact.asset / artifact.partition / artifact.object_id
    )


def test_what_was_put_is_what_is_scanned(vaults: RegionVaults) -> None:
    vault = vaults.of("eu")
    assert payloads(vault, stored(vault)) == [CANARY + b"0", CANARY + b"1"]


def test_get_returns_one_record_or_none(vaults: RegionVaults) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    found = vault.get(artifact, "c-1", data_class=DataClass.RAW, access=INTAKE)
    assert found is not None and found.payload == CANARY + b"1"
    assert vault.get(artifact, "c-9", data_class=DataClass.RAW, access=INTAKE) is None


def test_no_stored_byte_shows_the_text_R36(vaults: RegionVaults, settings: Settings) -> None:
    stored(vaults.of("eu"))
    files = [f for f in settings.home.rglob("*") if f.is_file()]
    assert len(files) >= 4
    for file in files:
        assert b"4111" not in file.read_bytes(), file.name


def test_every_flipped_byte_is_refused(vaults: RegionVaults, settings: Settings) -> None:
    """Every byte of the object, one bit each: none opens, none crashes (R36)."""
    vault = vaults.of("eu")
    artifact = stored(vault)
    file = object_file(settings, "eu", artifact)
    whole = file.read_bytes()
    for position in range(len(whole)):
        edited = bytearray(whole)
        edited[position] ^= 1 << (position % 8)
        file.write_bytes(edited)
        with pytest.raises((Tampered, ResidencyViolation)):
            payloads(vault, artifact)
    file.write_bytes(whole)
    assert payloads(vault, artifact)


def test_truncated_object_does_not_open(vaults: RegionVaults, settings: Settings) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    file = object_file(settings, "eu", artifact)
    whole = file.read_bytes()
    for length in (0, 3, 6, 40, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(Tampered):
            payloads(vault, artifact)


def test_moved_object_does_not_open(vaults: RegionVaults, settings: Settings) -> None:
    """R38: an object under another name, partition or id is refused."""
    vault = vaults.of("eu")
    artifact = stored(vault)
    other = stored(vault, ObjectName("raw_chats", "2026-01-06", DataClass.RAW))
    shutil.copy(object_file(settings, "eu", artifact), object_file(settings, "eu", other))
    with pytest.raises(Tampered, match="moved, edited"):
        payloads(vault, other)


def test_object_opened_as_another_class_is_refused(vaults: RegionVaults) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    with pytest.raises(Tampered):
        list(
            vault.scan(
                artifact,
                data_class=DataClass.REDACTED,
                access=pipeline("test", Purpose.REDACTION),
            )
        )


@pytest.mark.parametrize(
    ("team", "purpose"),
    [
        ("pipeline", Purpose.TRAINING),
        ("pipeline", Purpose.RELEASE),
        ("compliance", Purpose.REVIEW),
        ("support", Purpose.INTAKE),
        ("nobody", Purpose.INTAKE),
    ],
)
def test_raw_stays_shut_for_everyone_but_intake_R35(
    vaults: RegionVaults, team: str, purpose: Purpose
) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    stranger = Access(actor="stranger", team=team, purpose=purpose)
    with pytest.raises(AccessDenied, match="no rule"):
        list(vault.scan(artifact, data_class=DataClass.RAW, access=stranger))
    denied = vault.audit.records()[-1]
    assert (denied.event, denied.actor) == ("denied", "stranger")


def test_opening_is_logged_before_the_key_is_released_R35(
    vaults: RegionVaults, settings: Settings
) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    log = settings.home / "eu" / "audit" / "audit.jsonl"
    log.unlink()
    log.mkdir()
    with pytest.raises(AccessDenied, match="audit log"):
        payloads(vault, artifact)


def test_nothing_is_stored_that_can_not_be_logged_R35(
    vaults: RegionVaults, settings: Settings
) -> None:
    """The record is durable before the object is whole."""
    vault = vaults.of("eu")
    log = settings.home / "eu" / "audit" / "audit.jsonl"
    record = Record("c-1", None, CANARY)
    vault.put(DAY, [record], access=INTAKE)
    log.unlink()
    log.mkdir()
    with pytest.raises(AccessDenied, match="audit log"):
        vault.put(ObjectName("raw_chats", "2026-01-06", DataClass.RAW), [record], access=INTAKE)
    assert not list((settings.home / "eu" / "vault").glob("raw_chats/2026-01-06/*"))


def test_nobody_without_the_right_has_a_record_taken(vaults: RegionVaults) -> None:
    taken: list[bool] = []
    records = (taken.append(True) or Record("c-1", None, b"x") for _ in range(1))
    stranger = Access(actor="stranger", team="support", purpose=Purpose.INTAKE)
    with pytest.raises(AccessDenied):
        vaults.of("eu").put(DAY, records, access=stranger)
    assert taken == []


def test_the_digest_is_of_ids_and_payloads_in_order(vaults: RegionVaults) -> None:
    vault = vaults.of("eu")
    one, two = Record("c-1", None, b"x"), Record("c-2", None, b"y")
    name = ObjectName("training_dataset", "eu", DataClass.DATASET)
    access = pipeline("test", Purpose.DATASET)

    def digest_of(*records: Record) -> str:
        return vault.put(name, iter(records), access=access).digest

    assert digest_of(one, two) == digest_of(one, two)
    assert digest_of(one, two) == digest([["c-1", digest(b"x")], ["c-2", digest(b"y")]])
    assert digest_of() == digest([])
    others = [digest_of(two, one), digest_of(one), digest_of(one, Record("c-2", None, b"z"))]
    assert len({digest_of(one, two), *others}) == 4


def test_what_an_object_states_is_proven_by_its_bytes_R38(
    vaults: RegionVaults, settings: Settings
) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    proven = vault.proving([artifact], access=CUSTODY)
    noted = vault.audit.records()[-1]
    assert (noted.event, noted.object, noted.team) == ("prove", object_key(artifact), "custody")
    stated = proven(artifact)
    assert (stated.region, stated.name, stated.records) == ("eu", DAY, 2)
    sidecar = object_file(settings, "eu", artifact).with_suffix(".key")
    whole = sidecar.read_bytes()
    sidecar.write_bytes(whole.replace(b'"records":2', b'"records":3'))
    with pytest.raises(Tampered):
        proven(artifact)
    sidecar.write_bytes(whole)
    object_file(settings, "eu", artifact).unlink()
    with pytest.raises(Refused, match="not in the store"):
        proven(artifact)


def test_audit_record_names_who_why_what_and_how_many(vaults: RegionVaults) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    payloads(vault, artifact)
    record = vault.audit.records()[-1]
    assert (record.event, record.actor, record.purpose, record.count) == (
        "open",
        "test",
        "intake",
        2,
    )
    assert record.object.startswith("raw_chats/2026-01-05/") and len(record.ids_digest) == 64


def test_subject_ids_are_stable_random_and_not_the_customer_id(vaults: RegionVaults) -> None:
    first = vaults.of("eu").subjects(["anna", "bob", "anna"], access=INTAKE)
    assert first[0] == first[2] != first[1]
    assert vaults.of("eu").subjects(["anna"], access=INTAKE) == first[:1]
    assert vaults.of("us").subjects(["anna"], access=INTAKE) != first[:1]


def test_a_region_that_is_not_served_is_refused(vaults: RegionVaults) -> None:
    with pytest.raises(BadInput, match="not served"):
        vaults.of("mars")


def test_raw_digest_is_keyed_R36(vaults: RegionVaults) -> None:
    """The same raw content has another digest elsewhere: it can't be guessed."""
    assert stored(vaults.of("eu")).digest != stored(vaults.of("us")).digest


def test_stolen_home_without_key_file_opens_nothing(
    settings: Settings, vaults: RegionVaults
) -> None:
    """R35: the home alone is noise; Handrail refuses it and never makes a new key over it."""
    stored(vaults.of("eu"))
    vaults.close()
    shutil.rmtree(settings.keys_folder)
    with pytest.raises(Refused, match="is missing and this home needs it"):
        RegionVaults(settings).of("eu")
    assert not settings.keys_folder.exists()


@pytest.mark.parametrize("key_file_too", [False, True])
def test_a_home_without_its_key_database_is_never_re_keyed(
    settings: Settings, vaults: RegionVaults, *, key_file_too: bool
) -> None:
    """R37: new keys over old objects would open none of them, and keep a backup out."""
    stored(vaults.of("eu"))
    vaults.close()
    database = settings.region_home("eu") / "keys.db"
    database.unlink()
    if key_file_too:
        shutil.rmtree(settings.keys_folder)
    with pytest.raises(Refused, match="handrail keys restore"):
        RegionVaults(settings).of("eu")
    assert not database.exists()
    assert settings.keys_folder.exists() is not key_file_too
