"""Labeled sets: JSON lines of messages with the spans that must not stay.

A row is `{text, spans: [{start, end, label, slice?}], locale, conv?, turn?, role?, meta?}`; offsets
are characters, the label `OTHER` is neutral, `meta` is the customer profile.
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
Spans = Sequence[tuple[int, int, str]]
Family = tuple[str, ...]

# Three kinds of text of three origins; a headline figure is the mean over these, each in turn the
# mean over its sets.
FAMILIES: tuple[Family, ...] = (
    ("presidio_synth_v2",),
    ("sgd_chat",),
    ("chat_hard_de", "chat_hard_en", "chat_hard_es", "chat_hard_fr"),
)


@dataclass(frozen=True)
class LabeledSet:
    """One file of rows."""

    name: str
    rows: Sequence[Row]

    @property
    def conversations(self) -> list[list[Row]]:
        """Rows as they were said: by conversation where the set has turns, else one by one."""
        keyed = [(row.get("conv") if "turn" in row else n, row) for n, row in enumerate(self.rows)]
        groups = itertools.groupby(keyed, key=lambda pair: pair[0])
        return [[row for _, row in group] for _, group in groups]


def read_sets(folder: Path, *, limit: int | None) -> list[LabeledSet]:
    """The sets of a folder, by name; of each the first `limit` rows."""
    sets = []
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in itertools.islice(lines, limit)]
        sets.append(LabeledSet(file.stem, rows))
    return sets


def read_dialogues(file: Path, *, limit: int) -> list[list[Row]]:
    """The first dialogues of a packed export without labels, in English; none without the file."""
    if not file.exists():
        return []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        chats = [json.loads(line)["turns"] or [] for line in itertools.islice(lines, limit)]
    rows = (
        [
            {"text": turn["text"], "role": turn["speaker"], "locale": "en"}
            for turn in chat
            if turn["text"] and turn["speaker"] in ("customer", "agent")
        ]
        for chat in chats
    )
    return [said for said in rows if said]


def each_text_once(conversations: Iterable[Sequence[Row]]) -> list[list[Row]]:
    """The conversations without any message that was said before in the same language."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for conversation in conversations:
        fresh = []
        for row in conversation:
            said = (row["locale"], row["text"])
            if said not in seen:
                seen.add(said)
                fresh.append(row)
        if fresh:
            kept.append(fresh)
    return kept
