"""What Dagster loads: the assets of `assets/`, resources, jobs, and the policy for specs."""

from __future__ import annotations

import dagster as dg

import assets.custody
import assets.dataset
import assets.evaluation
import assets.feedback
import assets.intake
import assets.playbook
import assets.redaction
import assets.redaction_report
import assets.release
import assets.synthesis
import assets.training
import assets.warehouse
from handrail.settings import quiet_telemetry
from orchestration.jobs import jobs
from orchestration.resources import resources
from orchestration.schedules import schedules
from orchestration.sensors import sensors
from orchestration.spec_policy import require_described, require_kept_apart

quiet_telemetry()

_assets = dg.load_assets_from_modules(
    [
        assets.intake,
        assets.redaction,
        assets.redaction_report,
        assets.warehouse,
        assets.playbook,
        assets.feedback,
        assets.synthesis,
        assets.dataset,
        assets.training,
        assets.evaluation,
        assets.release,
        assets.custody,
    ],
    include_specs=True,
)

defs = require_kept_apart(
    require_described(
        dg.Definitions(
            assets=_assets,
            jobs=jobs,
            schedules=schedules,
            sensors=sensors,
            resources=resources(),
            executor=dg.in_process_executor,
        )
    )
)
