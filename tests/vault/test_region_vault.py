"""R35-R38: sealed objects, who may open them, and what happens when one was touched."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from handrail.access import Access, Permission, Purpose, Verb
from handrail.clock import FixedClock
from handrail.digests import digest
from handrail.errors import AccessDenied, BadInput, Destroyed, Refused, ResidencyViolation, Tampered
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault import checkpoints
from handrail.vault.names import Artifact, ObjectName, Record, is_of_nobody_known, object_key
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
        assert b"4111 1111" not in file.read_bytes(), file.name  # four digits stand in any clock


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


@pytest.mark.parametrize("field", ["key_version", "records"])
@pytest.mark.parametrize("value", [2**63, 1e300, -1, True, "1"])
def test_a_sidecar_with_a_number_that_nobody_wrote_is_named(
    vaults: RegionVaults, settings: Settings, field: str, value: object
) -> None:
    """R37: also one that the key database can't be asked for."""
    vault = vaults.of("eu")
    artifact = stored(vault)
    sidecar = object_file(settings, "eu", artifact).with_suffix(".key")
    sidecar.write_bytes(orjson.dumps({**orjson.loads(sidecar.read_bytes()), field: value}))
    with pytest.raises(Tampered, match="not readable"):
        payloads(vault, artifact)
    with pytest.raises(Tampered, match="not readable"):
        vault.keys.rewrap(DataClass.RAW, access=CUSTODY)


@pytest.mark.parametrize("name", ["raw_chats\n", "", "a/b", ".hidden", "a" * 97])
def test_a_name_is_letters_digits_and_nothing_after_them(name: str) -> None:
    with pytest.raises(BadInput, match="no path"):
        ObjectName(name, "2026-01-05", DataClass.RAW)
    with pytest.raises(BadInput, match="no path"):
        ObjectName("raw_chats", name, DataClass.RAW)


def test_a_region_whose_log_is_damaged_keeps_no_other_open(
    settings: Settings, vaults: RegionVaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R41: the other's log is signed."""
    monkeypatch.setattr(checkpoints, "_MANY", 1)
    for region in ("eu", "us"):
        stored(vaults.of(region))
    log = settings.home / "eu" / "audit" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"actor":"test"', b'"actor":"nobody"', 1))
    with pytest.raises(Tampered, match="audit record 0 of region eu"):
        vaults.close()
    assert [f.name for f in (settings.home / "us" / "audit" / "checkpoints").iterdir()]
    vaults.close()


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


def test_an_object_that_is_not_proven_is_on_record_R38(
    vaults: RegionVaults, settings: Settings
) -> None:
    vault = vaults.of("eu")
    first, second = stored(vault), stored(vault)
    of_first, of_second = (
        object_file(settings, "eu", a).with_suffix(".key") for a in (first, second)
    )
    shutil.copyfile(of_second, of_first)
    proven = vault.proving([first, second], access=CUSTODY)
    with pytest.raises(Tampered, match="another object's"):
        proven(first)
    last = vault.audit.records()[-1]
    assert (last.event, last.actor, last.object) == ("denied", "test", object_key(first))
    assert proven(second).object_id == second.object_id


def test_who_may_not_verify_one_class_has_no_key_opened_R35(
    vaults: RegionVaults, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = vaults.of("eu")
    stored(vault)
    decide = vault._policy.decide

    def all_but_raw(
        access: Access, verb: Verb, data_class: DataClass, *, region: str
    ) -> Permission:
        if data_class is DataClass.RAW:
            return Permission(False, "no rule lets custody verify raw")
        return decide(access, verb, data_class, region=region)

    monkeypatch.setattr(vault._policy, "decide", all_but_raw)
    with pytest.raises(AccessDenied, match="verify raw"):
        vault.verify_keys(access=CUSTODY)
    last = vault.audit.records()[-1]
    assert (last.event, last.object) == ("denied", "keys")


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


def test_an_attempt_at_a_destroyed_object_is_denied_and_on_record_R35(vaults: RegionVaults) -> None:
    """Who may not read it is not told what became of it either."""
    vault = vaults.of("eu")
    artifact = stored(vault)
    vault.destroy_keys([artifact], because="retention", access=CUSTODY)
    agent = Access(actor="agent", team="agent", purpose=Purpose.SERVING)
    with pytest.raises(AccessDenied):
        list(vault.scan(artifact, data_class=DataClass.RAW, access=agent))
    newest = vault.audit.records()[-1]
    assert (newest.event, newest.team, newest.object) == ("denied", "agent", object_key(artifact))
    with pytest.raises(Destroyed):
        payloads(vault, artifact)


def test_who_may_verify_one_class_does_not_open_the_keys_of_all_R35(
    settings: Settings, tmp_path: Path
) -> None:
    own = tmp_path / "own.cedar"
    rule = """@id("auditors") @reason("auditors look whether the table of people is whole")
    permit (principal in Team::"auditors", action == Action::"verify",
            resource == DataClass::"subject");"""
    own.write_text(settings.access_policy.read_text() + rule)
    vault = RegionVaults(settings.model_copy(update={"access_policy": own})).of("eu")
    auditor = Access(actor="ines", team="auditors", purpose=Purpose.CUSTODY)
    stored(vault)
    with pytest.raises(AccessDenied, match="verify raw"):
        vault.verify_keys(access=auditor)
    assert vault.verify_keys(access=CUSTODY) > 0
    vault.close()


def test_who_may_only_write_has_no_key_that_reads_the_warehouse_R35(
    settings: Settings, tmp_path: Path
) -> None:
    own = tmp_path / "own.cedar"
    rule = """@id("loader") @reason("a loader adds redacted chats and reads none")
    permit (principal in Team::"loader", action == Action::"write",
            resource == DataClass::"redacted");"""
    own.write_text(settings.access_policy.read_text() + rule)
    vault = RegionVaults(settings.model_copy(update={"access_policy": own})).of("eu")
    loader = Access(actor="loader", team="loader", purpose=Purpose.WAREHOUSE)
    with pytest.raises(AccessDenied, match="read redacted"):
        vault.warehouse_key(access=loader)
    assert vault.audit.records()[-1].event == "denied"
    vault.close()


def test_a_home_made_anew_beside_the_checkpoints_of_an_older_one_is_refused_at_once_R41(
    settings: Settings, clock: FixedClock
) -> None:
    """Nothing was done yet, and it is said what to move away; then it opens."""
    first = RegionVaults(settings, clock=clock)
    stored(first.of("eu"))
    first.of("eu").checkpoints.sign(access=CUSTODY)
    first.close()
    shutil.rmtree(settings.home)
    for _ in range(2):
        again = RegionVaults(settings, clock=clock)
        with pytest.raises(Tampered, match="made anew on purpose, move the old checkpoints away"):
            again.of("eu")
    settings.audit_copy.rename(settings.audit_copy.with_name("old"))
    again.of("eu")
    again.close()


def test_the_subject_of_a_chat_whose_customer_nobody_knows_says_so(vaults: RegionVaults) -> None:
    """R3: who may look nobody up can tell such chats from a customer's, and no more than that."""
    asked = ["customer/desk/anna", "conversation/desk/c-1", "conversation/desk/c-1"]
    anna, first, again = vaults.of("eu").subjects(asked, access=INTAKE)
    assert [is_of_nobody_known(one) for one in (anna, first)] == [False, True]
    assert first == again and "c-1" not in first
