"""Killed at any moment and run again: the same content as if nothing had happened.

R1, R41, R47: what was acknowledged is there, nothing half-made is to be seen, the audit log
verifies, and what killed writers left is swept.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from handrail.access import Purpose
from handrail.errors import Destroyed
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.region_vault import pipeline
from tests.faults.conftest import Child, ForkServer, Prepared, leftovers
from tests.faults.stages import releases_of, vault_of

SEED = 20260302
OPENERS = {
    "raw_chats": (DataClass.RAW, Purpose.REDACTION),
    "quarantine": (DataClass.RAW, Purpose.INTAKE),
    "redaction_holds": (DataClass.RAW, Purpose.REDACTION),
    "known_wordings": (DataClass.REDACTED, Purpose.DATASET),
    "redacted_chats": (DataClass.REDACTED, Purpose.DATASET),
    "labeled_feedback": (DataClass.DATASET, Purpose.DATASET),
}


@dataclass(frozen=True)
class Undisturbed:
    """A stage that nobody killed: how long it took and the content it made."""

    seconds: float
    made: Mapping[str, str]


@pytest.fixture(scope="module")
def undisturbed(
    forks: ForkServer, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Undisturbed]:
    known: dict[str, Undisturbed] = {}

    def run(stage: str) -> Undisturbed:
        if stage not in known:
            home = prepared.before(stage, tmp_path_factory.mktemp("undisturbed") / "home")
            child, start = forks.start(stage, home), time.monotonic()
            known[stage] = Undisturbed(made=child.made(), seconds=time.monotonic() - start)
        return known[stage]

    return run


def everything_opens(home: Settings, child: Child) -> None:
    """What was acknowledged is current, and every manifest's object opens whole."""
    vault = vault_of(home)
    for told in (event["artifact"] for event in child.acknowledged if "artifact" in event):
        current = vault.lineage.current(told["asset"], told["partition"])
        assert current is not None and current.object_id == told["object_id"]
    destroyed = vault.lineage.destructions.all()
    for artifact in vault.lineage.everything():
        if artifact.object_id is not None:
            data_class, purpose = OPENERS[artifact.asset]
            access = pipeline("test:faults", purpose)
            records = vault.scan(artifact, data_class=data_class, access=access)
            if artifact.object_id in destroyed:
                with pytest.raises(Destroyed):
                    next(records)
            else:
                assert len(list(records)) == artifact.records
    vault.audit.verify()
    vault.close()


def releases_hold(home: Settings, child: Child) -> None:
    """The ledger has every acknowledged move, and live is the last of them or the next."""
    releases = releases_of(home)
    releases.verify()
    moved = len({event["move"] for event in child.acknowledged})
    assert len(releases.ledger.entries()) - 4 in {moved, moved + 1}
    promoted = [e.release for e in releases.ledger.entries() if e.event == "promote"]
    live = releases.live()
    assert live is not None
    assert live.aliases.champion in {promoted[(moved - 1) % 2], promoted[moved % 2]}
    (home.home / "moves").write_text(str(moved))


def survives(
    stage: str,
    home: Settings,
    *,
    forks: ForkServer,
    expected: Undisturbed,
    chance: Random,
) -> bool:
    """Kill the stage once and run it again; whether it was still at work when it was killed."""
    delay = chance.uniform(0, expected.seconds)
    child = forks.start(stage, home)
    time.sleep(delay)
    child.kill()
    told = f"{stage} killed after {delay:.4f} s of {expected.seconds:.4f} s"
    if stage == "land":
        seen = forks.start("look", home).made()
        assert seen in ({}, expected.made), told
    if stage == "move":
        releases_hold(home, child)
    else:
        everything_opens(home, child)
    again = forks.start(stage, home)
    assert again.made() == expected.made, told
    everything_opens(home, again)
    assert leftovers(home) == [], told
    return not child.finished


STAGES = ("seal", "redact", "land", "rewrap", "move", "retire")


@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_stage_run_again_makes_the_same_content(
    stage: str,
    forks: ForkServer,
    prepared: Prepared,
    undisturbed: Callable[[str], Undisturbed],
    tmp_path: Path,
) -> None:
    """Three random moments."""
    many_times(stage, 3, forks, prepared, undisturbed(stage), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_killed_two_hundred_times(
    stage: str,
    forks: ForkServer,
    prepared: Prepared,
    undisturbed: Callable[[str], Undisturbed],
    tmp_path: Path,
) -> None:
    """Two hundred random moments, most of them in the middle of the work."""
    at_work = many_times(stage, 200, forks, prepared, undisturbed(stage), tmp_path)
    assert at_work > 100


def many_times(
    stage: str,
    times: int,
    forks: ForkServer,
    prepared: Prepared,
    expected: Undisturbed,
    tmp_path: Path,
) -> int:
    chance = Random(f"{SEED}/{stage}")
    at_work = 0
    for number in range(times):
        home = prepared.before(stage, tmp_path / str(number))
        at_work += survives(stage, home, forks=forks, expected=expected, chance=chance)
        shutil.rmtree(tmp_path / str(number))
    sys.stdout.write(f"{stage}: seed {SEED}, {at_work} of {times} killed at work\n")
    return at_work
