"""The router on Banking77: accuracy, calibration error, milliseconds a message.

`python bench/router.py --json OUT`. Weights from 85 % of the official training rows, temperature
and floors from rows of the seeded rest, figures from the official test rows.
Every row counts as a customer of its own: the data set names none.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

from handrail.agent.calibration import expected_calibration_error
from handrail.agent.training import train_router
from handrail.agent.triggers import RegulatedTriggers
from handrail.dataset.model import Split, TrainingExample

SEED = 7
FIT_SHARE = 0.85


def banking77(path: Path) -> list[TrainingExample]:
    import pandas as pd

    rng = random.Random(SEED)
    examples = []
    for number, row in enumerate(pd.read_parquet(path).itertuples()):
        if row.split == "test":
            split = Split.TEST
        else:
            split = Split.TRAIN if rng.random() < FIT_SHARE else Split.CALIBRATION
        examples.append(
            TrainingExample(
                example_id=f"{number:06}", source_system="banking77", region="eu",
                language="en", channel="chat",
                product_area="banking", severity="normal", sector="banking", basis="consent",
                topic=str(row.label), topic_set_by="person", message=str(row.text), reply="",
                template=None, agent=None,
                weight=1.0, outcome_weight=0.0, accepted=None, group=f"{number:06}",
                day=date(2026, 1, 5), split=split, simulated=False, synthesis=None,
            )
        )  # fmt: skip
    return examples


def measure(examples: list[TrainingExample]) -> list[dict[str, object]]:
    began = time.process_time()
    router = train_router(examples, region="eu", seed=SEED, encoder=None)
    trained = time.process_time() - began
    test = [e for e in examples if e.split is Split.TEST]
    quiet = RegulatedTriggers(keywords={}, topics=frozenset(), suspicion=1.0)
    tops, times = [], []
    for example in test:
        start = time.perf_counter()
        router.route(example.message, "en", triggers=quiet)
        times.append(1000 * (time.perf_counter() - start))
        scores = router.scores(example.message).probabilities
        best = int(scores.argmax())
        tops.append((float(scores[best]), router.topics[best] == example.topic))
    note = f"{router.training['rows']} training rows, {len(router.vocabulary)} n-grams"
    return [
        _row("router.accuracy", 100 * statistics.fmean(ok for _, ok in tops), "%", note),
        _row("router.ece15", 100 * expected_calibration_error(tops), "%", f"{len(test)} rows"),
        _row("router.median_ms", statistics.median(times), "ms", "one message at a time"),
        _row("router.p99_ms", statistics.quantiles(times, n=100)[98], "ms", ""),
        _row("router.train_cpu_s", trained, "s", ""),
        _row("router.bytes", len(router.to_bytes()), "B", "the stored model"),
    ]


def _row(metric: str, value: float, unit: str, note: str) -> dict[str, object]:
    return {"metric": metric, "value": round(value, 3), "unit": unit, "note": note}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    data = Path(os.environ.get("HANDRAIL_TEST_DATA", "../shared/data"))
    path = data / "intent" / "banking77.parquet"
    arguments = parser.parse_args()
    if not path.exists():
        print(f"{path} is not there: set HANDRAIL_TEST_DATA", file=sys.stderr)
        return 1
    rows = measure(banking77(path))
    for row in rows:
        print(f"{row['metric']:22}{row['value']:>14} {row['unit']:4}{row['note']}")
    if arguments.json:
        report = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "versions": {p: version(p) for p in ("scikit-learn", "numpy", "scipy")},
            "rows": rows,
        }
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
