"""Playbook: what the company has approved, versioned by its content."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.agent.routing.diagram import queues_diagram, states_diagram
from handrail.agent.routing.plan import Plan
from handrail.agent.routing.proof import person_reachable, prove
from handrail.playbook.approved import PLAYBOOK
from handrail.playbook.checks import (
    every_boundary_is_held_out_too,
    every_region_asks_in_each_language,
    every_region_has_disclosures,
    every_role_has_boundaries,
    everything_is_approved,
    no_template_expired,
)
from handrail.playbook.completeness import HEAD, completeness
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.playbook.versions import Versions, changed_since
from handrail.residency import Region
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVaults


@dg.asset(
    group_name="playbook",
    owners=["team:support-operations"],
    kinds={"yaml"},
    tags={"classification": "company", "residency": "global"},
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs(
        "playbook",
        blocking=(
            "every_role_has_boundaries",
            "every_boundary_is_held_out_too",
            "everything_is_approved",
            "every_region_has_disclosures",
            "every_region_asks_in_each_language",
            "person_reachable",
        ),
        shown=("no_template_expired",),
    ),
)
@behind_the_boundary
def playbook(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The approved mandates, templates, facts, disclosures, boundaries and queues, as one version.

    It holds no chat. The version is the hash of its content, so any edit is a new version and makes
    what was evaluated with the old one stale; each version is kept in every region. Each role has a
    mandate that is approved and in force, and negative examples; each region has its signed
    disclosures and questions in each of its languages, and queues in which a person is always near,
    proven over every state a conversation can be in, or nothing is trained.
    """
    book = read_playbook(vaults.settings.playbook)
    regions = vaults.settings.all_regions()
    today = vaults.clock().date()
    findings = (
        every_role_has_boundaries(book),
        every_boundary_is_held_out_too(book),
        everything_is_approved(book, today),
        every_region_has_disclosures(book, regions, on=today),
        every_region_asks_in_each_language(book, regions, on=today),
        person_reachable(book, regions, on=today),
        no_template_expired(book, today),
    )
    size = len(book.templates)
    made = Artifact(PLAYBOOK, "all", book.digest, None, size, {"templates": size})
    changed = "the first version"
    for region in regions:
        vault = vaults.of(region.name)
        versions = Versions(vaults.settings.region_home(region.name))
        changed = changed_since(vault.lineage.current(PLAYBOOK, "all"), versions, book)
        versions.keep(book)
        commit(context, vault, made, inputs=[], findings=findings, config_hash="")
    rows = [row.row() for row in completeness(book, regions, on=today)]
    return result(
        [made],
        findings,
        region="all regions",
        metadata={
            "complete": dg.MetadataValue.md(table(HEAD, rows)),
            "changed since the last version": dg.MetadataValue.md(changed),
            **_mandates(book),
            **_queues(book, regions, today),
        },
    )


def _mandates(book: Playbook) -> dict[str, Any]:
    topics = [
        (t.name, t.product_area, t.tier, "people only" if t.regulated else "may open")
        for t in book.topics.values()
    ]
    mandates = [
        (m.role, m.statement, *((m.approval.by, m.approval.on) if m.approval else ("nobody", "")))
        for m in book.mandates.values()
    ]
    return {
        "topics": dg.MetadataValue.md(table(("topic", "area", "risk", "mandate"), topics)),
        "mandates": dg.MetadataValue.md(table(("role", "mandate", "approved by", "on"), mandates)),
    }


def _queues(book: Playbook, regions: Sequence[Region], on: date) -> dict[str, Any]:
    plans = [Plan.of(book, region=r.name, languages=r.languages, on=on) for r in regions]
    pictures = {f"queues of {plan.region}": queues_diagram(plan) for plan in plans}
    pictures["states of a conversation"] = states_diagram(prove(plans[0]).edges)
    return {
        name: dg.MetadataValue.md(f"```mermaid\n{picture}\n```")
        for name, picture in pictures.items()
    }
