"""What the system says beside a reply: that it is an AI, that it is unsure, that a person comes.

The words are the playbook's, signed for their region and language, and never a backend's. R28, R29.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handrail.agent.asks import asks
from handrail.agent.types import Action, Case, Policy, Route
from handrail.conversations.model import Role
from handrail.playbook.model import Disclosure

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

    def said(when: str) -> tuple[str, ...]:
        return texts(policy, case.language, when, on=case.day)

    after = said("first_turn") if must_say_ai(case, route, policy) else ()
    if action is Action.HAND_OFF:
        return Said((), after + said("hand_off"))
    if route.topic is not None:
        after += said(f"topic:{route.topic}")
    return Said(said("unsure") if unsure else (), after)


def unsaid(case: Case, route: Route, policy: Policy) -> tuple[str, ...]:
    """The moments whose disclosure is owed and not there, in this language and on this day."""
    topic = f"topic:{route.topic}"
    everywhere = (one.when for said in policy.disclosures.values() for one in said)
    owed = ["first_turn"] if must_say_ai(case, route, policy) else []
    owed += [topic] if topic in everywhere else []
    own = policy.disclosures.get(case.language, ())
    return tuple(when for when in owed if not _at(own, when, on=case.day))


def must_say_ai(case: Case, route: Route, policy: Policy) -> bool:
    """On our first turn, when the customer asks, and when nothing is understood: it may be that.

    A person who answered before has told nobody that this is an AI.
    """
    answered = any(turn.role is Role.BOT for turn in case.history)
    understood = route.topic is not None and not route.out_of_scope
    return not answered or not understood or asks(case.message, policy.identity_questions)


def texts(policy: Policy, language: str, when: str, *, on: date) -> tuple[str, ...]:
    """The disclosures for this moment in this language that are valid on that day.

    AI disclosure and hand-off phrase are in another of the region's languages where this one has
    none: being told so in one that is hard to read is better than not being told.
    """
    own = _at(policy.disclosures.get(language, ()), when, on=on)
    if own or when not in _ALWAYS:
        return own
    others = (_at(said, when, on=on) for said in policy.disclosures.values())
    return next((said for said in others if said), ())


def _at(said: tuple[Disclosure, ...], when: str, *, on: date) -> tuple[str, ...]:
    return tuple(one.text for one in said if one.when == when and one.valid_on(on))
