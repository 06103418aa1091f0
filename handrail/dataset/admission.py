"""The rules by which a row is kept, left out or added, as dbt and the code share them.

They are a seed of the dbt project: one line a rule, with the sentence people read. dbt applies
those up to admission; what comes after it is counted here by the same names (R3).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from handrail.digests import digest
from handrail.settings import PROJECT

_RULES = PROJECT / "dbt_project" / "seeds" / "admission_rules.csv"
STAGES = ("intake", "redaction", "admission", "dataset")
SUBJECT_ERASED = "subject_erased"


@dataclass(frozen=True)
class Rule:
    """What becomes of a row at a stage, and why; of several that fit, the first position counts."""

    stage: str
    name: str
    position: int
    outcome: Literal["kept", "dropped", "added"]
    reason: str

    @property
    def id(self) -> str:
        """The rule among all stages: `admission|no_topic`."""
        return f"{self.stage}|{self.name}"


@cache
def admission_rules() -> Mapping[str, Rule]:
    """Every rule by id, stage by stage, in order of position."""
    with _RULES.open(encoding="utf-8", newline="") as file:
        rules = [
            Rule(row["stage"], row["rule"], int(row["position"]), row["outcome"], row["reason"])  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        ]
    rules.sort(key=lambda rule: (STAGES.index(rule.stage), rule.position))
    return {rule.id: rule for rule in rules}


def admission_rules_digest() -> str:
    """The version of the rules."""
    return digest(_RULES.read_bytes())
