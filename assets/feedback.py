"""Feedback: what support agents said of AI messages, as labels."""

from collections import Counter

import dagster as dg

from assets.automation import FOLLOWS_ITS_INPUTS, RETRY_WHEN_BUSY
from assets.labels import UNSORTED
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, result, specs, suppress_small, table
from handrail.access import Purpose
from handrail.dataset.corrections import CORRECTIONS
from handrail.dataset.feedback import label_feedback
from handrail.vault.region_vault import RegionVaults, pipeline

agent_flags = dg.AssetSpec(
    "agent_flags",
    group_name="feedback",
    partitions_def=regions,
    owners=["team:support-operations"],
    kinds={"json"},
    tags={"classification": "raw", "residency": "in-region", **UNSORTED},
    description=(
        "Flags of support agents on AI messages: helpful, risky or off topic, with a reason in "
        "their words. They come with the chat they are about and pass redaction like it."
    ),
)

tag_corrections = dg.AssetSpec(
    CORRECTIONS,
    group_name="feedback",
    partitions_def=regions,
    owners=["team:support-operations"],
    kinds={"person"},
    tags={"classification": "company", "residency": "in-region"},
    description=(
        "What people said a chat is about, in which language it is or how urgent it was, in place "
        "of what the export says: `handrail dataset tag`. It outranks every other source and is "
        "kept in the region's audit log, which names the chat by a keyed digest only."
    ),
)


@dg.asset(
    group_name="feedback",
    owners=["team:support-operations"],
    kinds={"python", "sealed"},
    tags={"classification": "redacted", "residency": "in-region", **UNSORTED},
    partitions_def=regions,
    deps=[agent_flags, "redacted_chats"],
    automation_condition=FOLLOWS_ITS_INPUTS,
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("labeled_feedback", blocking=("labels_known", "expectations")),
)
@behind_the_boundary
def labeled_feedback(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """Every flag as a label; what a person revised is kept, the last word stands.

    What each weighs is the policy `weight_policy`: a warning several times a helpful, so that the
    agent learns to hold back. The reason's text was redacted with its chat; nobody is named.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:labeled_feedback/{context.run_id[:8]}", Purpose.DATASET)
    labeled = label_feedback(vault, access=access)
    findings = labeled.findings
    commit(
        context, vault, labeled.artifact, inputs=labeled.inputs, findings=findings, config_hash=""
    )
    counts = Counter(str(row.label) for row in labeled.labels)
    return result(
        [labeled.artifact],
        findings,
        region=region,
        metadata={
            "labels": dg.MetadataValue.md(
                table(("label", "flags"), [(k, suppress_small(n)) for k, n in counts.most_common()])
            )
        },
    )
