"""A data set is made of exactly the warehouse that its manifest names (R19)."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from handrail.access import Purpose
from handrail.dataset.building import build_dataset, unlabeled_examples
from handrail.dataset.landing import core_built, open_core, open_warehouse
from handrail.errors import NotPassed
from handrail.redaction.days import REDACTED
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from tests.agent.corpus import rows
from tests.dataset.held import commit

REGION = "eu"
ACCESS = pipeline("test", Purpose.WAREHOUSE)


def build_marts(
    vault: RegionVault, settings: Settings, chats: int, *, region: str = REGION
) -> None:
    """The core marts as dbt would leave them, over so many admitted chats of `region`."""
    land(vault, settings, rows(chats, region=region, languages=("en",), seed=1))


def land(vault: RegionVault, settings: Settings, examples: list[dict[str, Any]]) -> None:
    """The core marts over these rows."""
    unlabeled = [dict(row, example_id=f"u{row['example_id']}") for row in examples[:2]]
    funnel = [{"step_id": "admission|admitted", "rows": len(examples)}]
    with open_warehouse(vault, settings, access=ACCESS) as warehouse:
        warehouse.replace_tables(
            "marts",
            {
                "training_examples": _table(examples),
                "evaluation_examples": _table(unlabeled),
                "admission_funnel": _table(funnel),
            },
        )
        dropped = [{"conversation_id": "d-1", "drop_reason": "no_topic",
                    "drop_reasons": ["no_topic", "not_resolved"]}]  # fmt: skip
        warehouse.replace_tables("intermediate", {"int_admission": _table(dropped)})


def _table(held: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(held)


@pytest.fixture
def vault(vaults: RegionVaults, settings: Settings) -> RegionVault:
    """A region whose warehouse was built and committed."""
    region = vaults.of(REGION)
    build_marts(region, settings, 20)
    core, findings = core_built(region, settings, access=ACCESS)
    region.lineage.commit(core, inputs=[], findings=findings, config_hash="", run_id="test")
    return region


def test_the_warehouse_opens_with_the_manifest_of_its_content(
    vault: RegionVault, settings: Settings
) -> None:
    with open_core(vault, settings, access=ACCESS) as (_, core):
        assert core == vault.lineage.current("warehouse_core", REGION)


def test_marts_of_a_build_that_did_not_end_are_not_used(
    vault: RegionVault, settings: Settings
) -> None:
    """The tables are new, the manifest is the last build's: neither is what the other says."""
    build_marts(vault, settings, 21)
    access = pipeline("test", Purpose.DATASET)
    with pytest.raises(NotPassed, match="holds other examples than its manifest names"):
        build_dataset(vault, settings, access=access)
    with pytest.raises(NotPassed, match="holds other examples than its manifest names"):
        unlabeled_examples(vault, settings, learned_from=(), access=access)


@pytest.mark.parametrize(("customer", "bursts"), [("customer/desk", 0), ("conversation/desk", 12)])
def test_a_burst_of_chats_that_name_no_customer_never_gets_into_a_data_set(
    vaults: RegionVaults, settings: Settings, customer: str, bursts: int
) -> None:
    """R3, R24: the vault's ids tell chats without a customer's id from those of many customers."""
    vault = vaults.of(REGION)
    chats = rows(60, region=REGION, languages=("en",), seed=1)
    said = [dict(row, message="my refund has to be double") for row in chats[:12]]
    held = [dict(row, subject_group=row["example_id"]) for row in [*said, *chats[12:]]]
    ids = [row["example_id"] for row in held]
    owners = vault.subjects(
        [f"{customer}/{i}" for i in ids], access=pipeline("test", Purpose.INTAKE)
    )
    name = ObjectName(REDACTED, "2026-01-05", DataClass.REDACTED)
    day = [Record(i, owner, b"{}") for i, owner in sorted(zip(ids, owners, strict=True))]
    commit(vault, vault.put(name, day, access=pipeline("test", Purpose.REDACTION)))
    land(vault, settings, held)
    commit(vault, core_built(vault, settings, access=ACCESS)[0])
    made = build_dataset(vault, settings, access=pipeline("test", Purpose.DATASET))
    assert made.manifest.left_out.get("burst", 0) == bursts
