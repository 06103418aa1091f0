"""PASS, FAIL, NOT MEASURED: the three answers any check can give. Not measured is never passed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What a measurement says."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    FAIL = "FAIL"
    NOT_MEASURED = "NOT MEASURED"

    @property
    def passed(self) -> bool:
        """True for PASS only."""
        return self is Verdict.PASS


@dataclass(frozen=True)
class Finding:
    """One check's verdict on one asset partition, with the sentence people read.

    `measures` holds aggregates only (counts, shares, bounds): it is shown in the UI and kept.
    """

    check: str
    verdict: Verdict
    reason: str
    blocking: bool
    measures: Mapping[str, int | float | str] = field(default_factory=dict)


def holds(
    check: str, ok: bool, reason: str, *, blocking: bool = True, **measures: int | float | str
) -> Finding:
    """A measured finding: PASS if `ok`, else FAIL."""
    return Finding(check, Verdict.PASS if ok else Verdict.FAIL, reason, blocking, measures)


def not_measured(
    check: str, reason: str, *, blocking: bool = True, **measures: int | float | str
) -> Finding:
    """A finding that could not be made; it blocks exactly as a failure does."""
    return Finding(check, Verdict.NOT_MEASURED, reason, blocking, measures)


def worst(findings: Iterable[Finding]) -> Verdict:
    """The verdict of a partition: FAIL before NOT MEASURED before PASS, over blocking findings.

    No finding at all is NOT MEASURED.
    """
    verdicts = {f.verdict for f in findings if f.blocking}
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    if not verdicts or Verdict.NOT_MEASURED in verdicts:
        return Verdict.NOT_MEASURED
    return Verdict.PASS
