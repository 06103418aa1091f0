"""Every evaluation a region ever stored, as rows for the warehouse's history (R20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from handrail.access import Access
from handrail.evaluation.gate import RULES, GateRules
from handrail.evaluation.slices import slices
from handrail.evaluation.stored import SCORES, read_evaluation
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import worst
from handrail.warehouse.records import Score


def score_history(vault: RegionVault, *, access: Access) -> Iterator[Score]:
    """One row a slice and measure of each evaluation, oldest first."""
    delta = GateRules.read(RULES).delta
    for artifact, at in vault.lineage.history(SCORES, vault.region.name):
        evaluation = read_evaluation(vault, artifact, access=access)
        verdict = str(worst(vault.lineage.findings(artifact)))
        for cell in slices(evaluation, delta=delta):
            yield Score(
                release=evaluation.digest[:12],
                model=evaluation.key.model,
                suite=evaluation.key.suite,
                scored_at=datetime.fromisoformat(at),
                slice=f"{cell.dimension}:{cell.value}",
                measure=cell.measure,
                value=cell.share,
                lower=cell.low,
                upper=cell.high,
                n=cell.n,
                verdict=verdict,
            )
