"""Redaction: personal data and secrets out, a second look, and people's sample of what is left."""

from collections import Counter

import dagster as dg

from assets.automation import FOLLOWS_ITS_INPUTS, RETRY_WHEN_BUSY
from assets.labels import UNSORTED
from assets.partitions import one_region, region_and_days, region_days, regions
from assets.quality import behind_the_boundary, commit, result, specs, suppress_small, table
from handrail.access import Purpose
from handrail.conversations.reading import register_of
from handrail.redaction.audit import audit_sample, draw_sample
from handrail.redaction.days import RedactedDay, redact_days
from handrail.redaction.expecting import expected
from handrail.redaction.ruleset import ruleset_of
from handrail.redaction.workers import Workers
from handrail.settings import load_settings
from handrail.simulate.reviewers import planted_by_kind, planted_values
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
    truth = planted_by_kind(register_of(vaults.settings, region).all())
    made: list[RedactedDay] = []
    with Workers(vaults.settings.redaction.workers, ruleset=ruleset) as workers:
        stored = redact_days(
            vault, days, access=access, query=scratch_query, workers=workers, truth=truth
        )
        for redacted in expected(stored, region=region):
            for artifact in (redacted.holds, redacted.artifact):
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


@dg.asset(
    group_name="redaction",
    owners=["team:privacy"],
    kinds={"python", "sealed"},
    tags={"classification": "redacted", "residency": "in-region", **UNSORTED},
    partitions_def=regions,
    deps=["redacted_chats"],
    automation_condition=FOLLOWS_ITS_INPUTS,
    retry_policy=RETRY_WHEN_BUSY,
    check_specs=specs("redaction_sample", blocking=("sample_drawn",)),
)
@behind_the_boundary
def redaction_sample(
    context: dg.AssetExecutionContext, vaults: dg.ResourceParam[RegionVaults]
) -> dg.MaterializeResult:
    """The redacted chats that people read to find what the scrubber left behind.

    Drawn by a seed before anyone looks, with a size fixed in the config file; the same chats and
    seed give the same sample. Only ids are listed; the text is opened through the vault.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:redaction_sample/{context.run_id[:8]}", Purpose.SAMPLING)
    drawn = draw_sample(vault, vaults.settings.redaction, seed=vaults.settings.seed, access=access)
    commit(
        context,
        vault,
        drawn.artifact,
        inputs=drawn.inputs,
        findings=[drawn.finding],
        config_hash=ruleset_of(vaults.settings).version,
    )
    return result([drawn.artifact], [drawn.finding], region=region)


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
    """What the people who read the sample found, as one bound on the share of leaking chats.

    Each verdict is in the audit log with reviewer and time. Simulated chats are reviewed against
    their answer key, and the verdicts are marked simulated. Until every chat of the sample has a
    verdict this is NOT MEASURED, and no release goes out; training may go on.
    """
    region = one_region(context)
    vault = vaults.of(region)
    access = pipeline(f"asset:redaction_audit/{context.run_id[:8]}", Purpose.SAMPLING)
    audited = audit_sample(
        vault,
        vaults.settings.redaction,
        planted=planted_values(register_of(vaults.settings, region).all()),
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
        },
    )
