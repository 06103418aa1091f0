"""How a sensor looks at the regions: each on its own, and never at one that is being worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import cleandoc
from typing import Any

import dagster as dg

from handrail.settings import Settings, load_settings
from handrail.vault.lineage import Lineage
from handrail.vault.region_vault import open_lineage
from orchestration import drive

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
    requests: list[dg.RunRequest] = []
    reasons: list[str] = []
    for region in settings.serves:
        run = _under_way(context.instance, region)
        if run is not None:
            reasons.append(f"{region}: run {run[:8]} is at work")
            continue
        lineage = open_lineage(settings, region)
        try:
            for answer in look(settings, region, lineage):
                if isinstance(answer, dg.RunRequest):
                    requests.append(answer)
                else:
                    reasons.append(answer.skip_message or "")
        finally:
            lineage.close()
    for reason in reasons:
        context.log.info(reason)
    if requests:
        return dg.SensorResult(run_requests=requests)
    return dg.SensorResult(skip_reason=dg.SkipReason("; ".join(reasons)))


def _under_way(instance: dg.DagsterInstance, region: str) -> str | None:
    """The id of a run that is queued or going on over a region, or None."""
    for tag in (drive.REGION, "dagster/partition"):
        found = instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY, tags={tag: region}), limit=1)
        if found:
            return found[0].run_id
    return None
