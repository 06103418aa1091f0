"""`decide`: the only code that can say "send". Pure, total, and it names every reason it has.

Each check below looks at one rule and yields a reason when the rule stands in the way. A check that
fails to run stands in the way too. With no reason left, the reply is sent. R11, R25, R28, R29.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from handrail.agent.asks import asks
from handrail.agent.candor import beside, unsaid
from handrail.agent.grounding import Filling, filling, grounds_of, licensing, with_gaps_named
from handrail.agent.heard_language import unanswerable
from handrail.agent.misfits import misfits
from handrail.agent.output_scan import hidden_characters, personal_values
from handrail.agent.types import (
    Action,
    AgentRole,
    Case,
    Decision,
    Policy,
    Proposal,
    Reason,
    RiskTier,
    Route,
    Switches,
)
from handrail.conversations.model import Role
from handrail.playbook.boundaries import phrases_in
from handrail.playbook.licensed_claims import FilledSlot, unlicensed_claims
from handrail.playbook.model import Template

# These mean that a person takes over, the main one first; every other one leaves people a draft.
HANDS_OFF = (
    "switched_off", "wrong_region", "opted_out", "human_requested", "regulated", "high_tier",
    "language_not_spoken", "out_of_scope", "mandate_not_in_force", "template_expired",
    "router_failed", "says_hand_off", "check_failed", "backend_failed",
)  # fmt: skip
_NAMED = 5


@dataclass(frozen=True)
class _Matter:
    """What is being decided."""

    case: Case
    route: Route
    proposal: Proposal
    acceptance: float
    policy: Policy
    switches: Switches
    unranked: str
    unrouted: str

    @property
    def said_before(self) -> tuple[str, ...]:
        """What the customer said earlier, answered or not: only a person may call it settled."""
        return tuple(turn.text for turn in self.case.history if turn.role is Role.CUSTOMER)

    @property
    def template(self) -> Template | None:
        """The template the proposal names, if the policy knows it."""
        known = self.proposal.template_id in self.policy.known_templates
        return self.policy.templates.get(self.proposal.template_id or "") if known else None

    @cached_property
    def licensed(self) -> Filling:
        """What playbook and verified context make of it, whatever the proposal says."""
        template = self.template
        if template is None or not template.valid_on(self.case.day):
            return Filling(text="", slots=(), missing=())
        facts = self.policy.facts.values()
        return filling(template, context=self.case.context, facts=facts, on=self.case.day)

    @property
    def tier(self) -> RiskTier:
        """That of the routed topic."""
        return self.policy.topic_tiers.get(self.route.topic or "", RiskTier.HIGH)


def decide(
    case: Case,
    route: Route,
    proposal: Proposal,
    acceptance: float,
    policy: Policy,
    switches: Switches,
    *,
    unranked: str = "",
    unrouted: str = "",
) -> Decision:
    """Send, draft or hand off, with all reasons, the main one first, and the text to be shown.

    `acceptance` is the calibrated probability that people accept this proposal: ours, never the
    backend's word, and what the promise is about. `unranked`: why what ranks the templates couldn't
    be read; `unrouted`: why router or head gave no answer.
    What is said beside the reply is added here. A hand-off shows the hand-off phrase instead of the
    proposal, and only a hand-off shows it. A draft below the promised threshold says that it is
    unsure, and nothing else does. What is sent is the playbook's text, not the backend's equal one.
    """
    matter = _Matter(case, route, proposal, acceptance, policy, switches, unranked, unrouted)
    reasons = [reason for check in _CHECKS for reason in _run(check, matter)]
    body: tuple[str, ...] = ()
    if any(reason.code in HANDS_OFF for reason in reasons):
        action = Action.HAND_OFF
        reasons.sort(key=lambda r: (*HANDS_OFF, r.code).index(r.code))  # stable
    elif reasons:
        action, body = Action.DRAFT, (with_gaps_named(proposal.text),)
    else:
        action, body = Action.SEND, (matter.licensed.text,)
        reached = f"reaches the promised threshold {policy.thresholds[matter.tier]:.4f}"
        sentence = f"probability {acceptance:.4f} {reached} and no rule stands in the way"
        reasons = [Reason("sent", sentence)]
    unsure = any(reason.code == "low_confidence" for reason in reasons)
    said = beside(case, route, action, policy, unsure=unsure)
    return Decision(
        action=action,
        reasons=tuple(reasons),
        text="\n\n".join(part for part in (*said.before, *body, *said.after) if part),
        disclosures=said.after,
        uncertainty=said.before,
    )


def _run(check: Callable[[_Matter], Iterable[Reason]], matter: _Matter) -> list[Reason]:
    try:
        return list(check(matter))
    except Exception as error:  # noqa: BLE001 - a reply whose check broke is not sent
        name = check.__name__.strip("_")
        return [Reason("check_failed", f"the check {name} failed with {type(error).__name__}")]


def _switches(m: _Matter) -> Iterator[Reason]:
    if m.switches.all_off:
        yield Reason("switched_off", "the agent is switched off")
    if m.case.role in m.switches.roles_off:
        yield Reason("switched_off", f"the role {m.case.role} is switched off")
    if m.route.topic in m.switches.topics_off:
        yield Reason("topic_switched_off", f"the topic {m.route.topic} is switched off")


def _region(m: _Matter) -> Iterator[Reason]:
    if m.case.region != m.policy.region:
        sentence = f"the case is of region {m.case.region}, the policy of {m.policy.region}"
        yield Reason("wrong_region", sentence)


def _customer_wishes(m: _Matter) -> Iterator[Reason]:
    if m.case.opted_out_of_ai:
        yield Reason("opted_out", "the customer opted out of being answered by AI")
    if asks(m.case.message, m.policy.human_requests):
        yield Reason("human_requested", "the customer asks for a person")
    elif any(asks(said, m.policy.human_requests) for said in m.said_before):
        yield Reason("human_requested", "the customer asked for a person earlier in the case")


def _mandate(m: _Matter) -> Iterator[Reason]:
    if m.case.role is not AgentRole.RESOLVE:
        yield Reason("role_only_prepares", f"the role {m.case.role} works for people only")
    mandate = m.policy.mandate
    problem = mandate.problem_on(m.case.day) if mandate else "the role resolve has no mandate"
    if problem:
        yield Reason("mandate_not_in_force", problem)


def _scope(m: _Matter) -> Iterator[Reason]:
    if m.route.out_of_scope or m.route.topic is None:
        yield Reason("out_of_scope", "no topic of the playbook fits the message")
        return
    if m.route.topic not in m.policy.topic_tiers:
        yield Reason("out_of_scope", f"the topic {m.route.topic} is not in the playbook")
    elif m.tier is RiskTier.HIGH:
        yield Reason("high_tier", f"the topic {m.route.topic} is high risk: always a person")
    if (m.route.topic, m.case.region, m.case.channel) not in m.policy.open_cells:
        cell = f"{m.route.topic} in {m.case.region} by {m.case.channel}"
        yield Reason("topic_closed", f"{cell} is not open in this stage")


def _regulated(m: _Matter) -> Iterator[Reason]:
    triggers = list(m.route.regulated)
    if m.route.topic in m.policy.regulated_topics:
        triggers.append(f"topic:{m.route.topic}")
    if triggers:
        named = ", ".join(dict.fromkeys(triggers))
        yield Reason("regulated", f"regulated matters go to people; triggered by {named}")


def _confidence(m: _Matter) -> Iterator[Reason]:
    tier = m.tier
    threshold = m.policy.thresholds.get(tier)
    if threshold is None and m.route.topic is not None:  # else there is no risk to speak of
        sentence = f"no promise is measured for {tier} risk in {m.policy.region}: drafts only"
        yield Reason("promise_not_measured", sentence)
    elif threshold is not None and not m.acceptance >= threshold:
        sentence = f"probability {m.acceptance:.4f} is below the promised {threshold:.4f}"
        yield Reason("low_confidence", sentence)
    if m.route.topic in m.policy.worse_topics:
        sentence = f"the topic {m.route.topic} alone does worse than what is promised: drafts only"
        yield Reason("topic_worse_than_promised", sentence)


def _backend(m: _Matter) -> Iterator[Reason]:
    if m.proposal.failure is not None:
        yield Reason("backend_failed", f"{m.proposal.backend}: {m.proposal.failure}")


def _routed(m: _Matter) -> Iterator[Reason]:
    if m.unrouted:
        yield Reason("router_failed", m.unrouted)


def _ranked(m: _Matter) -> Iterator[Reason]:
    if m.unranked:
        sentence = f"what chooses between a topic's vetted answers can't be read: {m.unranked}"
        yield Reason("ranking_unavailable", sentence)


def _grounds(m: _Matter) -> Iterator[Reason]:
    template = m.template
    if m.proposal.failure is not None:
        return
    if template is None:
        yield Reason("ungrounded", "the reply rests on no template of the playbook")
        return
    cell = (template.topic, template.region, template.language)
    if cell != (m.route.topic, m.case.region, m.case.language):
        sentence = f"the template {template.id} is not for this topic, region and language"
        yield Reason("ungrounded", sentence)
    if not template.valid_on(m.case.day):
        yield Reason("template_expired", f"the template {template.id} is not valid on this day")
        return
    if m.licensed.missing:
        named = ", ".join(m.licensed.missing)
        yield Reason("ungrounded", f"facts are missing, nothing approved gives: {named}")
    elif m.proposal.text != m.licensed.text:
        yield Reason("ungrounded", "the text is not its template with the licensed values")
    cited = grounds_of(template, m.licensed.slots, m.policy.facts.values())
    if set(licensing(m.proposal.grounds)) != set(cited):
        yield Reason("ungrounded", "what the reply cites is not what the playbook holds")


def _fits(m: _Matter) -> Iterator[Reason]:
    yield from unanswerable(m.case, {t.language for t in m.policy.templates.values()})
    yield from misfits(m.case.message, m.said_before, m.route, m.licensed.text, m.policy.misfits)


def _licenses(m: _Matter) -> Iterator[Reason]:
    for slot in m.proposal.slots:
        if slot not in m.licensed.slots:
            yield Reason("unlicensed_claim", f"nothing approved gives the slot {slot.name}")
    slots = tuple(FilledSlot(s.name, s.value, s.licensed_by) for s in m.licensed.slots)
    claims = unlicensed_claims(m.proposal.text, slots, m.licensed.text)
    if claims:
        sentence = f"{len(claims)} claims or promises in the text are licensed by nothing"
        yield Reason("unlicensed_claim", sentence)


def _language(m: _Matter) -> Iterator[Reason]:
    for kind, phrases in m.policy.banned.items():
        if phrases_in(m.proposal.text, phrases):
            yield Reason("banned_language", f"the text says what is banned as {kind}")
    if any(phrases_in(m.proposal.text, said) for said in m.policy.human_claims.values()):
        yield Reason("human_claim", "the text claims to come from a human")


def _says_hand_off(m: _Matter) -> Iterator[Reason]:
    said = (one for disclosures in m.policy.disclosures.values() for one in disclosures)
    if phrases_in(m.proposal.text, [one.text for one in said if one.when == "hand_off"]):
        yield Reason("says_hand_off", "the text says that a person takes over, so one does")


def _redaction(m: _Matter) -> Iterator[Reason]:
    kinds = personal_values(m.proposal.text, licensed=m.licensed.text, language=m.case.language)
    if kinds:
        sentence = f"the text holds what redaction removes: {', '.join(kinds)}"
        yield Reason("redaction_hit", sentence)


def _hidden(m: _Matter) -> Iterator[Reason]:
    template = m.template
    found = hidden_characters(m.proposal.text, vetted=template.text if template else "")
    if found:
        sentence = f"the text holds characters that nobody sees: {', '.join(found[:_NAMED])}"
        yield Reason("hidden_characters", sentence)


def _disclosed(m: _Matter) -> Iterator[Reason]:
    for when in unsaid(m.case, m.route, m.policy):
        where = f"in {m.case.language} for {m.policy.region}, valid on this day"
        yield Reason("disclosure_missing", f"no disclosure of {when} {where}")


_CHECKS = (
    _switches, _region, _customer_wishes, _mandate, _scope, _regulated, _confidence, _backend,
    _routed, _ranked, _fits, _grounds, _licenses, _language, _says_hand_off, _redaction, _hidden,
    _disclosed,
)  # fmt: skip
