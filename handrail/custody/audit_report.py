"""Whether a region's audit log is whole, signed when it is."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.access import Access
from handrail.digests import digest
from handrail.errors import Tampered
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

CHECKPOINT = "audit_checkpoint"


@dataclass(frozen=True)
class AuditReport:
    """What was found and, where the log is whole, the newest signed note."""

    artifact: Artifact
    checkpoints: int
    note: str
    findings: tuple[Finding, ...]


def report_audit(vault: RegionVault, *, access: Access) -> AuditReport:
    """Verify the whole log and sign what it holds (R41).

    A log that was changed makes the report FAIL with the first bad record, and is not signed.
    """
    try:
        found = vault.checkpoints.sign(access=access)
    except Tampered as error:
        finding = holds("chain_intact", False, str(error))
        artifact = Artifact(CHECKPOINT, vault.region.name, digest(str(error)), None, 0, {})
        return AuditReport(artifact, 0, "not signed\n", (finding,))
    finding = holds(
        "chain_intact",
        True,
        f"{found.records} audit records follow one another and are what {found.checkpoints} "
        f"signed checkpoints say; the clock was set back {found.backwards} times",
        records=found.records,
        checkpoints=found.checkpoints,
        clock_set_back=found.backwards,
    )
    note = found.newest.note if found.newest else b""
    artifact = Artifact(
        CHECKPOINT, vault.region.name, digest(note), None, found.records, finding.measures
    )
    return AuditReport(artifact, found.checkpoints, note.decode(), (finding,))
