"""One example agent for all behavior tests, and how a share is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.made.example_agent import ExampleAgent, example_agent
from handrail.agent.types import DecisionRecord
from handrail.bounds import interval
from handrail.inference.encoders import encoder_for

LANGUAGES = ("en", "de", "fr", "es")
_PROBES = Path(__file__).with_name("probes")
Told = Callable[[str, list[bool]], str]


def probes(name: str) -> Any:
    """One file of probes."""
    return yaml.safe_load((_PROBES / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def agent() -> ExampleAgent:
    """With what a region has: the encoder that reads its languages, and a taught head."""
    return example_agent(encoder=encoder_for(frozenset(LANGUAGES)))


@cache
def asked(agent: ExampleAgent, text: str, language: str) -> DecisionRecord:
    """What is done with a request as it is, which many tests compare with."""
    return agent.reply(text, language)


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    """Keeps a share with its 95 % interval in the test's report and gives it as a sentence."""

    def tell(name: str, passed: list[bool]) -> str:
        low, high = interval(sum(passed), len(passed), delta=0.05)
        share = f"{sum(passed)} of {len(passed)}, 95 % interval {low:.1%} to {high:.1%}"
        record_property(name, share)
        return f"{name}: {share}"

    return tell
