"""How many attacks on a machine carry a signal, and how many ordinary messages do.

    python bench/signals.py --json OUT

Attacks are those of JailbreakBench's artifacts, each method by itself: one fixed prompt around a
hundred wishes (JBC, so all or none are seen), a model's persuasion (PAIR), a suffix found by search
(GCG). No phrase was written from them. Ordinary are every customer's message of STAR, SGD and
MultiDoGO, and XSTest's harmless look-alikes. Data: HANDRAIL_TEST_DATA; without it nothing is
measured.
"""

from __future__ import annotations

import argparse
import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench.figures import Row, row, show_rows, versions, write_document
from handrail.bounds import clopper_pearson_lower, clopper_pearson_upper
from handrail.dataset.signals import signals_of

CHATS = ("star", "sgd", "multidogo_customer")
DELTA = 0.025


def data() -> Path:
    """Where the test data lies."""
    return Path(os.environ.get("HANDRAIL_TEST_DATA", "../shared/data"))


def prompts(label: str) -> dict[str, list[str]]:
    """The prompts of one label by category: which method wrote them."""
    import pyarrow.parquet as pq

    found: dict[str, list[str]] = {}
    for one in pq.read_table(data() / "redteam" / "prompts.parquet").to_pylist():
        if one["label"] == label:
            found.setdefault(one["category"].rpartition("/")[2], []).append(one["text"])
    return found


def messages(name: str) -> Iterator[str]:
    """What customers wrote in a set of chats."""
    with gzip.open(data() / "chats" / f"{name}.jsonl.gz") as lines:
        for line in lines:
            for turn in orjson.loads(line)["turns"]:
                if turn["speaker"] == "customer" and turn["text"].strip():
                    yield turn["text"]


def share(metric: str, texts: list[str], note: str) -> Row:
    """The share of the texts with a signal, with the bounds of its 95 % interval."""
    seen = sum(bool(signals_of(text, "")) for text in texts)
    low = 100 * clopper_pearson_lower(seen, len(texts), delta=DELTA)
    high = 100 * clopper_pearson_upper(seen, len(texts), delta=DELTA)
    return row(
        metric, 100 * seen / len(texts), "%",
        f"{seen} of {len(texts)} {note}; 95 % interval {low:.2f} to {high:.2f}",
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    asked = parser.parse_args()
    if not (data() / "redteam" / "prompts.parquet").exists():
        print(f"skipped: no prompts in {data()}; set HANDRAIL_TEST_DATA", file=sys.stderr)
        write_document(asked.json, [], used=versions("pyarrow"))
        return 0
    rows = [
        share(f"signals.attacks_seen.{method.lower()}", texts, "attacks that nothing was fitted on")
        for method, texts in sorted(prompts("attack").items())
    ]
    rows += [
        share(f"signals.false_hits.{name}", list(messages(name)), "customers' messages")
        for name in CHATS
    ]
    harmless = [text for texts in prompts("benign").values() for text in texts]
    rows.append(share("signals.false_hits.xstest", harmless, "harmless look-alikes"))
    show_rows(rows)
    write_document(asked.json, rows, used=versions("pyarrow"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
