"""From a case to the record of its decision: route, ground and propose, decide, write down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from handrail.agent.backends.asking import ask, refusal
from handrail.agent.correctness import Correctness
from handrail.agent.decide import decide
from handrail.agent.misfits import read_closely
from handrail.agent.router import Router
from handrail.agent.terms import load_terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import (
    Backend,
    Case,
    DecisionRecord,
    MisfitRules,
    Policy,
    Route,
    Switches,
)
from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
    day_of,
)
from handrail.errors import HandrailError
from handrail.playbook.model import Playbook
from handrail.playbook.prompts import render_prompt
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub
from handrail.residency import require_region


def answer(
    case: Case,
    *,
    release_id: str,
    hashes: Mapping[str, str],
    router: Router,
    correctness: Correctness,
    backend: Backend,
    policy: Policy,
    switches: Switches,
    playbook: Playbook,
    reply_id: str,
    unranked: str = "",
) -> DecisionRecord:
    """Answer one redacted case and record everything that was in play.

    `hashes` are the release's content hashes; those of what is used here (model, correctness,
    prompt, policy, playbook, switches, terms, template) are computed here and replace them. A
    router of another region is refused; a failing router, head or backend is a hand-off.
    `unranked`: why what ranks the templates couldn't be read; the reply is not sent then. R14.
    """
    require_region(case.region, router.region, "the router")
    terms = load_terms()
    triggers = RegulatedTriggers.of(playbook, terms=terms)
    route, failure = _routed(router, case, triggers, terms.misfits, topics=playbook.topics)
    route = replace(route, regulated=_regulated(case, route, triggers))
    proposal = refusal(backend, failure) if failure else ask(backend, case, route)
    acceptance = 0.0
    if not failure:
        try:
            acceptance = correctness.probability(case.message, route, proposal.template_id)
        except Exception as error:  # noqa: BLE001 - a hand-off is better than no answer
            failure = _without_words("the head of correctness", error)
    decision = decide(
        case, route, proposal, acceptance, policy, switches, unranked=unranked, unrouted=failure
    )
    prompt = render_prompt(
        playbook,
        case.role,
        region=case.region,
        language=case.language,
        policy_digest=policy.digest,
    )
    used = {
        "model": router.digest,
        "correctness": correctness.digest,
        "prompt": prompt.digest,
        "policy": policy.digest,
        "playbook": playbook.digest,
        "switches": switches.digest,
        "terms": terms.digest,
    }
    template = policy.templates.get(proposal.template_id or "")
    if template is not None:
        used["template"] = template.digest
    tier = policy.topic_tiers.get(route.topic or "")
    return DecisionRecord(
        reply_id=reply_id,
        at=case.at,
        release=release_id,
        hashes={**hashes, **used},
        case=case,
        route=route,
        proposal=proposal,
        acceptance=acceptance,
        decision=decision,
        people=(template.approver,) if template else (),
        promise=policy.promises.get(tier, "") if tier else "",
    )


def _routed(
    router: Router,
    case: Case,
    triggers: RegulatedTriggers,
    rules: MisfitRules,
    *,
    topics: Collection[str],
) -> tuple[Route, str]:
    """The route; where the router fails, one to nowhere, and the reason why."""
    try:
        route = router.route(case.message, case.language, triggers=triggers)
        asked = [(route, case.message, case.language)]
        return read_closely(asked, router, rules, triggers=triggers, topics=topics)[0], ""
    except Exception as error:  # noqa: BLE001 - a hand-off is better than no answer
        nowhere = Route(None, 0.0, True, 1.0, (), ())
        return nowhere, _without_words("the router", error)


def _without_words(what: str, error: Exception) -> str:
    """What failed; a strange error's own words may quote the message."""
    if isinstance(error, HandrailError):
        return f"{what} failed: {error}"
    return f"{what} failed with {type(error).__name__}"


def _regulated(case: Case, route: Route, triggers: RegulatedTriggers) -> tuple[str, ...]:
    """What the message set off, and by its words what the customer said earlier in the case. R26.

    A later message about something else settles nothing that only a person may settle.
    """
    earlier = (turn.text for turn in case.history if turn.role is Role.CUSTOMER)
    fired = (trigger for text in earlier for trigger in triggers.fired(text, ()))
    return tuple(dict.fromkeys((*route.regulated, *fired)))


def redact_message(text: str, *, language: str, region: str, at: datetime, ruleset: Ruleset) -> str:
    """An incoming message without personal data and secrets: what a `Case` may hold. R31."""
    turns = ((Role.CUSTOMER, text),)
    return redact_last(turns, language=language, region=region, at=at, ruleset=ruleset)


def redact_last(
    turns: Sequence[tuple[Role, str]], *, language: str, region: str, at: datetime, ruleset: Ruleset
) -> str:
    """The last message of an incoming conversation, without personal data and secrets.

    What stands before it, unredacted, says what was asked for and which placeholders are taken.
    """
    incoming = Conversation(
        conversation_id="incoming",
        source_system="reply",
        region=region,
        day=day_of(at),
        turns=tuple(Turn(number, role, text, at) for number, (role, text) in enumerate(turns)),
        outcome=Outcome(Status.OPEN),
        customer=Customer(),
        language=Tag(language, SetBy.RULE),
    )
    return scrub(incoming, ruleset=ruleset).turns[-1].text
