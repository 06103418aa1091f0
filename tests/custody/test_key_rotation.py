"""R37: keys are renewed every month, and one that is overdue fails a check that people see."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg
import pytest

from assets.custody import key_rotation, vault_keys
from handrail.access import Access, Purpose
from handrail.clock import FixedClock
from handrail.custody.key_report import report_keys
from handrail.custody.key_rotation import rotate_keys
from handrail.errors import Tampered
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVaults
from tests.vault.test_key_custody import CUSTODY, opens, stored

MONTHS = timedelta(days=91)


def test_a_rotation_renews_every_class_and_everything_opens(vaults: RegionVaults) -> None:
    vault = vaults.of("eu")
    artifact = stored(vault)
    rotation = rotate_keys(vault, access=CUSTODY)
    assert [(row[0], row[1]) for row in rotation.rows] == [
        ("audit", 2), ("raw", 2), ("subject", 2),
    ]  # fmt: skip
    assert sum(row[2] for row in rotation.rows) == rotation.artifact.measures["rewrapped"]
    assert opens(vault, artifact)
    assert rotate_keys(vault, access=CUSTODY).rows[0][1] == 3


def test_one_damaged_sidecar_holds_up_no_class(vaults: RegionVaults, settings: Settings) -> None:
    """Every class has its new key, what could be re-wrapped is, and the damaged one is named."""
    vault = vaults.of("eu")
    artifact, damaged = stored(vault), stored(vault)
    folder = settings.home / "eu" / "vault" / damaged.asset / damaged.partition
    sidecar = folder / f"{damaged.object_id}.key"
    sidecar.write_bytes(sidecar.read_bytes()[:-5])
    with pytest.raises(Tampered, match=f"1 sidecars can't be re-wrapped.*{damaged.object_id}"):
        rotate_keys(vault, access=CUSTODY)
    newest = {k.data_class: k.version for k in vault._keyring.class_keys()}
    assert newest == {DataClass.AUDIT: 2, DataClass.RAW: 2, DataClass.SUBJECT: 2}
    assert opens(vault, artifact)
    sidecar.unlink()
    assert {row[1] for row in rotate_keys(vault, access=CUSTODY).rows} == {3}


def test_the_report_names_each_overdue_key_and_what_to_do(
    settings: Settings, clock: FixedClock
) -> None:
    young = RegionVaults(settings, clock=clock).of("eu")
    stored(young)
    [finding] = report_keys(young, after=timedelta(days=90)).findings
    assert (finding.verdict.passed, finding.blocking) == (True, True)
    old = RegionVaults(settings, clock=FixedClock(clock() + MONTHS)).of("eu")
    report = report_keys(old, after=timedelta(days=90))
    [finding] = report.findings
    assert not finding.verdict.passed
    assert finding.measures["overdue"] == 3
    assert "version 1 of raw is in use since 2026-03-02, for more than 90 days" in finding.reason
    assert "handrail keys rotate --region eu" in finding.reason
    assert [row[-1] for row in report.rows] == ["yes"] * 3
    rotate_keys(old, access=Access("ines", "custody", Purpose.CUSTODY))
    [finding] = report_keys(old, after=timedelta(days=90)).findings
    assert finding.verdict.passed
    for vault in (young, old):
        vault.close()


@pytest.mark.filterwarnings("ignore")
def test_the_job_rotates_and_then_shows_the_keys(settings: Settings, clock: FixedClock) -> None:
    """The asset fails while a key is overdue, and passes after the rotation."""
    young = RegionVaults(settings, clock=clock)
    artifact = stored(young.of("eu"))
    young.close()
    vaults = RegionVaults(settings, clock=FixedClock(clock() + MONTHS))

    def made(*assets: dg.AssetsDefinition) -> dg.ExecuteInProcessResult:
        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize(
                assets, selection=[a.key for a in assets], partition_key="eu", instance=instance,
                resources={"vaults": vaults}, raise_on_error=False,
            )  # fmt: skip

    [check] = made(vault_keys).get_asset_check_evaluations()
    assert (check.check_name, check.passed, check.blocking) == ("within_rotation_age", False, True)
    assert "eu: FAIL: version 1 of audit is in use since" in str(check.description)
    both = made(key_rotation, vault_keys)
    assert both.success
    [check] = both.get_asset_check_evaluations()
    assert check.passed
    shown = both.asset_materializations_for_node("vault_keys")[0].metadata["keys"].value
    assert "| raw | 1 | destroyed | 91 | 0 |" in str(shown)
    assert "| raw | 2 | enabled | 0 | 2 |" in str(shown)
    assert opens(vaults.of("eu"), artifact)
    actors = {r.actor for r in vaults.of("eu").audit.records() if r.event == "rotate"}
    assert all(actor.startswith("asset:key_rotation/") for actor in actors) and actors
    assert {k.data_class for k in vaults.of("eu")._keyring.class_keys()} >= {DataClass.RAW}
    vaults.close()
