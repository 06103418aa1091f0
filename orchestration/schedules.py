"""What happens because it is time, whether or not anything else called for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import dagster as dg

from handrail.agent.retraining import news
from handrail.conversations.reading import register_of
from handrail.errors import HandrailError
from handrail.redaction.days import REDACTED
from handrail.settings import Settings, load_settings
from handrail.vault.region_vault import open_lineage
from handrail.vault.root_key import key_database
from orchestration import drive
from orchestration.jobs import audit_job, retention_job, retraining_job, rotation_job, survey_job


@dg.schedule(
    cron_schedule="0 2 * * *",
    job=survey_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly_intake(
    context: dg.ScheduleEvaluationContext,
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Every night, read each region's exports again: whatever changed is sealed and redacted."""
    settings = load_settings()
    regions = [name for name in settings.serves if register_of(settings, name).all()]
    yield from _each(regions, "the nightly intake", otherwise="no region has exports yet")


@dg.schedule(
    cron_schedule="0 1 * * *",
    job=retention_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly_retention(
    context: dg.ScheduleEvaluationContext,
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Every night, destroy the keys of days that are past what their region keeps (R52)."""
    settings = load_settings()
    regions = [
        region.name
        for region in settings.all_regions()
        if region.retention_days and _holds(settings, region.name, asset=None)
    ]
    nothing = "no region holds chats that are kept for a time only"
    yield from _each(regions, "the nightly retention", otherwise=nothing)


@dg.schedule(
    cron_schedule="0 3 * * 1",
    job=audit_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def weekly_audit_sample(
    context: dg.ScheduleEvaluationContext,
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Every Monday, draw each region's next audit round, if the last is reviewed (R33)."""
    settings = load_settings()
    regions = [name for name in settings.serves if _holds(settings, name, asset=REDACTED)]
    nothing = "no region holds redacted chats yet"
    yield from _each(regions, "the weekly audit sample", otherwise=nothing)


@dg.schedule(
    cron_schedule="0 4 * * 1",
    job=retraining_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def weekly_retraining(
    context: dg.ScheduleEvaluationContext,
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Every Monday, train a challenger where anything at all is new since the last training."""
    settings = load_settings()
    reasons = []
    for region in settings.serves:
        try:
            with closing(open_lineage(settings, region)) as lineage:
                found = news(lineage, region)
        except HandrailError as error:  # what is wrong with one region holds up no other
            reasons.append(f"{region}: {error}")
            continue
        if found.is_any:
            yield _request(
                region,
                f"the week is over: {found.chats} new chats, {found.flags} more flags",
            )
        else:
            reasons.append(f"{region}: nothing new since the last training")
    if len(reasons) == len(settings.serves):
        yield dg.SkipReason("; ".join(reasons))


@dg.schedule(
    cron_schedule="0 3 1 * *",
    job=rotation_job,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def monthly_key_rotation(
    context: dg.ScheduleEvaluationContext,
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Every first of the month, new keys for every class of each region; the old are destroyed."""
    settings = load_settings()
    regions = [
        region.name for region in settings.all_regions() if key_database(settings, region).exists()
    ]
    yield from _each(regions, "the monthly rotation of keys", otherwise="no region has keys yet")


def _holds(settings: Settings, region: str, *, asset: str | None) -> bool:
    """Whether a region holds anything, or anything of an asset.

    Also where that can't be told: the region's own run says why, and holds up no other.
    """
    try:
        lineage = open_lineage(settings, region)
    except HandrailError:
        return True
    held = {one.artifact.asset for one in lineage.holdings.all()}
    lineage.close()
    return bool(held) if asset is None else asset in held


def _each(
    regions: Sequence[str], because: str, *, otherwise: str
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A run for each of the regions; where there is none, why nothing is run."""
    if not regions:
        yield dg.SkipReason(otherwise)
    for region in regions:
        yield _request(region, because)


def _request(region: str, because: str) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=region,  # of one tick: without it a tick for several regions starts none
        partition_key=region,
        tags={drive.REGION: region, drive.BECAUSE: because},
    )


schedules: Sequence[dg.ScheduleDefinition] = [
    nightly_intake, nightly_retention, weekly_audit_sample, weekly_retraining, monthly_key_rotation,
]  # fmt: skip
