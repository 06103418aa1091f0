"""The agent that answers: the live release in its stage, or another one that only drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from handrail.access import Access
from handrail.agent.model import Model, OpenCells
from handrail.agent.ranking import ranking_at_hand
from handrail.agent.routing.role import RoutingRole
from handrail.agent.terms import load_terms
from handrail.agent.types import Case, DecisionRecord, Switches
from handrail.errors import BadInput, HandrailError, Refused
from handrail.release.bundle import ReleaseBundle
from handrail.release.candidate import model_of, releases_of, require_use
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVault


class NoRegistry:
    """Serving needs no registry; moving a release from here is a mistake."""

    def version_of(self, region: str, release: str) -> int | None:
        """Refuses."""
        raise HandrailError(_NO_REGISTRY)

    def set_alias(self, region: str, alias: str, version: int | None) -> None:
        """Refuses."""
        raise HandrailError(_NO_REGISTRY)


_NO_REGISTRY = "the model registry is not asked while serving"


@dataclass(frozen=True)
class Serving:
    """A release, ready to answer.

    Its data set is opened by the first question, and a topic's chats are read by the first question
    of that topic. What is erased or evicted ranks until the process ends.
    """

    bundle: ReleaseBundle
    model: Model
    reply: Callable[[Case], DecisionRecord]


def agent_of(
    vault: RegionVault,
    settings: Settings,
    *,
    release: str | None,
    switches: Switches,
    access: Access,
) -> Serving:
    """The champion in its stage's open cells, or `release` with every cell closed.

    Refuses when nothing is live, when the model no longer has the content the release names, and
    when what the release learned from doesn't fit the region (any more).
    """
    bundle, model, cells = _in_use(vault, settings, release=release, access=access)
    policy = model.policy(cells)
    hashes = {
        "release": bundle.digest,
        "dataset": bundle.dataset,
        "suite": bundle.suite,
        "evaluation": bundle.evaluation,
        "scrubber": bundle.scrubber,
        "code": bundle.code,
        "routing": bundle.routing,
        "model_artifact": bundle.model,
    }
    reply = model.agent(
        release_id=bundle.id,
        hashes=hashes,
        policy=policy,
        switches=switches,
        ranking=lambda: ranking_at_hand(vault, bundle.dataset, access=access),
    )
    return Serving(bundle, model, reply)


def routing_role_of(
    vault: RegionVault,
    settings: Settings,
    *,
    release: str | None,
    switches: Switches,
    access: Access,
) -> RoutingRole:
    """The role that routes, of the champion or of `release`; refuses what `agent_of` refuses.

    A release from before the playbook had queues has nobody to route to, and is refused too.
    """
    bundle, model, cells = _in_use(vault, settings, release=release, access=access)
    if not any(queue.fallback for queue in model.playbook.queues.of(vault.region.name).values()):
        msg = (
            f"{bundle.id} was made with a playbook that has no queues for {vault.region.name}: "
            "write `queues:`, then `handrail run`"
        )
        raise Refused(msg)
    return RoutingRole(
        region=vault.region,
        router=model.router,
        playbook=model.playbook,
        policy=model.policy(cells),
        terms=load_terms(),
        switches=switches,
    )


def _in_use(
    vault: RegionVault, settings: Settings, *, release: str | None, access: Access
) -> tuple[ReleaseBundle, Model, OpenCells]:
    """The release asked for or live, its model, and the cells that are open to it."""
    releases = releases_of(settings, vault.region.name, NoRegistry())
    live = releases.live()
    champion = live.aliases.champion if live else None
    chosen = release or champion
    if chosen is None:
        waiting = live.aliases.challenger if live else None
        hint = (
            f"try the waiting one with --release {waiting}" if waiting else "`handrail run` first"
        )
        msg = f"no release is live in region {vault.region.name}: {hint}"
        raise BadInput(msg)
    with vault.strange_on_record(access, what=chosen):
        bundle = releases.bundles.read(chosen)
    require_use(bundle.labels, vault.region, what=f"serving {chosen}")
    model = model_of(vault, bundle, access=access)
    return bundle, model, live.open_cells if live and chosen == champion else ()
