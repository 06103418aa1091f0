"""How old a region's class keys are, what they wrap, and which of them must be replaced (R37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from handrail.digests import digest
from handrail.vault.class_keys import MOST_WRAPS, KeyState
from handrail.vault.key_custody import KeyStatus
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

KEYS = "vault_keys"


@dataclass(frozen=True)
class KeyReport:
    """Every version of every class key as a table, and whether one is overdue."""

    artifact: Artifact
    head: Sequence[str]
    rows: Sequence[tuple[object, ...]]
    findings: Sequence[Finding]


def report_keys(vault: RegionVault, *, after: timedelta) -> KeyReport:
    """The keys of a region as they are now; one older than `after` that isn't destroyed is overdue.

    An older version that only unwraps counts too: it was rotated and is still to be re-wrapped.
    """
    found = vault.keys.status(overdue_after=after)
    overdue = [status.overdue for status in found if status.overdue]
    reason = "; ".join(overdue) or f"no key in use is older than {after.days} days"
    if overdue:
        reason += f": handrail keys rotate --region {vault.region.name}, then handrail keys rewrap"
    in_use = [status for status in found if status.key.state is not KeyState.DESTROYED]
    finding = holds(
        "within_rotation_age",
        not overdue,
        reason,
        overdue=len(overdue),
        oldest_days=max((status.age.days for status in in_use), default=0),
        keys_wrapped=sum(status.wraps for status in in_use),
    )
    content = digest([(s.key.data_class, s.key.version, s.key.state) for s in found])
    return KeyReport(
        Artifact(KEYS, vault.region.name, content, None, len(found), finding.measures),
        ("class", "version", "state", "age in days", "wraps", "used of its cap", "overdue"),
        [_row(status) for status in found],
        [finding],
    )


def _row(status: KeyStatus) -> tuple[object, ...]:
    key = status.key
    return (
        str(key.data_class), key.version, str(key.state), status.age.days, status.wraps,
        f"{key.uses / MOST_WRAPS:.4%}", "yes" if status.overdue else "no",
    )  # fmt: skip
