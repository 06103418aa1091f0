"""The default backend: the vetted template of the topic with its licensed slots filled."""

from __future__ import annotations

from handrail.agent.grounding import NoGrounds, best_template, grounds_of
from handrail.agent.types import Case, Proposal, Route
from handrail.playbook.model import Playbook


class GroundedBackend:
    """Says nothing but what the playbook says. Runs on a processor, needs no model."""

    name = "grounded"

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook

    def propose(self, case: Case, route: Route) -> Proposal:
        """The best valid template for the routed topic; slots nobody licensed stay visible holes.

        Raises `NoGrounds` where the playbook has none.
        """
        if route.topic is None:
            msg = "no topic fits, so no template does"
            raise NoGrounds(msg)
        template, filled = best_template(self._playbook, case, route.topic)
        return Proposal(
            backend=self.name,
            template_id=template.id,
            text=filled.text,
            slots=filled.slots,
            grounds=grounds_of(template, filled.slots, self._playbook.facts),
        )
