"""What the system says beside a reply: that it is an AI, that it is unsure, that a person comes.

The words are the playbook's, signed for their region and language, and never a backend's. R28, R29.
"""

from __future__ import annotations

from dataclasses import dataclass

from handrail.agent.asks import asks
from handrail.agent.types import Action, Case, Policy, Route
from handrail.conversations.model import Role

# Said whatever the customer's language: in the region's first one where theirs has none.
_ALWAYS = frozenset({"first_turn", "hand_off"})


@dataclass(frozen=True)
class Said:
    """What is added to a reply: `before` its words, and after them."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def beside(case: Case, route: Route, action: Action, policy: Policy, *, unsure: bool) -> Said:
    """What the region says with this action.

    The AI disclosure where it is owed (`must_say_ai`), with whatever action. The hand-off phrase if
    and only if a person takes over. Of what a customer would read as an answer: what its topic
    needs, and the uncertainty phrase if and only if `unsure`.
    """
    after = texts(policy, case.language, "first_turn") if must_say_ai(case, route, policy) else ()
    if action is Action.HAND_OFF:
        return Said((), after + texts(policy, case.language, "hand_off"))
    if route.topic is not None:
        after += texts(policy, case.language, f"topic:{route.topic}")
    return Said(texts(policy, case.language, "unsure") if unsure else (), after)


def must_say_ai(case: Case, route: Route, policy: Policy) -> bool:
    """On our first turn, when the customer asks, and when nothing is understood: it may be that.

    A person who answered before has told nobody that this is an AI.
    """
    answered = any(turn.role is Role.BOT for turn in case.history)
    understood = route.topic is not None and not route.out_of_scope
    return not answered or not understood or asks(case.message, policy.identity_questions)


def texts(policy: Policy, language: str, when: str) -> tuple[str, ...]:
    """The disclosures for this moment in this language.

    AI disclosure and hand-off phrase are in another of the region's languages where this one has
    none: being told so in one that is hard to read is better than not being told.
    """
    own = _at(policy.disclosures.get(language, ()), when)
    if own or when not in _ALWAYS:
        return own
    others = (_at(said, when) for said in policy.disclosures.values())
    return next((said for said in others if said), ())


def _at(said: tuple[tuple[str, str], ...], when: str) -> tuple[str, ...]:
    return tuple(text for at, text in said if at == when)
