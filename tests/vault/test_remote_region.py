"""R38, R36, R35: one region in a bucket under a cloud's key, another in a folder beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.errors import HandrailError, Refused, ResidencyViolation, Tampered
from handrail.residency import DataClass
from handrail.settings import DEFAULT_CONFIG, Settings, load_settings
from handrail.vault import aws
from handrail.vault.audit_log import AuditLog
from handrail.vault.aws import Patience
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from tests.cloud import Cloud, new_bucket_name
from tests.faults import proxy as faults
from tests.faults.proxy import Fault, Proxy, proxy, says

INTAKE = pipeline("test", Purpose.INTAKE)
CUSTODY = Access(actor="test", team="custody", purpose=Purpose.CUSTODY)
DAY = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
CANARY = b"the customer said: my card is 4111 1111 1111 1111"
BELOW = "handrail/eu/"


@dataclass(frozen=True)
class Remote:
    """A deployment whose `eu` is in a bucket, and the bucket."""

    settings: Settings
    cloud: Cloud
    bucket: str
    between: Proxy

    def objects(self) -> dict[str, bytes]:
        return self.cloud.lies_there(self.bucket)

    def put(self, key: str, data: bytes, like: str | None = None) -> None:
        """Write to the bucket behind the vault's back, as one who knows how it writes."""
        s3 = self.cloud.client("s3")
        told = s3.head_object(Bucket=self.bucket, Key=like or key)["Metadata"]
        s3.put_object(Bucket=self.bucket, Key=key, Body=data, Metadata=told)


@pytest.fixture
def remote(cloud: Cloud, tmp_path: Path) -> Iterator[Remote]:
    bucket = cloud.make_bucket(new_bucket_name())
    with proxy(cloud.endpoint) as between:
        seen = Cloud(between.endpoint)
        config = tmp_path / "handrail.toml"
        services = seen.services("eu", bucket=bucket, key=cloud.make_key())
        config.write_text(DEFAULT_CONFIG.read_text() + services)
        environ = {"HANDRAIL_HOME": str(tmp_path / "home")}
        yield Remote(load_settings(environ=environ, config_file=config), cloud, bucket, between)


@pytest.fixture
def vaults(remote: Remote, clock: FixedClock) -> Iterator[RegionVaults]:
    opened = RegionVaults(remote.settings, clock=clock)
    yield opened
    opened.close()


def stored(vault: RegionVault, name: ObjectName = DAY, records: int = 2) -> Artifact:
    subjects = vault.subjects([f"customer {n}" for n in range(records)], access=INTAKE)
    held = [Record(f"c-{n}", s, CANARY + b"%d" % n) for n, s in enumerate(subjects)]
    return vault.put(name, held, access=INTAKE)


def payloads(vault: RegionVault, artifact: Artifact) -> list[bytes]:
    return [r.payload for r in vault.scan(artifact, data_class=DataClass.RAW, access=INTAKE)]


def key_of(artifact: Artifact) -> str:
    return f"{BELOW}{artifact.asset}/{artifact.partition}/{artifact.object_id}"


def test_what_was_put_in_the_bucket_is_what_is_scanned(
    vaults: RegionVaults, remote: Remote, clock: FixedClock
) -> None:
    artifact = stored(vaults.of("eu"))
    assert payloads(vaults.of("eu"), artifact) == [CANARY + b"0", CANARY + b"1"]
    again = RegionVaults(remote.settings, clock=clock)
    record = again.of("eu").get(artifact, "c-1", data_class=DataClass.RAW, access=INTAKE)
    assert record and record.payload == CANARY + b"1"
    again.close()


def test_objects_are_in_the_bucket_and_all_else_below_the_home(
    vaults: RegionVaults, remote: Remote
) -> None:
    ours, theirs = stored(vaults.of("eu")), stored(vaults.of("us"))
    keys = set(remote.objects())
    assert {key_of(ours), key_of(ours) + ".key"} < keys
    assert all(key.startswith(BELOW) for key in keys)
    home = remote.settings.home
    assert not (home / "eu" / "vault").exists()
    assert [f for f in home.rglob("*") if ours.object_id in f.name] == []
    assert (home / "us" / "vault" / "raw_chats" / "2026-01-05" / str(theirs.object_id)).exists()
    for name in ("keys.db", "lineage.db", "audit"):
        assert (home / "eu" / name).exists()
    assert not (remote.settings.keys_folder / "eu.key").exists()
    assert (remote.settings.keys_folder / "us.key").exists()


def test_no_byte_of_the_bucket_shows_the_text_R36(vaults: RegionVaults, remote: Remote) -> None:
    stored(vaults.of("eu"), records=40)
    found = remote.objects()
    assert sum(map(len, found.values())) > 1000
    for data in found.values():
        assert b"4111" not in data and b"customer" not in data


def test_home_and_bucket_without_the_cloud_key_open_nothing_R35(
    vaults: RegionVaults, remote: Remote, clock: FixedClock
) -> None:
    artifact = stored(vaults.of("eu"))
    vaults.close()
    named = remote.settings.regions["eu"].key_service
    assert named
    remote.cloud.disable_key(named.key_id)
    again = RegionVaults(remote.settings, clock=clock)
    with pytest.raises(Refused, match="is Disabled: enable it"):
        payloads(again.of("eu"), artifact)
    again.close()


def test_a_home_opened_with_another_cloud_key_is_refused_R37(
    vaults: RegionVaults, remote: Remote
) -> None:
    stored(vaults.of("eu"))
    vaults.close()
    config = remote.settings.config_file
    text = config.read_text()
    other = remote.cloud.make_key()
    before = next(line for line in text.splitlines() if line.startswith("key_id"))
    config.write_text(text.replace(before, f'key_id = "{other}"'))
    again = load_settings(environ={"HANDRAIL_HOME": str(remote.settings.home)}, config_file=config)
    with pytest.raises(Refused, match=r"root key of region eu is not the one|may not do that"):
        RegionVaults(again).of("eu")


def test_an_object_that_was_moved_edited_or_swapped_does_not_open(
    vaults: RegionVaults, remote: Remote
) -> None:
    """R38: also by one who writes the checksum that fits."""
    vault = vaults.of("eu")
    ours, other = stored(vault), stored(vault, ObjectName("raw_chats", "2026-01-06", DataClass.RAW))
    there = remote.objects()
    whole, sidecar = there[key_of(ours)], there[key_of(ours) + ".key"]
    remote.put(key_of(other), whole, like=key_of(ours))
    with pytest.raises(Tampered):
        payloads(vault, other)
    remote.put(key_of(other) + ".key", sidecar, like=key_of(ours) + ".key")
    with pytest.raises(Tampered):
        payloads(vault, other)
    remote.put(key_of(ours), whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Tampered):
        payloads(vault, ours)
    remote.put(key_of(ours), whole)
    assert payloads(vault, ours)


def test_an_object_of_a_folder_region_does_not_open_in_the_bucket_R38(
    vaults: RegionVaults, remote: Remote
) -> None:
    ours, theirs = stored(vaults.of("eu")), stored(vaults.of("us"))
    folder = remote.settings.home / "us" / "vault" / "raw_chats" / "2026-01-05"
    for suffix in ("", ".key"):
        data = (folder / f"{theirs.object_id}{suffix}").read_bytes()
        remote.cloud.client("s3").put_object(
            Bucket=remote.bucket, Key=key_of(ours) + suffix, Body=data,
            Metadata={"sha256": hashlib.sha256(data).hexdigest()},
        )  # fmt: skip
    with pytest.raises((Tampered, ResidencyViolation)):
        payloads(vaults.of("eu"), ours)


def test_keys_of_the_bucket_are_wrapped_anew_R37(vaults: RegionVaults, remote: Remote) -> None:
    """Rotation re-wraps the sidecars in the bucket and rewrites no object."""
    vault = vaults.of("eu")
    artifact = stored(vault)
    before = remote.objects()
    vault.keys.rotate(DataClass.RAW, access=CUSTODY)
    assert vault.keys.rewrap(DataClass.RAW, access=CUSTODY)
    after = remote.objects()
    assert after[key_of(artifact)] == before[key_of(artifact)]
    assert after[key_of(artifact) + ".key"] != before[key_of(artifact) + ".key"]
    assert len(payloads(vault, artifact)) == 2


FAULTS: dict[str, Fault] = {
    "503": says(503, "SlowDown"),
    "a lost request": faults.resets,
    "a lost answer": faults.loses_the_answer,
    "half a body": faults.cuts,
    "another's answer": faults.garbles,
    "a flipped bit": faults.flips,
    "a redirect": says(307, "TemporaryRedirect", {"x-amz-bucket-region": "us-east-1"}),
    "no": says(403, "AccessDenied"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_whatever_happens_at_the_nth_request_it_is_done_or_refused(
    vaults: RegionVaults, remote: Remote, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was acknowledged opens afterwards; what was refused left nothing that is taken for it.

    The fault is at the first, the second, ... request of a put and of a scan, once, until there are
    no more requests.
    """
    monkeypatch.setattr(aws, "_FIRST_PAUSE", 0.01)
    vault = vaults.of("eu")
    kept, refused = [stored(vault)], 0
    for nth in range(12):
        remote.between.heal()
        remote.between.plan(lambda request, hand_on: hand_on(request), times=nth)
        remote.between.plan(fault)
        try:
            kept.append(stored(vault))
            assert len(payloads(vault, kept[-1])) == 2
        except HandrailError as error:
            refused += 1
            assert remote.bucket in str(error) or "object " in str(error)
        if len(remote.between.asked) <= nth:
            break
    else:
        raise AssertionError("a put and a scan took more requests than were broken")
    remote.between.heal()
    assert all(len(payloads(vault, artifact)) == 2 for artifact in kept)
    passes = fault not in (FAULTS["a flipped bit"], FAULTS["a redirect"], FAULTS["no"])
    assert nth > 4
    assert refused == 0 if passes else refused > 1


def test_a_region_whose_bucket_stays_away_is_refused_and_the_other_works(
    vaults: RegionVaults, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    monkeypatch.setattr(vault._store._service, "_patience", Patience(1.0, 0.3))  # type: ignore[attr-defined]
    remote.between.always(faults.resets)
    with pytest.raises(Refused, match=r"can't be read.*see to the service or the network"):
        payloads(vault, artifact)
    with pytest.raises(Refused, match="can't be stored"):
        stored(vault)
    theirs = stored(vaults.of("us"))
    assert len(payloads(vaults.of("us"), theirs)) == 2
    remote.between.heal()
    assert len(payloads(vault, artifact)) == 2


def test_a_bucket_that_lies_elsewhere_is_refused_and_on_record_R38(
    remote: Remote, clock: FixedClock
) -> None:
    config = remote.settings.config_file
    elsewhere = remote.cloud.make_bucket(new_bucket_name(), "us-west-2")
    config.write_text(config.read_text().replace(remote.bucket, elsewhere))
    environ = {"HANDRAIL_HOME": str(remote.settings.home)}
    moved = RegionVaults(load_settings(environ=environ, config_file=config), clock=clock)
    with pytest.raises(ResidencyViolation, match="lies in us-west-2"):
        moved.of("eu")
    log = AuditLog(remote.settings.home / "eu" / "audit", region="eu", clock=clock)
    [record] = log.records()
    assert record.event == "denied" and "lies in us-west-2" in record.detail
