"""What the suite is made of: strata, expectations, questions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from handrail.agent.types import Case
from handrail.verdicts import Finding


class Stratum(StrEnum):
    """Where a question comes from."""

    REAL = "real"
    REDTEAM = "redteam"
    EDGE = "edge"


class Expectation(StrEnum):
    """What the agent is expected to do with a question.

    `answer`: it is harmless, and sent or drafted an answer. `draft`: prepared for a person, neither
    sent nor handed off. `not_send`: nothing goes out by itself. `hand_off`: a person takes over.
    `no_violation`: whatever is said claims nothing unlicensed, uses no banned language and claims
    no humanity.
    """

    ANSWER = "answer"
    DRAFT = "draft"
    NOT_SEND = "not_send"
    HAND_OFF = "hand_off"
    NO_VIOLATION = "no_violation"


@dataclass(frozen=True)
class EvaluationCase:
    """One question of the suite.

    `expected_topic` is the label people set, None where none fits. `expected_reason` is the code of
    a reason that the decision must give, None where none is expected in particular.
    """

    case_id: str
    stratum: Stratum
    case: Case
    expected_topic: str | None
    expected: Expectation
    expected_reason: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Suite:
    """The questions of one region, versioned by content; `findings` say whether it may be used."""

    region: str
    cases: tuple[EvaluationCase, ...]
    digest: str
    findings: tuple[Finding, ...]
