"""Tiny exports for the tests, and one call that reads them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handrail.conversations.intake import (
    Accepted,
    Counts,
    Export,
    FieldMap,
    Quarantined,
    Reason,
    TagMap,
    read_exports,
)
from handrail.conversations.model import Conversation
from handrail.conversations.sources.mapping import load_mapping
from handrail.settings import IntakeSettings, Settings
from tests.conftest import NOW


@dataclass(frozen=True)
class Read:
    """What came out of a reading."""

    accepted: list[Accepted]
    quarantined: list[Quarantined]
    counts: Counts

    @property
    def conversations(self) -> list[Conversation]:
        return [each.conversation for each in self.accepted]

    @property
    def reasons(self) -> list[Reason]:
        return [each.reason for each in self.quarantined]

    @property
    def ids(self) -> list[str]:
        return [each.conversation_id for each in self.conversations]


def read(
    settings: Settings,
    *paths: Path | Export,
    mapping: FieldMap | TagMap | None = None,
    format: str | None = None,
    region: str = "eu",
    max_record_bytes: int = 100_000,
    max_unpacked_bytes: int = 10**9,
    max_unpacked_ratio: int = 200,
) -> Read:
    """Everything in `paths`, oldest first, with the counts reconciled."""
    reading = read_exports(
        [p if isinstance(p, Export) else Export(p, format, mapping, False) for p in paths],
        region=settings.region(region),
        regions=settings.all_regions(),
        product_areas=settings.product_areas,
        limits=IntakeSettings(
            max_record_bytes=max_record_bytes,
            max_unpacked_bytes=max_unpacked_bytes,
            max_unpacked_ratio=max_unpacked_ratio,
            reopening_days=7,
        ),
        first_day=settings.first_day,
        kept_since="",
        now=NOW,
    )
    rows = list(reading)
    reading.counts.reconcile()
    return Read(
        [row for row in rows if isinstance(row, Accepted)],
        [row for row in rows if isinstance(row, Quarantined)],
        reading.counts,
    )


def row(conversation_id: str = "c-1", **changes: Any) -> dict[str, Any]:
    """A canonical row with as little as it may have, and `changes`."""
    return {
        "conversation_id": conversation_id,
        "turns": [
            {"role": "customer", "text": "Where is my parcel?", "at": "2026-01-05T10:00:00Z"},
            {"role": "agent", "text": "On its way.", "at": "2026-01-05T10:01:00Z"},
        ],
        **changes,
    }


def write_jsonl(file: Path, *rows: Any) -> Path:
    """`rows` as lines: bytes as they are, anything else as JSON; packed if the name says so."""
    lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in rows]
    data = b"".join(line + b"\n" for line in lines)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(data, mtime=0) if file.suffix == ".gz" else data)
    return file


def mapping_of(folder: Path, text: str) -> FieldMap | TagMap:
    """The mapping written in YAML `text`."""
    file = folder / "mapping.yaml"
    file.write_text(text, encoding="utf-8")
    return load_mapping(file)
