"""The graph runs itself: an export is dropped, and a challenger comes of it without a command.

The sensors are asked as the daemon asks them; what they ask for is run in this process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.warehouse import warehouse_core
from handrail.clock import system_clock
from handrail.conversations.watching import drop
from handrail.playbook.reader import read_playbook
from handrail.redaction.rounds import SAMPLE
from handrail.registry import open_registry
from handrail.release.candidate import releases_of
from handrail.release.pointer import Aliases
from handrail.simulate.exports import simulate
from orchestration import drive, schedules, sensors
from orchestration.definitions import defs
from tests.lifecycle.story import Story

pytestmark = [pytest.mark.xdist_group("lifecycle"), pytest.mark.whole]

REGION = "us"
NEXT_WEEK = date(2026, 3, 2)
CHATS = 210


class Daemon:
    """What Dagster's daemon does for one region, step by step."""

    def __init__(self, story: Story, instance: dg.DagsterInstance) -> None:
        self.story = story
        self.instance = instance
        self._cursor: Any = None

    def asked(self, sensor: dg.SensorDefinition) -> list[dg.RunRequest]:
        """The runs that the sensor asks for in this region."""
        context = dg.build_sensor_context(
            instance=self.instance, sensor_name=sensor.name, definitions=defs
        )
        requests = sensor.evaluate_tick(context).run_requests or []
        return [r for r in requests if r.tags[drive.REGION] == REGION]

    def run(self, request: dg.RunRequest, job: str) -> str:
        """Run what was asked for; returns the reason it was asked for."""
        self._execute(job, request.partition_key, request.tags)
        return request.tags[drive.BECAUSE]

    def follow(self) -> set[str]:
        """Run what follows its inputs by itself; returns the assets."""
        found = dg.evaluate_automation_conditions(
            defs=defs, instance=self.instance, cursor=self._cursor
        )
        self._cursor = found.cursor
        follows = {
            one.key.to_user_string()
            for one in found.results
            if REGION in found.get_requested_partitions(one.key)
        }
        if follows:
            self._execute("build_warehouse", REGION, {}, tuple(sorted(follows)))
        return follows

    def aliases(self) -> Aliases:
        settings = self.story.settings
        live = releases_of(settings, REGION, open_registry(settings)).live()
        assert live
        return live.aliases

    def round(self) -> int:
        """The number of the region's audit round."""
        with self.story.opened() as vaults:
            now = vaults.of(REGION).lineage.current(SAMPLE, REGION)
        assert now
        return int(now.measures["round"])

    def audit_weekly(self) -> None:
        """The run that the weekly schedule asks for."""
        job = defs.resolve_job_def(schedules.weekly_audit_sample.job_name)
        assert job.execute_in_process(instance=self.instance, partition_key=REGION).success

    def _execute(
        self, job: str, partition: str | None, tags: Any, assets: tuple[str, ...] | None = None
    ) -> None:
        done = drive.execute(
            drive.Task("as asked", job, partition, tags, assets),
            instance=self.instance,
            definitions=defs,
            on_step=lambda step, done, of: None,
        )
        assert done.succeeded, done.problems


@pytest.fixture
def daemon(story: Story, tmp_path: Path) -> Iterator[Daemon]:
    copy = story.copied(tmp_path / "copy")
    with copy.as_environment(), drive.open_instance(copy.settings) as instance:
        yield Daemon(copy, instance)


def test_a_dropped_export_leads_to_a_challenger_and_an_approval_to_a_release(
    daemon: Daemon, tmp_path: Path
) -> None:
    """R1, R23: noticed, sealed, redacted, trained on for a reason, gated, approved, live."""
    settings = daemon.story.settings
    assert daemon.follow() == set(), "nothing follows before something changed"
    champion = daemon.aliases().champion

    written = simulate(
        tmp_path / "next",
        regions=[REGION],
        languages={REGION: ["en"]},
        chats=CHATS,
        days=7,
        first_day=NEXT_WEEK,
        seed=settings.seed,
        playbook=read_playbook(settings.playbook),
        progress=lambda done: None,
    )
    [export] = written.exports[REGION]
    place = drop(settings, REGION, export.path, mapping=None, answer_key=export.answer_key)
    os.utime(place, (1, 1))  # as if written a while ago

    [survey] = daemon.asked(sensors.exports_arrived)
    assert daemon.run(survey, "look_at_exports") == "new exports: 2026-w10.jsonl.gz"
    [intake] = daemon.asked(sensors.chats_changed)
    assert daemon.run(intake, "take_in_chats") == "seal and redact 2026-03-02 to 2026-03-08"
    assert daemon.asked(sensors.chats_changed) == [], "the other days stay as they are"
    assert daemon.asked(sensors.many_chats) == [], "not before the warehouse holds them"
    core = {key.to_user_string() for key in warehouse_core.keys}
    follows = daemon.follow()
    assert {"labeled_feedback", *core} <= follows, "core as a whole"
    assert not {"redaction_sample", "redaction_audit"} & follows, "the audit round stays (R33)"
    assert daemon.follow() == set()

    asked = daemon.asked(sensors.many_chats) + daemon.asked(sensors.much_feedback)
    assert len(asked) == 1, "one training, whichever reason comes first"
    assert "since the last training" in daemon.run(asked[0], "train_challenger")
    assert daemon.asked(sensors.many_chats) + daemon.asked(sensors.much_feedback) == []
    challenger = daemon.aliases().challenger
    assert (challenger is not None, daemon.aliases().champion) == (True, champion)

    assert daemon.asked(sensors.people_decided) == [], "it waits for people, who said nothing"
    releases = releases_of(settings, REGION, open_registry(settings))
    releases.approvals.record(
        releases.bundles.read(str(challenger)),
        approver="someone",
        simulated=True,
        at=system_clock(),
    )
    [again] = daemon.asked(sensors.people_decided)
    assert daemon.run(again, "gate_after_people") == f"people spoke on {challenger}"
    assert daemon.aliases() == Aliases(champion=challenger, challenger=None, previous=champion)

    assert daemon.round() == 1, "a fifth may be new"
    daemon.audit_weekly()
    assert daemon.round() == 2
