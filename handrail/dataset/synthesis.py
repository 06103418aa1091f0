"""Synthetic dialogues: written only for listed deficits, only from approved facts, marked (R8)."""

from __future__ import annotations

from collections.abc import Iterable

from handrail.access import Access
from handrail.dataset.manifest import MAX_SYNTHETIC_SHARE, thaw
from handrail.dataset.model import TrainingExample
from handrail.dataset.splits import share_of
from handrail.residency import DataClass
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault

SYNTHETIC = "synthetic_chats"


def read_synthetic(
    vault: RegionVault, *, access: Access
) -> tuple[tuple[TrainingExample, ...], Artifact]:
    """The region's synthetic rows as stored; refuses when they did not pass or are stale."""
    artifact = vault.lineage.require_passed(SYNTHETIC, vault.region.name)
    rows = tuple(
        thaw(record.payload)
        for record in vault.scan(artifact, data_class=DataClass.DATASET, access=access)
    )
    return rows, artifact


def within_share(
    synthetic: Iterable[TrainingExample], *, training_rows: int, seed: int
) -> tuple[TrainingExample, ...]:
    """As many synthetic rows as may stand beside so many real training rows, chosen by hash.

    The limit is on what is trained on, so the share among all rows of the set is below it too.
    """
    most = int(training_rows * MAX_SYNTHETIC_SHARE / (1 - MAX_SYNTHETIC_SHARE))
    by_hash = sorted(
        synthetic, key=lambda e: share_of(e.example_id, seed=seed, purpose="synthetic")
    )
    return tuple(sorted(by_hash[:most], key=lambda e: e.example_id))
