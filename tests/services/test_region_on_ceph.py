"""R36, R37, R38: a region whose objects are in a real server's bucket, from put to re-wrap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.errors import Refused, ResidencyViolation, Tampered
from handrail.residency import DataClass
from handrail.settings import DEFAULT_CONFIG, Settings, load_settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVaults, pipeline
from tests.cloud import Cloud, new_bucket_name

pytestmark = pytest.mark.services

INTAKE = pipeline("test", Purpose.INTAKE)
CUSTODY = Access(actor="test", team="custody", purpose=Purpose.CUSTODY)
DAY = ObjectName("raw_chats", "2026-01-05", DataClass.RAW)
CANARY = b"the customer said: my card is 4111 1111 1111 1111"
CHATS = 3000


def settings_of(real_store: Cloud, bucket: str, tmp_path: Path) -> Settings:
    config = tmp_path / "handrail.toml"
    store = real_store.services("eu", bucket=bucket, key="-").partition("[regions.eu.key_service]")
    config.write_text(DEFAULT_CONFIG.read_text() + store[0])
    return load_settings(environ={"HANDRAIL_HOME": str(tmp_path / "home")}, config_file=config)


@pytest.fixture
def bucket(real_store: Cloud) -> str:
    return real_store.make_bucket(new_bucket_name())


@pytest.fixture
def vaults(
    real_store: Cloud, bucket: str, tmp_path: Path, clock: FixedClock
) -> Iterator[RegionVaults]:
    opened = RegionVaults(settings_of(real_store, bucket, tmp_path), clock=clock)
    yield opened
    opened.close()


def test_a_day_of_chats_there_and_back(
    vaults: RegionVaults, real_store: Cloud, bucket: str
) -> None:
    vault = vaults.of("eu")
    subjects = vault.subjects([f"customer {n}" for n in range(CHATS)], access=INTAKE)
    held = [Record(f"c-{n}", s, CANARY + b"%d" % n) for n, s in enumerate(subjects)]
    artifact = vault.put(DAY, held, access=INTAKE)
    found = list(vault.scan(artifact, data_class=DataClass.RAW, access=INTAKE))
    assert found == held
    one = vault.get(artifact, f"c-{CHATS - 1}", data_class=DataClass.RAW, access=INTAKE)
    assert one == held[-1]

    before = real_store.lies_there(bucket)
    assert sum(map(len, before.values())) > CHATS * 50
    assert not any(b"4111" in data or b"customer" in data for data in before.values())
    vault.keys.rotate(DataClass.RAW, access=CUSTODY)
    vault.keys.rewrap(DataClass.RAW, access=CUSTODY)
    after = real_store.lies_there(bucket)
    changed = {key for key in before if before[key] != after[key]}
    assert {key.rpartition(".")[2] for key in changed} == {"key"}
    assert list(vault.scan(artifact, data_class=DataClass.RAW, access=INTAKE)) == held

    key = next(key for key in before if key.endswith(str(artifact.object_id)))
    s3 = real_store.client("s3")
    told = s3.head_object(Bucket=bucket, Key=key)["Metadata"]
    edited = bytearray(before[key])
    edited[len(edited) // 2] ^= 1
    s3.put_object(Bucket=bucket, Key=key, Body=bytes(edited), Metadata=told)
    with pytest.raises(Tampered):
        list(vault.scan(artifact, data_class=DataClass.RAW, access=INTAKE))


def test_a_signature_that_does_not_fit_is_refused(
    real_store: Cloud, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handrail.vault import aws

    settings = settings_of(real_store, bucket, tmp_path)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another secret")
    aws._session.cache_clear()
    try:
        with pytest.raises(Refused, match=r"SignatureDoesNotMatch; give this process credentials"):
            RegionVaults(settings).of("eu")
    finally:
        aws._session.cache_clear()


def test_a_bucket_of_another_place_is_refused_R38(
    real_store: Cloud, bucket: str, tmp_path: Path
) -> None:
    elsewhere = replace(real_store, location="eu-central-1")
    settings = settings_of(elsewhere, bucket, tmp_path)
    with pytest.raises(ResidencyViolation, match="lies in default, and the region's data may lie"):
        RegionVaults(settings).of("eu")
