"""The lifecycle in a few jobs: a run has one partition, so chats by day and regions are apart."""

from __future__ import annotations

import dagster as dg

from assets.partitions import region_days, regions

playbook_job = dg.define_asset_job(
    "read_playbook", selection=["playbook"], description="Read the approved playbook."
)
intake_job = dg.define_asset_job(
    "take_in_chats",
    selection=["raw_chats", "redacted_chats"],
    partitions_def=region_days,
    description="Seal and redact the chats of a range of days of one region.",
)
lifecycle_job = dg.define_asset_job(
    "train_and_evaluate",
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.assets(
        "raw_chats", "redacted_chats", "playbook", "release_candidate", "residency_report"
    ),
    partitions_def=regions,
    description="From redacted chats to an evaluated model of one region.",
)
warehouse_job = dg.define_asset_job(
    "build_warehouse",
    selection=dg.AssetSelection.groups("warehouse")
    - dg.AssetSelection.assets("score_history", "stg_landing__scores")
    | dg.AssetSelection.assets("labeled_feedback", "redaction_sample", "redaction_audit"),
    partitions_def=regions,
    description="Audit sample, feedback and warehouse of one region, without training.",
)
release_job = dg.define_asset_job(
    "release",
    selection=["release_candidate", "residency_report"],
    partitions_def=regions,
    description="Gate one region's candidate; promote it when everything has passed.",
)

jobs = [playbook_job, intake_job, warehouse_job, lifecycle_job, release_job]
