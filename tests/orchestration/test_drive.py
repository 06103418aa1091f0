"""What a terminal's run of a region consists of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.conversations.sealing import RAW
from handrail.conversations.surveying import SURVEY
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVaults
from orchestration import drive
from orchestration.definitions import defs

REGION = "eu"


def _made(task: drive.Task) -> set[str]:
    """What a task makes."""
    if task.assets is not None:
        return set(task.assets)
    keys = defs.resolve_job_def(task.job).asset_layer.selected_asset_keys
    return {key.to_user_string() for key in keys}


@pytest.fixture
def holding(vaults: RegionVaults) -> Callable[[int], list[drive.Task]]:
    """The tasks of a region that holds so many chats."""
    lineage = vaults.of(REGION).lineage

    def tasks(chats: int) -> list[drive.Task]:
        day = Artifact(RAW, "2026-01-08", "d" * 64, None, chats, {})
        lineage.commit(day, inputs=[], findings=[], config_hash="", run_id="test")
        return drive.lifecycle_tasks(lineage, REGION, train=True)

    return tasks


def test_many_chats_are_worked_on_in_parts_that_make_the_whole(
    holding: Callable[[int], list[drive.Task]],
) -> None:
    """Each part begins with the memory that the one before gave back; nothing is made twice."""
    [whole] = holding(4_999)
    parts = holding(5_000)
    assert not whole.apart
    assert all(part.apart for part in parts)
    assert len({part.run_id for part in parts}) == len(parts) == 3
    made = [_made(part) for part in parts]
    assert set().union(*made) == _made(whole)
    assert sum(map(len, made)) == len(_made(whole))


def test_many_chats_are_sealed_and_redacted_in_a_process_of_their_own(
    vaults: RegionVaults,
) -> None:
    """What a large region's days leave in memory is not on top of what the next region's take."""
    lineage = vaults.of(REGION).lineage
    for chats, apart in ((19_999, False), (20_000, True)):
        survey = Artifact(SURVEY, REGION, f"{chats:064}", None, chats, {"2026-01-08": "e" * 64})
        lineage.commit(survey, inputs=[], findings=[], config_hash="", run_id="test")
        [task] = drive.intake_tasks(lineage, REGION, days=None, scrubber="s")
        assert task.apart is apart
