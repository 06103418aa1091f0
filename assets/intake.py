"""Intake: exports in, one sealed object a day and region out."""

import dagster as dg

from assets.partitions import region_and_days, region_days, regions
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.access import Purpose
from handrail.conversations.checks import intake_findings
from handrail.conversations.reading import read_region
from handrail.conversations.sealing import seal_days
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVaults, pipeline

chat_exports = dg.AssetSpec(
    "chat_exports",
    group_name="intake",
    partitions_def=regions,
    owners=["team:platform"],
    kinds={"json", "csv", "parquet"},
    tags={"classification": "raw", "residency": "in-region"},
    description=(
        "Raw chat exports as the support system wrote them: files that a company drops for one "
        "region. Handrail reads them and never changes them. Register one with `handrail run "
        "--source PATH --region REGION`."
    ),
)


@dg.asset(
    group_name="intake",
    owners=["team:platform"],
    kinds={"python", "sealed"},
    tags={"classification": "raw", "residency": "in-region"},
    partitions_def=region_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    deps=[chat_exports],
    check_specs=specs(
        "raw_chats",
        blocking=("tags_complete", "one_region", "sealed_at_rest", "rows_reconcile"),
    ),
)
@behind_the_boundary
def raw_chats(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The chats of a day as they were exported, sealed record by record with each customer's key.

    A chat belongs to the UTC day of its first message and stays there. Rows that can't be used
    (malformed, undated, without turns, of another region, ...) lie sealed in the quarantine, each
    with its reason; rows in equal rows kept plus rows quarantined. No raw text is written anywhere
    else, and only intake and redaction may open this asset.
    """
    region, days = region_and_days(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:raw_chats/{context.run_id[:8]}", Purpose.INTAKE)
    sealed, quarantine = seal_days(
        read_region(vaults.settings, region, now=vaults.clock()),
        vault=vault,
        days=days,
        access=access,
    )
    exports = Artifact("chat_exports", region, quarantine.digest, None, 0, {})
    findings = intake_findings(sealed, quarantine, vault=vault, access=access)
    for day in sealed:
        commit(context, vault, day.artifact, inputs=[], findings=findings[day.day], config_hash="")
    commit(
        context,
        vault,
        quarantine,
        inputs=[exports],
        findings=findings[quarantine.partition],
        config_hash="",
    )
    return result(
        [day.artifact for day in sealed],
        [finding for day in sealed for finding in findings[day.day]],
        region=region,
        metadata={
            "rows in": quarantine.measures["rows"],
            "rows by outcome": dg.MetadataValue.md(
                table(("outcome", "rows"), sorted(quarantine.measures.items()))
            ),
            "days": len(sealed),
        },
    )
