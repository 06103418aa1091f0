"""Schedules, what runs by default, and how partitions become runs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import dagster as dg
import pytest
from dagster._core.definitions.automation_tick_evaluation_context import (
    build_run_requests_with_backfill_policies,
)
from dagster._core.definitions.events import AssetKeyPartitionKey

from assets.automation import (
    FOLLOWS_ITS_INPUTS,
    FOLLOWS_WHERE_THERE_ARE_CHATS,
    RETRY_WHEN_BUSY,
)
from assets.partitions import partition_of_run, region_days, regions_of_run
from assets.quality import behind_the_boundary
from handrail.access import Purpose
from handrail.conversations.reading import register_of
from handrail.conversations.register import RegisteredExport
from handrail.errors import Busy, Refused
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import ObjectName
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.vault.root_key import open_keyring
from orchestration import drive, schedules
from orchestration.definitions import defs
from tests import graph_snapshot

MONDAY = datetime(2026, 3, 2, 4, tzinfo=UTC)


def tick(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance
) -> tuple[list[dg.RunRequest], str]:
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=MONDAY,
        repository_def=defs.get_repository_def(),
    )
    said = schedule.evaluate_tick(context)
    return list(said.run_requests or []), said.skip_message or ""


def test_the_nightly_intake_looks_at_each_region_that_has_exports(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R1."""
    assert tick(schedules.nightly_intake, instance) == ([], "no region has exports yet")
    register_of(home, "us").add(RegisteredExport("somewhere.jsonl", None, None, None))
    asked, _ = tick(schedules.nightly_intake, instance)
    assert [(r.partition_key, r.tags["handrail/because"]) for r in asked] == [
        ("us", "the nightly intake")
    ]


def test_the_nightly_retention_looks_at_each_region_that_holds_something(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R52."""
    _, why = tick(schedules.nightly_retention, instance)
    assert why == "no region holds chats that are kept for a time only"
    vaults = RegionVaults(home)
    vault, access = vaults.of("us"), pipeline("test", Purpose.INTAKE)
    stored = vault.put(ObjectName("raw_chats", "2026-01-05", DataClass.RAW), [], access=access)
    vault.lineage.commit(stored, inputs=[], findings=[], config_hash="", run_id="test")
    vaults.close()
    asked, _ = tick(schedules.nightly_retention, instance)
    assert [(r.partition_key, r.tags["handrail/because"]) for r in asked] == [
        ("us", "the nightly retention")
    ]


@pytest.mark.parametrize(
    "schedule",
    [schedules.nightly_intake, schedules.nightly_retention, schedules.weekly_audit_sample,
     schedules.monthly_key_rotation], ids=lambda schedule: schedule.name,
)  # fmt: skip
def test_what_is_due_in_several_regions_starts_in_each(
    home: Settings, instance: dg.DagsterInstance, schedule: dg.ScheduleDefinition
) -> None:
    """R1, R33, R37, R52: each region's run has a key of its own, or none is started."""
    vaults = RegionVaults(home)
    for region in ("eu", "us"):
        vault, access = vaults.of(region), pipeline("test", Purpose.INTAKE)
        stored = vault.put(ObjectName("raw_chats", "2026-01-05", DataClass.RAW), [], access=access)
        redacted = replace(stored, asset="redacted_chats")
        for artifact in (stored, redacted):
            vault.lineage.commit(artifact, inputs=[], findings=[], config_hash="", run_id="test")
        register_of(home, region).add(RegisteredExport("somewhere.jsonl", None, None, None))
    vaults.close()
    asked, _ = tick(schedule, instance)
    assert [(r.partition_key, r.run_key) for r in asked] == [("eu", "eu"), ("us", "us")]


def test_a_region_whose_manifests_do_not_open_holds_up_no_other(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R52, R38: its own run fails and says why; the other region's chats go when they are due."""
    vaults = RegionVaults(home)
    vault, access = vaults.of("us"), pipeline("test", Purpose.INTAKE)
    stored = vault.put(ObjectName("raw_chats", "2026-01-05", DataClass.RAW), [], access=access)
    vault.lineage.commit(stored, inputs=[], findings=[], config_hash="", run_id="test")
    vaults.close()
    laid_here = home.region_home("eu")
    laid_here.mkdir(exist_ok=True)
    shutil.copy(home.region_home("us") / "lineage.db", laid_here / "lineage.db")
    asked, _ = tick(schedules.nightly_retention, instance)
    assert [r.partition_key for r in asked] == ["eu", "us"]


def test_the_weekly_audit_draws_where_redacted_chats_are_held(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R33: after the nightly intake, before the weekly retraining."""
    assert schedules.weekly_audit_sample.cron_schedule == "0 3 * * 1"
    vaults = RegionVaults(home)
    vault, access = vaults.of("us"), pipeline("test", Purpose.INTAKE)
    stored = vault.put(ObjectName("raw_chats", "2026-01-05", DataClass.RAW), [], access=access)
    vault.lineage.commit(stored, inputs=[], findings=[], config_hash="", run_id="test")
    said = tick(schedules.weekly_audit_sample, instance)
    assert said == ([], "no region holds redacted chats yet")
    redacted = replace(stored, asset="redacted_chats")
    vault.lineage.commit(redacted, inputs=[], findings=[], config_hash="", run_id="test")
    vaults.close()
    [request], _ = tick(schedules.weekly_audit_sample, instance)
    assert (request.partition_key, request.run_key) == ("us", "us")
    assert request.tags["handrail/because"] == "the weekly audit sample"
    job = schedules.weekly_audit_sample.job_name
    assert graph_snapshot.jobs(defs)[job] == ["redaction_audit", "redaction_sample"]
    config = defs.resolve_job_def(job).get_run_config_for_partition_key("us")
    assert config == {"ops": {"redaction_sample": {"config": {"occasion": "audit"}}}}


def test_the_weekly_retraining_says_why_it_does_not_train(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R23: nothing to train on is a reason, not a failure."""
    asked, why = tick(schedules.weekly_retraining, instance)
    assert asked == []
    assert all(f"{region}: " in why for region in home.serves)

    damaged = home.region_home("eu") / "lineage.db"
    damaged.write_bytes(b"no database " * 1000)
    _, why = tick(schedules.weekly_retraining, instance)
    assert f"eu: {damaged} is damaged" in why and "us: " in why


def test_keys_are_rotated_every_month_where_there_are_any(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R37."""
    assert schedules.monthly_key_rotation.cron_schedule == "0 3 1 * *"
    assert tick(schedules.monthly_key_rotation, instance) == ([], "no region has keys yet")
    open_keyring(home, home.region("us")).close()
    [request], _ = tick(schedules.monthly_key_rotation, instance)
    assert (request.partition_key, request.tags["handrail/region"]) == ("us", "us")
    assert request.tags["handrail/because"] == "the monthly rotation of keys"
    job = schedules.monthly_key_rotation.job_name
    assert graph_snapshot.jobs(defs)[job] == ["key_rotation", "vault_keys"]


def test_everything_that_runs_by_itself_runs_by_default() -> None:
    """A sensor that has to be switched on by hand is one that nobody switched on."""
    repository = defs.get_repository_def()
    stopped = [
        one.name
        for one in (*repository.sensor_defs, *repository.schedule_defs)
        if one.default_status.value != "RUNNING"
    ]
    assert stopped == []
    assert {s.name for s in repository.sensor_defs} == {
        "exports_arrived", "chats_changed", "chats_accumulated", "feedback_accumulated",
        "playbook_changed", "people_decided", "run_failed", "run_heartbeat_lost", "inputs_changed",
        "tags_corrected",
    }  # fmt: skip


def test_what_is_cheap_follows_its_inputs_and_what_trains_waits_for_a_reason() -> None:
    following = {
        spec.key.to_user_string()
        for spec in defs.resolve_all_asset_specs()
        if spec.automation_condition in (FOLLOWS_ITS_INPUTS, FOLLOWS_WHERE_THERE_ARE_CHATS)
    }
    assert {"labeled_feedback", "redaction_audit", "training_examples"} <= following
    assert not following & {
        "redaction_sample",  # a round stays, whatever chats come
        "raw_chats", "redacted_chats", "training_dataset", "trained_model", "eval_scores",
        "release_candidate", "score_history",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("days", "chosen", "runs"),
    [
        (["2026-01-05", "2026-01-06", "2026-01-07"], ["eu"], [("2026-01-05|eu", "2026-01-07|eu")]),
        (["2026-01-05", "2026-01-08"], ["eu"], [("2026-01-05|eu",) * 2, ("2026-01-08|eu",) * 2]),
        (
            ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"],
            ["eu", "us"],
            [("2026-01-05|eu", "2026-01-09|eu"), ("2026-01-05|us", "2026-01-09|us")],
        ),
    ],
)
def test_a_backfill_makes_one_run_a_region_and_stretch(
    days: list[str], chosen: list[str], runs: list[tuple[str, str]], instance: dg.DagsterInstance
) -> None:
    """R38: one run never mixes regions, also where someone backfills several in one go."""
    wanted = [
        AssetKeyPartitionKey(
            dg.AssetKey("raw_chats"), dg.MultiPartitionKey({"day": day, "region": region})
        )
        for day in days
        for region in chosen
    ]
    requests = build_run_requests_with_backfill_policies(
        wanted, defs.resolve_asset_graph(), dynamic_partitions_store=instance
    )
    made = [
        (r.tags["dagster/asset_partition_range_start"], r.tags["dagster/asset_partition_range_end"])
        for r in requests
    ]
    assert sorted(made) == runs


def test_the_regions_of_a_run_are_read_from_its_tags() -> None:
    """R38: who is at work where, for the lock of a region."""
    day = {"dagster/partition": "2026-01-05|eu", "dagster/partition/region": "eu"}
    stretch = {
        "dagster/asset_partition_range_start": "2026-01-05|us",
        "dagster/asset_partition_range_end": "2026-01-09|us",
    }
    assert regions_of_run(day) == ("eu",)
    assert regions_of_run(stretch) == ("us",)
    assert regions_of_run({"dagster/partition": "eu"}) == ("eu",)
    assert regions_of_run({}) == ()
    assert partition_of_run(stretch) == "2026-01-05|us to 2026-01-09|us"
    assert region_days.get_num_partitions() > 0


@pytest.mark.parametrize(
    ("error", "again"),
    [(Busy("somebody is writing"), True), (Refused("a gate is shut"), False), (KeyError(), False)],
)
def test_a_step_is_tried_again_only_where_somebody_was_in_the_way(
    error: Exception, again: bool
) -> None:
    """What failed once fails again; what was busy may not be next time."""

    @behind_the_boundary
    def step() -> None:
        raise error

    with pytest.raises(dg.Failure) as failed:
        step()
    assert failed.value.allow_retries is again


def test_every_asset_may_try_again() -> None:
    """The policy is on all of them; the boundary decides when it is used."""
    lacking = [
        definition.op.name
        for definition in defs.resolve_asset_graph().assets_defs
        if definition.is_executable and definition.op.retry_policy != RETRY_WHEN_BUSY
    ]
    assert lacking == []


def test_a_new_playbook_builds_no_warehouse_where_there_never_was_a_chat(home: Settings) -> None:
    """R10: what can only fail isn't started, in any region."""
    with drive.open_instance(home) as instance:
        before = dg.evaluate_automation_conditions(defs=defs, instance=instance)
        drive.execute(
            drive.Task("read it", "read_playbook", None),
            instance=instance,
            definitions=defs,
            on_step=lambda step, done, of: None,
        )
        after = dg.evaluate_automation_conditions(
            defs=defs, instance=instance, cursor=before.cursor
        )
    assert after.total_requested == 0
