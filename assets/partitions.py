"""Partitions: region x day for chats, region for everything made of them.

The regions and the first day are data in the config file, and partitions are part of the
definitions, so this module reads the settings when the definitions load: the one place that does.
"""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from handrail.errors import Refused
from handrail.settings import load_settings

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
_PARTITION_TAGS = ("dagster/partition", RANGE_START, RANGE_END)

_settings = load_settings()

regions = dg.StaticPartitionsDefinition(list(_settings.serves))
days = dg.DailyPartitionsDefinition(start_date=_settings.first_day.isoformat())
region_days = dg.MultiPartitionsDefinition({"day": days, "region": regions})


def region_and_days(context: dg.AssetExecutionContext) -> tuple[str, list[str]]:
    """The one region and the days (ISO, ascending) a run of a region x day asset is for."""
    keys = [
        region_days.get_partition_key_from_str(key).keys_by_dimension
        for key in context.partition_keys
    ]
    found = sorted({key["region"] for key in keys})
    if len(found) != 1:
        msg = (
            f"one run never mixes regions, and this one has {', '.join(found)}: choose one region "
            "(a backfill of more days than there are regions makes one run a region by itself)"
        )
        raise Refused(msg)
    return found[0], sorted(key["day"] for key in keys)


def one_region(context: dg.AssetExecutionContext) -> str:
    """The one region a run of a per-region asset is for."""
    if len(context.partition_keys) != 1:
        found = ", ".join(sorted(context.partition_keys))
        msg = f"one run never mixes regions, and this one has {found}: run one at a time"
        raise Refused(msg)
    return str(context.partition_keys[0])


def regions_of_run(tags: Mapping[str, str]) -> tuple[str, ...]:
    """The regions a run is for, by its tags; empty for one without partitions: it is for all."""
    keys = [tags[name] for name in _PARTITION_TAGS if name in tags]
    return tuple(sorted({key.rpartition("|")[2] for key in keys} & set(_settings.serves)))


def partition_of_run(tags: Mapping[str, str]) -> str:
    """The partition or range of partitions a run is for, as people write it; may be empty."""
    return " to ".join(dict.fromkeys(tags[name] for name in _PARTITION_TAGS if name in tags))
