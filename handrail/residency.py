"""Regions: where data lives, what may leave, what may not mix. Data from the config file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from handrail.errors import BadInput, ResidencyViolation

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
    """One region of the deployment."""

    name: str
    jurisdiction: str
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    allowed_exports: tuple[str, ...] = ()
    no_mix_sectors: tuple[str, ...] = ()
    retention_days: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            msg = "a region name is 2 to 16 lower-case letters and digits, a letter first"
            raise BadInput(msg)


def region_of_country(country: str, regions: Iterable[Region]) -> Region | None:
    """The region that lists this ISO 3166-1 alpha-2 country, or None."""
    code = country.strip().upper()
    return next((r for r in regions if code in r.countries), None)


def require_region(expected: str, found: str, what: str) -> None:
    """Raise `ResidencyViolation` unless `found` is the region `expected`."""
    if expected != found:
        msg = f"{what} belongs to region {found!r} and was used in region {expected!r}: refused"
        raise ResidencyViolation(msg)
