"""A fault at every single operation: done, or refused in a sentence and cleanly done again.

R35, R37, R41, R47. A disk that is full or broken is told in a sentence by the process it happens
to, which then tries again itself; after a kill another process does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.conftest import ForkServer, Prepared, leftovers
from tests.faults.injection import BROKEN, FULL, KILL
from tests.faults.test_killed import everything_opens, releases_hold

LONG = pytest.mark.long


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        ("store", KILL), ("store", FULL), pytest.param("store", BROKEN, marks=LONG),
        ("step", KILL), ("step", FULL), pytest.param("step", BROKEN, marks=LONG),
        ("retire", KILL), pytest.param("retire", FULL, marks=LONG),
        pytest.param("retire", BROKEN, marks=LONG),
    ],
)  # fmt: skip
def test_a_fault_at_any_operation_loses_nothing(
    stage: str, kind: str, forks: ForkServer, prepared: Prepared, tmp_path: Path
) -> None:
    """`store`: customers, an object and its manifest. `step`: a rollback, then an activation.

    `retire`: the keys of a day destroyed, then its bytes removed (R52).
    """
    home = prepared.before(stage, tmp_path / "counted")
    counted = forks.start(stage, home, fault={"kind": kind, "at": 0})
    expected = counted.made()
    operations = counted.wait_for("done")["operations"]
    assert operations > 10
    for at in range(1, operations + 1):
        home = prepared.before(stage, tmp_path / str(at))
        child = forks.start(stage, home, fault={"kind": kind, "at": at})
        child.wait_for("ended")
        if kind == KILL:
            assert not child.finished
        else:
            assert child.made() == expected, f"{kind} at operation {at}"
        if stage == "step":
            releases_hold(home, child)
        else:
            everything_opens(home, child)
        if kind == KILL:
            again = forks.start(stage, home)
            assert again.made() == expected, f"{kind} at operation {at}"
            everything_opens(home, again)
        assert leftovers(home) == []
