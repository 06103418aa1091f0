"""Which value of a threshold is chosen, and what it does on texts that had no say in it.

A threshold that is picked on the families it is then measured on looks better than it is. So each
family is left out in turn, the value is picked on the others, and the one left out is measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.labeled.report import GOALS
from bench.labeled.scoring import FIGURES, Score, over_families
from bench.labeled.sets import FAMILIES, Family


@dataclass(frozen=True)
class LeftOut:
    """A family, the value picked on the others, and the family's figures with it."""

    family: Family
    picked: float
    leak: float
    char_precision: float
    clean_touched: float


def cross_validate(measured: Mapping[float, Mapping[str, Score]]) -> list[LeftOut]:
    """One result per family; `measured` has the score of every set for each candidate value."""
    results = []
    for family in FAMILIES:
        others = [one for one in FAMILIES if one is not family]
        picked = pick(measured, families=others)
        leak, precision, touched = _figures(measured[picked], [family])
        results.append(LeftOut(family, picked, leak, precision, touched))
    return results


def pick(
    measured: Mapping[float, Mapping[str, Score]], *, families: Sequence[Family] = FAMILIES
) -> float:
    """The value that leaks least among those that keep precision and leave clean messages alone.

    Where none does, the one that is most precise; of equals the highest, which takes the least.
    """
    (_, least_precision), (_, most_touched) = GOALS["char_precision"], GOALS["clean_touched"]
    figures = {value: _figures(scores, families) for value, scores in measured.items()}
    allowed = [
        value
        for value, (_, precision, touched) in figures.items()
        if precision >= least_precision and touched <= most_touched
    ]
    if allowed:
        return min(allowed, key=lambda value: (figures[value][0], -value))
    return max(figures, key=lambda value: (figures[value][1], value))


def _figures(scores: Mapping[str, Score], families: Sequence[Family]) -> tuple[float, float, float]:
    """Leak, precision, touched; families that aren't all there are an error, never a guess."""
    leak, precision, touched = (
        over_families(scores, figure, families=families) for figure in FIGURES
    )
    if leak is None or precision is None or touched is None:
        msg = "a threshold is chosen on whole families only: a set is missing or has nothing in it"
        raise ValueError(msg)
    return leak, precision, touched
