"""Regions: where data lives, what may leave, what may not mix. Data from the config file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handrail.errors import BadInput, Refused, ResidencyViolation

_NAME = re.compile(r"^[a-z][a-z0-9]{1,15}$")


class DataClass(StrEnum):
    """What kind of data an object holds; each class has its own key and its own access rule."""

    RAW = "raw"
    REDACTED = "redacted"
    DATASET = "dataset"
    MODEL = "model"
    DESK = "desk"
    SUBJECT = "subject"
    AUDIT = "audit"


@dataclass(frozen=True)
class Region:
    """One region of the deployment.

    `legal_basis` is that of a chat whose export names none; only chats on one of `training_bases`
    may teach the agent.
    """

    name: str
    jurisdiction: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    allowed_exports: tuple[str, ...] = ()
    no_mix_sectors: tuple[str, ...] = ()
    legal_basis: str | None = None
    training_bases: tuple[str, ...] = ()
    retention_days: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            msg = "a region name is 2 to 16 lower-case letters and digits, a letter first"
            raise BadInput(msg)
        if any(sector != sector.strip().lower() for sector in self.no_mix_sectors):
            msg = f"region {self.name}: no_mix_sectors are written in lower case, without margins"
            raise BadInput(msg)


@dataclass(frozen=True)
class Ruling:
    """A yes or no, with the sentence that explains it."""

    allowed: bool
    reason: str


@dataclass(frozen=True)
class Labels:
    """Which sectors' customers data is about, and what everybody in it lets it be used for (R39).

    What is made of several inherits the sectors of all and only the purposes that all share.
    """

    sectors: tuple[str, ...]
    purposes: tuple[str, ...]

    def joined(self, other: Labels) -> Labels:
        """The labels of what is made of both."""
        return Labels(
            tuple(sorted({*self.sectors, *other.sectors})),
            tuple(sorted({*self.purposes} & {*other.purposes})),
        )

    def may_mix(self, other: Labels, *, region: Region) -> Ruling:
        """Whether one thing may be made of both: a no-mix sector stands by itself."""
        both = self.joined(other)
        apart = [sector for sector in both.sectors if sector in region.no_mix_sectors]
        if apart and len(both.sectors) > 1:
            others = ", ".join(sector for sector in both.sectors if sector != apart[0])
            return Ruling(
                False,
                f"data of sector {apart[0]} may not be mixed with {others} in region "
                f"{region.name}: keep it in a set of its own",
            )
        if not both.purposes:
            return Ruling(
                False,
                f"data for {', '.join(self.purposes) or 'nothing'} may not be mixed with data for "
                f"{', '.join(other.purposes) or 'nothing'}: they share no purpose",
            )
        return Ruling(True, f"sectors {', '.join(both.sectors)} may be mixed in {region.name}")

    def fit(self, purpose: str, *, region: Region) -> Ruling:
        """Whether what is made of this may serve every customer of `region`, for `purpose`."""
        apart = [sector for sector in self.sectors if sector in region.no_mix_sectors]
        if apart:
            return Ruling(
                False,
                f"it comes from sector {apart[0]}, which region {region.name} keeps apart from all "
                "others (no_mix_sectors): make it of the other sectors",
            )
        if purpose not in self.purposes:
            return Ruling(
                False,
                f"it may be used for {', '.join(self.purposes) or 'nothing'}, not for {purpose}",
            )
        return Ruling(True, f"it may be used for {purpose} in region {region.name}")

    @property
    def measures(self) -> dict[str, str]:
        """As manifests and people see them."""
        return {"sectors": ", ".join(self.sectors), "purposes": ", ".join(self.purposes)}


def mixed(parts: Iterable[Labels], *, region: Region) -> Labels:
    """The labels of what is made of all `parts`; `Refused` when two of them may not mix."""
    whole: Labels | None = None
    for part in sorted(set(parts), key=lambda labels: (labels.sectors, labels.purposes)):
        if whole is not None:
            ruling = whole.may_mix(part, region=region)
            if not ruling.allowed:
                raise Refused(ruling.reason)
        whole = part if whole is None else whole.joined(part)
    return whole or Labels((), ())


def require_fit(labels: Labels, purpose: str, *, region: Region, what: str) -> None:
    """Raise `Refused` unless `what` fits every customer of `region` for `purpose`."""
    ruling = labels.fit(purpose, region=region)
    if not ruling.allowed:
        msg = f"{what} is refused: {ruling.reason}"
        raise Refused(msg)


def region_of_country(country: str, regions: Iterable[Region]) -> Region | None:
    """The region that lists this ISO 3166-1 alpha-2 country, or None."""
    code = country.strip().upper()
    return next((r for r in regions if code in r.countries), None)


def require_region(expected: str, found: str, what: str) -> None:
    """Raise `ResidencyViolation` unless `found` is the region `expected`."""
    if expected != found:
        msg = f"{what} belongs to region {found!r} and was used in region {expected!r}: refused"
        raise ResidencyViolation(msg)
