"""`why`: everything that was in play for a reply, found from its id (R49)."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.access import Access
from handrail.agent.model import MODEL
from handrail.agent.types import DecisionRecord
from handrail.release.candidate import releases_of
from handrail.release.decisions import read_decision
from handrail.release.serving import NoRegistry
from handrail.settings import Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault


@dataclass(frozen=True)
class Explanation:
    """A decision record with what its hashes name: the release's contents, people, and lineage."""

    record: DecisionRecord
    in_play: tuple[tuple[str, str], ...]
    lineage: tuple[tuple[str, str, str], ...]


def explain(
    vault: RegionVault, settings: Settings, reply_id: str, *, access: Access
) -> Explanation | None:
    """The explanation of a reply, or None if this region recorded none of that id.

    The release's bundle is read back under its content hash, so a changed one is refused.
    """
    record = read_decision(vault, reply_id, access=access)
    if record is None:
        return None
    releases = releases_of(settings, vault.region.name, NoRegistry())
    bundle = releases.bundles.read(record.release)
    approvals = releases.approvals.of(bundle)
    in_play = [
        *sorted(record.hashes.items()),
        *(
            (f"threshold {tier}", "NOT MEASURED: drafts only" if t is None else f"{t:.6f}")
            for tier, t in sorted(bundle.thresholds.items())
        ),
        *(
            ("approved by", f"{a.approver} at {a.at}" + (" (simulated)" if a.simulated else ""))
            for a in approvals
        ),
        *(("template approved by", person) for person in record.people),
        ("live at that time", releases.ledger.live_at(record.at) or "nothing"),
        ("sectors learned from", ", ".join(bundle.labels.sectors)),
        ("data is for", ", ".join(bundle.labels.purposes)),
        ("trained on simulated chats", str(bundle.simulated)),
    ]
    model = vault.lineage.made(MODEL, bundle.model)
    return Explanation(record, tuple(in_play), tuple(_ancestors(vault, model)))


def _ancestors(vault: RegionVault, artifact: Artifact | None) -> list[tuple[str, str, str]]:
    seen: dict[tuple[str, str, str], None] = {}
    waiting = [artifact] if artifact else []
    while waiting:
        made = waiting.pop(0)
        key = (made.asset, made.partition, made.digest[:16])
        if key not in seen:
            seen[key] = None
            waiting += vault.lineage.inputs(made)
    return list(seen)
