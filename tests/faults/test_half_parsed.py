"""dbt stopped in the middle of parsing: half a manifest is never taken for one."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assets import warehouse


def test_a_manifest_takes_its_name_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R1: the definitions load from it, so that half of one would stop every command."""
    stopped = [True]

    def parse(command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[str]:
        target = Path(command[command.index("--target-path") + 1])
        target.mkdir(parents=True, exist_ok=True)
        (target / "manifest.json").write_text("{" if stopped[0] else "{}")
        if stopped[0]:
            raise KeyboardInterrupt
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(warehouse, "DBT", tmp_path)
    monkeypatch.setattr(subprocess, "run", parse)
    with pytest.raises(KeyboardInterrupt):
        warehouse.manifest()
    stopped[0] = False
    assert warehouse.manifest().read_text() == "{}"
    assert [f.name for f in (tmp_path / "target").glob("*.partial")] == []
