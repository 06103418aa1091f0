"""Custody: where everything lies and for how long, the record of its use, the keys that seal it."""

from datetime import timedelta

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.access import Access, Purpose
from handrail.custody.audit_report import report_audit
from handrail.custody.key_report import report_keys
from handrail.custody.key_rotation import rotate_keys
from handrail.custody.residency_page import markdown
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
    check_specs=specs("residency_report", blocking=("nothing_out_of_region", "exports_by_receipt")),
)
@behind_the_boundary
def residency_report(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """Where the region's data is: every stored object is of this region, as is all it came from.

    Read from the manifests and proven by opening each object with this region's key. The page also
    shows what left the region and by which receipt, what was refused, and who opened data; names of
    people are in the audit log only. `handrail residency --html` writes it to be printed.
    """
    region = one_region(context)
    vault = vaults.of(region)
    report = report_residency(vault, vaults.settings, access=_custody(context))
    commit(
        context, vault, report.artifact, inputs=report.inputs, findings=report.findings,
        config_hash="",
    )  # fmt: skip
    return result(
        [report.artifact],
        report.findings,
        region=region,
        metadata={"page": dg.MetadataValue.md(markdown(report))},
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
    report = report_audit(vault, access=_custody(context))
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
    owners=["team:platform"],
    kinds={"python"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    retry_policy=RETRY_WHEN_BUSY,
)
@behind_the_boundary
def key_rotation(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The last rotation: every class of data got a new key, and the older ones were destroyed.

    What the older keys had wrapped is wrapped anew, so no stored byte is rewritten. Every step is
    in the audit log. A copy of a key that was destroyed for good opens nothing from here on.
    """
    region = one_region(context)
    vault = vaults.of(region)
    rotation = rotate_keys(vault, access=_custody(context))
    commit(context, vault, rotation.artifact, inputs=(), findings=rotation.findings, config_hash="")
    return result(
        [rotation.artifact],
        (),
        region=region,
        metadata={
            "keys": dg.MetadataValue.md(table(("class", "version", "re-wrapped"), rotation.rows))
        },
    )


@dg.asset(
    group_name="custody",
    owners=["team:compliance"],
    kinds={"python"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=["key_rotation"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("vault_keys", blocking=("within_rotation_age",)),
)
@behind_the_boundary
def vault_keys(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The region's encryption keys, class by class: how old each is and how much it protects.

    Each class of data (raw, redacted, ...) has its own key, which never leaves the vault; it is
    renewed every month. One older than the config file allows fails here, also when a newer one
    has taken its place but it still opens something.
    """
    region = one_region(context)
    vault = vaults.of(region)
    days = vaults.settings.custody.rotate_after_days
    report = report_keys(vault, after=timedelta(days=days))
    commit(context, vault, report.artifact, inputs=(), findings=report.findings, config_hash="")
    return result(
        [report.artifact],
        report.findings,
        region=region,
        metadata={"keys": dg.MetadataValue.md(table(report.head, report.rows))},
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
    done = retain(vault, now=now, access=_custody(context))
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


def _custody(context: dg.AssetExecutionContext) -> Access:
    name = context.asset_key.to_user_string()
    return Access(f"asset:{name}/{context.run_id[:8]}", team="custody", purpose=Purpose.CUSTODY)
