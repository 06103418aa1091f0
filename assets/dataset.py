"""Data set: the admitted examples of a region, split and frozen."""

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.labels import FOR_TRAINING
from assets.partitions import one_region, regions
from assets.quality import (
    behind_the_boundary,
    commit,
    funnel_page,
    result,
    specs,
    suppress_small,
    table,
)
from handrail.access import Purpose
from handrail.dataset.admission import admission_rules
from handrail.dataset.building import Dataset, build_dataset
from handrail.dataset.card import data_card
from handrail.dataset.eviction import evictions
from handrail.dataset.funnel import funnel_of
from handrail.playbook.approved import require_mandates
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import ruleset_of
from handrail.vault.region_vault import RegionVaults, pipeline


@dg.asset(
    group_name="dataset",
    owners=["team:data-platform"],
    kinds={"python", "sealed"},
    tags={"classification": "redacted", "residency": "in-region", **FOR_TRAINING},
    partitions_def=regions,
    deps=["training_examples", "admission_funnel", "topic_coverage", "synthetic_chats"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs(
        "training_dataset",
        blocking=(
            "only_redacted",
            "one_region_group",
            "sectors_kept_apart",
            "no_split_leakage",
            "synthetic_share_within_limit",
            "no_supplier_dominates",
        ),
        shown=("mix_within_tolerance",),
    ),
)
@behind_the_boundary
def training_dataset(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The region's training set: resolved, redacted, labeled chats, frozen under a content hash.

    Without an approved mandate of each role nothing is put together to train on. Training,
    calibration and test rows never share a customer or a near-duplicate message. The
    manifest names the inputs, the seed and the scrubber; each row is sealed with its person's key.
    """
    region = one_region(context)
    require_mandates(read_playbook(vaults.settings.playbook), on=vaults.clock().date())
    vault = vaults.of(region)
    access = pipeline(f"asset:training_dataset/{context.run_id[:8]}", Purpose.DATASET)
    built = build_dataset(vault, vaults.settings, access=access)
    commit(
        context,
        vault,
        built.artifact,
        inputs=built.inputs,
        findings=built.findings,
        config_hash=ruleset_of(vaults.settings).version,
    )
    return result([built.artifact], built.findings, region=region, metadata=_shown(built))


def _shown(built: Dataset) -> dict[str, object]:
    """What people see of a training set: counts only, small ones hidden."""
    manifest = built.manifest
    gone = evictions(built.artifact)
    counts = manifest.counts
    splits = [(s, suppress_small(n)) for s, n in counts["split"].items()]
    topics = [(t, suppress_small(n)) for t, n in counts["topic"].items()]
    shown: dict[str, object] = {
        "data card": dg.MetadataValue.md(data_card(manifest, gone=gone)),
        **funnel_page(funnel_of(*built.inputs, built.artifact)),
        "rows left out": suppress_small(sum(manifest.left_out.values())),
        "gone since the last data set": dg.MetadataValue.md(
            table(
                ("why", "rows"),
                [(admission_rules()[rule].reason, suppress_small(n)) for rule, n in gone.items()],
            )
        ),
        "wordings of known customers withheld": suppress_small(
            int(built.artifact.measures["wordings_withheld"])
        ),
        "simulated share": f"{manifest.simulated_share:.0%}",
        "synthetic share": f"{manifest.synthetic_share:.0%}",
        **manifest.labels.measures,
        "splits": dg.MetadataValue.md(table(("split", "rows"), splits)),
        "topics": dg.MetadataValue.md(table(("topic", "rows"), topics)),
    }
    if built.changed is not None:
        said = "\n".join(f"- {sentence}" for sentence in built.changed.sentences())
        picture = dg.MetadataValue.md(f"{built.changed.picture()}\n\n{said}")
        shown = {"difference to the data set before": picture, **shown}
    return shown
