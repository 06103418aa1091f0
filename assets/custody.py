"""Custody: where everything of a region lies, proven from its manifests."""

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.custody.residency_report import report_residency
from handrail.vault.region_vault import RegionVaults


@dg.asset(
    group_name="custody",
    owners=["team:compliance"],
    kinds={"python"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=["release_candidate"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("residency_report", blocking=("nothing_out_of_region",)),
)
@behind_the_boundary
def residency_report(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """Where the region's data is: every stored object is of this region, as is all it came from.

    Read from the manifests and from each object's own header; the audit log is verified on the way.
    """
    region = one_region(context)
    vault = vaults.of(region)
    report = report_residency(vault)
    commit(
        context, vault, report.artifact, inputs=report.inputs, findings=report.findings,
        config_hash="",
    )  # fmt: skip
    return result(
        [report.artifact],
        report.findings,
        region=region,
        metadata={
            "objects": dg.MetadataValue.md(
                table(("asset", "class", "objects", "records"), report.rows)
            ),
            "audit records": report.audit_records,
        },
    )
