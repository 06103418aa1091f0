"""What must hold of a day's raw chats before anything is made of them (R3, R5, R36, R38)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handrail.access import Access
from handrail.conversations.sealing import SealedDay
from handrail.residency import DataClass
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

# A chat without a tag is only kept out of training; when most of a day lack one, the mapping is
# wrong and the day is stopped.
MAX_INCOMPLETE_SHARE = 0.5


def intake_findings(
    sealed: Sequence[SealedDay], quarantine: Artifact, *, vault: RegionVault, access: Access
) -> Mapping[str, tuple[Finding, ...]]:
    """The findings of each day, and of the quarantine under its partition's name."""
    reconciled = rows_reconcile(quarantine.measures)
    found = {
        day.day: (
            tags_complete(day),
            one_region(day, vault.region.name),
            sealed_at_rest(day, vault=vault, access=access),
            reconciled,
        )
        for day in sealed
    }
    return {**found, quarantine.partition: (reconciled,)}


def tags_complete(day: SealedDay) -> Finding:
    """Most of the day's chats carry product area, region, severity, channel and language.

    That holds of a day whose chats are all gone from the exports.
    """
    total = day.artifact.records
    share = day.incomplete / total if total else 0.0
    lacking = ", ".join(f"{tag} in {n}" for tag, n in day.missing.items()) or "none"
    is_complete = share <= MAX_INCOMPLETE_SHARE
    advice = "; set them in the mapping: deploy/mappings has one for each help desk"
    return holds(
        "tags_complete",
        is_complete,
        f"{total - day.incomplete} of {total} chats have all five tags; missing: {lacking}"
        + ("" if is_complete else advice),
        chats=total,
        incomplete=day.incomplete,
    )


def one_region(day: SealedDay, region: str) -> Finding:
    """Every chat of the day carries this region's name."""
    return holds(
        "one_region",
        day.foreign == 0,
        f"{day.foreign} of {day.artifact.records} chats belong to a region other than {region}",
        foreign=day.foreign,
    )


def sealed_at_rest(day: SealedDay, *, vault: RegionVault, access: Access) -> Finding:
    """The stored object was read back, authenticated, and holds every chat."""
    opened = sum(1 for _ in vault.scan(day.artifact, data_class=DataClass.RAW, access=access))
    return holds(
        "sealed_at_rest",
        opened == day.artifact.records,
        f"{opened} of {day.artifact.records} sealed records were read back and authenticated",
        records=opened,
    )


def rows_reconcile(counts: Mapping[str, int | float | str]) -> Finding:
    """Rows read are rows accepted plus rows quarantined, each with its reason."""
    rows, accepted = int(counts["rows"]), int(counts["accepted"])
    reasons = {k: int(v) for k, v in counts.items() if k not in {"rows", "accepted"}}
    measures: dict[str, Any] = dict(counts)
    return holds(
        "rows_reconcile",
        rows == accepted + sum(reasons.values()),
        f"{rows} rows read = {accepted} accepted + {sum(reasons.values())} quarantined",
        **measures,
    )
