"""A region with releases: real files, a registry of a few lines, a fixed clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handrail.digests import digest
from handrail.errors import HandrailError
from handrail.evaluation.results import CaseScores, Evaluation
from handrail.release.bundle import ReleaseBundle
from handrail.release.promotion import Releases
from handrail.release.rules import RULES, ReleaseRules
from handrail.residency import Labels
from handrail.verdicts import Finding, holds

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Down(HandrailError):
    """What a registry says that can't be reached."""


class Registry:
    """Keeps aliases in memory; every release has a version."""

    def __init__(self) -> None:
        self.aliases: dict[str, int | None] = {}
        self.versions: dict[str, int] = {}
        self.down = False

    def version_of(self, region: str, release: str) -> int | None:
        if self.down:
            msg = "connection refused"
            raise Down(msg)
        return self.versions.setdefault(release, len(self.versions) + 1)

    def set_alias(self, region: str, alias: str, version: int | None) -> None:
        if self.down:
            msg = "connection refused"
            raise Down(msg)
        self.aliases[alias] = version


def passing() -> list[Finding]:
    names = ReleaseRules.read(RULES).required_findings
    return [holds(name, True, "it holds") for name in names if name != "approved"]


def release_of(model: str, *, simulated: bool = True) -> tuple[ReleaseBundle, Evaluation]:
    """A bundle and the evaluation made of its contents."""
    bundle = ReleaseBundle(
        region="eu",
        model=digest(model),
        dataset=digest("dataset"),
        prompts={"resolve": digest("prompt")},
        playbook=digest("playbook"),
        policy=digest("policy"),
        thresholds={"low": 0.9, "medium": None},
        routing=digest("routing"),
        suite=digest("suite"),
        evaluation="",
        scrubber=digest("scrubber"),
        code=digest("code"),
        labels=Labels(("retail",), ("evaluation", "training")),
        simulated=simulated,
    )
    case = CaseScores("real.1", "real", "password_reset", "en", "resolve", "send", {}, {})
    evaluation = Evaluation("eu", bundle.evaluation_key, True, 1, (), (case,))
    return replace(bundle, evaluation=evaluation.digest), evaluation


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def releases(tmp_path: Path, registry: Registry) -> Releases:
    return Releases(
        tmp_path / "release", region="eu", registry=registry, rules=ReleaseRules.read(RULES)
    )


@pytest.fixture
def take_live(releases: Releases) -> Callable[..., str]:
    """Nominate, approve and promote a release of the model called so, `day` days after Monday."""

    def _take_live(model: str, *, day: int) -> str:
        bundle, evaluation = release_of(model)
        at = MONDAY + timedelta(days=day)
        releases.nominate(bundle, actor="training", reason="weekly retraining", at=at)
        releases.approvals.record(bundle, approver="ines", simulated=True, at=at)
        releases.promote(
            bundle.id,
            passing(),
            evaluation=evaluation,
            actor="ines",
            reason="all findings pass",
            at=at,
        )
        return bundle.id

    return _take_live
