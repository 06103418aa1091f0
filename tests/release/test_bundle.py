from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from handrail.digests import digest
from handrail.errors import BadInput, Refused, ResidencyViolation, Tampered
from handrail.release.approvals import Approvals, approved
from handrail.release.bundle import Bundles, decode, encode
from handrail.verdicts import Verdict
from tests.release.conftest import MONDAY, release_of


@pytest.fixture
def bundles(tmp_path: Path) -> Bundles:
    return Bundles(tmp_path / "bundles", region="eu")


def test_same_content_is_the_same_id_and_any_change_another() -> None:
    """R47"""
    bundle, _ = release_of("a")
    assert decode(encode(bundle)) == bundle
    assert bundle.id == release_of("a")[0].id
    changed = [
        replace(bundle, model=digest("b")),
        replace(bundle, prompts={"resolve": digest("other")}),
        replace(bundle, thresholds={"low": 0.91, "medium": None}),
        replace(bundle, simulated=False),
    ]
    assert len({bundle.id, *(b.id for b in changed)}) == 5


def test_an_edited_bundle_is_refused(bundles: Bundles) -> None:
    """R47"""
    bundle, _ = release_of("a")
    path = bundles.write(bundle)
    assert bundles.read(bundle.id) == bundle
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"low":0.9', b'"low":0.1'))
    with pytest.raises(Tampered, match="was edited"):
        bundles.read(bundle.id)
    with pytest.raises(Tampered, match="was edited"):
        bundles.write(bundle)


def test_an_unreadable_bundle_is_refused(bundles: Bundles) -> None:
    bundle, _ = release_of("a")
    bundles.write(bundle).write_bytes(b"{")
    with pytest.raises(Tampered, match="not readable"):
        bundles.read(bundle.id)


def test_a_bundle_of_another_region_is_refused(bundles: Bundles) -> None:
    bundle, _ = release_of("a")
    with pytest.raises(ResidencyViolation):
        bundles.write(replace(bundle, region="us"))


def test_an_unknown_id_names_those_there_are(bundles: Bundles) -> None:
    bundle, _ = release_of("a")
    bundles.write(bundle)
    with pytest.raises(BadInput, match=bundle.id):
        bundles.read("rel-../../x")


def test_a_simulated_approver_counts_for_simulated_data_only(tmp_path: Path) -> None:
    """R1"""
    approvals = Approvals(tmp_path / "approvals.jsonl")
    simulated, _ = release_of("a")
    real, _ = release_of("a", simulated=False)
    assert approved(approvals, simulated).verdict is Verdict.NOT_MEASURED
    approvals.record(simulated, approver="robot", simulated=True, at=MONDAY)
    assert approved(approvals, simulated).verdict is Verdict.PASS
    with pytest.raises(Refused, match="ask a person"):
        approvals.record(real, approver="robot", simulated=True, at=MONDAY)
    assert approved(approvals, real).verdict is Verdict.NOT_MEASURED
    approvals.record(real, approver="ines", simulated=False, at=MONDAY)
    assert approved(approvals, real).verdict is Verdict.PASS


def test_an_approval_is_for_one_content_and_counted_once(tmp_path: Path) -> None:
    """R1"""
    approvals = Approvals(tmp_path / "approvals.jsonl")
    bundle, _ = release_of("a")
    first = approvals.record(bundle, approver="ines", simulated=True, at=MONDAY)
    assert approvals.record(bundle, approver="ines", simulated=True, at=MONDAY) == first
    assert len(approvals.of(bundle)) == 1
    assert approvals.of(replace(bundle, code=digest("newer code"))) == ()


def test_an_edited_approval_is_refused(tmp_path: Path) -> None:
    """R1"""
    path = tmp_path / "approvals.jsonl"
    approvals = Approvals(path)
    bundle, _ = release_of("a")
    approvals.record(bundle, approver="robot", simulated=True, at=MONDAY)
    path.write_bytes(path.read_bytes().replace(b'"simulated":true', b'"simulated":false'))
    with pytest.raises(Tampered, match="approval record 0"):
        approvals.of(bundle)
