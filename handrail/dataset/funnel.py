"""The funnel of a region: how many rows each step let through, from its manifests."""

from __future__ import annotations

from handrail.conversations.sealing import QUARANTINE, RAW
from handrail.dataset.landing import CORE
from handrail.redaction.days import REDACTED
from handrail.vault.region_vault import RegionVault


def funnel(vault: RegionVault) -> tuple[tuple[str, int], ...]:
    """(step, rows) from the exports down to the rows admitted to training; counts only."""
    read = vault.lineage.current(QUARANTINE, vault.region.name)
    core = vault.lineage.current(CORE, vault.region.name)
    return (
        ("read from exports", int(read.measures["rows"]) if read else 0),
        ("accepted", int(read.measures["accepted"]) if read else 0),
        ("sealed", _records(vault, RAW)),
        ("redacted", _records(vault, REDACTED)),
        ("admitted to training", core.records if core else 0),
    )


def _records(vault: RegionVault, asset: str) -> int:
    return sum(artifact.records for artifact in vault.lineage.holdings.of(asset))
