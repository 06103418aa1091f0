"""Where a region's data is, from its manifests and what each stored object proves of itself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from handrail.digests import digest
from handrail.errors import HandrailError
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

REPORT = "residency_report"


@dataclass(frozen=True)
class ResidencyReport:
    """What was looked at: (asset, class, objects, records) rows, and the verdict."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    rows: tuple[tuple[str, str, int, int], ...]
    audit_records: int
    findings: tuple[Finding, ...]


def report_residency(vault: RegionVault) -> ResidencyReport:
    """Prove that every stored object opens as this region's, and verify the audit chain (R38).

    An object that is missing, foreign or edited makes the report FAIL and is named by asset.
    """
    objects: dict[tuple[str, str], list[int]] = defaultdict(list)
    problems: list[str] = []
    destroyed = vault.lineage.destructions.all()
    held = [
        one.artifact
        for one in vault.lineage.holdings.all()
        if one.artifact.object_id not in destroyed
    ]
    for artifact in held:
        try:
            stated = vault.proven(artifact)
            objects[(artifact.asset, str(stated.name.data_class))].append(stated.records)
        except HandrailError as error:
            problems.append(str(error))
    audit_records = vault.audit.verify()
    rows = tuple(
        (asset, data_class, len(counts), sum(counts))
        for (asset, data_class), counts in sorted(objects.items())
    )
    finding = holds(
        "nothing_out_of_region",
        not problems,
        f"{len(held) - len(problems)} of {len(held)} stored objects are of region "
        f"{vault.region.name}; {len(destroyed)} more were destroyed; {audit_records} audit records "
        "verify" + ("" if not problems else "; first problem: " + problems[0]),
        objects=len(held),
        destroyed=len(destroyed),
        problems=len(problems),
        audit_records=audit_records,
    )
    current = tuple(
        a for a in vault.lineage.everything() if a == vault.lineage.current(a.asset, a.partition)
    )
    made = Artifact(REPORT, vault.region.name, digest(rows), None, len(held), finding.measures)
    return ResidencyReport(made, current, rows, audit_records, (finding,))
