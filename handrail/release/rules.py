"""Required findings and stages, as data (`policy.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

RULES = Path(__file__).with_name("policy.yaml")


@dataclass(frozen=True)
class Stage:
    """A step of the rollout: where a release may answer by itself, as (topic, channel)."""

    name: str
    open: tuple[tuple[str, str], ...]

    def open_cells(self, region: str) -> tuple[tuple[str, str, str], ...]:
        """The allow-list of one region: (topic, region, channel)."""
        return tuple((topic, region, channel) for topic, channel in self.open)


@dataclass(frozen=True)
class ReleaseRules:
    """What must have passed, and the stages from lowest risk up."""

    required_findings: tuple[str, ...]
    stages: tuple[Stage, ...]

    @classmethod
    def read(cls, path: Path) -> ReleaseRules:
        """The rules in a YAML file shaped like `policy.yaml`."""
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(
            required_findings=tuple(table["required_findings"]),
            stages=tuple(
                Stage(stage["name"], tuple((c["topic"], c["channel"]) for c in stage["open"]))
                for stage in table["stages"]
            ),
        )

    @property
    def first_stage(self) -> Stage:
        """Where every region starts."""
        return self.stages[0]
