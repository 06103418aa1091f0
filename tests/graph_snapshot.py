"""The asset graph as data. `python -m tests.graph_snapshot` rewrites the committed one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

SNAPSHOT = Path(__file__).with_name("graph.json")


def graph(defs: dg.Definitions) -> dict[str, Any]:
    """What a reader of the graph relies on, by asset; texts are left to whoever writes them."""
    resolved = defs.resolve_asset_graph()
    return {
        spec.key.to_user_string(): {
            "group": spec.group_name,
            "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            "owners": sorted(spec.owners),
            "kinds": sorted(spec.kinds),
            "tags": {k: v for k, v in sorted(spec.tags.items()) if not k.startswith("dagster/")},
            "partitions": _partitions(spec.partitions_def),
            "checks": {
                key.name: "blocking" if resolved.get(key).blocking else "shown"
                for key in sorted(resolved.get_check_keys_for_assets({spec.key}))
            },
        }
        for spec in sorted(defs.resolve_all_asset_specs(), key=lambda s: s.key)
    }


def jobs(defs: dg.Definitions) -> Mapping[str, list[str]]:
    """The assets of every job."""
    return {
        job.name: sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys)
        for job in defs.resolve_all_job_defs()
        if not job.name.startswith("__")
    }


def snapshot() -> str:
    """The whole picture, as it is committed."""
    from orchestration.definitions import defs

    picture = {"assets": graph(defs), "jobs": dict(sorted(jobs(defs).items()))}
    return json.dumps(picture, indent=1, ensure_ascii=False) + "\n"


def _partitions(definition: dg.PartitionsDefinition[str] | None) -> str:
    match definition:
        case None:
            return "none"
        case dg.MultiPartitionsDefinition():
            return " x ".join(sorted(d.name for d in definition.partitions_defs))
        case dg.StaticPartitionsDefinition():
            return "region"
        case _:
            return type(definition).__name__


if __name__ == "__main__":
    SNAPSHOT.write_text(snapshot(), encoding="utf-8")
