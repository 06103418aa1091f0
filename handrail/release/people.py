"""What only people can settle about a candidate, and whether they spoke since it was gated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handrail.digests import digest
from handrail.vault.lineage import Lineage
from handrail.vault.lines import Occurrences
from handrail.vault.names import Artifact
from handrail.verdicts import Finding, Verdict

SETTLED_BY_PEOPLE = frozenset({"leak_bound_within_budget", "approved"})
_MARK = "people"
# How a review stands in the audit log: canonical JSON inside canonical JSON.
_REVIEWED_BY_A_PERSON = b'\\"reviewer_kind\\":\\"person\\"'


@dataclass(frozen=True)
class Waiting:
    """A candidate that waits for people.

    `is_counted_in`: it was gated after the last thing they said, of which `mark` is the mark.
    """

    release: str
    waits_for: str
    mark: str
    is_counted_in: bool


def waiting_for_people(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The blocking findings that only people can settle: review and approval."""
    return tuple(
        f.check
        for f in findings
        if f.check in SETTLED_BY_PEOPLE and f.verdict is Verdict.NOT_MEASURED
    )


def waiting(candidate: Artifact | None, lineage: Lineage, region_home: Path) -> Waiting | None:
    """What the candidate waits for, or None when it waits for nobody."""
    waits_for = waiting_for_people(lineage.findings(candidate)) if candidate else ()
    if candidate is None or not waits_for:
        return None
    mark = people_mark(region_home)
    return Waiting(
        str(candidate.measures["release"]),
        " and ".join(waits_for),
        mark,
        candidate.measures.get(_MARK) == mark,
    )


def marked(measures: Mapping[str, int | float | str], mark: str) -> Mapping[str, int | float | str]:
    """The measures of a candidate that was gated when people had said what `mark` marks."""
    return {**measures, _MARK: mark}


def people_mark(region_home: Path) -> str:
    """A mark of what people said in a region, approvals and reviews: another one changes it.

    Reviews from an answer key don't count: nobody spoke.
    """
    return digest(
        [
            _occurrences(region_home / "release" / "approvals.jsonl", b"\n").count(),
            _occurrences(region_home / "audit" / "audit.jsonl", _REVIEWED_BY_A_PERSON).count(),
        ]
    )


@cache
def _occurrences(file: Path, what: bytes) -> Occurrences:
    """Kept, because a sensor asks every few seconds and the audit log grows long."""
    return Occurrences(file, what)
