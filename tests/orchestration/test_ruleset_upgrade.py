"""R31: another version of the rules makes exactly the days it did not make stale, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver
from dagster._core.loader import LoadingContextForTest

from assets.partitions import RANGE_END, RANGE_START
from assets.redaction import redacted_chats
from handrail.access import Purpose
from handrail.clock import FixedClock
from handrail.conversations.model import Conversation, encode
from handrail.redaction.report import older_days
from handrail.redaction.ruleset import ruleset_of
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.names import ObjectName, Record
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.verdicts import holds
from orchestration.definitions import defs
from orchestration.drive import intake_tasks
from tests.conftest import NOW
from tests.redaction.conftest import chat  # noqa: F401 - a conversation by its words

DAYS = ("2026-01-05", "2026-01-06", "2026-01-07")


class Deployment:
    """One home whose config file changes which rules scrub."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.choose(settings)

    def choose(self, settings: Settings) -> None:
        self.vaults = RegionVaults(settings, clock=FixedClock(NOW))
        self.version = ruleset_of(settings).version
        # What loading the definitions with this config file does.
        self.asset = redacted_chats.map_asset_specs(
            lambda spec: spec.replace_attributes(code_version=self.version)
        )

    def redact(self, first: str, last: str) -> None:
        done = dg.materialize(
            [self.asset],
            instance=self.instance,
            tags={RANGE_START: f"{first}|eu", RANGE_END: f"{last}|eu"},
            resources={"vaults": self.vaults},
        )
        assert done.success

    def shown_stale(self) -> list[str]:
        """The days the UI shows as out of date, each by the only reason there is here."""
        loaded = dg.Definitions(assets=[self.asset], resources={"vaults": self.vaults})
        graph = loaded.resolve_asset_graph()
        looking = CachingStaleStatusResolver(
            self.instance, graph, LoadingContextForTest(self.instance)
        )
        stale = []
        for day in DAYS:
            causes = looking.get_stale_causes(self.asset.key, f"{day}|eu")
            assert {cause.reason for cause in causes} <= {"has a new code version"}
            stale += [day] if causes else []
        return stale

    def redone(self) -> list[str]:
        """The days that the next run redacts."""
        lineage = self.vaults.of("eu").lineage
        tasks = intake_tasks(lineage, "eu", days=None, scrubber=self.version)
        assert {task.assets for task in tasks} <= {("redacted_chats",)}
        ranges = [(t.tags[RANGE_START][:10], t.tags[RANGE_END][:10]) for t in tasks]
        return [day for day in DAYS if any(first <= day <= last for first, last in ranges)]

    def older(self) -> Sequence[str]:
        return older_days(self.vaults.of("eu").lineage, version=self.version)


@pytest.fixture
def deployment(
    home: Settings,
    instance: dg.DagsterInstance,
    chat: Callable[..., Conversation],  # noqa: F811
) -> Iterator[Deployment]:
    """Three sealed days, redacted by the rules as they come."""
    made = Deployment(home, instance)
    vault = made.vaults.of("eu")
    for day in DAYS:
        said = chat("I am Anna Berg", conversation_id=f"c-{day}", day=date.fromisoformat(day))
        raw = vault.put(
            ObjectName("raw_chats", day, DataClass.RAW),
            [Record(said.conversation_id, None, encode(said))],
            access=pipeline("test", Purpose.INTAKE),
        )
        passed = [holds("made", True, "a test made it")]
        vault.lineage.commit(raw, inputs=[], findings=passed, config_hash="", run_id="test")
    made.redact(DAYS[0], DAYS[-1])
    yield made
    made.vaults.close()


def test_an_upgrade_makes_exactly_the_old_days_stale(
    deployment: Deployment, home: Settings
) -> None:
    """In the UI, for the next run, and in the report alike; and redacting them again makes none."""
    assert deployment.shown_stale() == deployment.redone() == deployment.older() == []
    chosen = home.redaction.model_copy(update={"without": ("username",)})
    deployment.choose(home.model_copy(update={"redaction": chosen}))
    assert deployment.shown_stale() == deployment.redone() == deployment.older() == [*DAYS]
    deployment.redact(DAYS[1], DAYS[1])
    left = [DAYS[0], DAYS[2]]
    assert deployment.shown_stale() == deployment.redone() == deployment.older() == left
    for day in left:
        deployment.redact(day, day)
    assert deployment.shown_stale() == deployment.redone() == deployment.older() == []
    deployment.choose(home)
    assert deployment.shown_stale() == [*DAYS], "the old rules again are other rules too"


def test_the_asset_is_loaded_with_the_version_of_the_config_file(home: Settings) -> None:
    [spec] = [s for s in defs.resolve_all_asset_specs() if s.key == redacted_chats.key]
    assert spec.code_version == ruleset_of(home).version
