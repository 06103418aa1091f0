"""The correctness head: P(accepted | message, template), which the promise thresholds."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.agent.types import Route


@dataclass(frozen=True)
class Correctness:
    """How likely people accept a reply."""

    def probability(self, message: str, route: Route, template_id: str | None) -> float:
        """The calibrated probability that people accept this template for this message."""
        return route.probability if template_id is not None else 0.0
