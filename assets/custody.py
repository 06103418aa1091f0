"""Custody: where everything lies and for how long, and that the record of its use is whole."""

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.access import Access, Purpose
from handrail.custody.audit_report import report_audit
from handrail.custody.residency_report import report_residency
from handrail.custody.retention import require_steady_clock, retain
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


@dg.asset(
    group_name="custody",
    owners=["team:compliance"],
    kinds={"python"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=["residency_report"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("audit_checkpoint", blocking=("chain_intact",)),
)
@behind_the_boundary
def audit_checkpoint(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """Proof that the audit log is whole: who used which key when, and what people decided.

    The whole log is read: every record follows the one before it, none was changed, cut off or
    written anew since it was signed. Then its size and hash are signed, here and in a second place.
    The newest signed note is shown: kept elsewhere, it is a third witness.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = Access(
        f"asset:audit_checkpoint/{context.run_id[:8]}", team="custody", purpose=Purpose.CUSTODY
    )
    report = report_audit(vault, access=access)
    commit(context, vault, report.artifact, inputs=(), findings=report.findings, config_hash="")
    return result(
        [report.artifact],
        report.findings,
        region=region,
        metadata={
            "records": report.artifact.records,
            "checkpoints": report.checkpoints,
            "newest checkpoint": dg.MetadataValue.md(f"```\n{report.note}```"),
        },
    )


@dg.asset(
    group_name="custody",
    owners=["team:compliance"],
    kinds={"python"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=["raw_chats", "redacted_chats"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("retention", blocking=("past_days_destroyed",)),
)
@behind_the_boundary
def retention(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """Chats past their days: the keys of these days are destroyed, then their bytes are removed.

    How long raw and redacted chats are kept is in the config file, by region. What is destroyed
    can't be read by anyone any more, is not taken in again from the same exports, and stays listed
    with the day and the rule. A clock that is far ahead of the audit log destroys nothing.
    """
    region = one_region(context)
    vault = vaults.of(region)
    now = vaults.clock()
    require_steady_clock(vault, now=now)
    access = Access(f"asset:retention/{context.run_id[:8]}", "custody", Purpose.CUSTODY)
    done = retain(vault, now=now, access=access)
    commit(
        context, vault, done.artifact, inputs=done.inputs, findings=[done.finding], config_hash=""
    )
    return result(
        [done.artifact],
        [done.finding],
        region=region,
        metadata={
            "kept": dg.MetadataValue.md(
                table(("class", "kept since", "destroyed now"), done.due.rows)
            ),
            "destroyed so far": len(vault.lineage.destructions.all()),
        },
    )
