"""What redaction left and took, by ruleset: the figures of every stored day, from the manifests.

Each day keeps its figures with its manifest, also the days of earlier rulesets, so the trend needs
no second record and the report opens no chat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from handrail.digests import digest
from handrail.redaction.days import REDACTED
from handrail.redaction.figures import Figures, figures_of
from handrail.redaction.secret_incidents import (
    SecretIncident,
    SecretIncidents,
    no_open_secret_incidents,
)
from handrail.residency import DataClass
from handrail.vault.holdings import Stored
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds, not_measured

REPORT = "redaction_report"


@dataclass(frozen=True)
class Measured:
    """Figures as the shares people read; None is NOT MEASURED, never zero."""

    figures: Figures

    @property
    def leak(self) -> float | None:
        """Share of planted values of which a letter or digit is left visible."""
        return self.leak_of(None, None)

    @property
    def precision(self) -> float | None:
        """Share of removed letters and digits that belong to a planted value."""
        return self.precision_of(None, None)

    def leak_of(self, kind: str | None, language: str | None) -> float | None:
        """The leak of one kind of planted value, in one language, unless None."""
        of = self.figures.of
        return _share(
            of("leaked", kind=kind, language=language), of("planted", kind=kind, language=language)
        )

    def precision_of(self, kind: str | None, language: str | None) -> float | None:
        """The precision of one type of placeholder, in one language, unless None."""
        of = self.figures.of
        return _share(
            of("needed", kind=kind, language=language), of("removed", kind=kind, language=language)
        )

    @property
    def clean_touched(self) -> float | None:
        """Share of messages with nothing planted in them from which something was removed."""
        return _share(self.figures.messages["clean touched"], self.figures.messages["clean"])

    @property
    def touched(self) -> float | None:
        """Share of all messages, real ones too, from which something was removed."""
        return _share(self.figures.messages["touched"], self.figures.messages["all"])

    @property
    def messages_per_cpu_second(self) -> float | None:
        """Scrubbing and both looks, workers' CPU counted from their start on."""
        spent = self.figures.cpu_seconds
        return self.figures.messages["all"] / spent if spent else None

    def measures(self) -> dict[str, float]:
        """What could be measured, by name."""
        named = {
            "leak": self.leak,
            "precision": self.precision,
            "clean_touched": self.clean_touched,
            "touched": self.touched,
            "messages_per_cpu_s": self.messages_per_cpu_second,
        }
        return {name: round(share, 4) for name, share in named.items() if share is not None}


@dataclass(frozen=True)
class OfRuleset:
    """What one version of the rules made: since when (ISO), how many days and chats."""

    version: str
    since: str
    days: int
    chats: int
    measured: Measured


@dataclass(frozen=True)
class RedactionReport:
    """The region's redaction as it stands, and how it came there.

    `now` is what is held, `trend` every ruleset there was, oldest first. Of the days held,
    `older_days` were made by another version than today's, `kept_days` of them for good: their raw
    chats are gone.
    """

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    version: str
    days: int
    now: Measured
    trend: tuple[OfRuleset, ...]
    older_days: int
    kept_days: int
    incidents: tuple[SecretIncident, ...]
    findings: tuple[Finding, ...]


def report_redaction(vault: RegionVault, *, version: str, at: datetime) -> RedactionReport:
    """Sum up what the manifests keep of every redacted day, beside the incidents there are."""
    made = [one for one in vault.lineage.holdings.all() if one.artifact.asset == REDACTED]
    held = vault.lineage.holdings.of(REDACTED)
    older = older_days(vault.lineage, version=version)
    incidents = tuple(SecretIncidents(vault).all())
    now = Measured(figures_of(one.measures for one in held))
    kept = [day for day in older if not _is_raw_held(vault.lineage, day)]
    measures = {
        **now.measures(),
        "days": len(held),
        "older_days": len(older),
        "kept_days": len(kept),
        "incidents": len(incidents),
        "open_incidents": sum(one.is_open for one in incidents),
    }
    trend = _trend(made)
    content = [
        version, measures, [one.digest for one in held], [one.version for one in trend],
    ]  # fmt: skip
    return RedactionReport(
        artifact=Artifact(
            REPORT, vault.region.name, digest(content), None, now.figures.messages["all"], measures
        ),
        inputs=tuple(held),
        version=version,
        days=len(held),
        now=now,
        trend=trend,
        older_days=len(older),
        kept_days=len(kept),
        incidents=incidents,
        findings=(every_day_measured(held), no_open_secret_incidents(incidents, now=at)),
    )


def every_day_measured(held: Sequence[Artifact]) -> Finding:
    """Whether each day that is held keeps its figures, so that the report is of all of them."""
    check = "every_day_measured"
    if not held:
        return not_measured(check, "no redacted day is held: `handrail run` makes them")
    lacking = [one.partition for one in held if not one.measures]
    reason = f"{len(held) - len(lacking)} of {len(held)} redacted days keep their figures"
    if lacking:
        reason += f"; {min(lacking)} to {max(lacking)} don't: redact them again (`handrail ui`)"
    return holds(check, not lacking, reason, days=len(held), lacking=len(lacking))


def older_days(lineage: Lineage, *, version: str) -> list[str]:
    """The days (ISO) that are held and were redacted by another version of the rules."""
    return [
        one.partition
        for one in lineage.holdings.of(REDACTED)
        if lineage.config_hash(one) != version
    ]


def _is_raw_held(lineage: Lineage, day: str) -> bool:
    """Whether the day's raw chats are still kept, so that it can be redacted again."""
    return day >= lineage.destructions.kept_since(DataClass.RAW)


def _trend(made: Sequence[Stored]) -> tuple[OfRuleset, ...]:
    versions = dict.fromkeys(one.config_hash for one in made)
    return tuple(
        _of_ruleset(version, [one for one in made if one.config_hash == version])
        for version in versions
    )


def _of_ruleset(version: str, made: Sequence[Stored]) -> OfRuleset:
    """The last thing that each day was made into by these rules."""
    newest = {one.artifact.partition: one for one in made}
    return OfRuleset(
        version=version,
        since=made[0].at,
        days=len(newest),
        chats=sum(one.artifact.records for one in newest.values()),
        measured=Measured(figures_of(one.artifact.measures for one in newest.values())),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
