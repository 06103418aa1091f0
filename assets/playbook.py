"""Playbook: what the company has approved, versioned by its content."""

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.playbook.checks import (
    every_region_has_disclosures,
    every_role_has_boundaries,
    no_template_expired,
)
from handrail.playbook.reader import read_playbook
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
        blocking=("every_role_has_boundaries", "every_region_has_disclosures"),
        shown=("no_template_expired",),
    ),
)
@behind_the_boundary
def playbook(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The approved mandates, templates, facts, disclosures and boundaries, as one version.

    It holds no chat. The version is the hash of its content, so any edit is a new version and makes
    what was evaluated with the old one stale. Each role has a mandate and negative examples; each
    region has its disclosures in each of its languages, or nothing is trained.
    """
    book = read_playbook(vaults.settings.playbook)
    regions = vaults.settings.all_regions()
    findings = (
        every_role_has_boundaries(book),
        every_region_has_disclosures(book, regions),
        no_template_expired(book, vaults.clock().date()),
    )
    size = len(book.templates)
    made = Artifact("playbook", "all", book.digest, None, size, {"templates": size})
    for region in regions:
        vault = vaults.of(region.name)
        commit(context, vault, made, inputs=[], findings=findings, config_hash="")
    topics = [
        (t.name, t.product_area, t.tier, "people only" if t.regulated else "may open")
        for t in book.topics.values()
    ]
    return result(
        [made],
        findings,
        region="all regions",
        metadata={
            "topics": dg.MetadataValue.md(table(("topic", "area", "risk", "mandate"), topics)),
            "mandates": dg.MetadataValue.md(
                table(
                    ("role", "mandate", "approved by", "on"),
                    [
                        (m.role, m.statement, m.approved_by, m.approved_on)
                        for m in book.mandates.values()
                    ],
                )
            ),
        },
    )
