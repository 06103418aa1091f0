"""A small home with one of everything that `handrail verify` looks at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from handrail.access import Access, Purpose
from handrail.conversations.reading import register_of
from handrail.conversations.register import RegisteredExport
from handrail.dataset.landing import open_warehouse
from handrail.release.candidate import releases_of
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, open_vault, pipeline
from handrail.verdicts import holds
from tests.release.conftest import Registry, passing, release_of

REGION = "eu"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CUSTODY = Access(actor="test", team="custody", purpose=Purpose.CUSTODY)
INTAKE = pipeline("test", Purpose.INTAKE)
DAYS = ("2026-01-05", "2026-01-06", "2026-01-07")


def opened(settings: Settings, *, now: datetime = NOW) -> RegionVault:
    return open_vault(settings, settings.region(REGION), clock=lambda: now)


def small_home(settings: Settings) -> None:
    """Three raw days and what was redacted of them, a warehouse, two releases, an export."""
    vault = opened(settings)
    for day in DAYS:
        commit(vault, put(vault, "raw_chats", day, DataClass.RAW), [])
        made = put(vault, "redacted_chats", day, DataClass.REDACTED)
        commit(vault, made, [vault.lineage.partitions("raw_chats")[-1]])
    access = pipeline("test", Purpose.WAREHOUSE)
    with open_warehouse(vault, settings, access=access) as warehouse:
        table = pa.table({"n": list(range(3000)), "text": [f"row {n}" * 5 for n in range(3000)]})
        warehouse.replace_table("landing", "conversations", table)
    releases = releases_of(settings, REGION, Registry())
    for model in ("a", "b"):
        bundle, evaluation = release_of(model)
        releases.nominate(bundle, actor="training", reason="weekly retraining", at=NOW)
        releases.approvals.record(bundle, approver="ines", simulated=True, at=NOW)
        releases.promote(
            bundle.id, passing(), evaluation=evaluation, actor="ines", reason="passed", at=NOW
        )
    export = settings.exports_folder / "chats.jsonl"
    export.parent.mkdir(exist_ok=True)
    export.touch()
    register_of(settings, REGION).add(RegisteredExport(str(export), None, None, None))
    vault.checkpoints.sign(access=CUSTODY)
    vault.close()


def put(vault: RegionVault, asset: str, day: str, data_class: DataClass) -> Artifact:
    """An object of three customers' records."""
    access = INTAKE if data_class is DataClass.RAW else pipeline("test", Purpose.REDACTION)
    subjects = vault.subjects(["anna", "bob", "carl"], access=INTAKE)
    records = [Record(f"{day}-{n}", s, b"hello " * (n + 9)) for n, s in enumerate(subjects)]
    return vault.put(ObjectName(asset, day, data_class), records, access=access)


def commit(vault: RegionVault, artifact: Artifact, inputs: list[Artifact]) -> None:
    vault.lineage.commit(
        artifact, inputs=inputs, findings=[holds("made", True, "a test made it")],
        config_hash="", run_id="test",
    )  # fmt: skip


def later(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def object_file(settings: Settings, artifact: Artifact) -> Path:
    assert artifact.object_id
    return (
        settings.home
        / REGION
        / "vault"
        / artifact.asset
        / artifact.partition
        / (artifact.object_id)
    )
