"""How a sensor looks at the regions: each on its own, and never at one that is being worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from inspect import cleandoc
from typing import Any

import dagster as dg

from assets.partitions import regions_of_run
from handrail.errors import HandrailError
from handrail.settings import Settings, load_settings
from handrail.vault.files import is_locked
from handrail.vault.lineage import Lineage
from handrail.vault.region_vault import open_lineage
from orchestration.drive import RUN_LOCK

_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

_Evaluate = Callable[[dg.SensorEvaluationContext], Any]
Answer = dg.RunRequest | dg.SkipReason
Look = Callable[[Settings, str, Lineage], Iterator[Answer]]


def described_sensor(**options: Any) -> Callable[[_Evaluate], dg.SensorDefinition]:
    """A sensor that runs by default and shows its docstring to people."""

    def define(evaluate: _Evaluate) -> dg.SensorDefinition:
        return dg.sensor(
            description=cleandoc(evaluate.__doc__ or ""),
            default_status=dg.DefaultSensorStatus.RUNNING,
            **options,
        )(evaluate)

    return define


def look_everywhere(context: dg.SensorEvaluationContext, look: Look) -> dg.SensorResult:
    """Look at each region that has no run under way; skip with every reason there is."""
    settings = load_settings()
    if is_locked(settings.home / RUN_LOCK):
        reason = "`handrail run` is at work in a terminal and does what there is to do"
        return dg.SensorResult(skip_reason=dg.SkipReason(reason))
    busy = _under_way(context.instance, settings.serves)
    requests: list[dg.RunRequest] = []
    reasons: list[str] = []
    for region in settings.serves:
        if region in busy:
            reasons.append(f"{region}: run {busy[region][:8]} is at work")
            continue
        try:
            with closing(open_lineage(settings, region)) as lineage:
                answers = [*look(settings, region, lineage)]
        except HandrailError as error:  # what is wrong with one region holds up no other
            reasons.append(f"{region}: {error}")
            continue
        for answer in answers:
            if isinstance(answer, dg.RunRequest):
                requests.append(answer)
            else:
                reasons.append(answer.skip_message or "")
    for reason in reasons:
        context.log.info(reason)
    if requests:
        return dg.SensorResult(run_requests=requests)
    return dg.SensorResult(skip_reason=dg.SkipReason("; ".join(reasons)))


def _under_way(instance: dg.DagsterInstance, serves: Sequence[str]) -> Mapping[str, str]:
    """The regions that runs are queued or going on over, with a run's id; whoever started it."""
    return {
        region: run.run_id
        for run in instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY))
        for region in regions_of_run(run.tags) or serves
    }
