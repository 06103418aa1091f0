"""Removing what nothing needs: objects of killed writers, and versions that were superseded.

A chat that is stored twice has to be erased twice, so of what was made anew the earlier versions
go: their keys are destroyed, then their bytes, and their manifests say so. Kept is whatever is
current, whatever a release is made of, and everything either came from, by the manifests. Models,
scores and decisions are never pruned: rollback, history and `handrail why` read them by their hash.

All of that is told by the manifests and the audit log, so nothing goes unless both are whole. A
lost manifest file, or one from an older backup, is whole as well, and knows nothing of what was
stored since: an orphan goes only when something was made after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handrail.access import Access
from handrail.agent.model import MODEL
from handrail.conversations.sealing import QUARANTINE, RAW
from handrail.custody.verification import SETTLED_AFTER, orphans, times_of_puts
from handrail.dataset.exporting import EXPORT
from handrail.dataset.feedback import FEEDBACK
from handrail.dataset.stored import DATASET
from handrail.evaluation.stored import SUITE
from handrail.redaction.days import HOLDS, REDACTED
from handrail.redaction.known_wordings import KNOWN
from handrail.redaction.rounds import SAMPLE
from handrail.release.candidate import releases_of
from handrail.release.serving import NoRegistry
from handrail.settings import Settings
from handrail.vault.names import Artifact, object_key
from handrail.vault.region_vault import RegionVault
from handrail.vault.sidecar import SUFFIX

SUPERSEDED = "superseded"
TEXTS = frozenset(
    [RAW, HOLDS, QUARANTINE, REDACTED, KNOWN, SAMPLE, FEEDBACK, DATASET, EXPORT, SUITE]
)


@dataclass(frozen=True)
class Pruned:
    """What was removed, by store key; and orphans left alone.

    `left` are those of which no put is on record, `newer` those put after everything there is a
    manifest of.
    """

    orphaned: tuple[str, ...]
    superseded: tuple[str, ...]
    left: tuple[str, ...]
    newer: tuple[str, ...]


def prune(vault: RegionVault, settings: Settings, *, now: datetime, access: Access) -> Pruned:
    """Remove orphans and superseded versions that are older than any writer at work.

    `Tampered` where manifests or audit log are not whole. The caller makes sure that no run is at
    work on the region (`presence.at_work`).
    """
    vault.lineage.verify()
    vault.checkpoints.verify()
    found, put = orphans(vault), times_of_puts(vault)
    settled = [key for key in found if key in put and now - put[key] >= SETTLED_AFTER]
    made = [datetime.fromisoformat(one.at) for one in vault.lineage.holdings.all()]
    orphaned = [key for key in settled if made and put[key] <= max(made)]
    for key in orphaned:
        vault.discard(key, because="orphaned", access=access)
    superseded = superseded_versions(vault, settings, before=now - SETTLED_AFTER)
    vault.destroy_keys(superseded, because=SUPERSEDED, access=access)
    destroyed = vault.lineage.destructions.all()
    lying = {key.removesuffix(SUFFIX) for key in vault.listing()}
    for one in vault.lineage.holdings.all():
        key, gone = object_key(one.artifact), destroyed.get(str(one.artifact.object_id))
        if gone is not None and key in lying:
            vault.discard(key, because=gone.reason, access=access)
    return Pruned(
        tuple(orphaned),
        tuple(object_key(artifact) for artifact in superseded),
        tuple(key for key in found if key not in put),
        tuple(key for key in settled if key not in orphaned),
    )


def superseded_versions(
    vault: RegionVault, settings: Settings, *, before: datetime
) -> list[Artifact]:
    """The objects with text in them that nothing current and no release is, or came from."""
    destroyed = vault.lineage.destructions.all()
    made = {one.artifact.object_id: one.at for one in vault.lineage.holdings.all()}
    return [
        artifact
        for artifact in vault.lineage.holdings.superseded(roots=_released(vault, settings))
        if artifact.asset in TEXTS
        and artifact.object_id not in destroyed
        and datetime.fromisoformat(made[artifact.object_id]) < before
    ]


def _released(vault: RegionVault, settings: Settings) -> Iterator[Artifact]:
    """Model, data set and suite of every release there is."""
    bundles = releases_of(settings, vault.region.name, NoRegistry()).bundles
    for bundle in map(bundles.read, bundles.ids()):
        for asset, digest in (
            (MODEL, bundle.model), (DATASET, bundle.dataset), (SUITE, bundle.suite),
        ):  # fmt: skip
            artifact = vault.lineage.made(asset, digest)
            if artifact is not None:
                yield artifact
