"""What is new since the last training is counted from the manifests, and is a reason or isn't."""

from __future__ import annotations

import pytest

from handrail.agent.retraining import News, chats_accumulated, feedback_accumulated, news
from handrail.digests import digest
from handrail.errors import NotPassed
from handrail.settings import RetrainingRules
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults
from handrail.verdicts import holds

REGION = "us"
RULES = RetrainingRules(new_chats=100, new_flags=20, new_risky=5)


class Manifests:
    """The region's manifests, filled as the graph would."""

    def __init__(self, vault: RegionVault) -> None:
        self.lineage = vault.lineage

    def made(
        self,
        asset: str,
        partition: str,
        content: str,
        records: int = 0,
        *used: Artifact,
        **measures: int,
    ) -> Artifact:
        artifact = Artifact(asset, partition, digest(content), None, records, measures)
        self.lineage.commit(
            artifact,
            inputs=used,
            findings=[holds("made", True, "a test made it")],
            config_hash="",
            run_id="test",
        )
        return artifact

    def warehouse(
        self, days: dict[str, int], *, flags: int = 0, risky: int = 0, book: str = "one"
    ) -> Artifact:
        """The warehouse over days of so many chats each, so many flags, and a playbook."""
        playbook = self.made("playbook", "all", book)
        made = [self.made("redacted_chats", day, f"{day}{n}", n) for day, n in days.items()]
        labels = self.made(
            "labeled_feedback",
            REGION,
            f"{flags}{risky}{days}",
            flags,
            *made,
            flags=flags,
            risky=risky,
        )
        return self.made(
            "warehouse_core", REGION, f"{days}{flags}{book}", 1, *made, labels, playbook
        )

    def train(self, core: Artifact) -> None:
        dataset = self.made("training_dataset", REGION, f"data {core.digest}", 1, core)
        book = self.lineage.current("playbook", "all")
        assert book
        self.made("trained_model", REGION, f"model {core.digest}", 1, dataset, book)


@pytest.fixture
def manifests(vaults: RegionVaults) -> Manifests:
    return Manifests(vaults.of(REGION))


def test_before_the_first_training_everything_is_new(manifests: Manifests) -> None:
    """R23."""
    manifests.warehouse({"2026-01-05": 10}, flags=2)
    found = news(manifests.lineage, REGION)
    assert (found.never_trained, found.chats, found.flags) == (True, 10, 2)
    assert chats_accumulated(found, RULES) == "no model was trained yet"


def test_after_a_training_nothing_is_new_until_days_or_flags_change(manifests: Manifests) -> None:
    """R23: new days count their chats, a changed day at least one, flags what came on top."""
    manifests.train(manifests.warehouse({"2026-01-05": 10, "2026-01-06": 10}, flags=2))
    before = news(manifests.lineage, REGION)
    assert not before.is_any
    manifests.warehouse({"2026-01-05": 10, "2026-01-06": 9, "2026-01-07": 40}, flags=30, risky=4)
    found = news(manifests.lineage, REGION)
    assert (found.chats, found.flags, found.risky, found.playbook_changed) == (41, 28, 4, False)
    assert found.mark != before.mark
    assert chats_accumulated(found, RULES) is None
    assert feedback_accumulated(found, RULES) == "28 more flags since the last training (20 do)"


def test_another_playbook_is_news_once_the_warehouse_was_built_with_it(
    manifests: Manifests,
) -> None:
    """R10, R23."""
    manifests.train(manifests.warehouse({"2026-01-05": 10}))
    manifests.made("playbook", "all", "two")
    with pytest.raises(NotPassed, match="older playbook"):
        news(manifests.lineage, REGION)
    manifests.warehouse({"2026-01-05": 10}, book="two")
    found = news(manifests.lineage, REGION)
    assert (found.playbook_changed, found.is_any) == (True, True)


def test_while_the_warehouse_is_stale_nothing_is_said(manifests: Manifests) -> None:
    manifests.train(manifests.warehouse({"2026-01-05": 10}))
    manifests.made("redacted_chats", "2026-01-05", "another content", 12)
    with pytest.raises(NotPassed):
        news(manifests.lineage, REGION)


@pytest.mark.parametrize(
    ("flags", "risky", "reason"),
    [
        (19, 4, None),
        (20, 0, "20 more flags since the last training (20 do)"),
        (5, 5, "5 more flags say risky since the last training (5 do)"),
    ],
)
def test_feedback_starts_a_training_by_volume_or_by_risk(
    flags: int, risky: int, reason: str | None
) -> None:
    """R23."""
    found = News("m", 0, flags, risky, playbook_changed=False, never_trained=False)
    assert feedback_accumulated(found, RULES) == reason
