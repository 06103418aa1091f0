"""The terms the agent is held to (`terms.yaml`): promise levels, suspicion, phrases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

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


def _phrases(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(phrases) for language, phrases in table.items()}
