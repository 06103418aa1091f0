"""Keeping what a survey of the exports found: days that differ from the vault are what is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handrail.conversations.sealing import QUARANTINE, RAW, Survey
from handrail.digests import digest
from handrail.residency import DataClass
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.verdicts import Finding, holds

SURVEY = "export_survey"
_DETAILS = 3
_WAY_ON = (
    "Is it the right --format? If not a help desk's, a mapping says which field is what: "
    "deploy/mappings/example.yaml"
)


@dataclass(frozen=True)
class KeptSurvey:
    """A survey as the manifests keep it: the day's keyed digests are the artifact's measures."""

    artifact: Artifact
    finding: Finding


def kept(found: Survey, *, region: str) -> KeptSurvey:
    """The survey to commit. Not a single row that can be used is a FAIL, and says what is wrong."""
    rows, accepted = found.counts["rows"], found.counts["accepted"]
    reasons = [f"{r} {n}" for r, n in found.counts.items() if r not in ("rows", "accepted")]
    finding = holds(
        "rows_usable",
        accepted > 0,
        f"{accepted or 'none'} of the {rows} rows can be used; set aside: "
        + (", ".join(reasons) or "none")
        + ("" if accepted else _what_is_wrong(found)),
    )
    chats = sum(found.chats.values())
    return KeptSurvey(
        Artifact(SURVEY, region, digest(found.digests), None, chats, found.digests),
        replace(finding, measures=found.counts),
    )


def _what_is_wrong(found: Survey) -> str:
    """The details of the rows (they quote nothing of one), most frequent first, and a way on."""
    frequent = sorted(found.details, key=lambda detail: -found.details[detail])[:_DETAILS]
    said = " / ".join(frequent) or "the exports are empty"
    return f": {said}. {_WAY_ON}"


def surveyed_days(lineage: Lineage, region: str, *, latest: int | None) -> Sequence[str]:
    """The days (ISO, ascending) that the last survey found chats of, the `latest` only if given."""
    return sorted(_digests(lineage, region))[-latest if latest else 0 :]


def sealed_days(lineage: Lineage, region: str, *, latest: int | None) -> Sequence[str]:
    """The days that are held, emptied ones too; of the `latest` surveyed ones only if given."""
    held = [a.partition for a in lineage.partitions(RAW)]
    surveyed = surveyed_days(lineage, region, latest=latest)
    return [day for day in held if day in surveyed] if latest else held


def days_to_seal(lineage: Lineage, region: str, *, latest: int | None) -> Sequence[str]:
    """Those of the surveyed days whose chats differ from what is held, and the days that are gone.

    A day is gone when chats of it are held and the exports have none any more: they were taken out,
    or lie under another day now. Where only rows that can't be used have changed it is the last
    day: sealing it again stores the quarantine as it is now.
    """
    days = surveyed_days(lineage, region, latest=latest)
    held = {a.partition: a.digest for a in lineage.partitions(RAW)}
    now = _digests(lineage, region)
    changed = [day for day in days if now[day] != held.get(day)]
    if latest is None:
        changed = sorted([*changed, *_gone_days(lineage, region)])
    return changed if changed or _quarantine_is_current(lineage, region) else days[-1:]


def _gone_days(lineage: Lineage, region: str) -> Sequence[str]:
    """None unless the survey passed: one that found no usable row tells of a mapping, not of days.

    An emptied day holds no record, so it goes once. One that retention destroyed stays as it was:
    what was redacted of it has days of its own.
    """
    if not lineage.verdict(SURVEY, region).passed:
        return []
    now = _digests(lineage, region)
    since = lineage.destructions.kept_since(DataClass.RAW)
    return [
        a.partition
        for a in lineage.partitions(RAW)
        if a.records and a.partition not in now and a.partition >= since
    ]


def _quarantine_is_current(lineage: Lineage, region: str) -> bool:
    survey, quarantine = lineage.current(SURVEY, region), lineage.current(QUARANTINE, region)
    if survey is None or quarantine is None:
        return survey is None
    return all(f.measures == quarantine.measures for f in lineage.findings(survey))


def _digests(lineage: Lineage, region: str) -> Mapping[str, int | float | str]:
    found = lineage.current(SURVEY, region)
    return {} if found is None else found.measures
