"""What is used as the playbook is what was checked, wherever one is handed in (R10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from handrail.access import Purpose
from handrail.agent.model_training import train_model
from handrail.dataset.landing import land_region
from handrail.errors import NotPassed
from handrail.evaluation.stored import store_suite
from handrail.playbook.approved import require_approved, require_mandates
from handrail.playbook.model import Approval, Playbook
from handrail.settings import Settings
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import holds

ON = date(2026, 3, 2)
Use = Callable[[RegionVault, Settings, Playbook], object]


def land(vault: RegionVault, settings: Settings, playbook: Playbook) -> object:
    return land_region(vault, settings, playbook, access=pipeline("test", Purpose.WAREHOUSE))


def train(vault: RegionVault, settings: Settings, playbook: Playbook) -> object:
    access = pipeline("test", Purpose.TRAINING)
    return train_model(vault, playbook, reviews={}, seed=1, on=ON, access=access)


def ask(vault: RegionVault, settings: Settings, playbook: Playbook) -> object:
    access = pipeline("test", Purpose.EVALUATION)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return store_suite(vault, settings, playbook, reviews={}, at=at, access=access)


@pytest.fixture
def vault(vaults: RegionVaults, example: Playbook) -> RegionVault:
    """A region that holds nothing but the checked playbook."""
    region = vaults.of("eu")
    check(region, example, ok=True)
    return region


def check(vault: RegionVault, playbook: Playbook, *, ok: bool) -> Artifact:
    made = Artifact("playbook", "all", playbook.digest, None, len(playbook.templates), {})
    findings = [holds("every_role_has_boundaries", ok, "a test says so")]
    vault.lineage.commit(made, inputs=[], findings=findings, config_hash="", run_id="test")
    return made


def edited(playbook: Playbook) -> Playbook:
    return replace(playbook, digest="ed" * 32)


def test_the_checked_playbook_is_what_lineage_names(vault: RegionVault, example: Playbook) -> None:
    assert require_approved(vault.lineage, example) == vault.lineage.current("playbook", "all")


@pytest.mark.parametrize("use", [land, train, ask])
def test_a_playbook_edited_since_it_was_checked_is_not_used(
    vault: RegionVault, settings: Settings, example: Playbook, use: Use
) -> None:
    with pytest.raises(NotPassed, match=r"not the one that was checked.*materialize `playbook`"):
        use(vault, settings, edited(example))
    with pytest.raises(NotPassed, match=r"holds nothing in region eu|was never made"):
        use(vault, settings, example)  # the checked one is let through, to what else is missing


@pytest.mark.parametrize("use", [land, train, ask])
def test_a_playbook_that_failed_its_checks_is_not_used(
    vault: RegionVault, settings: Settings, example: Playbook, use: Use
) -> None:
    check(vault, edited(example), ok=False)
    with pytest.raises(NotPassed, match="playbook of all in region eu is FAIL"):
        use(vault, settings, edited(example))


@pytest.mark.parametrize("role", ["resolve", "summarize", "route"])
@pytest.mark.parametrize("approval", ["gone", None, "ahead", "over"])
def test_training_refuses_without_an_approved_mandate(
    vault: RegionVault, settings: Settings, example: Playbook, role: str, approval: str | None
) -> None:
    """R10: it names the role and what to do, though the playbook had passed when it was read."""
    require_mandates(example, on=ON)
    held = {
        None: None,
        "ahead": Approval("Director", date(2026, 3, 3), date(2027, 1, 1)),
        "over": Approval("Director", date(2025, 1, 1), date(2026, 3, 1)),
    }
    mandates = {r: m for r, m in example.mandates.items() if r != role}
    if approval != "gone":
        mandates[role] = replace(example.mandates[role], approval=held[approval])
    unapproved = replace(example, mandates=mandates)
    said = rf"role {role} .*under `mandates: {role}` of the playbook"
    with pytest.raises(NotPassed, match=said):
        require_mandates(unapproved, on=ON)
    with pytest.raises(NotPassed, match=said):
        train(vault, settings, unapproved)
