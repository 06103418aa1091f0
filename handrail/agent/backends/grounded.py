"""The default backend: the vetted template of the topic with its licensed slots filled."""

from __future__ import annotations

from handrail.agent.grounding import NoGrounds, best_template, grounds_of
from handrail.agent.retrieval import Retrieval
from handrail.agent.types import Case, Proposal, Route
from handrail.playbook.model import Playbook


class GroundedBackend:
    """Says nothing but what the playbook says. Runs on a processor, needs no model.

    With a `retrieval`, chats that people resolved decide between templates that fill equally well.
    """

    name = "grounded"

    def __init__(self, playbook: Playbook, retrieval: Retrieval | None = None) -> None:
        self._playbook = playbook
        self._retrieval = retrieval

    @property
    def by_words(self) -> GroundedBackend:
        """The same, ranking templates by words alone."""
        retrieval = self._retrieval.by_words if self._retrieval else None
        return GroundedBackend(self._playbook, retrieval)

    def propose(self, case: Case, route: Route) -> Proposal:
        """The best valid template for the routed topic; slots nobody licensed stay visible holes.

        Raises `NoGrounds` where the playbook has none.
        """
        if route.topic is None:
            msg = "no topic fits, so no template does"
            raise NoGrounds(msg)
        ranked = self._retrieval.rank(case, route.topic) if self._retrieval else ()
        template, filled = best_template(self._playbook, case, route.topic, ranked=ranked)
        by_chats = (chat for one in ranked if one.template_id == template.id for chat in one.chats)
        return Proposal(
            backend=self.name,
            template_id=template.id,
            text=filled.text,
            slots=filled.slots,
            grounds=(
                *grounds_of(template, filled.slots, self._playbook.facts),
                *by_chats,
            ),
        )
