"""Redaction beside its peers: what leaks, what is taken too much, messages a CPU second.

    python bench/redaction.py --json OUT [--dir FOLDER] [--limit N] [--only ours|peers]
    python bench/redaction.py --json OUT --cross-validate

Labeled sets are the JSONL files in `pii/` of the test data folder (`HANDRAIL_TEST_DATA`), or in
FOLDER. Peers run in an environment of their own, made on first use. The rules were written by hand
while parts of these sets were looked at, so figures on them flatter: judge by chats that nobody who
wrote rules had seen (`--dir`, the `unseen` halves below tests/redaction). The file has the sets
apart, by label and slice. `--cross-validate` is about the names model's thresholds alone: it picks
each without the family of chats that it is then measured on. A profile is what the record of a
customer says of them. `spans` and `rules_spans` are for outside scorers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench.figures import show_rows, versions, write_document
from bench.labeled import ours, thresholds
from bench.labeled.report import GOALS, System, goal, metric, metrics, tables
from bench.labeled.scoring import score
from bench.labeled.sets import LabeledSet, Row, Spans, each_text_once, read_dialogues, read_sets
from bench.peers.environment import in_peers_environment
from bench.peers.redaction import PEERS
from handrail.redaction.ruleset import STANDARD, Ruleset

Rows = list[dict[str, Any]]
DIALOGUES = 1500

RULES = Ruleset(names="rules")
# What is measured of ours: a title, the start of its metrics' names, its rules.
VARIANTS = (("Handrail", "", STANDARD), ("Handrail, rules only", "rules_", RULES))


def data() -> Path:
    """The folder of outside data."""
    return Path(os.environ.get("HANDRAIL_TEST_DATA", "../shared/data"))


def spans(messages: Sequence[Row], meta: Mapping[str, str], locale: str) -> list[Spans]:
    """Per message of one conversation what the scrubber takes; `meta` is the customer profile."""
    return ours.find(messages, meta, locale, ruleset=STANDARD)


def rules_spans(messages: Sequence[Row], meta: Mapping[str, str], locale: str) -> list[Spans]:
    """The same by rules alone."""
    return ours.find(messages, meta, locale, ruleset=RULES)


spans.is_conv = rules_spans.is_conv = True  # type: ignore[attr-defined]


def measure_ours(sets: Sequence[LabeledSet]) -> tuple[list[System], Rows]:
    """Each variant without and with the customer profile, and how fast it is."""
    systems: list[System] = []
    rows: Rows = []
    for title, start, ruleset in VARIANTS:
        say(title)
        speeds = throughput(sets, start, ruleset)
        rows += speeds
        withheld = ours.scores(sets, ruleset=ruleset, has_profile=False)
        given = ours.scores(sets, ruleset=ruleset, has_profile=True)
        speed = speeds[0]["value"]
        note, profile = "no customer profile", "with the customer profile"
        systems += [
            System(
                title, f"redaction.{start}", note, withheld, speed, has_goals=ruleset == STANDARD
            ),
            System(f"{title}, with profile", f"redaction.{start}profile_", profile, given, None),
        ]
    return systems, rows


def throughput(sets: Sequence[LabeledSet], start: str, ruleset: Ruleset) -> Rows:
    """Messages a CPU second: each text once, then all as they come, many of them said before."""
    chats = [chat for one in sets for chat in one.conversations]
    real = read_dialogues(data() / "chats" / "star.jsonl.gz", limit=DIALOGUES)
    rows = []
    for name, said, what in (
        (f"{start}messages_per_cpu_s", each_text_once(chats), "distinct texts"),
        (f"{start}repeated_messages_per_cpu_s", chats, "messages, many of them said before"),
        (
            f"{start}dialogue_messages_per_cpu_s",
            each_text_once(real),
            "distinct texts of real dialogues",
        ),
    ):
        if not said:
            continue
        taken = ours.throughput(said, ruleset=ruleset)
        note = (
            f"{taken.messages} {what}, table to table, {ours.BATCH} conversations a batch, nothing "
            f"remembered at first; loading apart: {taken.load_cpu_s:.1f} CPU s"
        )
        if name in GOALS:
            note += f"; goal {goal(name)}"
        rows.append(metric(f"redaction.{name}", taken.messages_per_cpu_s, "1/s", note))
    return rows


def measure_peer(name: str, sets: Sequence[LabeledSet]) -> tuple[System, Rows, dict[str, str]]:
    """One peer on each text once, in its own process; also the versions of what it is made of."""
    peer = PEERS[name]
    say(name)
    texts = list(dict.fromkeys((row["locale"], row["text"]) for one in sets for row in one.rows))
    with tempfile.TemporaryDirectory(prefix="handrail-bench-") as folder:
        file = Path(folder, "texts.json")
        file.write_text(json.dumps(texts), encoding="utf-8")
        report = in_peers_environment("redaction.py", name, "--texts", str(file))
    found = dict(zip(texts, report["spans"], strict=True))
    scores = {
        one.name: score(one.rows, [found[row["locale"], row["text"]] for row in one.rows])
        for one in sets
    }
    versions = report["versions"]
    speed = len(texts) / report["cpu_s"]
    title = peer.title.format(versions[peer.packages[0]])
    system = System(title, f"redaction.{name}.", peer.note, scores, speed)
    note = f"{len(texts)} distinct texts; loading apart: {report['load_cpu_s']:.1f} CPU s"
    return system, [metric(f"{system.prefix}messages_per_cpu_s", speed, "1/s", note)], versions


def compare(
    sets: Sequence[LabeledSet], *, only: str | None
) -> tuple[Rows, dict[str, str], dict[str, str]]:
    """Ours beside the peers: metrics, versions, and the peers that couldn't be measured and why."""
    systems, rows = measure_ours(sets) if only != "peers" else ([], [])
    versions: dict[str, str] = {}
    not_measured = {}
    for name in PEERS if only != "ours" else ():
        try:
            system, speed, found = measure_peer(name, sets)
        except subprocess.CalledProcessError as error:
            not_measured[name] = f"ended with {error.returncode}: it isn't installed or fails"
            continue
        systems.append(system)
        rows += speed
        versions |= found
    for system in systems:
        rows += metrics(system)
    print(tables(systems))
    for name, reason in not_measured.items():
        print(f"not measured: {name} {reason}")
    return rows, versions, not_measured


def say(what: str) -> None:
    print(f"measuring {what}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument("--dir", type=Path, metavar="FOLDER", help="other sets of the same shape")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N rows of each set")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--only", choices=("ours", "peers"), help="half of the systems")
    what.add_argument("--cross-validate", action="store_true", help="the names model's thresholds")
    options = parser.parse_args()
    folder = options.dir or data() / "pii"
    sets = read_sets(folder, limit=options.limit)
    if options.dir and not sets:
        parser.error(f"there are no .jsonl files in {folder}")
    if not sets:
        print(f"skipped: no labeled sets in {folder}; set HANDRAIL_TEST_DATA", file=sys.stderr)
        return 0
    not_measured: dict[str, str] = {}
    used = versions("phonenumbers", "onnxruntime")
    if options.cross_validate:
        rows = list(thresholds.validated(sets))
        show_rows(rows)
    else:
        rows, theirs, not_measured = compare(sets, only=options.only)
        used |= theirs
    write_document(options.json, rows, used=used, not_measured=not_measured)
    return 1 if not_measured else 0


if __name__ == "__main__":
    raise SystemExit(main())
