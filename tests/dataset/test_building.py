"""A data set is made of exactly the warehouse that its manifest names (R19)."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from handrail.access import Purpose
from handrail.dataset.building import build_dataset, unlabeled_examples
from handrail.dataset.landing import core_built, open_core, open_warehouse
from handrail.errors import NotPassed
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from tests.agent.corpus import rows

REGION = "eu"
ACCESS = pipeline("test", Purpose.WAREHOUSE)


def build_marts(
    vault: RegionVault, settings: Settings, chats: int, *, region: str = REGION
) -> None:
    """The core marts as dbt would leave them, over so many admitted chats of `region`."""
    examples = rows(chats, region=region, languages=("en",), seed=1)
    unlabeled = [dict(row, example_id=f"u{row['example_id']}") for row in examples[:2]]
    funnel = [{"step_id": "admission|admitted", "rows": chats}]
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
