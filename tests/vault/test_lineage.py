"""Manifests: what a partition holds, what it was made from, whether to build on it (R19)."""

from __future__ import annotations

import pytest

from handrail.errors import NotPassed
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVaults
from handrail.verdicts import Finding, Verdict, holds, not_measured


@pytest.fixture
def lineage(vaults: RegionVaults) -> Lineage:
    return vaults.of("eu").lineage


def artifact(asset: str, digest: str, partition: str = "2026-01-05") -> Artifact:
    return Artifact(asset, partition, digest * 32, None, 1, {"rows": 1})


def commit(lineage: Lineage, made: Artifact, *findings: Finding, **inputs: Artifact) -> None:
    lineage.commit(made, inputs=inputs.values(), findings=findings, config_hash="cfg", run_id="run")


def test_passed_partition_is_returned(lineage: Lineage) -> None:
    raw = artifact("raw_chats", "aa")
    commit(lineage, raw, holds("ok", True, "fine"))
    assert lineage.require_passed("raw_chats", "2026-01-05") == raw


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([holds("ok", True, "fine"), holds("bad", False, "broken")], Verdict.FAIL),
        ([holds("ok", True, "fine"), not_measured("open", "nobody looked")], Verdict.NOT_MEASURED),
        ([], Verdict.NOT_MEASURED),
        ([holds("ok", True, "x"), holds("shown", False, "y", blocking=False)], Verdict.PASS),
    ],
)
def test_not_measured_is_never_passed(
    lineage: Lineage, findings: list[Finding], verdict: Verdict
) -> None:
    commit(lineage, artifact("raw_chats", "aa"), *findings)
    assert lineage.verdict("raw_chats", "2026-01-05") is verdict
    if verdict is not Verdict.PASS:
        with pytest.raises(NotPassed, match=str(verdict)):
            lineage.require_passed("raw_chats", "2026-01-05")


def test_partition_never_made_is_not_measured(lineage: Lineage) -> None:
    assert lineage.verdict("raw_chats", "2026-01-05") is Verdict.NOT_MEASURED
    with pytest.raises(NotPassed, match="never made"):
        lineage.require_passed("raw_chats", "2026-01-05")


def test_one_failed_day_holds_back_the_region(lineage: Lineage) -> None:
    commit(lineage, artifact("redacted_chats", "aa"), holds("ok", True, "fine"))
    failed = artifact("redacted_chats", "bb", "2026-01-06")
    commit(lineage, failed, holds("second_look_found_nothing", False, "one was found"))
    with pytest.raises(NotPassed, match="one was found"):
        lineage.require_all_passed("redacted_chats")


def test_partition_made_from_older_input_is_refused_R19(lineage: Lineage) -> None:
    raw, redacted = artifact("raw_chats", "aa"), artifact("redacted_chats", "cc")
    commit(lineage, raw, holds("ok", True, "fine"))
    commit(lineage, redacted, holds("ok", True, "fine"), raw=raw)
    assert lineage.require_passed("redacted_chats", "2026-01-05") == redacted
    commit(lineage, artifact("raw_chats", "bb"), holds("ok", True, "fine"))
    with pytest.raises(NotPassed, match="older raw_chats"):
        lineage.require_passed("redacted_chats", "2026-01-05")


def test_earlier_content_stays_known_with_its_inputs(lineage: Lineage) -> None:
    raw, first = artifact("raw_chats", "aa"), artifact("redacted_chats", "cc")
    commit(lineage, raw, holds("ok", True, "fine"))
    commit(lineage, first, holds("ok", True, "fine"), raw=raw)
    commit(lineage, artifact("redacted_chats", "dd"), holds("ok", True, "fine"))
    assert lineage.made("redacted_chats", first.digest) == first
    assert lineage.inputs(first) == [raw]


def test_what_fails_anywhere_upstream_holds_back_everything_made_of_it(lineage: Lineage) -> None:
    """Also when it fails with the same content, and two steps up (R3, R19)."""
    raw = artifact("raw_chats", "aa")
    redacted = artifact("redacted_chats", "cc")
    dataset = artifact("training_dataset", "ee", "eu")
    commit(lineage, raw, holds("ok", True, "fine"))
    commit(lineage, redacted, holds("ok", True, "fine"), raw=raw)
    commit(lineage, dataset, holds("ok", True, "fine"), redacted=redacted)
    assert lineage.require_passed("training_dataset", "eu") == dataset
    commit(lineage, raw, holds("tags_complete", False, "the mapping lost the tags"))
    with pytest.raises(NotPassed, match=r"raw_chats of 2026-01-05 .* the mapping lost the tags"):
        lineage.require_passed("training_dataset", "eu")


def test_what_was_made_is_judged_by_what_it_was_made_of(lineage: Lineage) -> None:
    """R19, R23: newer content beside its inputs doesn't matter, a verdict on them does."""
    outside = artifact("exports", "00", "eu")  # a file from outside has no manifest row
    raw, redacted = artifact("raw_chats", "aa"), artifact("redacted_chats", "cc")
    dataset = artifact("training_dataset", "ee", "eu")
    commit(lineage, raw, holds("ok", True, "fine"), outside=outside)
    commit(lineage, redacted, holds("ok", True, "fine"), raw=raw)
    commit(lineage, dataset, holds("ok", True, "fine"), redacted=redacted)
    commit(lineage, artifact("raw_chats", "bb"), holds("tags_complete", False, "newer, failed"))
    commit(lineage, artifact("redacted_chats", "dd"), holds("ok", True, "fine"))
    assert lineage.require_passed_as_made("training_dataset", "eu") == dataset
    with pytest.raises(NotPassed, match="older redacted_chats"):
        lineage.require_passed("training_dataset", "eu")
    commit(lineage, raw, holds("tags_complete", False, "the mapping lost the tags"))
    with pytest.raises(NotPassed, match=r"raw_chats of 2026-01-05 .* the mapping lost the tags"):
        lineage.require_passed_as_made("training_dataset", "eu")


def test_what_was_made_of_content_without_a_manifest_is_refused(lineage: Lineage) -> None:
    """R19: of an asset that has manifests, an unknown content is not a file from outside."""
    dataset = artifact("training_dataset", "ee", "eu")
    commit(lineage, artifact("redacted_chats", "aa"), holds("ok", True, "fine"))
    commit(lineage, dataset, holds("ok", True, "fine"), used=artifact("redacted_chats", "bb"))
    with pytest.raises(NotPassed, match=r"redacted_chats .* NOT MEASURED.*no check of content"):
        lineage.require_passed_as_made("training_dataset", "eu")
    with pytest.raises(NotPassed, match="trained_model of eu in region eu was never made"):
        lineage.require_passed_as_made("trained_model", "eu")


def test_what_was_made_before_newer_chats_is_known_as_older(lineage: Lineage) -> None:
    dataset = artifact("training_dataset", "ee", "eu")
    commit(lineage, artifact("redacted_chats", "aa"), holds("ok", True, "fine"))
    commit(lineage, dataset, holds("ok", True, "fine"))
    assert not lineage.older_than(dataset, "redacted_chats")
    commit(lineage, artifact("redacted_chats", "bb", "2026-01-06"), holds("ok", True, "fine"))
    assert lineage.older_than(dataset, "redacted_chats")


def test_what_a_run_has_made_is_counted(lineage: Lineage) -> None:
    commit(lineage, artifact("raw_chats", "aa"))
    commit(lineage, artifact("raw_chats", "bb", "2026-01-06"))
    assert (lineage.made_in("run"), lineage.made_in("another")) == (2, 0)
