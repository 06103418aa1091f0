"""The data card of a training set: what it is, from its manifest alone, as Markdown.

The questions are those of Gebru et al., "Datasheets for Datasets" (CACM 2021). Every sentence is
computed; where nothing is known nothing is said. Counts of fewer than five are not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from handrail.bounds import suppress_small
from handrail.dataset.admission import admission_rules
from handrail.dataset.clusters import SIMILARITY
from handrail.dataset.manifest import COUNTED_BY, DatasetManifest
from handrail.digests import short
from handrail.redaction.days import REDACTED


def data_card(manifest: DatasetManifest, *, gone: Mapping[str, int]) -> str:
    """The card; `gone` counts the rows that the set before this one had, by rule (`Rule.id`)."""
    made = manifest.provenance
    days = sorted(
        day for asset, _, day in (name.partition("/") for name in made.inputs) if asset == REDACTED
    )
    parts = [
        f"# Data card: training set {short(manifest.digest)} of region {manifest.region}",
        "## Motivation",
        f"It teaches and tests the support agent of region {manifest.region}. What is made of it "
        f"may be used for {_listed(manifest.labels.purposes)}, about customers of "
        f"{_listed(manifest.labels.sectors)}.",
        "## Composition",
        f"{suppress_small(manifest.rows)} rows: what a customer asked first, what a person "
        "replied, and the tags of the chat. Rows of one person carry one group and are in one "
        f"split. {manifest.simulated_share:.0%} of the rows of people are simulated.",
        *(_counts(name.replace("_", " "), manifest.counts[name]) for name in COUNTED_BY),
        _signals(manifest),
        _synthetic(manifest),
        "## Collection",
        f"{len(days)} days of redacted chats{f', {days[0]} to {days[-1]}' if days else ''}. "
        f"{suppress_small(manifest.rows_offered)} rows were admitted; what kept the other chats "
        "out is counted in the funnel.",
        "## Preprocessing",
        "Personal data became typed placeholders, by scrubber "
        f"{_listed(map(_code, made.scrubbers))}. Words that are some known customer's own and that "
        "others say too are read as a placeholder in training. Messages whose five-character "
        f"shingles have a Jaccard similarity of at least {SIMILARITY} are one cluster and in one "
        f"split. {_held_out(manifest)} Rows that were admitted and are not in the set:",
        _rules({f"dataset|{rule}": rows for rule, rows in manifest.left_out.items()}),
        _table(("what had a say", "content hash"), _hashes(manifest)),
        "## Uses",
        f"Allowed: {_listed(manifest.labels.purposes)}, in region {manifest.region}. Not allowed: "
        "another region's agent, and any target text that a customer wrote. Calibration and test "
        "rows are never learned from. Sectors kept apart from it: "
        f"{_listed(manifest.kept_apart) or 'none'}.",
        "## Distribution",
        f"Each row is sealed with its person's key in region {manifest.region}'s vault and doesn't "
        "leave it: the region's export gate refuses every other place.",
        "## Maintenance",
        f"Its id is {_code(manifest.digest)}; the Merkle root over its rows is "
        f"{_code(manifest.rows_root)}. It is made anew when a day, a flag, a tag or a rule "
        "changes. Rows of the set before it that are gone:",
        _rules(gone),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def told(manifest: DatasetManifest) -> dict[str, Any]:
    """The manifest as data, told like the card: small counts hidden, of cells only how many."""
    said = asdict(manifest)
    for name in ("rows", "rows_offered"):
        said[name] = _hidden(said[name])
    said["left_out"] = _hidden_in(said["left_out"])
    said["counts"] = {name: _hidden_in(counts) for name, counts in said["counts"].items()}
    part = manifest.synthetic
    said["synthetic"] = {
        "rows": _hidden(part.rows),
        "left_out": _hidden(part.left_out),
        "by_generator": _hidden_in(part.by_generator),
        "cells": len(part.by_cell),
    }
    return said


def _hidden(count: int) -> int | str:
    shown = suppress_small(count)
    return count if shown == str(count) else shown


def _hidden_in(counts: Mapping[str, int]) -> dict[str, int | str]:
    return {name: _hidden(count) for name, count in counts.items()}


def _held_out(manifest: DatasetManifest) -> str:
    first = manifest.provenance.held_out_from
    if first is None:
        return "No day is held out."
    return f"Rows from {first} on are tested on and nothing else."


def _signals(manifest: DatasetManifest) -> str:
    if not manifest.signals:
        return "No row speaks to the machine."
    return "\n\n".join(
        (
            "Rows that speak to the machine, by an order or in characters that nobody sees, are "
            "classified and never a target:",
            _counts("signals", {n.replace("_", " "): k for n, k in manifest.signals.items()}),
        )
    )


def _synthetic(manifest: DatasetManifest) -> str:
    part = manifest.synthetic
    if not part.rows:
        return "No row is synthetic."
    return "\n\n".join(
        (
            f"{manifest.synthetic_share:.1%} of the rows were written by a generator, from "
            "approved facts of the playbook; none is calibrated or tested on. They were written "
            f"for {len(part.by_cell)} cells of topic, language and channel; how many for each is "
            "not shown: it would tell how few chats a cell has.",
            _counts("generator", part.by_generator),
        )
    )


def _rules(counts: Mapping[str, int]) -> str:
    rules = admission_rules()
    rows = ((rules[rule].reason, suppress_small(n)) for rule, n in counts.items())
    return _table(("why", "rows"), rows) or "None."


def _hashes(manifest: DatasetManifest) -> Iterable[tuple[str, str]]:
    made = manifest.provenance
    yield from ((name.replace("_", " "), _code(value)) for name, value in made.policies.items())
    others = {n: v for n, v in made.inputs.items() if not n.startswith(f"{REDACTED}/")}
    yield from ((name, _code(value)) for name, value in others.items())
    yield "seed", str(made.seed)


def _counts(name: str, counts: Mapping[str, int]) -> str:
    by_size = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return _table((name, "rows"), ((value, suppress_small(n)) for value, n in by_size))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join((f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines)) if lines else ""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _code(value: str) -> str:
    return f"`{short(value)}`" if value else "unknown"
