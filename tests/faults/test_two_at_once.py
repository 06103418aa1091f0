"""Two processes at the same thing at once: one after the other, or one is told to wait."""

from __future__ import annotations

import shutil
from pathlib import Path

from handrail.access import Purpose
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.region_vault import pipeline
from tests.faults.conftest import Child, ForkServer, Prepared, home_in, leftovers
from tests.faults.stages import REGION, look, vault_of
from tests.faults.test_killed import everything_opens


def both(forks: ForkServer, home: Settings, first: str, second: str) -> tuple[Child, Child]:
    """The two at work together, ended."""
    children = forks.start(first, home), forks.start(second, home)
    for child in children:
        child.wait_for("ended")
    return children


def test_two_runs_that_seal_the_same_days_agree(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """R1: both end well with the same content; one object a day is current and every one opens."""
    home = prepared.before("seal", tmp_path / "home")
    first, second = both(forks, home, "same_day", "same_day")
    assert first.made() == second.made() != {}
    everything_opens(home, first)
    assert leftovers(home) == []


def test_two_that_commit_the_same_partition_follow_one_another(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """R3: the last one is current, the other one is history."""
    home = prepared.before("store", tmp_path / "home")
    first, second = both(forks, home, "store", "store")
    assert first.made() == second.made()
    vault = vault_of(home)
    made = [a for a in vault.lineage.everything() if a.asset == "raw_chats"]
    assert len(made) == 2
    assert vault.lineage.current("raw_chats", "2026-01-05") == made[-1]
    for artifact in made:
        access = pipeline("test:faults", Purpose.REDACTION)
        assert len(list(vault.scan(artifact, data_class=DataClass.RAW, access=access))) == 2
    vault.close()


def test_two_that_append_to_the_audit_log_keep_one_chain(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """R41"""
    home = prepared.before("store", tmp_path / "home")
    both(forks, home, "log", "log")
    vault = vault_of(home)
    assert vault.audit.verify() == 200
    vault.close()


def test_two_that_open_a_new_home_share_its_keys(
    forks: ForkServer, new_home: Settings, tmp_path: Path
) -> None:
    """R37: the one that comes second takes the key file of the first."""
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copy(new_home.config_file, folder)
        home = home_in(folder)
        first, second = both(forks, home, "open_home", "open_home")
        assert first.made() == second.made() == {}
        assert forks.start("store", home).made() != {}
        assert [f.name for f in home.keys_folder.rglob("*") if f.is_file()] == [f"{REGION}.key"]


def test_a_rotation_while_a_run_stores_loses_no_key(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """R37"""
    home = prepared.before("rewrap", tmp_path / "home")
    rotation, run = both(forks, home, "rewrap", "same_day")
    assert (rotation.finished, run.finished) == (True, True), (rotation.said, run.said)
    everything_opens(home, run)


def test_a_warehouse_that_is_open_elsewhere_says_to_wait(
    forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    home = prepared.before("land", tmp_path / "home")
    other = forks.start("hold_warehouse", home)
    other.wait_for("acknowledged")
    refused = forks.start("land", home).wait_for("refused", "done", "broke")
    assert "takes one process at a time: wait until the other run has ended" in str(refused)
    other.kill()
    forks.start("land", home).made()
    assert look(home, acknowledge=lambda **what: None) != {}
