"""Release: a candidate under one content hash, promoted only through every gate."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import dagster as dg

from assets.automation import RETRY_WHEN_BUSY
from assets.partitions import one_region, regions
from assets.quality import behind_the_boundary, commit, icon, result, specs, table
from handrail.access import Purpose
from handrail.redaction.ruleset import ruleset_of
from handrail.registry import Registry
from handrail.release.candidate import (
    Candidate,
    answered_alone,
    make_candidate,
    promote_if_passed,
    register,
    releases_of,
)
from handrail.release.people import marked, people_mark
from handrail.release.pointer import Aliases, Pointer
from handrail.settings import code_digest
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.verdicts import worst

GATES = ("approved", "leak_bound_within_budget", "promise_recorded")

approvals = dg.AssetSpec(
    "approvals",
    group_name="release",
    partitions_def=regions,
    owners=["team:support-operations"],
    kinds={"person"},
    tags={"classification": "company", "residency": "in-region"},
    description=(
        "What people said of release candidates: who approved which content hash, and when. "
        "`handrail release approve`. Simulated approvers are marked and count for simulated data "
        "only."
    ),
)


@dg.asset(
    group_name="release",
    owners=["team:machine-learning"],
    kinds={"python", "mlflow"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=[approvals, "eval_scores", "redaction_audit"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("release_candidate", blocking=GATES),
)
@behind_the_boundary
def release_candidate(
    context: dg.AssetExecutionContext,
    vaults: dg.ResourceParam[RegionVaults],
    registry: dg.ResourceParam[Registry],
) -> dg.MaterializeResult:
    """The region's next release: one content hash over model, data, prompts, policy and scores.

    It is registered as challenger. When every gate has passed (scores, leak bound, promise,
    approval) it becomes champion and opens in the first stage only; until then it waits, and each
    gate says what it waits for.
    """
    region = one_region(context)
    vault = vaults.of(region)
    now = vaults.clock()
    access = pipeline(f"asset:release_candidate/{context.run_id[:8]}", Purpose.RELEASE)
    releases = releases_of(vaults.settings, region, registry)
    people = people_mark(vaults.settings.region_home(region))
    candidate = make_candidate(
        vault,
        releases,
        scrubber=ruleset_of(vaults.settings).version,
        code=code_digest(),
        access=access,
    )
    version = register(vault, registry, candidate, access=access)
    releases.nominate(
        candidate.bundle, actor=access.actor, reason="evaluated and registered", at=now
    )
    commit(
        context,
        vault,
        replace(candidate.artifact, measures=marked(candidate.artifact.measures, people)),
        inputs=candidate.inputs,
        findings=candidate.findings,
        config_hash=code_digest(),
    )
    promote_if_passed(releases, candidate, actor=access.actor, at=now)
    live = releases.live()
    return result(
        [candidate.artifact],
        [f for f in candidate.findings if f.check in GATES],
        region=region,
        metadata={
            "release": candidate.bundle.id,
            "model version": version,
            "verdict": str(worst(candidate.findings)),
            **_gates(candidate),
            **_shown_of(live, answered_alone(releases, candidate.model.playbook)),
        },
    )


def _gates(candidate: Candidate) -> dict[str, Any]:
    rows = [
        (icon(f.verdict), f.check, str(f.verdict), f.reason)
        for f in candidate.findings
        if f.blocking
    ]
    gates = dg.MetadataValue.md(table(("", "gate", "verdict", "why"), rows))
    return {"gates": gates, **candidate.bundle.labels.measures}


def _shown_of(live: Pointer | None, alone: Sequence[str]) -> dict[str, Any]:
    aliases = asdict(live.aliases if live else Aliases())
    return {
        "live": dg.MetadataValue.md(
            table(("alias", "release"), [(a, r or "none") for a, r in aliases.items()])
        ),
        "stage": live.stage if live and live.open_cells else "closed",
        "answers by itself in": ", ".join(alone) or "nothing: every reply is a draft for people",
    }
