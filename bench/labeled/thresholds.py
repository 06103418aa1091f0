"""The names model's thresholds: what is picked for each, and what that does where it had no say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bench.labeled import ours
from bench.labeled.cross_validation import cross_validate, pick
from bench.labeled.report import metric
from bench.labeled.scoring import FIGURES, Score, over_families
from bench.labeled.sets import FAMILIES, LabeledSet
from handrail.redaction import opinion
from handrail.redaction.doubts import Doubt
from handrail.redaction.ruleset import STANDARD

CANDIDATES = (0.1, 0.3, 0.5, 0.7, 0.9)


def validated(sets: Sequence[LabeledSet]) -> Iterator[dict[str, Any]]:
    """Per kind of doubt: in use, picked on all families, and the mean over families left out.

    One threshold moves at a time; the others stay as they are in use.
    """
    wanted = {name for family in FAMILIES for name in family}
    chats = [one for one in sets if one.name in wanted]
    in_use = ours.scores(chats, ruleset=STANDARD, has_profile=False)
    for doubt, used in opinion.THRESHOLDS.items():
        measured: dict[float, Mapping[str, Score]] = {used: in_use}
        for value in CANDIDATES:
            if value not in measured:
                with threshold(doubt, value):
                    measured[value] = ours.scores(chats, ruleset=STANDARD, has_profile=False)
        left_out = cross_validate(measured)
        name = f"redaction.threshold_{doubt.name.lower()}"
        tried = ", ".join(str(value) for value in sorted(measured))
        without = ", ".join(f"{one.picked} without {one.family[0]}" for one in left_out)
        yield metric(f"{name}.in_use", used, "", "")
        yield metric(f"{name}.picked", pick(measured), "", f"of {tried}; {without}")
        for figure in FIGURES:
            value = sum(getattr(one, figure) for one in left_out) / len(left_out)
            note = f"mean of families left out; as in use {over_families(in_use, figure):.2f}"
            yield metric(f"{name}.{figure}", value, "%", note)


@contextmanager
def threshold(doubt: Doubt, value: float) -> Iterator[None]:
    """While it lasts, the names model must be this sure of such words."""
    in_use = opinion.THRESHOLDS
    opinion.THRESHOLDS = {**in_use, doubt: value}
    try:
        yield
    finally:
        opinion.THRESHOLDS = in_use
