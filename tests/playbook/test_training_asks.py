"""R10: the assets that training is made of ask for each role's mandate before they read a byte."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.dataset import training_dataset
from assets.training import trained_model
from handrail.clock import FixedClock
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVaults
from tests.playbook.conftest import EXAMPLE


@pytest.mark.parametrize("role", ["resolve", "summarize", "route"])
@pytest.mark.parametrize("asset", [training_dataset, trained_model], ids=lambda a: a.key.path[-1])
def test_without_a_roles_approval_nothing_is_trained(
    tmp_path: Path, settings: Settings, clock: FixedClock, asset: dg.AssetsDefinition, role: str
) -> None:
    folder = shutil.copytree(EXAMPLE, tmp_path / "playbook")
    text = (folder / "mandates.yaml").read_text(encoding="utf-8")
    before, mandate = re.split(rf"(?m)^(?=  {role}:$)", text)
    withdrawn = before + re.sub(r"    approved_by: .*\n", "", mandate, count=1)
    (folder / "mandates.yaml").write_text(withdrawn, encoding="utf-8")
    vaults = RegionVaults(settings.model_copy(update={"playbook": folder}), clock=clock)
    done = dg.materialize(
        [asset], partition_key="eu", resources={"vaults": vaults}, raise_on_error=False
    )
    vaults.close()
    (failed,) = done.get_step_failure_events()
    said = failed.event_specific_data.user_failure_data.description
    assert said.startswith(f"the mandate of role {role} is approved by nobody: let its approver")
