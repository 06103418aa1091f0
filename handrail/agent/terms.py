"""The terms the agent is held to (`terms.yaml`): promise levels, suspicion, phrases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from handrail.agent.types import RiskTier
from handrail.digests import digest

_FILE = Path(__file__).with_name("terms.yaml")


@dataclass(frozen=True)
class Terms:
    """`alpha` per tier that may be automatic, `delta` for each promise; phrases by language."""

    alpha: Mapping[RiskTier, float]
    delta: float
    regulated_suspicion: float
    routing_confidence: float
    human_requests: Mapping[str, tuple[str, ...]]
    identity_questions: Mapping[str, tuple[str, ...]]
    digest: str


@cache
def load_terms() -> Terms:
    """The terms shipped beside this module; `digest` is the hash of the file."""
    import yaml

    data = _FILE.read_bytes()
    table = yaml.safe_load(data)
    return Terms(
        alpha={RiskTier(tier): float(a) for tier, a in table["promise"]["alpha"].items()},
        delta=float(table["promise"]["delta"]),
        regulated_suspicion=float(table["regulated_suspicion"]),
        routing_confidence=float(table["routing_confidence"]),
        human_requests=_phrases(table["human_requests"]),
        identity_questions=_phrases(table["identity_questions"]),
        digest=digest(data),
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
