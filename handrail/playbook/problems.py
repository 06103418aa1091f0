"""What is wrong in the files of a playbook, with its place, so that an editor can jump there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    ERROR = "error"
    TO_DO = "to do"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing to put right; `where` is `file:line`, or empty if it is missing everywhere."""

    where: str
    level: Level
    text: str

    def __str__(self) -> str:
        """As an error lists it."""
        return f"{self.where}: {self.text}" if self.where else self.text
