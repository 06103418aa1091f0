"""Keeping what a survey of the exports found: days that differ from the vault are what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handrail.conversations.sealing import RAW, Survey
from handrail.digests import digest
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.verdicts import Finding, holds

SURVEY = "export_survey"


@dataclass(frozen=True)
class KeptSurvey:
    """A survey as the manifests keep it: the day's keyed digests are the artifact's measures."""

    artifact: Artifact
    finding: Finding


def kept(found: Survey, *, region: str) -> KeptSurvey:
    """The survey to commit. Not a single row that can be used is a FAIL: the mapping is wrong."""
    reasons = ", ".join(f"{reason} {n}" for reason, n in found.counts.items() if reason != "rows")
    return KeptSurvey(
        Artifact(
            SURVEY, region, digest(found.digests), None, sum(found.chats.values()), found.digests
        ),
        holds(
            "rows_usable",
            bool(found.digests),
            f"of {found.counts['rows']} rows: {reasons}",
            rows=found.counts["rows"],
            accepted=found.counts["accepted"],
        ),
    )


def surveyed_days(lineage: Lineage, region: str, *, latest: int | None) -> Sequence[str]:
    """The days (ISO, ascending) that the last survey found chats of, the `latest` only if given."""
    return sorted(_digests(lineage, region))[-latest if latest else 0 :]


def days_to_seal(lineage: Lineage, region: str, *, latest: int | None) -> Sequence[str]:
    """Those of the surveyed days whose chats differ from what is held."""
    held = {a.partition: a.digest for a in lineage.partitions(RAW)}
    now = _digests(lineage, region)
    return [d for d in surveyed_days(lineage, region, latest=latest) if now[d] != held.get(d)]


def _digests(lineage: Lineage, region: str) -> Mapping[str, int | float | str]:
    found = lineage.current(SURVEY, region)
    return {} if found is None else found.measures
