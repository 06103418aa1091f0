"""New class keys for a whole region, and the older ones destroyed (R37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.access import Access
from handrail.digests import digest
from handrail.errors import Tampered
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
    """Rotate every class that has a key, then re-wrap them one after the other.

    Killed in between, a class has its new key already or not yet; the next rotation goes on. A
    class with a sidecar that was edited holds up no other: `Tampered` names it in the end.
    """
    versions = {c: vault.keys.rotate(c, access=access) for c in vault.keys.classes()}
    rows, wrong = [], []
    for data_class, version in versions.items():
        try:
            rows.append((str(data_class), version, vault.keys.rewrap(data_class, access=access)))
        except Tampered as error:
            wrong.append(f"{data_class}: {error}")
    if wrong:
        raise Tampered("; ".join(wrong))
    rewrapped = sum(count for _, _, count in rows)
    finding = holds("rotated", True, f"{len(rows)} classes, {rewrapped} keys re-wrapped")
    made = Artifact(
        ROTATION, vault.region.name, digest(rows), None, len(rows), {"rewrapped": rewrapped}
    )
    return Rotation(made, rows, [finding])
