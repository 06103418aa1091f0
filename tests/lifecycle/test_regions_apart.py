"""One region's failure holds back that region's downstream and nothing of the other's."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from handrail.conversations.reading import register_of
from handrail.errors import BadInput
from handrail.redaction.days import REDACTED
from handrail.verdicts import Verdict
from orchestration import drive
from tests.lifecycle.story import Story

# Untraced: the story reaches the same code, and tracing makes it half as slow again.
pytestmark = [pytest.mark.xdist_group("lifecycle"), pytest.mark.no_cover]

DAY = "2026-01-08"
DOWNSTREAM = ("labeled_feedback", "redaction_sample", "warehouse_core")


class Graph:
    """The copied home's graph, run step by step as `handrail run` does."""

    def __init__(self, story: Story, instance: object) -> None:
        self.story = story
        self.instance = instance

    def run(
        self, job: str, region: str, assets: tuple[str, ...] | None, days: str | None = None
    ) -> drive.Outcome:
        from orchestration.definitions import defs

        tags = {"handrail/region": region}
        if days:
            first, last = (f"{day}|{region}" for day in days.split(".."))
            tags |= {drive.RANGE_START: first, drive.RANGE_END: last}
        task = drive.Task("step", job, None if days else region, tags, assets)
        return drive.execute(
            task,
            instance=self.instance,  # type: ignore[arg-type]
            definitions=defs,
            on_step=lambda step, done, of: None,
        )


@pytest.fixture
def graph(story: Story, tmp_path: Path) -> Iterator[Graph]:
    copy = story.copied(tmp_path)
    with copy.as_environment(), drive.open_instance(copy.settings) as instance:
        yield Graph(copy, instance)


def lose_the_channel_of(story: Story, region: str, day: str) -> None:
    """Export the region's chats again, with the channels of one day gone."""
    first, *_ = register_of(story.settings, region).all()
    path = Path(first.path)
    rows = [orjson.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    lost = [row | {"channel": None} if row["day"] == day else row for row in rows]
    path.write_bytes(gzip.compress(b"\n".join(map(orjson.dumps, lost))))


def fails(graph: Graph, region: str) -> None:
    """The day is sealed and found wanting; everything after it is refused, with the reason."""
    lose_the_channel_of(graph.story, region, DAY)
    sealed = graph.run("take_in_chats", region, None, f"{DAY}..{DAY}")
    assert any(
        "tags_complete" in p and "FAIL" in p and "channel in" in p for p in sealed.problems
    ), sealed.problems
    redacted = graph.run("take_in_chats", region, ("redacted_chats",), f"{DAY}..{DAY}")
    assert any(
        f"raw_chats of {DAY} in region {region} is FAIL, so nothing is built on it" in p
        for p in redacted.problems
    )
    held_back = graph.run("train_and_evaluate", region, None)
    stale = f"redacted_chats of {DAY} in region {region} was made from an older raw_chats"
    refused = {p.split(":")[0] for p in held_back.problems if stale in p}
    assert refused == {"labeled_feedback", "redaction_sample"}
    with graph.story.opened() as vaults:
        lineage = vaults.of(region).lineage
        assert lineage.verdict("raw_chats", DAY) is Verdict.FAIL
        assert len(lineage.history("trained_model", region)) == 1
        assert len(lineage.history(REDACTED, DAY)) == 1


def passes(graph: Graph, region: str) -> None:
    """The same steps succeed."""
    assert graph.run("take_in_chats", region, None, f"{DAY}..{DAY}").problems == ()
    training = ("labeled_feedback", "redaction_sample", "training_dataset", "trained_model")
    assert graph.run("train_and_evaluate", region, training).problems == ()


@pytest.mark.parametrize(
    "told",
    [
        ((fails, "eu"), (passes, "us")),
        ((passes, "us"), (fails, "eu")),
        # The first one's mirror.
        pytest.param(((fails, "us"), (passes, "eu")), marks=pytest.mark.whole),
    ],
    ids=["eu fails then us passes", "us passes then eu fails", "us fails then eu passes"],
)
def test_a_failing_region_holds_back_its_own_downstream_only(graph: Graph, told: tuple) -> None:
    """R38, R3: Dagster's check status knows no partition; each region's own verdict does."""
    for step, region in told:
        step(graph, region)


def test_a_run_that_mixes_regions_is_refused(graph: Graph) -> None:
    """R38, R6."""
    tags = {drive.RANGE_START: f"{DAY}|eu", drive.RANGE_END: f"{DAY}|us"}
    from orchestration.definitions import defs

    mixed = drive.execute(
        drive.Task("mixed", "take_in_chats", None, tags, ("raw_chats",)),
        instance=graph.instance,  # type: ignore[arg-type]
        definitions=defs,
        on_step=lambda step, done, of: None,
    )
    assert not mixed.succeeded
    assert any("one run never mixes regions, and this one has eu, us" in p for p in mixed.problems)


def test_a_region_that_is_not_served_is_refused_before_a_byte_is_read(graph: Graph) -> None:
    """R38."""
    with graph.story.opened() as vaults, pytest.raises(BadInput, match="this deployment serves"):
        vaults.of("apac")
    assert not (graph.story.settings.home / "apac").exists()
