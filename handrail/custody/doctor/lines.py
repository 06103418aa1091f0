"""What the doctor says: one line a fact, and how far it can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """How far something holds."""

    ENFORCED = "ENFORCED"  # cryptography, the operating system or a check of ours sees to it
    HOLDS = "HOLDS"  # true now; nothing makes it stay so
    ADVISORY = "ADVISORY"  # kept by those who behave, or better otherwise
    NOT_MEASURED = "NOT MEASURED"  # can't be told from here
    PROBLEM = "PROBLEM"  # wrong: do what the sentence says


@dataclass(frozen=True)
class Line:
    """One thing that was looked at. The sentence says what to do and never quotes a secret."""

    what: str
    standing: Standing
    sentence: str
