"""The lifecycle in a few jobs: a run has one partition, so chats by day and regions are apart."""

from __future__ import annotations

import dagster as dg

from assets.partitions import region_days, regions
from handrail.redaction.audit import Occasion

# Nothing but the dbt models up to the training examples, and the history of scores beside them.
_HISTORY = dg.AssetSelection.assets("score_history", "stg_landing__scores")
# What destroys goes by the clock alone.
_BY_THE_CLOCK = dg.AssetSelection.assets("retention", "key_rotation")

playbook_job = dg.define_asset_job(
    "read_playbook", selection=["playbook"], description="Read the approved playbook."
)
survey_job = dg.define_asset_job(
    "look_at_exports",
    selection=["export_survey"],
    partitions_def=regions,
    description="Read one region's exports once and say which days hold something new.",
)
intake_job = dg.define_asset_job(
    "take_in_chats",
    selection=["raw_chats", "redacted_chats"],
    partitions_def=region_days,
    description="Seal and redact the chats of a range of days of one region.",
)
warehouse_job = dg.define_asset_job(
    "build_warehouse",
    selection=dg.AssetSelection.groups("warehouse") - _HISTORY
    | dg.AssetSelection.assets(
        "labeled_feedback", "redaction_sample", "redaction_audit", "redaction_report"
    ),
    partitions_def=regions,
    description="Audit sample, feedback and warehouse of one region, without training.",
)
lifecycle_job = dg.define_asset_job(
    "train_and_evaluate",
    selection=dg.AssetSelection.groups("warehouse", "feedback", "dataset", "training", "evaluation")
    | dg.AssetSelection.assets("redaction_sample", "redaction_audit", "redaction_report"),
    partitions_def=regions,
    description="From redacted chats to an evaluated model of one region.",
)
retraining_job = dg.define_asset_job(
    "train_challenger",
    selection=dg.AssetSelection.groups("dataset", "training", "evaluation", "custody")
    - _BY_THE_CLOCK
    | dg.AssetSelection.assets("redaction_sample", "redaction_audit", "release_candidate")
    | _HISTORY,
    partitions_def=regions,
    description="From one region's warehouse, as it stands, to an evaluated challenger.",
)
release_job = dg.define_asset_job(
    "release",
    selection=["release_candidate", "residency_report", "vault_keys"],
    partitions_def=regions,
    description="Gate one region's candidate; promote it when everything has passed.",
)
audit_job = dg.define_asset_job(
    "audit_redaction",
    selection=["redaction_sample", "redaction_audit"],
    partitions_def=regions,
    config={"ops": {"redaction_sample": {"config": {"occasion": Occasion.AUDIT.value}}}},
    description="Draw one region's next audit round where chats have come or gone since the last.",
)
decision_job = dg.define_asset_job(
    "gate_after_people",
    selection=["redaction_audit", "release_candidate", "residency_report", "audit_checkpoint"],
    partitions_def=regions,
    description="Count people's verdicts and approvals in, then gate one region's candidate anew.",
)
checkpoint_job = dg.define_asset_job(
    "sign_audit_log",
    selection=["audit_checkpoint"],
    partitions_def=regions,
    description="Verify one region's audit log and sign what it holds.",
)
rotation_job = dg.define_asset_job(
    "rotate_keys",
    selection=["key_rotation", "vault_keys"],
    partitions_def=regions,
    description="Give every class of one region's data a new key and destroy the older ones.",
)

retention_job = dg.define_asset_job(
    "keep_no_longer",
    selection=["retention"],
    partitions_def=regions,
    description="Destroy the keys of one region's chats that are past their days.",
)

jobs = [
    playbook_job, survey_job, intake_job, warehouse_job, lifecycle_job, retraining_job, release_job,
    audit_job, decision_job, checkpoint_job, rotation_job, retention_job,
]  # fmt: skip
