"""What starts a build of the warehouse when somebody has corrected a tag."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from handrail.dataset.corrections import CORRECTIONS
from handrail.dataset.landing import CORE
from handrail.settings import Settings
from handrail.vault.lineage import Lineage
from orchestration import drive
from orchestration.jobs import warehouse_job
from orchestration.looking import Answer, described_sensor, look_everywhere


@described_sensor(
    job=warehouse_job,
    minimum_interval_seconds=15,
)
def tags_corrected(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Somebody corrected the tag of a chat: build the warehouse anew, so that it counts (R5).

    What was made without the correction is stale until then, and nothing is built on it.
    """

    def look(settings: Settings, region: str, lineage: Lineage) -> Iterator[Answer]:
        said, core = lineage.current(CORRECTIONS, region), lineage.current(CORE, region)
        if said is None or core is None:
            yield dg.SkipReason(f"{region}: no tag was corrected, or no warehouse was built yet")
        elif said in lineage.inputs(core):
            yield dg.SkipReason(f"{region}: {said.records} corrections of tags are counted in")
        else:
            yield dg.RunRequest(
                run_key=f"{region}:{said.digest}:{lineage.times_made(CORE, region)}",
                partition_key=region,
                tags={
                    drive.REGION: region,
                    drive.BECAUSE: f"tags were corrected, {said.records} times so far",
                },
            )

    return look_everywhere(context, look)
