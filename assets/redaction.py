"""Redaction: personal data and secrets out, a second look, and people's sample of what is left."""

from collections import Counter
from typing import Any

import dagster as dg

from assets.automation import FOLLOWS_ITS_INPUTS, RETRY_WHEN_BUSY
from assets.labels import UNSORTED
from assets.partitions import one_region, region_and_days, region_days, regions
from assets.quality import behind_the_boundary, commit, result, specs, suppress_small, table
from handrail.access import Purpose
from handrail.conversations.reading import register_of
from handrail.redaction.audit import Audited, Occasion, audit_round, next_round
from handrail.redaction.days import RedactedDay, redact_days
from handrail.redaction.expecting import expected
from handrail.redaction.ruleset import ruleset_of
from handrail.redaction.sampling import Cell
from handrail.redaction.workers import Workers
from handrail.settings import load_settings
from handrail.simulate.reviewers import PlantedByKind
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.warehouse.connection import scratch_query


@dg.asset(
    group_name="redaction",
    owners=["team:privacy"],
    kinds={"python", "arrow", "sealed"},
    tags={"classification": "redacted", "residency": "in-region", **UNSORTED},
    partitions_def=region_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    deps=["raw_chats"],
    retry_policy=RETRY_WHEN_BUSY,
    code_version=ruleset_of(load_settings()).version,
    check_specs=specs("redacted_chats", blocking=("second_look_found_nothing", "expectations")),
)
@behind_the_boundary
def redacted_chats(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The chats of a day with personal data and secrets replaced by typed placeholders.

    Names, contact data, national ids, payment data and credentials become `[PERSON_1]`, `[CARD_1]`
    and so on; what the company knows of the customer is removed wherever it stands; private notes
    are dropped. A second, independently written look must find nothing: a chat in which it does is
    set aside before anything is stored. Everything later is made from this, never from raw chats.
    """
    region, days = region_and_days(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:redacted_chats/{context.run_id[:8]}", Purpose.REDACTION)
    ruleset = ruleset_of(vaults.settings)
    truth = PlantedByKind(register_of(vaults.settings, region).all())
    made: list[RedactedDay] = []
    with Workers(vaults.settings.redaction.workers, ruleset=ruleset) as workers:
        stored = redact_days(
            vault, days, access=access, query=scratch_query, workers=workers, truth=truth
        )
        for redacted in expected(stored, region=region):
            for artifact in (redacted.holds, redacted.known, redacted.artifact):
                commit(
                    context,
                    vault,
                    artifact,
                    inputs=[redacted.raw],
                    findings=redacted.findings,
                    config_hash=ruleset.version,
                )
            made.append(redacted)
    hits = sum((Counter(redacted.hits) for redacted in made), Counter[str]())
    return result(
        [redacted.artifact for redacted in made],
        [finding for redacted in made for finding in redacted.findings],
        region=region,
        metadata={
            "held back": sum(redacted.holds.records for redacted in made),
            "credentials put on record": sum(redacted.credentials for redacted in made),
            "replaced": dg.MetadataValue.md(
                table(("kind", "values"), [(k, suppress_small(n)) for k, n in hits.most_common()])
            ),
            "scrubber": ruleset.version[:12],
        },
    )


class NewRound(dg.Config):
    """Why a round is asked for: a `run` needs a bound, or an `audit` is due."""

    occasion: str = Occasion.RUN.value


@dg.asset(
    group_name="redaction",
    owners=["team:privacy"],
    kinds={"python", "sealed"},
    tags={"classification": "redacted", "residency": "in-region", **UNSORTED},
    partitions_def=regions,
    deps=["redacted_chats"],
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("redaction_sample", blocking=("sample_drawn",)),
)
@behind_the_boundary
def redaction_sample(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults], config: NewRound
) -> dg.MaterializeResult:
    """The audit round: redacted chats that people read to find what the scrubber left behind.

    Drawn by a seed and put on the audit log before anyone looks, as large as the budget in the
    config file needs. Among the sampled chats are copies of others with a leak seeded in each, to
    measure the reviewers; they are nowhere but in the sealed round. A round stays until it is
    reviewed; another is drawn once a week, when a run trains on many new chats, and when the
    scrubber has changed.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:redaction_sample/{context.run_id[:8]}", Purpose.SAMPLING)
    drawn = next_round(vault, vaults.settings, occasion=Occasion(config.occasion), access=access)
    commit(
        context,
        vault,
        drawn.artifact,
        inputs=drawn.inputs,
        findings=[drawn.finding],
        config_hash=ruleset_of(vaults.settings).version,
    )
    return result(
        [drawn.artifact],
        [drawn.finding],
        region=region,
        metadata={**drawn.artifact.measures, "reason": drawn.finding.reason},
    )


@dg.asset(
    group_name="redaction",
    owners=["team:privacy"],
    kinds={"python"},
    tags={"classification": "aggregate", "residency": "in-region"},
    partitions_def=regions,
    deps=["redaction_sample"],
    automation_condition=FOLLOWS_ITS_INPUTS,
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("redaction_audit", shown=("leak_bound_within_budget",)),
)
@behind_the_boundary
def redaction_audit(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """What the people who read the round found, as one bound on the share of leaking chats.

    The bound is the highest leak rate that the verdicts allow, over the least share of the seeded
    leaks that the reviewers can be said to find. Each verdict is in the audit log with reviewer and
    time. Simulated chats are reviewed against their answer key, and the verdicts are marked
    simulated. Until every chat of the round has a verdict this is NOT MEASURED, and no release goes
    out; training may go on. Languages and channels are shown, not gated.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:redaction_audit/{context.run_id[:8]}", Purpose.SAMPLING)
    audited = audit_round(
        vault,
        vaults.settings.redaction,
        truth=PlantedByKind(register_of(vaults.settings, region).all()),
        at=vaults.clock(),
        access=access,
    )
    commit(
        context,
        vault,
        audited.artifact,
        inputs=audited.inputs,
        findings=[audited.finding],
        config_hash=ruleset_of(vaults.settings).version,
    )
    return result(
        [audited.artifact],
        [audited.finding],
        region=region,
        metadata={
            "verdict": str(audited.finding.verdict),
            "reason": audited.finding.reason,
            **audited.finding.measures,
            **_details(audited),
        },
    )


def _details(audited: Audited) -> dict[str, Any]:
    """What a complete round says beside its bound."""
    if audited.tally is None:
        return {}
    places = [
        (cell.language, cell.channel, suppress_small(cell.n), *_leaks(cell))
        for cell in audited.cells
    ]
    reviewers = [(who, f"{hit} of {of}") for who, (hit, of) in audited.tally.by_reviewer.items()]
    kinds = [(str(kind), n) for kind, n in audited.tally.by_kind.items()]
    head = ("language", "channel", "read", "leak", "95 % interval")
    return {
        "languages and channels": dg.MetadataValue.md(table(head, places)),
        "seeded leaks found": dg.MetadataValue.md(table(("reviewer", "found"), reviewers)),
        "what showed": dg.MetadataValue.md(table(("kind", "chats"), kinds)),
    }


def _leaks(cell: Cell) -> tuple[str, str]:
    if cell.leaking is None:
        return "", ""
    return str(cell.leaking), f"{cell.low:.1%} to {cell.high:.1%}"
