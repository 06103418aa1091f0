"""A conversation under way with the routing role: what was heard, asked and found so far."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.agent.routing.handover import Asked, Given, Handover
from handrail.agent.routing.machine import WAIT, Action, State
from handrail.agent.types import Message, Reason, Route


@dataclass(frozen=True)
class Dialogue:
    """All of it, redacted. Each event makes a new one; nothing is shared between conversations.

    `said` is what the customer is shown after the last event, empty for nothing. `handover` is the
    item that is requested of a queue.
    """

    case_id: str
    region: str
    channel: str
    state: State
    opted_out_of_ai: bool = False
    turns: tuple[Message, ...] = ()
    given: tuple[Given, ...] = ()
    asked: tuple[Asked, ...] = ()
    route: Route | None = None
    regulated: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    action: Action = WAIT
    said: str = ""
    handover: Handover | None = None

    @property
    def known(self) -> frozenset[str]:
        """The names of the fields given so far."""
        return frozenset(given.field for given in self.given)
