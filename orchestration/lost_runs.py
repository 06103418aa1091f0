"""Runs whose process died without a word; Dagster's default launcher doesn't notice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg

from handrail.vault.presence import forget, last_sign_of_life

# A live run gives a sign every 5 seconds; loading the graph before the first takes up to a minute.
SILENCE, START = timedelta(seconds=60), timedelta(minutes=5)
_STARTED = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_STARTING = [dg.DagsterRunStatus.STARTING]


def report_lost_runs(instance: dg.DagsterInstance, home: Path, *, now: datetime) -> list[str]:
    """Mark as failed every run that should give signs of life and doesn't; a sentence for each.

    The orchestrator's retries take it from there: a lost process is where a rerun helps.
    """
    lost = []
    records = instance.get_run_records(dg.RunsFilter(statuses=[*_STARTED, *_STARTING]))
    for record in records:
        run = record.dagster_run
        began = datetime.fromtimestamp(
            record.start_time or record.create_timestamp.timestamp(), UTC
        )
        seen = last_sign_of_life(home, run.run_id)
        silent = now - (seen or began)
        if silent > (SILENCE if seen or run.status in _STARTED else START):
            said = (
                f"run {run.run_id[:8]} of {run.job_name} gave no sign of life for "
                f"{silent.total_seconds():.0f} seconds: its process is gone"
            )
            instance.report_run_failed(run, message=said)
            forget(home, run.run_id)
            lost.append(said)
    return lost
