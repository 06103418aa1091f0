"""What a survey says is to be sealed: the days that changed, and the quarantine when it did."""

from __future__ import annotations

from handrail.conversations.sealing import QUARANTINE, RAW, Survey
from handrail.conversations.surveying import days_to_seal, kept, sealed_days, surveyed_days
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVaults
from handrail.verdicts import Verdict, holds

REGION = "us"
COUNTS = {"rows": 3, "accepted": 2, "malformed": 1}


def surveyed(lineage: Lineage, days: dict[str, str], counts: dict[str, int] = COUNTS) -> Verdict:
    survey = Survey(days, dict.fromkeys(days, 1), counts, {"is empty": 1, "no JSON object": 2})
    made = kept(survey, region=REGION)
    keep(lineage, made.artifact, made.finding)
    return made.finding.verdict


def keep(lineage: Lineage, artifact: Artifact, *findings: object) -> None:
    lineage.commit(
        artifact,
        inputs=[],
        findings=findings or [holds("made", True, "a test made it")],  # type: ignore[arg-type]
        config_hash="",
        run_id="test",
    )


def sealed(lineage: Lineage, days: dict[str, str], counts: dict[str, int] = COUNTS) -> None:
    for day, content in days.items():
        keep(lineage, Artifact(RAW, day, content, None, 1, {}))
    keep(lineage, Artifact(QUARANTINE, REGION, "q", None, 1, counts))


def test_only_days_that_differ_are_sealed(vaults: RegionVaults) -> None:
    """R31: a changed chat costs its day and no other."""
    lineage = vaults.of(REGION).lineage
    assert days_to_seal(lineage, REGION, latest=None) == []
    days = {"2026-01-05": "a", "2026-01-06": "b"}
    surveyed(lineage, days)
    assert days_to_seal(lineage, REGION, latest=None) == ["2026-01-05", "2026-01-06"]
    sealed(lineage, days)
    assert days_to_seal(lineage, REGION, latest=None) == []
    surveyed(lineage, {**days, "2026-01-05": "changed"})
    assert days_to_seal(lineage, REGION, latest=None) == ["2026-01-05"]
    assert surveyed_days(lineage, REGION, latest=1) == ["2026-01-06"]
    assert days_to_seal(lineage, REGION, latest=1) == []


def test_a_day_that_the_exports_no_longer_have_is_sealed_once(vaults: RegionVaults) -> None:
    """R31, R3: otherwise a chat that moved to another day would lie under both."""
    lineage = vaults.of(REGION).lineage
    sealed(lineage, {"2026-01-05": "a", "2026-01-06": "b", "2026-01-07": "c"})
    assert days_to_seal(lineage, REGION, latest=None) == [], "nobody has looked yet"
    surveyed(lineage, {"2026-01-06": "b", "2026-01-07": "changed"})
    assert days_to_seal(lineage, REGION, latest=None) == ["2026-01-05", "2026-01-07"]
    assert days_to_seal(lineage, REGION, latest=1) == ["2026-01-07"], "only that was asked for"
    keep(lineage, Artifact(RAW, "2026-01-05", "nothing", None, 0, {}))
    assert days_to_seal(lineage, REGION, latest=None) == ["2026-01-07"]
    assert sealed_days(lineage, REGION, latest=None) == ["2026-01-05", "2026-01-06", "2026-01-07"]
    assert sealed_days(lineage, REGION, latest=1) == ["2026-01-07"]


def test_a_survey_that_found_nothing_usable_empties_no_day(vaults: RegionVaults) -> None:
    """R2, R3: a broken mapping is no reason to let go of what is held."""
    lineage = vaults.of(REGION).lineage
    sealed(lineage, {"2026-01-05": "a"})
    assert surveyed(lineage, {}, {"rows": 3, "accepted": 0, "malformed": 3}) is Verdict.FAIL
    assert days_to_seal(lineage, REGION, latest=None) == []


def test_rows_that_nobody_can_use_are_not_forgotten(vaults: RegionVaults) -> None:
    """R2, R3: an export that changes only in broken rows still reaches the quarantine."""
    lineage = vaults.of(REGION).lineage
    days = {"2026-01-05": "a", "2026-01-06": "b"}
    sealed(lineage, days)
    surveyed(lineage, days, {"rows": 4, "accepted": 2, "malformed": 2})
    assert days_to_seal(lineage, REGION, latest=None) == ["2026-01-06"]


def test_not_one_usable_row_is_a_failure_with_its_reasons(vaults: RegionVaults) -> None:
    """R2."""
    lineage = vaults.of(REGION).lineage
    counts = {"rows": 3, "accepted": 0, "malformed": 3}
    assert surveyed(lineage, {}, counts) is Verdict.FAIL
    survey = lineage.current("export_survey", REGION)
    assert survey
    [finding] = lineage.findings(survey)
    assert finding.reason.startswith(
        "none of the 3 rows can be used; set aside: malformed 3: no JSON object / is empty. "
    )
    assert "deploy/mappings/example.yaml" in finding.reason
