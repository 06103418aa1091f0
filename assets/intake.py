"""Intake: exports in, one sealed object a day and region out."""

from datetime import timedelta

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.labels import UNSORTED
from assets.partitions import one_region, region_and_days, region_days, regions
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.access import Purpose
from handrail.conversations.checks import intake_findings
from handrail.conversations.reading import look_again, read_region, register_of
from handrail.conversations.sealing import counted_as_of, seal_days, survey
from handrail.conversations.surveying import kept
from handrail.conversations.watching import folder_mark
from handrail.residency import DataClass
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVaults, pipeline

chat_exports = dg.AssetSpec(
    "chat_exports",
    group_name="intake",
    partitions_def=regions,
    owners=["team:platform"],
    kinds={"json", "csv", "parquet"},
    tags={"classification": "raw", "residency": "in-region", **UNSORTED},
    description=(
        "Raw chat exports as the support system wrote them: files that a company drops for one "
        "region. Handrail reads them and never changes them. Drop one into the watched folder "
        "`<exports>/REGION/`, or hand it over with `handrail run --source PATH --region REGION`."
    ),
)


@dg.asset(
    group_name="intake",
    owners=["team:platform"],
    kinds={"python"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=[chat_exports],
    check_specs=specs("export_survey", blocking=("rows_usable",)),
    freshness_policy=dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=50), warn_window=timedelta(hours=26)
    ),
    retry_policy=RETRY_WHEN_BUSY,
)
@behind_the_boundary
def export_survey(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """What a region's exports hold now: how many chats of which days, and rows nobody can use.

    The exports are read once, ids and keyed hashes are kept. A day whose hash differs from what is
    sealed is sealed and redacted anew; all other days stay as they are.
    """
    region = one_region(context)
    vault = vaults.of(region)
    look_again(vaults.settings, region)
    mark = folder_mark(vaults.settings, region, register_of(vaults.settings, region).all())
    since = vault.lineage.destructions.kept_since(DataClass.RAW)
    reading = read_region(vaults.settings, region, kept_since=since, now=vaults.clock())
    found = survey(reading, vault=vault)
    made = kept(found, region=region)
    commit(context, vault, made.artifact, inputs=[], findings=[made.finding], config_hash=mark)
    return result(
        [made.artifact],
        [made.finding],
        region=region,
        metadata={
            "days with chats": len(found.digests),
            "rows by outcome": dg.MetadataValue.md(
                table(("outcome", "rows"), sorted(found.counts.items()))
            ),
        },
    )


@dg.asset(
    group_name="intake",
    owners=["team:platform"],
    kinds={"python", "sealed"},
    tags={"classification": "raw", "residency": "in-region", **UNSORTED},
    partitions_def=region_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    deps=["export_survey"],
    retry_policy=RETRY_WHEN_BUSY,
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
    since = vault.lineage.destructions.kept_since(DataClass.RAW)
    reading = read_region(vaults.settings, region, kept_since=since, now=vaults.clock())
    sealed, quarantine = seal_days(reading, vault=vault, days=days, access=access)
    exports = Artifact("chat_exports", region, quarantine.digest, None, 0, {})
    findings = intake_findings(sealed, quarantine, vault=vault, access=access)
    # The quarantine first: days that are held are not read again, so the counts must be there.
    commit(
        context,
        vault,
        quarantine,
        inputs=[exports],
        findings=(*findings[quarantine.partition], counted_as_of(since)),
        config_hash="",
    )
    for day in sealed:
        commit(context, vault, day.artifact, inputs=[], findings=findings[day.day], config_hash="")
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
