"""How an asset reports: manifests first, then the checks and metadata people see.

Dagster's check status has no partition, so a region passes on the verdict kept in its own manifests
and every asset reads that; the check in the UI only shows it.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import isgeneratorfunction
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import dagster as dg

from assets.claims import CLAIMS
from handrail.bounds import suppress_small as suppress_small
from handrail.dataset.funnel import Funnel
from handrail.errors import Busy, HandrailError
from handrail.release.people import SETTLED_BY_PEOPLE
from handrail.settings import PROJECT
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, Verdict

P = ParamSpec("P")
R = TypeVar("R")


def behind_the_boundary(function: Callable[P, R]) -> Callable[P, R]:
    """Keep chat text out of the event log: an unexpected error is reported by type and place.

    Our own errors never quote a chat and keep their sentence. R36.
    """
    if isgeneratorfunction(function):

        @functools.wraps(function)
        def generate(*args: P.args, **kwargs: P.kwargs) -> Any:
            failure = None
            try:
                yield from function(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - the boundary is for every exception
                failure = _as_failure(error)
            if failure is not None:
                raise failure from None

        return generate

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the boundary is for every exception
            failure = _as_failure(error)
        raise failure from None

    return run


def _as_failure(error: Exception) -> dg.Failure:
    """What the event log gets; a rerun is allowed only where somebody else was in the way."""
    return dg.Failure(description=describe(error), allow_retries=isinstance(error, Busy))


def describe(error: BaseException) -> str:
    """The sentence for the event log: our own message, or type and place of a foreign error."""
    if isinstance(error, HandrailError):
        return str(error)
    if isinstance(error, dg.Failure):
        return error.description or "failed"
    frames = [
        f"{Path(frame.filename).relative_to(PROJECT)}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PROJECT) and "site-packages" not in frame.filename
    ]
    place = " > ".join(frames) or "code outside Handrail"
    return (
        f"{type(error).__name__} at {place}; the message is withheld because it may quote chat text"
    )


def specs(
    asset: str, *, blocking: Sequence[str] = (), shown: Sequence[str] = ()
) -> list[dg.AssetCheckSpec]:
    """The checks an asset reports, named as the claims that hold."""
    return [
        dg.AssetCheckSpec(name, asset=asset, blocking=name in blocking, description=CLAIMS[name])
        for name in (*blocking, *shown)
    ]


def commit(
    context: dg.AssetExecutionContext,
    vault: RegionVault,
    artifact: Artifact,
    *,
    inputs: Iterable[Artifact],
    findings: Sequence[Finding],
    config_hash: str,
) -> None:
    """Make the artifact its partition's content, with what the checks said of it."""
    vault.lineage.commit(
        artifact, inputs=inputs, findings=findings, config_hash=config_hash, run_id=context.run_id
    )


def result(
    artifacts: Sequence[Artifact],
    findings: Iterable[Finding],
    *,
    region: str,
    metadata: Mapping[str, Any] | None = None,
) -> dg.MaterializeResult:
    """What the UI shows of one run of an asset: checks, counts, and the content's hash."""
    digests = {a.partition: a.digest[:12] for a in artifacts}
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": sum(a.records for a in artifacts),
            "content": dg.MetadataValue.md(
                table(
                    ("partition", "content hash", "records"),
                    [(a.partition, f"`{a.digest[:12]}`", a.records) for a in artifacts],
                )
            ),
            **(metadata or {}),
        },
        check_results=list(check_results(findings, region=region)),
        data_version=dg.DataVersion(next(iter(digests.values()))) if len(digests) == 1 else None,
    )


def check_results(findings: Iterable[Finding], *, region: str) -> Iterator[dg.AssetCheckResult]:
    """One check result per claim; where several partitions report it, all must hold.

    Dagster shows a check's latest result whatever partition it was for, so each names its region.
    """
    by_check: dict[str, list[Finding]] = {}
    for finding in findings:
        by_check.setdefault(finding.check, []).append(finding)
    for check, group in by_check.items():
        failed = [f for f in group if not f.verdict.passed]
        shown = (failed or group)[0]
        yield dg.AssetCheckResult(
            check_name=check,
            passed=not failed,
            severity=_severity(shown),
            description=f"{region}: {shown.verdict}: {shown.reason}",
            metadata={
                "region": region,
                "verdict": str(shown.verdict),
                "partitions": len(group),
                "not passed": len(failed),
                **{k: _rounded(v) for k, v in shown.measures.items()},
            },
        )


def _severity(finding: Finding) -> dg.AssetCheckSeverity:
    """A warning where people are waited for: nothing is wrong, and the manifests hold it back."""
    waits = finding.check in SETTLED_BY_PEOPLE and finding.verdict is Verdict.NOT_MEASURED
    return (
        dg.AssetCheckSeverity.ERROR
        if finding.blocking and not waits
        else dg.AssetCheckSeverity.WARN
    )


def _rounded(value: int | float | str) -> int | float | str:
    return round(value, 4) if isinstance(value, float) else value


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A markdown table of aggregates."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def funnel_page(funnel: Funnel) -> dict[str, Any]:
    """What the page of an asset shows of a funnel: the picture, and every rule in words."""
    rows = [
        (step.rule.stage, step.rule.name, suppress_small(step.rows), step.rule.reason)
        for step in funnel.steps
    ]
    return {
        "funnel": dg.MetadataValue.md(funnel.picture(shown=suppress_small)),
        "rules": dg.MetadataValue.md(table(("stage", "rule", "rows", "why"), rows)),
    }


def icon(verdict: Verdict) -> str:
    """A mark for tables people skim."""
    return {"PASS": "✅", "FAIL": "❌", "NOT MEASURED": "⚪"}[verdict]
