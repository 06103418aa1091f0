"""What starts runs by itself, looked at one sensor at a time; no run is made here."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import dagster as dg
import orjson
import pytest

from handrail.clock import system_clock
from handrail.conversations.reading import register_of
from handrail.conversations.surveying import SURVEY
from handrail.conversations.watching import folder_mark, watched_folder
from handrail.custody.incidents import Incidents
from handrail.dataset.corrections import CORRECTIONS
from handrail.dataset.landing import CORE
from handrail.digests import digest
from handrail.release.candidate import CANDIDATE
from handrail.release.people import marked, people_mark
from handrail.settings import Settings
from handrail.vault.files import alone
from handrail.vault.names import Artifact
from handrail.vault.presence import last_sign_of_life
from handrail.vault.region_vault import open_lineage
from handrail.verdicts import Finding, Verdict, holds
from orchestration import drive, sensors
from orchestration.definitions import defs
from orchestration.lost_runs import report_lost_runs

REGION = "eu"
CHAT = {
    "conversation_id": "c-1",
    "region": REGION,
    "turns": [{"role": "customer", "text": "hello", "at": "2026-01-06T10:00:00Z"}],
}


def look(
    sensor: dg.SensorDefinition, instance: dg.DagsterInstance
) -> tuple[list[dg.RunRequest], str]:
    """The runs a sensor asks for, and why it asks for none."""
    said = sensor.evaluate_tick(
        dg.build_sensor_context(instance=instance, sensor_name=sensor.name, definitions=defs)
    )
    return list(said.run_requests or []), said.skip_message or ""


def dropped(home: Settings, name: str = "2026-w02.jsonl") -> None:
    file = watched_folder(home, REGION) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps(CHAT))
    os.utime(file, (1, 1))


def keep(home: Settings, artifact: Artifact, *findings: Finding, config_hash: str = "") -> None:
    lineage = open_lineage(home, REGION)
    lineage.commit(
        artifact,
        inputs=[],
        findings=findings or [holds("made", True, "a test made it")],
        config_hash=config_hash,
        run_id="test",
    )
    lineage.close()


def test_an_export_that_was_dropped_is_registered_and_looked_at_once(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R1, R2: dropping a file is enough."""
    asked, why = look(sensors.exports_arrived, instance)
    assert asked == []
    assert f"drop exports of {REGION} into {watched_folder(home, REGION)}" in why
    dropped(home)
    [request], _ = look(sensors.exports_arrived, instance)
    assert (request.partition_key, request.tags[drive.REGION]) == (REGION, REGION)
    assert request.tags[drive.BECAUSE] == "new exports: 2026-w02.jsonl"
    rows = register_of(home, REGION).all()
    assert [row.path for row in rows] == [str(watched_folder(home, REGION) / "2026-w02.jsonl")]

    mark = folder_mark(home, REGION, rows)
    assert (request.run_key or "").startswith(mark)
    keep(home, Artifact(SURVEY, REGION, digest({}), None, 1, {}), config_hash=mark)
    asked, why = look(sensors.exports_arrived, instance)
    assert (asked, f"{REGION}: nothing new in 1 exports" in why) == ([], True)


def test_a_dropped_file_that_nobody_can_read_is_named(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R2: a table without a mapping waits for one, and the sensor says so."""
    dropped(home, "2026-w02.csv")
    asked, why = look(sensors.exports_arrived, instance)
    assert asked == []
    assert "2026-w02.csv needs a mapping file" in why
    assert register_of(home, REGION).all() == ()


def test_exactly_the_days_that_differ_are_sealed_one_run_a_stretch(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R31: a stretch has no day without chats in it, so none is marked as made."""
    days = {"2026-01-05": "a", "2026-01-06": "b", "2026-01-09": "c"}
    keep(home, Artifact(SURVEY, REGION, digest(days), None, 3, days))
    asked, _ = look(sensors.chats_changed, instance)
    assert [(r.tags[drive.RANGE_START], r.tags[drive.RANGE_END]) for r in asked] == [
        ("2026-01-05|eu", "2026-01-06|eu"),
        ("2026-01-09|eu", "2026-01-09|eu"),
    ]
    again, _ = look(sensors.chats_changed, instance)
    assert [r.run_key for r in again] == [r.run_key for r in asked], "the same run, asked once"


def test_a_region_with_a_run_under_way_is_left_alone(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    days = {"2026-01-05": "a"}
    keep(home, Artifact(SURVEY, REGION, digest(days), None, 1, days))
    for tag in (drive.REGION, "dagster/partition"):
        run = instance.create_run_for_job(
            defs.resolve_job_def("look_at_exports"),
            tags={tag: REGION},
            status=dg.DagsterRunStatus.STARTED,
        )
        asked, why = look(sensors.chats_changed, instance)
        assert (asked, f"{REGION}: run {run.run_id[:8]} is at work" in why) == ([], True)
        instance.delete_run(run.run_id)


def test_a_region_whose_manifests_do_not_open_holds_up_no_other(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R38: it is named, and the other goes on."""
    damaged = home.region_home("us") / "lineage.db"
    damaged.parent.mkdir(parents=True, exist_ok=True)
    damaged.write_bytes(b"no database " * 1000)
    _, why = look(sensors.exports_arrived, instance)
    assert f"us: {damaged} is damaged" in why
    dropped(home)
    [request], _ = look(sensors.exports_arrived, instance)
    assert request.partition_key == REGION


def test_before_anything_was_trained_the_sensors_say_what_is_missing(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R23: no warehouse, no training, and a reason instead of silence."""
    for sensor in (sensors.many_chats, sensors.much_feedback):
        asked, why = look(sensor, instance)
        assert asked == []
        assert "warehouse_core of eu in region eu was never made" in why


def test_another_playbook_is_read_where_there_are_chats(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R10: the playbook is one for all regions and is read once."""
    assert look(sensors.playbook_changed, instance)[0] == []
    dropped(home)
    look(sensors.exports_arrived, instance)
    [request], _ = look(sensors.playbook_changed, instance)
    assert (request.job_name, request.partition_key) == ("read_playbook", None)


def test_a_candidate_is_gated_again_when_people_have_spoken(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R33: approvals and reviews are noticed; until then the sensor says what is waited for."""
    assert "no candidate waits for people" in look(sensors.people_decided, instance)[1]
    region_home = home.region_home(REGION)
    measures = marked({"release": "rel-1"}, people_mark(region_home))
    keep(
        home,
        Artifact(CANDIDATE, REGION, digest("candidate"), None, 1, measures),
        Finding("approved", Verdict.NOT_MEASURED, "waits for a person", True, {}),
    )
    asked, why = look(sensors.people_decided, instance)
    assert (asked, "rel-1 waits for approved" in why) == ([], True)
    (region_home / "release").mkdir(parents=True)
    (region_home / "release" / "approvals.jsonl").write_bytes(b"{}\n")
    [request], _ = look(sensors.people_decided, instance)
    assert request.tags[drive.BECAUSE] == "people spoke on rel-1"


def test_a_corrected_tag_has_the_warehouse_built_until_it_is_counted_in(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R5: asked for once; a build that knows the correction settles it."""
    assert "no tag was corrected" in look(sensors.tags_corrected, instance)[1]
    said = Artifact(CORRECTIONS, REGION, digest("one"), None, 1, {})
    keep(home, said)
    assert "no warehouse was built" in look(sensors.tags_corrected, instance)[1]
    core = Artifact(CORE, REGION, digest("core"), None, 1, {})
    keep(home, core)
    [request], _ = look(sensors.tags_corrected, instance)
    assert request.tags[drive.BECAUSE] == "tags were corrected, 1 times so far"
    [again], _ = look(sensors.tags_corrected, instance)
    assert again.run_key == request.run_key
    lineage = open_lineage(home, REGION)
    made = [holds("made", True, "a test made it")]
    lineage.commit(core, inputs=[said], findings=made, config_hash="", run_id="test")
    lineage.close()
    asked, why = look(sensors.tags_corrected, instance)
    assert (asked, "1 corrections of tags are counted in" in why) == ([], True)


def test_an_approval_in_one_region_is_not_taken_for_anothers(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R33: as many words were said in both regions, and both candidates are gated."""
    for region in ("eu", "us"):
        lineage = open_lineage(home, region)
        lineage.commit(
            Artifact(CANDIDATE, region, digest(region), None, 1, {"release": "rel-1"}),
            inputs=[],
            findings=[Finding("approved", Verdict.NOT_MEASURED, "waits for a person", True, {})],
            config_hash="",
            run_id="test",
        )
        lineage.close()
    asked, _ = look(sensors.people_decided, instance)
    assert [request.partition_key for request in asked] == ["eu", "us"]
    assert len({request.run_key for request in asked}) == 2


def test_an_export_that_is_gone_is_named_with_what_to_do(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R2: nothing is asked for that can only fail."""
    dropped(home)
    look(sensors.exports_arrived, instance)
    (watched_folder(home, REGION) / "2026-w02.jsonl").unlink()
    asked, why = look(sensors.exports_arrived, instance)
    assert asked == []
    assert "2026-w02.jsonl, which region eu reads, is gone" in why
    assert "handrail exports forget" in why


def test_while_a_run_goes_in_a_terminal_no_sensor_starts_another(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """Two drivers of one region would do everything twice."""
    dropped(home)
    with alone(home.home / drive.RUN_LOCK, busy="busy"):
        asked, why = look(sensors.exports_arrived, instance)
    assert (asked, "`handrail run` is at work" in why) == ([], True)
    assert len(look(sensors.exports_arrived, instance)[0]) == 1


def test_going_back_to_an_earlier_playbook_is_another_change(
    home: Settings, instance: dg.DagsterInstance
) -> None:
    """R10: the same content comes a second time, and is read a second time."""
    dropped(home)
    look(sensors.exports_arrived, instance)
    [first], _ = look(sensors.playbook_changed, instance)
    keep(home, Artifact("playbook", "all", digest("another"), None, 1, {}))
    [again], _ = look(sensors.playbook_changed, instance)
    assert again.run_key != first.run_key


def test_a_failed_run_becomes_an_incident(home: Settings, instance: dg.DagsterInstance) -> None:
    """What went wrong while nobody was looking is kept, with the sentence that says why."""

    @dg.op
    def stumbles() -> None:
        raise dg.Failure(description="the disk is full")

    @dg.job
    def fragile() -> None:
        stumbles()

    done = fragile.execute_in_process(
        instance=instance, raise_on_error=False, tags={"dagster/partition": REGION}
    )
    sensors.run_failed(
        dg.build_run_status_sensor_context(
            sensor_name="run_failed",
            dagster_event=done.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=done.dagster_run,
        ).for_run_failure()
    )
    [incident] = Incidents(home.home).all()
    assert (incident.job, incident.partition) == ("fragile", REGION)
    assert incident.problems == ("stumbles: the disk is full",)


@pytest.mark.parametrize("gives_signs", [True, False])
def test_a_run_that_gives_no_sign_of_life_is_marked_failed(
    home: Settings,
    instance: dg.DagsterInstance,
    gives_signs: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The default launcher doesn't notice a process that was killed together with its parent."""
    run = instance.create_run_for_job(
        defs.resolve_job_def("look_at_exports"), status=dg.DagsterRunStatus.STARTED
    )
    pulse = home.home / "runs" / f"{run.run_id}.alive"
    pulse.parent.mkdir(parents=True)
    pulse.touch()
    now = system_clock()
    if not gives_signs:
        long_ago = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
        os.utime(pulse, (long_ago, long_ago))
    monkeypatch.setattr("orchestration.lost_runs.ENDS_WITHIN_SECONDS", 0)
    said = report_lost_runs(instance, home.home, now=now)
    status = instance.get_run_by_id(run.run_id)
    assert status is not None
    if gives_signs:
        assert (said, status.status) == ([], dg.DagsterRunStatus.STARTED)
        return
    assert "gave no sign of life" in said[0]
    assert status.status is dg.DagsterRunStatus.FAILURE
    assert last_sign_of_life(home.home, run.run_id) is None
    assert report_lost_runs(instance, home.home, now=now) == []


@pytest.mark.parametrize(
    ("status", "later", "lost"),
    [
        ("STARTING", timedelta(minutes=4), None),
        ("STARTING", timedelta(minutes=6), "FAILURE"),
        ("STARTED", timedelta(seconds=30), None),
        ("STARTED", timedelta(minutes=2), "FAILURE"),
        ("CANCELING", timedelta(minutes=2), "CANCELED"),
    ],
)
def test_how_long_a_run_may_be_silent_depends_on_how_far_it_is(
    home: Settings,
    instance: dg.DagsterInstance,
    status: str,
    later: timedelta,
    lost: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Waiting in the queue is no silence, and what a person stopped isn't tried again."""
    monkeypatch.setattr("orchestration.lost_runs.ENDS_WITHIN_SECONDS", 0)
    run = instance.create_run_for_job(
        defs.resolve_job_def("look_at_exports"), status=dg.DagsterRunStatus(status)
    )
    said = report_lost_runs(instance, home.home, now=system_clock() + later)
    after = instance.get_run_by_id(run.run_id)
    assert after is not None
    assert (after.status.value, bool(said)) == (lost or status, lost is not None)
