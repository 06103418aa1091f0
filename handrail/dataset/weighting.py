"""What a row counts in training: the policy dbt applies to real rows, read for the rows it isn't
given (R24).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from handrail.digests import digest
from handrail.settings import PROJECT

_POLICY = PROJECT / "dbt_project" / "seeds" / "weight_policy.csv"


@dataclass(frozen=True)
class Weights:
    """What a row counts where topics are learned, and where it is learned what people accept."""

    router: float
    outcome: float


@cache
def weight_of(factor: str) -> Weights:
    """The policy's line of that name; KeyError if there is none."""
    with _POLICY.open(encoding="utf-8", newline="") as file:
        lines = {row["factor"]: row for row in csv.DictReader(file)}
    return Weights(float(lines[factor]["router"]), float(lines[factor]["outcome"]))


def weight_policy_digest() -> str:
    """The policy's version."""
    return digest(_POLICY.read_bytes())
