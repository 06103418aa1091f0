"""Whether a vetted answer fits: what is sent to messages that it answers, and to those it misses.

    python bench/fits.py --json OUT [--messages FILE.jsonl]

The messages are of an author who saw the example company's answers, neither rules nor examples.
Half of them the answers fit; the other half are about the same things, and a person would say that
the answer misses the point. The example agent replies; the table shows what it would send by topic
and promise alone, with what phrases hold against an answer, and with the learned head besides.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))  # as a script this file knows its own folder only

from bench.figures import row, show_rows, versions, write_document
from bench.made.example_agent import ExampleAgent, example_agent
from handrail.bounds import interval
from handrail.inference.encoders import encoder_for

UNSEEN = Path(__file__).parents[1] / "tests" / "agent" / "fit_unseen.jsonl"
PACKAGES = ("numpy", "scikit-learn", "onnxruntime")
HEAD = frozenset({"answer_may_miss"})
PHRASES = frozenset(
    {
        "answer_excluded", "way_closed", "other_means", "second_request", "orders_to_machine",
        "settled",
    }
)  # fmt: skip
# What each system doesn't look at.
SYSTEMS = {"topic_alone": PHRASES | HEAD, "with_phrases": HEAD, "with_head": frozenset[str]()}
DELTA = 0.05
_SENT = "sent"


def held_by(agent: ExampleAgent, messages: Iterable[dict[str, str]]) -> list[frozenset[str]]:
    """The codes of what holds each reply; none where it is sent."""
    replies = (agent.reply(m["text"], m["language"]) for m in messages)
    return [frozenset(r.code for r in reply.decision.reasons) - {_SENT} for reply in replies]


def shares(
    messages: list[dict[str, str]], held: list[frozenset[str]], *, of: str
) -> list[dict[str, Any]]:
    """The share that each system would send: of "fits" all that fit, of "misfits" all others."""
    fits = of == "fits"
    asked = [
        codes for m, codes in zip(messages, held, strict=True) if fits is not bool(m["misfit"])
    ]
    rows = []
    for system, blind in SYSTEMS.items():
        sent = sum(codes <= blind for codes in asked)
        low, high = interval(sent, len(asked), delta=DELTA)
        note = f"{sent} of {len(asked)} (95 %: {100 * low:.1f} to {100 * high:.1f})"
        rows.append(row(f"fits.{of}_sent.{system}", 100 * sent / len(asked), "%", note))
    return rows


def main() -> int:
    """Reply to every message, show the table, write the document."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, required=True, metavar="OUT")
    parser.add_argument("--messages", type=Path, default=UNSEEN, metavar="FILE")
    asked = parser.parse_args()
    lines = asked.messages.read_text(encoding="utf-8").splitlines()
    messages = [json.loads(line) for line in lines]
    agent = example_agent(encoder=encoder_for(frozenset(m["language"] for m in messages)))
    held = held_by(agent, messages)
    rows = [*shares(messages, held, of="fits"), *shares(messages, held, of="misfits")]
    show_rows(rows)
    kinds = Counter(m["misfit"] for m in messages if m["misfit"])
    sent = Counter(m["misfit"] for m, codes in zip(messages, held, strict=True) if not codes)
    print("\nmisfits still sent")
    for kind, n in sorted(kinds.items()):
        print(f"  {kind:<16}{sent[kind]:>4} of {n}")
    write_document(asked.json, rows, used=versions(*PACKAGES))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
