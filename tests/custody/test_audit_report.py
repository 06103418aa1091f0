"""R41: the asset signs a log that is whole and fails, blocking, on one that is not."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.custody import audit_checkpoint
from handrail.access import Access, Purpose
from handrail.custody.audit_report import CHECKPOINT, report_audit
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVaults, pipeline
from handrail.verdicts import Verdict

CUSTODIAN = Access("ines", "custody", Purpose.CUSTODY)


@pytest.fixture
def used(vaults: RegionVaults) -> RegionVaults:
    """Both regions have an audit log; eu's is signed."""
    for region in ("eu", "us"):
        vaults.of(region).subjects(["anna"], access=pipeline("test", Purpose.INTAKE))
    report_audit(vaults.of("eu"), access=CUSTODIAN)
    return vaults


def tamper(settings: Settings) -> None:
    file = settings.home / "eu" / "audit" / "audit.jsonl"
    file.write_bytes(file.read_bytes().replace(b"subject_lookup", b"subject_nonsen"))


def test_a_whole_log_passes_and_its_note_is_reported(used: RegionVaults) -> None:
    report = report_audit(used.of("eu"), access=CUSTODIAN)
    (finding,) = report.findings
    assert (finding.check, finding.verdict, finding.blocking) == (
        "chain_intact",
        Verdict.PASS,
        True,
    )
    assert dict(finding.measures) == {"records": 2, "checkpoints": 2, "clock_set_back": 0}
    assert report.note.startswith("handrail/audit/eu\n2\n")


def test_a_changed_log_fails_with_the_first_bad_record(
    used: RegionVaults, settings: Settings
) -> None:
    tamper(settings)
    report = report_audit(used.of("eu"), access=CUSTODIAN)
    (finding,) = report.findings
    assert (finding.verdict, finding.blocking) == (Verdict.FAIL, True)
    assert "audit record 0 of region eu" in finding.reason
    assert report.note == "not signed\n"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("is_changed", [False, True])
def test_the_asset_shows_records_checkpoints_and_note(
    used: RegionVaults, settings: Settings, is_changed: bool
) -> None:
    if is_changed:
        tamper(settings)
    done = dg.materialize(
        [audit_checkpoint], partition_key="eu", resources={"vaults": used}, raise_on_error=False
    )
    (check,) = done.get_asset_check_evaluations()
    assert (done.success, check.passed) == (not is_changed, not is_changed)
    shown = done.asset_materializations_for_node("audit_checkpoint")[0].metadata
    assert {"records", "checkpoints", "newest checkpoint"} <= shown.keys()
    assert ("handrail/audit/eu" in str(shown["newest checkpoint"].value)) is not is_changed
    verdict = used.of("eu").lineage.verdict(CHECKPOINT, "eu")
    assert verdict is (Verdict.FAIL if is_changed else Verdict.PASS)
