"""Training: a calibrated router per region and the promise it can keep."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.labels import FOR_TRAINING
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, icon, result, specs, suppress_small, table
from handrail.access import Purpose
from handrail.agent.promise import Promise, wrong_share
from handrail.agent.training_apart import train_with_room
from handrail.conversations.reading import register_of
from handrail.evaluation.weight_plot import weight_plot
from handrail.playbook.reader import read_playbook
from handrail.simulate.reviewers import reviews_of
from handrail.vault.region_vault import RegionVaults, pipeline


@dg.asset(
    group_name="training",
    owners=["team:machine-learning"],
    kinds={"python", "scikitlearn", "sealed"},
    tags={"classification": "model", "residency": "in-region", **FOR_TRAINING},
    partitions_def=regions,
    deps=["training_dataset", "playbook"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs(
        "trained_model",
        blocking=("calibrated", "no_memorized_values"),
        shown=("reads_meaning", "feedback_has_effect", "boundaries_have_effect"),
    ),
)
@behind_the_boundary
def trained_model(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The model that decides which topic a message is about, and how sure it may say it is.

    It knows only phrases that at least five customers used and stores no chat. For each risk tier
    it states what it can promise of automatic replies; a tier with too little evidence is NOT
    MEASURED and its replies stay drafts for people. What people flagged makes it hold back; how
    much, and at what price, is the picture.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:trained_model/{context.run_id[:8]}", Purpose.TRAINING)
    trained = train_with_room(
        vaults,
        vault,
        read_playbook(vaults.settings.playbook),
        reviews=reviews_of(register_of(vaults.settings, region).all()),
        on=vaults.clock().date(),
        access=access,
    )
    commit(
        context,
        vault,
        trained.artifact,
        inputs=trained.inputs,
        findings=trained.findings,
        config_hash="",
    )
    return result(
        [trained.artifact],
        trained.findings,
        region=region,
        metadata={
            **_promised(trained.model.promises),
            "weight of feedback": dg.MetadataValue.md(weight_plot(trained.effects.curve)),
            **trained.model.labels.measures,
            **{f"router {k}": v for k, v in trained.model.router.card.items()},
        },
    )


def _promised(promises: Sequence[Promise]) -> dict[str, Any]:
    tiers = [
        (
            p.tier,
            f"{icon(p.verdict)} {p.verdict}",
            suppress_small(p.n),
            f"{p.coverage:.0%}",
            p.sentence,
            p.reason,
        )
        for p in promises
    ]
    topics = [
        (t.topic, p.tier, suppress_small(t.sent), wrong_share(t))
        for p in promises
        for t in p.topics
    ]
    return {
        "promise": dg.MetadataValue.md(
            table(("risk", "promise", "rows", "answered", "what is promised", "why"), tiers)
        ),
        "topics within the promise": dg.MetadataValue.md(
            table(("topic", "risk", "answered", "of these wrong"), topics)
        ),
    }
