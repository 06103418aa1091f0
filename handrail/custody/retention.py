"""Retention (R52): past its days a partition's keys are destroyed, then its bytes are removed.

`retention_days` of a region says for how many days after a chat's day its raw and its redacted form
are kept; a class without a figure is kept for good. The day is the partition's (UTC), not the time
of storing, and earlier versions of a day go with it.

The quarantine holds rows of every day, most of them of no known one, and is made anew whenever the
exports change: superseded versions go at once, the current one when it was sealed longer ago than
raw chats are kept. What the exports still hold then comes back with the next seal, except chats of
past days: these are counted, not kept.

Manifests stay for good. What was made of a destroyed day keeps its verdict, and a destroyed
redacted day leaves the warehouse with the next landing. Data sets and suites are derived and named
by releases: they go when they are superseded (`handrail verify --prune`), not by age.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from handrail.access import Access
from handrail.conversations.sealing import QUARANTINE, RAW
from handrail.digests import digest
from handrail.errors import Refused
from handrail.redaction.days import HOLDS, REDACTED
from handrail.redaction.known_wordings import KNOWN
from handrail.residency import DataClass
from handrail.vault.holdings import Stored
from handrail.vault.names import Artifact, object_key
from handrail.vault.region_vault import RegionVault
from handrail.vault.sidecar import SUFFIX
from handrail.verdicts import Finding, holds

RETENTION = "retention"
CLASS_OF: Mapping[str, DataClass] = {
    RAW: DataClass.RAW,
    HOLDS: DataClass.RAW,
    QUARANTINE: DataClass.RAW,
    REDACTED: DataClass.REDACTED,
    KNOWN: DataClass.REDACTED,
}
# A home at work writes to its audit log every night. A longer silence means that nobody was there
# or that the clock is wrong, and what a wrong clock destroys is gone.
LONGEST_SILENCE = timedelta(days=31)


@dataclass(frozen=True)
class Due:
    """What is past its days: the first day (ISO) each class is kept of, and the objects that go."""

    kept_since: Mapping[DataClass, str]
    artifacts: tuple[Artifact, ...]

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """For people: class, since which day it is kept, which objects go."""
        return [
            (
                str(data_class),
                since,
                ", ".join(
                    f"{n} {asset}"
                    for asset, n in sorted(Counter(a.asset for a in self.artifacts).items())
                    if CLASS_OF[asset] is data_class
                )
                or "nothing",
            )
            for data_class, since in self.kept_since.items()
        ]


@dataclass(frozen=True)
class Retained:
    """What retention did in a region, ready to be committed."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    due: Due
    finding: Finding


def due(vault: RegionVault, *, now: datetime) -> Due:
    """What retention would destroy now, and what one that was stopped half-way has left."""
    kept_since = {
        DataClass(name): max(
            (now.date() - timedelta(days=days)).isoformat(),
            vault.lineage.destructions.kept_since(DataClass(name)),
        )
        for name, days in sorted(vault.region.retention_days.items())
    }
    destroyed = vault.lineage.destructions.all()
    lying = {key.removesuffix(SUFFIX) for key in vault.listing()}
    return Due(
        kept_since,
        tuple(
            one.artifact
            for one in vault.lineage.holdings.all()
            if one.artifact.asset in CLASS_OF
            and (
                object_key(one.artifact) in lying
                if one.artifact.object_id in destroyed
                else _is_past(one, kept_since)
            )
        ),
    )


def retain(vault: RegionVault, *, now: datetime, access: Access) -> Retained:
    """Destroy what is past its days. Stopped half-way, the next call brings it to its end.

    From the first moment on intake takes in nothing of these days any more.
    """
    found = due(vault, now=now)
    vault.audit.append(
        RETENTION,
        access,
        what=RETENTION,
        count=len(found.artifacts),
        ids_digest="",
        detail=", ".join(f"{name} kept since {day}" for name, day in found.kept_since.items()),
    )
    for data_class, day in found.kept_since.items():
        vault.lineage.destructions.keep_since(data_class, day)
    vault.destroy_keys(found.artifacts, because=RETENTION, access=access)
    for artifact in found.artifacts:
        vault.discard(object_key(artifact), because=RETENTION, access=access)
    left = due(vault, now=now).artifacts
    finding = holds(
        "past_days_destroyed",
        not left,
        f"{len(found.artifacts)} objects past their days were destroyed, {len(left)} are left; "
        + (
            "; ".join(f"{name} is kept since {day}" for name, day in found.kept_since.items())
            or f"region {vault.region.name} has no retention_days: everything is kept"
        ),
        destroyed=len(found.artifacts),
        left=len(left),
    )
    made = Artifact(
        RETENTION,
        vault.region.name,
        digest(
            [sorted(found.kept_since.items()), sorted(vault.lineage.destructions.by(RETENTION))]
        ),
        None,
        len(found.artifacts),
        finding.measures,
    )
    return Retained(made, found.artifacts, found, finding)


def destroyed_so_far(vault: RegionVault) -> tuple[tuple[str, str, int, str], ...]:
    """(asset, by which rule, objects, the latest day it happened) of everything ever destroyed."""
    destroyed = vault.lineage.destructions.all()
    days: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in vault.lineage.holdings.all():
        found = destroyed.get(str(one.artifact.object_id))
        if found is not None:
            days[one.artifact.asset, found.reason].append(found.at[:10])
    return tuple((*what, len(found), max(found)) for what, found in sorted(days.items()))


def require_steady_clock(vault: RegionVault, *, now: datetime) -> None:
    """Refuse to destroy by a clock that is far ahead of what is on the audit log.

    What was recorded after a leap ahead was recorded by the same clock, so it proves nothing; only
    a retention does, which a person asked for or the steady clock of its day.
    """
    steady: datetime | None = None
    for record in vault.audit.stream(event=None):
        at = datetime.fromisoformat(record.at)
        if steady is None or record.event == RETENTION or at - steady <= LONGEST_SILENCE:
            steady = at if steady is None else max(steady, at)
    if steady is not None and now - steady > LONGEST_SILENCE:
        msg = (
            f"the clock says {now:%Y-%m-%d}, and the audit log of region {vault.region.name} has "
            f"no record of the {LONGEST_SILENCE.days} days after {steady:%Y-%m-%d}: if the clock "
            "is right, `handrail retention` does it once and for all"
        )
        raise Refused(msg)


def _is_past(one: Stored, kept_since: Mapping[DataClass, str]) -> bool:
    since = kept_since.get(CLASS_OF[one.artifact.asset], "")
    if one.artifact.asset == QUARANTINE:
        return since != "" and (not one.is_current or one.at < since)
    return one.artifact.partition < since
