"""What the agent is held to: promises, suspicion, phrases.

They stand in `terms.yaml`, `misfits.yaml` and `strange_hands.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from handrail.agent.fit_head import FILE as FIT_HEAD
from handrail.agent.types import MisfitRules, RiskTier
from handrail.digests import digest
from handrail.errors import BadInput

_FILE = Path(__file__).with_name("terms.yaml")
_MISFITS = Path(__file__).with_name("misfits.yaml")
_STRANGE_HANDS = Path(__file__).with_name("strange_hands.yaml")


@dataclass(frozen=True)
class Terms:
    """`alpha` per tier that may be automatic, `delta` for each promise; phrases by language.

    An alpha below `strict_below` is promised only from `rows_if_strict` labeled rows up.
    `strange_hands` are phrases that set off the regulated matter `strange_hands_matter`.
    """

    alpha: Mapping[RiskTier, float]
    delta: float
    strict_below: float
    rows_if_strict: int
    regulated_suspicion: float
    routing_confidence: float
    human_requests: Mapping[str, tuple[str, ...]]
    identity_questions: Mapping[str, tuple[str, ...]]
    strange_hands: Mapping[str, tuple[str, ...]]
    strange_hands_matter: str
    misfits: MisfitRules
    digest: str

    def least_rows(self, alpha: float) -> int:
        """How many labeled rows a promise of `alpha` takes at least."""
        return self.rows_if_strict if alpha < self.strict_below else 0


@cache
def load_terms() -> Terms:
    """The terms shipped beside this module; `digest` is the hash of the files."""
    return read_terms(_FILE)


def read_terms(file: Path) -> Terms:
    """The terms of a file; BadInput where it asks for a promise that nobody could measure."""
    import yaml

    data, misfits, hands = (part.read_bytes() for part in (file, _MISFITS, _STRANGE_HANDS))
    table = yaml.safe_load(data)
    # a loader that makes nothing but text: `no` and `on` are words here, not truth values
    rules, strange = (yaml.load(part, Loader=yaml.BaseLoader) for part in (misfits, hands))  # noqa: S506
    promise = table["promise"]
    alpha = {RiskTier(tier): float(level) for tier, level in promise["alpha"].items()}
    strictest = float(promise["strictest"])
    for tier, level in alpha.items():
        if not strictest <= level < 1:
            msg = (
                f"{file.name} asks for at most {level:.2%} wrong at {tier} risk: {strictest:.0%} "
                "is the least that can be promised; a tier that isn't listed is never automatic"
            )
            raise BadInput(msg)
    return Terms(
        alpha=alpha,
        delta=float(promise["delta"]),
        strict_below=float(promise["strict_below"]),
        rows_if_strict=int(promise["rows_if_strict"]),
        regulated_suspicion=float(table["regulated_suspicion"]),
        routing_confidence=float(table["routing_confidence"]),
        human_requests=_phrases(table["human_requests"]),
        identity_questions=_phrases(table["identity_questions"]),
        strange_hands=_phrases(strange["phrases"]),
        strange_hands_matter=strange["matter"],
        misfits=_misfit_rules(rules),
        digest=digest(
            {
                "terms": digest(data),
                "misfits": digest(misfits),
                "strange_hands": digest(hands),
                "fit": digest(FIT_HEAD.read_bytes()),
            }
        ),
    )


def _misfit_rules(table: Mapping[str, Any]) -> MisfitRules:
    return MisfitRules(
        refusals=_phrases(table["refusals"]),
        failures=_phrases(table["failures"]),
        settled=_phrases(table["settled"]),
        reports=_phrases(table["reports"]),
        troubles=_phrases(table["troubles"]),
        more=_phrases(table["more"]),
        joints={language: tuple(listed) for language, listed in table["joints"].items()},
        means={name: tuple(listed) for name, listed in table["means"].items()},
        second_request=float(table["second_request"]),
    )


def _phrases(table: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Phrases by language, each `<list>` in them replaced by its entries (see `asks`)."""
    return {
        language: tuple(_filled(phrase, of["lists"]) for phrase in of["phrases"])
        for language, of in table.items()
    }


def _filled(phrase: str, lists: Mapping[str, list[str]]) -> str:
    entries = {
        name: "|".join(e.replace(" ", "_") for e in listed) for name, listed in lists.items()
    }
    return re.sub("<([a-z_]+)>", lambda m: entries[m[1]], phrase)
