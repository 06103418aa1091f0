"""Evaluation: the suite, and what the model scores on it through the real decision code."""

from typing import Any

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.labels import FOR_EVALUATION
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, result, specs, suppress_small, table
from handrail.access import Purpose
from handrail.conversations.reading import register_of
from handrail.evaluation.gate import RULES, GateRules
from handrail.evaluation.plots import scores_plot
from handrail.evaluation.results import Evaluation
from handrail.evaluation.slices import slices
from handrail.evaluation.stored import evaluate_model, store_suite
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import ruleset_of
from handrail.registry import Registry
from handrail.release.candidate import champion_model, releases_of
from handrail.release.rules import RULES as RELEASE_RULES
from handrail.release.rules import ReleaseRules
from handrail.simulate.reviewers import reviews_of
from handrail.vault.region_vault import RegionVaults, pipeline


@dg.asset(
    group_name="evaluation",
    owners=["team:machine-learning"],
    kinds={"python", "yaml", "sealed"},
    tags={"classification": "redacted", "residency": "in-region", **FOR_EVALUATION},
    partitions_def=regions,
    deps=["training_dataset", "evaluation_examples", "playbook"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("evaluation_suite", blocking=("strata_complete", "not_in_training")),
)
@behind_the_boundary
def evaluation_suite(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The questions every candidate must answer: real chats, attacks, and edges of the policy.

    Real questions come from held-out, redacted chats; attacks and edge cases are written by us. A
    stratum that is too small makes the suite NOT MEASURED; near-duplicates of training rows are
    left out.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:evaluation_suite/{context.run_id[:8]}", Purpose.EVALUATION)
    stored = store_suite(
        vault,
        vaults.settings,
        read_playbook(vaults.settings.playbook),
        reviews=reviews_of(register_of(vaults.settings, region).all()),
        at=vaults.clock(),
        access=access,
    )
    findings = stored.suite.findings
    commit(context, vault, stored.artifact, inputs=stored.inputs, findings=findings, config_hash="")
    strata = sorted({(c.stratum, c.case.language) for c in stored.suite.cases})
    rows = [
        (
            stratum,
            language,
            sum((c.stratum, c.case.language) == (stratum, language) for c in stored.suite.cases),
        )
        for stratum, language in strata
    ]
    return result(
        [stored.artifact],
        findings,
        region=region,
        metadata={
            "questions": dg.MetadataValue.md(table(("stratum", "language", "n"), rows)),
            **stored.artifact.measures,
        },
    )


@dg.asset(
    group_name="evaluation",
    owners=["team:machine-learning"],
    kinds={"python", "mlflow"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=["evaluation_suite", "trained_model", "playbook"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs(
        "eval_scores",
        blocking=(
            "correctness",
            "tone",
            "disclosure",
            "escalation",
            "not_worse_than_champion",
            "contamination",
        ),
        shown=("as_right_on_later_days", "routes_as_scripted", "summaries_faithful"),
    ),
)
@behind_the_boundary
def eval_scores(
    context: dg.AssetExecutionContext,
    vaults: dg.ResourceParam[RegionVaults],
    registry: dg.ResourceParam[Registry],
) -> dg.MaterializeResult:
    """Correctness, tone, disclosure and escalation of the candidate, with intervals and floors.

    A floor is compared with the lower end of the interval, so few questions can't pass by luck. The
    live release answers the same questions for comparison. Scores are kept by case id, never text.
    Any change of prompt, model, policy, threshold, scrubber or suite makes them stale.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:eval_scores/{context.run_id[:8]}", Purpose.EVALUATION)
    releases = releases_of(vaults.settings, region, registry)
    scored = evaluate_model(
        vault,
        champion=champion_model(vault, releases, access=access),
        open_cells=ReleaseRules.read(RELEASE_RULES).first_stage.open_cells(region),
        scrubber=ruleset_of(vaults.settings).version,
        progress=lambda done, of: None,
        at=vaults.clock(),
        access=access,
    )
    commit(
        context,
        vault,
        scored.artifact,
        inputs=scored.inputs,
        findings=scored.findings,
        config_hash=ruleset_of(vaults.settings).version,
    )
    return result(
        [scored.artifact],
        [f for f in scored.findings if f.check not in {"strata_complete", "not_in_training"}],
        region=region,
        metadata={**_scores_of(scored.evaluation), **scored.artifact.measures},
    )


def _scores_of(evaluation: Evaluation) -> dict[str, Any]:
    rules = GateRules.read(RULES)
    cells = slices(evaluation, delta=rules.delta)
    rows = [
        (
            c.dimension,
            c.value,
            c.measure,
            suppress_small(c.n),
            _share(c.share),
            _span(c.low, c.high),
        )
        for c in cells
    ]
    return {
        "scores": dg.MetadataValue.md(scores_plot(evaluation, rules.floors, delta=rules.delta)),
        "slices": dg.MetadataValue.md(
            table(("by", "value", "measure", "n", "share", "interval"), rows)
        ),
        **{
            c.measure: round(c.share, 4)
            for c in cells
            if c.dimension == "region" and c.share is not None
        },
    }


def _share(share: float | None) -> str:
    return "suppressed" if share is None else f"{share:.1%}"


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.1%} to {high:.1%}"
