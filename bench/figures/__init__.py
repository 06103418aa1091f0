"""What every bench file ends with: a table of figures for people, and the same as a document."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def row(metric: str, value: float, unit: str, note: str) -> Row:
    """One figure; percentages are 0-100."""
    return {"metric": metric, "value": round(value, 4), "unit": unit, "note": note}


def show_rows(rows: Sequence[Row]) -> None:
    """Print the table."""
    width = max((len(str(r["metric"])) for r in rows), default=0)
    for r in rows:
        print(f"{r['metric']:<{width}} {r['value']:>14,.2f} {r['unit']:<6} {r['note']}")


def versions(*packages: str) -> dict[str, str]:
    """Python's version and those of the packages that the figures depend on."""
    return {"python": platform.python_version(), **{p: version(p) for p in packages}}


def write_document(
    path: Path, rows: Sequence[Row], *, used: Mapping[str, str], **more: object
) -> None:
    """Write machine, versions and rows to `path` as JSON, and whatever `more` there is to say."""
    load = os.getloadavg()[2]
    document = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, "
        f"load average {load:.1f} over the last 15 minutes",
        "versions": dict(used),
        "rows": list(rows),
        **more,
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
