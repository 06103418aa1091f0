"""The same exports, keys and config give the same content, in another process at another time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handrail.release.candidate import CANDIDATE, releases_of
from handrail.release.serving import NoRegistry
from handrail.settings import PROJECT
from handrail.simulate.exports import DAYS
from tests.lifecycle.story import Story, places

pytestmark = [pytest.mark.xdist_group("lifecycle"), pytest.mark.whole]

REGION = "us"


def test_another_home_makes_the_same_content(story: Story, tmp_path: Path) -> None:
    """R47, R19: every hash of the chain is equal, from redacted days to the release bundle.

    The second home has its own object ids, subject ids, clock and hash seed, and no orchestrator:
    so content depends on none of them.
    """
    shutil.copytree(story.settings.keys_folder, tmp_path / "home-keys")
    shutil.copy(story.settings.config_file, tmp_path / "handrail.toml")
    (tmp_path / "home" / REGION).mkdir(parents=True)
    shutil.copy(story.settings.home / REGION / "exports.json", tmp_path / "home" / REGION)
    with story.opened() as vaults:
        lineage = vaults.of(REGION).lineage
        first = {f"{a.asset} {a.partition}": a.digest for a in lineage.everything()}
        candidate = lineage.current(CANDIDATE, REGION)
    assert candidate
    releases = releases_of(story.settings, REGION, NoRegistry())
    bundle = releases.bundles.read(str(candidate.measures["release"]))
    done = subprocess.run(
        [sys.executable, "-m", "tests.lifecycle.one_region", REGION, bundle.code],
        cwd=PROJECT,
        env=os.environ | places(tmp_path) | {"PYTHONHASHSEED": "20260105"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    second = json.loads(done.stdout.splitlines()[-1])
    assert len([name for name in second if name.startswith("redacted_chats")]) == DAYS
    assert set(second) >= {
        f"{asset} {REGION}"
        for asset in (
            "labeled_feedback", "warehouse_core", "synthetic_chats", "training_dataset",
            "evaluation_suite", "trained_model", "eval_scores", "release_candidate",
        )
    }  # fmt: skip
    assert {name: first[name] for name in second} == second
