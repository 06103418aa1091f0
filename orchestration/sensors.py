"""What starts runs by itself: each sensor is named for what happened and says why on the run.

Between the sensors lies what is automatic (`assets/automation.py`). A region with a run under way
is left alone until the next look, so nothing is started twice. Looking is cheap: file dates and
the manifests, never a chat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import dagster as dg

from assets.partitions import partition_of_run
from handrail.agent.model import MODEL
from handrail.agent.retraining import News, chats_accumulated, feedback_accumulated, news
from handrail.clock import system_clock
from handrail.conversations.reading import missing, paths_gone, register_of
from handrail.conversations.surveying import SURVEY
from handrail.conversations.watching import arrivals, folder_mark, watched_folder
from handrail.custody.incidents import Incidents
from handrail.digests import digest
from handrail.errors import HandrailError, NotPassed
from handrail.playbook.approved import PLAYBOOK
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import ruleset_of
from handrail.release.candidate import CANDIDATE
from handrail.release.people import waiting
from handrail.settings import RetrainingRules, Settings, load_settings
from handrail.vault.lineage import Lineage
from handrail.vault.presence import forget
from orchestration import drive
from orchestration.corrections import tags_corrected
from orchestration.jobs import (
    decision_job,
    intake_job,
    playbook_job,
    retraining_job,
    survey_job,
)
from orchestration.looking import Answer, Look, described_sensor, look_everywhere
from orchestration.lost_runs import report_lost_runs


@described_sensor(
    job=survey_job,
    minimum_interval_seconds=15,
)
def exports_arrived(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """A file was dropped into a region's watched folder, or a known export changed.

    New files are registered, then the region's exports are read once to see which days they change.
    A file that can't be read is named here and left where it is.
    """

    def look(settings: Settings, region: str, lineage: Lineage) -> Iterator[Answer]:
        register = register_of(settings, region)
        found = arrivals(settings, region, now=system_clock())
        for problem in found.unreadable:
            yield dg.SkipReason(problem)
        for export in found.exports:
            register.add(export)
        rows = register.all()
        if not rows:
            yield dg.SkipReason(f"drop exports of {region} into {watched_folder(settings, region)}")
            return
        mark = folder_mark(settings, region, rows)
        if _survey_mark(lineage, region) == mark:
            yield dg.SkipReason(f"{region}: nothing new in {len(rows)} exports")
            return
        gone = [path for row in rows for path in paths_gone(row)]
        if gone:
            yield dg.SkipReason(missing(gone[0], region))
            return
        names = ", ".join(row.path.rpartition("/")[2] for row in found.exports)
        because = f"new exports: {names}" if names else "an export changed"
        # Asked once; a look that failed (a full disk, a file that changed) is tried again hourly.
        yield _request(region, because, run_key=f"{mark}:{system_clock():%Y-%m-%dT%H}")

    return look_everywhere(context, look)


@described_sensor(
    job=intake_job,
    minimum_interval_seconds=15,
)
def chats_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Days whose chats differ from what is sealed, or that another scrubber redacted.

    Exactly these are sealed and redacted anew, one run per unbroken stretch of days.
    """

    def look(settings: Settings, region: str, lineage: Lineage) -> Iterator[Answer]:
        survey = lineage.current(SURVEY, region)
        if survey is None:
            yield dg.SkipReason(f"{region}: no survey of its exports yet")
            return
        scrubber = ruleset_of(settings).version
        tasks = drive.intake_tasks(lineage, region, days=None, scrubber=scrubber)
        if not tasks:
            yield dg.SkipReason(f"{region}: every day is sealed and redacted as it should be")
        for task in tasks:
            # A day that failed is tried again when its chats or the scrubber change, or tomorrow.
            looked_at = lineage.config_hash(survey)
            key = [survey.digest, looked_at, scrubber, task.title, f"{system_clock():%F}"]
            yield dg.RunRequest(
                run_key=digest(key),
                tags={**task.tags, drive.BECAUSE: task.title},
                asset_selection=(
                    None if task.assets is None else [dg.AssetKey(a) for a in task.assets]
                ),
            )

    return look_everywhere(context, look)


@described_sensor(
    name="chats_accumulated",
    job=retraining_job,
    minimum_interval_seconds=30,
)
def many_chats(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Enough new chats came since the last training, or none was trained yet: train a challenger.

    How many is in the config file, `[retraining]`; fewer wait for the weekly retraining.
    """
    return look_everywhere(context, _training_for(_by_chats_alone))


@described_sensor(
    name="feedback_accumulated",
    job=retraining_job,
    minimum_interval_seconds=30,
)
def much_feedback(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Support agents flagged enough, or called enough risky, since the last training (R23)."""
    return look_everywhere(context, _training_for(feedback_accumulated))


@described_sensor(
    jobs=[playbook_job, retraining_job],
    minimum_interval_seconds=30,
)
def playbook_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """The company approved another playbook: read it, then train and evaluate with it.

    The warehouse follows the new playbook by itself in between.
    """
    settings = load_settings()
    try:
        book = read_playbook(settings.playbook).digest
    except HandrailError as error:
        return dg.SensorResult(skip_reason=dg.SkipReason(f"the playbook can't be read: {error}"))

    def look(settings: Settings, region: str, lineage: Lineage) -> Iterator[Answer]:
        known = lineage.current(PLAYBOOK, "all")
        if known is None or known.digest != book:
            if register_of(settings, region).all():
                yield dg.RunRequest(
                    run_key=f"{book}:{lineage.times_made(PLAYBOOK, 'all')}",
                    job_name=playbook_job.name,
                    tags={drive.BECAUSE: f"playbook {book[:12]}"},
                )
            else:
                yield dg.SkipReason(f"{region}: nothing to train on yet")
            return
        yield from _training_for(_by_playbook, job=retraining_job.name)(settings, region, lineage)

    return look_everywhere(context, look)


@described_sensor(
    job=decision_job,
    minimum_interval_seconds=15,
)
def people_decided(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Somebody reviewed a sampled chat or approved a candidate that waits: gate it again."""

    def look(settings: Settings, region: str, lineage: Lineage) -> Iterator[Answer]:
        candidate = lineage.current(CANDIDATE, region)
        found = waiting(candidate, lineage, settings.region_home(region))
        if found is None:
            yield dg.SkipReason(f"{region}: no candidate waits for people")
        elif found.is_counted_in:
            yield dg.SkipReason(f"{region}: {found.release} waits for {found.waits_for}")
        else:
            key = f"{region}:{found.release}:{found.mark}"
            yield _request(region, f"people spoke on {found.release}", run_key=key)

    return look_everywhere(context, look)


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING)
def run_failed(context: dg.RunFailureSensorContext) -> None:
    """A run failed: keep an incident with the reasons (`handrail incidents`)."""
    run = context.dagster_run
    records = context.instance.get_records_for_run(
        run.run_id,
        of_type={dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.ASSET_CHECK_EVALUATION},
    ).records
    events = [r.event_log_entry.dagster_event for r in records if r.event_log_entry.dagster_event]
    problems = tuple(drive.problems(events)) or (context.failure_event.message or "no reason",)
    home = load_settings().home
    forget(home, run.run_id)
    Incidents(home).open(
        "run_failed",
        run_id=run.run_id,
        job=run.job_name,
        partition=partition_of_run(run.tags),
        problems=problems,
        at=system_clock(),
    )


@described_sensor(minimum_interval_seconds=30)
def run_heartbeat_lost(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """A run's process died without a word: mark it failed, so that it's retried and told of."""
    lost = report_lost_runs(context.instance, load_settings().home, now=system_clock())
    return dg.SkipReason("; ".join(lost) or "every run that is under way gives signs of life")


def _training_for(
    reason: Callable[[News, RetrainingRules], str | None], *, job: str | None = None
) -> Look:
    """A look that asks for a training where `reason` finds one in the news."""

    def look(settings: Settings, region: str, lineage: Lineage) -> Iterator[Answer]:
        try:
            found = news(lineage, region)
        except NotPassed as error:
            yield dg.SkipReason(f"{region}: not now: {error}")
            return
        because = reason(found, settings.retraining)
        if because is None:
            yield dg.SkipReason(
                f"{region}: {found.chats} new chats, {found.flags} more flags ({found.risky} risky)"
            )
        else:
            # Once for what there is now; coming back to what there was is another time.
            key = f"{region}:{found.mark}:{lineage.times_made(MODEL, region)}"
            yield _request(region, because, run_key=key, job=job)

    return look


def _by_chats_alone(found: News, rules: RetrainingRules) -> str | None:
    """Flags come with chats: where both would do, `feedback_accumulated` speaks."""
    other = feedback_accumulated(found, rules) or _by_playbook(found, rules)
    return None if other else chats_accumulated(found, rules)


def _by_playbook(found: News, rules: RetrainingRules) -> str | None:
    return "the playbook changed" if found.playbook_changed else None


def _request(region: str, because: str, *, run_key: str, job: str | None = None) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=run_key,
        job_name=job,
        partition_key=region,
        tags={drive.REGION: region, drive.BECAUSE: because},
    )


def _survey_mark(lineage: Lineage, region: str) -> str | None:
    found = lineage.current(SURVEY, region)
    return None if found is None else lineage.config_hash(found)


sensors: Sequence[dg.SensorDefinition] = [
    exports_arrived, chats_changed, many_chats, much_feedback, playbook_changed, tags_corrected,
    people_decided,
    run_failed, run_heartbeat_lost,
    dg.AutomationConditionSensorDefinition(
        "inputs_changed",
        target=dg.AssetSelection.all(),
        run_tags={drive.BECAUSE: "its inputs changed"},
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="What only follows its inputs is made again when they change.",
    ),
]  # fmt: skip
