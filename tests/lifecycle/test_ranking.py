"""A live release is ranked by the chats it learned from, as long as they may be opened."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import Result
from typer.testing import CliRunner

from handrail.dataset.model import Split
from handrail.dataset.stored import DATASET, read_version
from handrail.digests import canonical, digest
from handrail.release.candidate import releases_of
from handrail.release.serving import NoRegistry
from handrail.vault.names import Artifact, object_key
from orchestration.cli import app
from tests.dataset.held import MAKES
from tests.lifecycle.story import Story

pytestmark = pytest.mark.xdist_group("lifecycle")

REGION = "us"  # its store is a folder
ASKED = "I forgot my password"


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--region", REGION])


def why(tried: Result) -> dict[str, Any]:
    reply = re.search(r"reply-[0-9a-f]+", tried.output)
    assert tried.exit_code == 0 and reply, tried.output
    return dict(orjson.loads(run("why", reply.group(), "--json").output)["record"])


def ranking() -> dict[str, str]:
    lines = orjson.loads(run("doctor", "--json").output)
    [line] = [one for one in lines if one["what"] == f"{REGION}: ranking"]
    return dict(line)


def live_dataset(story: Story) -> tuple[Artifact, dict[str, str]]:
    """The live release's data set, and the content hash of each of its training rows."""
    releases = releases_of(story.settings, REGION, NoRegistry())
    live = releases.live()
    assert live and live.aliases.champion
    with story.opened() as vaults:
        vault = vaults.of(REGION)
        made = vault.lineage.made(DATASET, releases.bundles.read(live.aliases.champion).dataset)
        assert made
        rows, _ = read_version(vault, made, access=MAKES)
    return made, {r.example_id: digest(canonical(r)) for r in rows if r.split is Split.TRAIN}


def test_live_answers_are_ranked_by_the_releases_own_chats_and_go_on_without_them(
    story: Story, tmp_path: Path
) -> None:
    """R11, R26, R49: the record names the chats; without the data set everybody is told why."""
    copy = story.over_its_bucket(tmp_path)
    dataset, rows = live_dataset(copy)
    with copy.as_environment():
        record = why(run("try", ASKED))
        cited = {
            ground["id"]: ground["digest"]
            for ground in record["proposal"]["grounds"]
            if ground["kind"] == "resolved"
        }
        assert cited and cited.items() <= rows.items()
        assert record["unranked"] == "" and record["hashes"]["dataset"] == dataset.digest
        assert ranking()["standing"] == "HOLDS"
        (copy.settings.region_home(REGION) / "vault" / object_key(dataset)).unlink()
        tried = run("try", ASKED)
        assert "not by resolved chats" in " ".join(tried.output.split())
        without = why(tried)
        assert without["unranked"]
        assert {ground["kind"] for ground in without["proposal"]["grounds"]} <= {"template", "fact"}
        assert without["route"] == record["route"]
        assert ranking()["standing"] == "ADVISORY"
