"""Synthetic dialogues: what too few customers asked, written from what the company has approved."""

from collections import Counter

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.labels import FOR_TRAINING
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, result, specs, table
from handrail.access import Purpose
from handrail.dataset.coverage import Coverage
from handrail.dataset.grammar import OPENINGS, Grammar
from handrail.dataset.heat_map import heat_map
from handrail.dataset.synthesis import SYNTHETIC, Synthetic, by_topic, write_synthetic
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import ruleset_of
from handrail.vault.region_vault import RegionVaults, pipeline


@dg.asset(
    group_name="dataset",
    owners=["team:data-platform"],
    kinds={"python", "sealed"},
    tags={"classification": "redacted", "residency": "in-region", **FOR_TRAINING},
    partitions_def=regions,
    deps=["topic_coverage", "playbook"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs(
        SYNTHETIC, blocking=("all_marked", "facts_from_playbook", "escalation_present")
    ),
)
@behind_the_boundary
def synthetic_chats(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """Dialogues for topics, languages and channels that too few customers wrote about.

    No customer's words are in them: openings come from a grammar, replies from approved templates
    and facts, and what only people may answer ends with the hand-off. Each carries a mark that no
    export can take off. They are trained on, never evaluated on.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:{SYNTHETIC}/{context.run_id[:8]}", Purpose.DATASET)
    generator = Grammar.read(OPENINGS)
    written = write_synthetic(
        vault,
        vaults.settings,
        read_playbook(vaults.settings.playbook),
        generator,
        on=vaults.clock().date(),
        ruleset=ruleset_of(vaults.settings),
        access=access,
    )
    commit(
        context,
        vault,
        written.artifact,
        inputs=written.inputs,
        findings=written.findings,
        config_hash=generator.version,
    )
    return result(
        [written.artifact],
        written.findings,
        region=region,
        metadata={
            "coverage": dg.MetadataValue.md(heat_map(written.coverage, title=f"{region} coverage")),
            **{name: dg.MetadataValue.md(text) for name, text in _tables(written).items()},
            **written.coverage.measures,
        },
    )


def _tables(written: Synthetic) -> dict[str, str]:
    """What was missing, what was written for it, what was rejected, and how one reads."""
    rejected: Counter[str] = Counter()
    for (_, objection), dialogues in written.rejected.items():
        rejected[objection] += dialogues
    answered = [row for row in written.rows if row.template is not None]
    example = [f"**Customer:** {row.message}\n\n**Agent:** {row.reply}" for row in answered[:1]]
    return {
        "most missing": table(Coverage.HEAD, written.coverage.table(rows=20)),
        "written": table(("topic", "written", "rejected"), by_topic(written)),
        "rejected": table(("why", "dialogues"), rejected.most_common()),
        "an example": "".join(example) or "none: nothing was missing, or nothing could be written",
    }
