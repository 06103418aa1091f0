"""New class keys for a whole region, and the older ones destroyed (R37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.access import Access
from handrail.digests import digest
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

ROTATION = "key_rotation"


@dataclass(frozen=True)
class Rotation:
    """What was done: (class, version that wraps now, keys re-wrapped) rows."""

    artifact: Artifact
    rows: Sequence[tuple[str, int, int]]
    findings: Sequence[Finding]


def rotate_keys(vault: RegionVault, *, access: Access) -> Rotation:
    """Rotate and re-wrap every class that has a key, one after the other.

    Killed in between, a class has its new key already or not yet; the next rotation goes on.
    """
    rows = []
    for data_class in vault.keys.classes():
        version = vault.keys.rotate(data_class, access=access)
        rows.append((str(data_class), version, vault.keys.rewrap(data_class, access=access)))
    rewrapped = sum(count for _, _, count in rows)
    finding = holds("rotated", True, f"{len(rows)} classes, {rewrapped} keys re-wrapped")
    made = Artifact(
        ROTATION, vault.region.name, digest(rows), None, len(rows), {"rewrapped": rewrapped}
    )
    return Rotation(made, rows, [finding])
