"""Incidents are kept once each and read back; a damaged file is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.custody.incidents import Incidents
from handrail.errors import Tampered
from tests.conftest import NOW


def test_an_incident_is_kept_once_a_run(tmp_path: Path) -> None:
    kept = Incidents(tmp_path)
    for problem in ("disk full", "told again"):
        kept.open(
            "run_failed", run_id="r1", job="release", partition="eu", problems=[problem], at=NOW
        )
    kept.open("run_failed", run_id="r2", job="release", partition="us", problems=["late"], at=NOW)
    assert [(i.run_id, i.problems) for i in Incidents(tmp_path).all()] == [
        ("r1", ("disk full",)),
        ("r2", ("late",)),
    ]


def test_no_incident_is_an_empty_list_and_an_edited_one_is_named(tmp_path: Path) -> None:
    assert Incidents(tmp_path).all() == []
    (tmp_path / "incidents.jsonl").write_bytes(b'{"at": 1}\n')
    with pytest.raises(Tampered, match="incident 0"):
        Incidents(tmp_path).all()
