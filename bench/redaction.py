"""Redaction: leak, character precision, clean messages touched, messages per CPU second.

Labeled sets are the JSONL files in `pii/` of the test data folder (`HANDRAIL_TEST_DATA`), scored
per conversation without the customer profile. `is_conv` makes `find` usable by an outside scorer.

    python bench/redaction.py --json OUT
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
    to_arrow,
)
from handrail.redaction.kernel import redact
from handrail.redaction.known import customer_values
from handrail.redaction.reading import Reading
from handrail.redaction.ruleset import STANDARD, schema_with
from handrail.redaction.scrubber import locate, scrub

Row = Mapping[str, Any]
STRUCTURED = ("CREDIT_CARD", "IBAN_BANK", "EMAIL", "IP", "NATIONAL_ID", "PHONE")
FAMILIES = (
    ("presidio_synth_v2",),
    ("sgd_chat",),
    ("chat_hard_de", "chat_hard_en", "chat_hard_es", "chat_hard_fr"),
)


def find(
    messages: Sequence[Row], meta: Mapping[str, str], locale: str
) -> list[list[tuple[int, int, str]]]:
    """Spans per message of one conversation; `meta` is the customer profile, {} to withhold it."""
    said = [(Role(row.get("role", "customer")), row["text"]) for row in messages]
    known = customer_values(Customer(None, {kind: (value,) for kind, value in meta.items()}))
    located = locate(said, known, reading=Reading(language=locale, ruleset=STANDARD))
    return [[(span.start, span.end, span.type.value) for span in spans] for spans in located]


find.is_conv = True  # type: ignore[attr-defined]


def conversations(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows grouped as they were said: by conversation where a set has turns, else one by one."""
    keys = ((row.get("conv") if "turn" in row else number, row) for number, row in enumerate(rows))
    return [
        [row for _, row in group] for _, group in itertools.groupby(keys, key=lambda pair: pair[0])
    ]


def score(rows: Sequence[Row], found: Sequence[Sequence[tuple[int, int, str]]]) -> dict[str, Any]:
    """Counts of gold spans, of those with a character left visible, and of clean messages."""
    labels: dict[str, list[int]] = {}
    right = wrong = clean = touched = 0
    for row, spans in zip(rows, found, strict=True):
        text = row["text"]
        covered = _mask(len(text), ((start, end) for start, end, _ in spans))
        neutral = _mask(len(text), _gold(row, neutral=True))
        gold = _mask(len(text), _gold(row, neutral=False))
        for span in row["spans"]:
            places = [i for i in range(span["start"], span["end"]) if text[i].isalnum()]
            if span["label"] != "OTHER" and places:
                count = labels.setdefault(span["label"], [0, 0])
                count[0] += 1
                count[1] += not all(covered[i] for i in places)
        hit = [i for i, c in enumerate(text) if c.isalnum() and covered[i]]
        right += sum(gold[i] for i in hit)
        false = sum(not gold[i] and not neutral[i] for i in hit)
        wrong += false
        if not any(gold):
            clean += 1
            touched += false > 0
    return {"labels": labels, "right": right, "wrong": wrong, "clean": clean, "touched": touched}


def _gold(row: Row, *, neutral: bool) -> list[tuple[int, int]]:
    return [(s["start"], s["end"]) for s in row["spans"] if (s["label"] == "OTHER") == neutral]


def _mask(length: int, spans: Iterable[tuple[int, int]]) -> bytearray:
    mask = bytearray(length)
    for start, end in spans:
        mask[start:end] = b"\x01" * (end - start)
    return mask


def percent(part: int, whole: int, *, empty: float) -> float:
    return 100 * part / whole if whole else empty


def throughput(groups: Sequence[Sequence[Row]]) -> tuple[float, float]:
    """Messages per CPU second through `scrub`, and through `redact` in batches; each text once."""
    seen: set[str] = set()
    chats = []
    for number, group in enumerate(groups):
        fresh = [row for row in group if row["text"] not in seen and not seen.add(row["text"])]  # type: ignore[func-returns-value]
        if fresh:
            turns = tuple(
                Turn(i, Role(row.get("role", "customer")), row["text"])
                for i, row in enumerate(fresh)
            )
            chats.append(
                Conversation(
                    f"b-{number}", "bench", "eu", date(2026, 1, 5), turns, Outcome(Status.CLOSED),
                    Customer(), language=Tag(group[0]["locale"], SetBy.EXPORT),
                )
            )  # fmt: skip
    scrub(chats[0], ruleset=STANDARD)
    start = time.process_time()
    for chat in chats:
        scrub(chat, ruleset=STANDARD)
    scrubbed = time.process_time() - start
    batches = [
        to_arrow(chats[at : at + 500]).replace_schema_metadata(schema_with(STANDARD).metadata)
        for at in range(0, len(chats), 500)
    ]
    start = time.process_time()
    for batch in batches:
        redact(batch)
    redacted = time.process_time() - start
    messages = sum(len(chat.turns) for chat in chats)
    return messages / scrubbed, messages / redacted


def measure(folder: Path) -> list[dict[str, Any]]:
    """One row per metric: per set, and the mean of the three chat families."""
    rows: list[dict[str, Any]] = []
    sets: dict[str, dict[str, float]] = {}
    everything: list[list[Row]] = []
    structured = [0, 0]
    for file in sorted(folder.glob("*.jsonl")):
        messages = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        groups = conversations(messages)
        everything += groups
        found = [spans for group in groups for spans in find(group, {}, group[0]["locale"])]
        counts = score(messages, found)
        gold = sum(n for n, _ in counts["labels"].values())
        leaked = sum(n for _, n in counts["labels"].values())
        for label in STRUCTURED:
            structured = [
                a + b for a, b in zip(structured, counts["labels"].get(label, (0, 0)), strict=True)
            ]
        sets[file.stem] = {
            "leak": percent(leaked, gold, empty=0.0),
            "precision": percent(counts["right"], counts["right"] + counts["wrong"], empty=100.0),
            "clean_touched": percent(counts["touched"], counts["clean"], empty=0.0),
        }
        note = f"{len(messages)} messages, {gold} values"
        measurable = {"leak": gold, "precision": gold, "clean_touched": counts["clean"]}
        rows += [
            _row(f"redaction.{file.stem}.{name}", value, "%", note)
            for name, value in sets[file.stem].items()
            if measurable[name]
        ]
    for name in ("leak", "precision", "clean_touched"):
        means = [sum(sets[s][name] for s in family) / len(family) for family in FAMILIES]
        rows.append(
            _row(
                f"redaction.{name}",
                sum(means) / len(means),
                "%",
                "mean of three families, no profile",
            )
        )
    rows.append(
        _row(
            "redaction.structured_leak",
            percent(structured[1], structured[0], empty=0.0),
            "%",
            "all sets",
        )
    )
    scrubbed, redacted = throughput(everything)
    note = "distinct texts, rules only"
    rows += [
        _row("redaction.messages_per_cpu_s", scrubbed, "1/s", f"scrub, {note}"),
        _row("redaction.batch_messages_per_cpu_s", redacted, "1/s", f"redact, {note}"),
    ]
    return rows


def _row(metric: str, value: float, unit: str, note: str) -> dict[str, Any]:
    return {"metric": metric, "value": round(value, 2), "unit": unit, "note": note}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    out = parser.parse_args().json
    folder = Path(os.environ.get("HANDRAIL_TEST_DATA", "../shared/data")) / "pii"
    if not folder.is_dir():
        print(f"skipped: no labeled sets in {folder}; set HANDRAIL_TEST_DATA", file=sys.stderr)
        return 0
    rows = measure(folder)
    for row in rows:
        print(f"{row['metric']:<48} {row['value']:>10.2f} {row['unit']:<4} {row['note']}")
    document = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "versions": {"python": platform.python_version(), "phonenumbers": version("phonenumbers")},
        "rows": rows,
    }
    out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
