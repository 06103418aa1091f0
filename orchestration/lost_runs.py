"""Runs whose process died without a word; Dagster's default launcher doesn't notice."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from handrail.vault.presence import forget, last_sign_of_life

# A live run gives a sign every 5 seconds; loading the graph before the first takes up to a minute.
SILENCE, START = timedelta(seconds=60), timedelta(minutes=5)
# A run that ends takes its sign away a moment before it says so.
ENDS_WITHIN_SECONDS = 3.0
_UNDER_WAY = [
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def report_lost_runs(instance: dg.DagsterInstance, home: Path, *, now: datetime) -> list[str]:
    """Mark as failed every run that should give signs of life and doesn't; a sentence for each.

    The orchestrator's retries take it from there: a lost process is where a rerun helps. A run that
    somebody stopped is marked canceled, and stays so.
    """
    silent = {
        record.dagster_run.run_id: since
        for record in instance.get_run_records(dg.RunsFilter(statuses=_UNDER_WAY))
        if (since := _silent_for(record, home, now)) is not None
    }
    if silent:
        time.sleep(ENDS_WITHIN_SECONDS)
    lost = []
    for run_id, since in silent.items():
        run = instance.get_run_by_id(run_id)
        if run is None or run.status not in _UNDER_WAY:
            continue
        said = (
            f"run {run_id[:8]} of {run.job_name} gave no sign of life for "
            f"{since.total_seconds():.0f} seconds: its process is gone"
        )
        if run.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, message=said)
        else:
            instance.report_run_failed(run, message=said)
        forget(home, run_id)
        lost.append(said)
    return lost


def _silent_for(record: dg.RunRecord, home: Path, now: datetime) -> timedelta | None:
    """How long a run has been silent, if for too long."""
    run = record.dagster_run
    seen = last_sign_of_life(home, run.run_id)
    if seen is not None:
        return now - seen if now - seen > SILENCE else None
    if run.status is dg.DagsterRunStatus.STARTING:  # until then it may have queued for hours
        waited = now - record.update_timestamp.replace(tzinfo=UTC)
        return waited if waited > START else None
    began = datetime.fromtimestamp(record.start_time or record.update_timestamp.timestamp(), UTC)
    return now - began if now - began > SILENCE else None
