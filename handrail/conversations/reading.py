"""Everything a region reads now: its registered exports through the one intake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from handrail.conversations.buckets import is_remote, readable
from handrail.conversations.intake import (
    Export,
    Reading,
    content_of,
    fingerprint,
    load_mapping,
    read_exports,
)
from handrail.conversations.register import ExportRegister, RegisteredExport
from handrail.digests import digest
from handrail.errors import BadInput, HandrailError
from handrail.settings import Settings


def register_of(settings: Settings, region_name: str) -> ExportRegister:
    """The region's register of exports."""
    return ExportRegister(settings.region_home(region_name) / "exports.json")


def read_region(settings: Settings, region_name: str, *, kept_since: str, now: datetime) -> Reading:
    """The rows of the region's exports from `kept_since` (ISO, empty: any day) to `now`."""
    exports = [
        open_export(settings, region_name, row) for row in present_exports(settings, region_name)
    ]
    return read_exports(
        exports,
        region=settings.region(region_name),
        regions=settings.all_regions(),
        product_areas=settings.product_areas,
        limits=settings.intake,
        first_day=settings.first_day,
        kept_since=kept_since,
        now=now,
    )


def look_again(settings: Settings, region_name: str) -> None:
    """Put an export that was written anew since it was registered after all others (R4).

    Its chats are a later state than theirs; another mapping or format makes them no newer. One that
    can't be read stays where it is: reading it says why.
    """

    def held_by(row: RegisteredExport) -> str | None:
        try:
            return None if paths_gone(row) else content_of(open_export(settings, region_name, row))
        except HandrailError:
            return None

    register_of(settings, region_name).look_again(held_by)


def missing(path: str, region_name: str) -> str:
    """What to do where a registered export, or the mapping it is read by, isn't there any more."""
    return (
        f"{path}, which region {region_name} reads, is gone: put it back, or leave its chats out "
        f"from now on (`handrail exports list` and `handrail exports forget`)"
    )


def present_exports(settings: Settings, region_name: str) -> Sequence[RegisteredExport]:
    """The region's registered exports; `BadInput` where a file or a mapping is gone."""
    rows = register_of(settings, region_name).all()
    for row in rows:
        for path in paths_gone(row):
            raise BadInput(missing(path, region_name))
    return rows


def paths_gone(row: RegisteredExport) -> list[str]:
    """What of an export, its file and its mapping, lies on this machine no more.

    Of a bucket's this isn't known before it is asked.
    """
    named = [path for path in (row.path, row.mapping) if path]
    return [path for path in named if not is_remote(path) and not Path(path).exists()]


def open_export(settings: Settings, region_name: str, row: RegisteredExport) -> Export:
    """The export as the intake reads it; `BadInput` for a missing or wrong mapping file."""
    place = partial(readable, settings, region_name)
    mapping = load_mapping(place(row.mapping)) if row.mapping else None
    return Export(place(row.path), row.format, mapping, row.simulated)


def exports_digest(settings: Settings, region_name: str, rows: Sequence[RegisteredExport]) -> str:
    """What the exports hold, as one hash: the same as long as no file and no mapping changed."""
    return digest([fingerprint(open_export(settings, region_name, row)) for row in rows])
