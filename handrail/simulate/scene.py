"""Plays a plan: who says what, in which order, and which steps are taken behind the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from handrail.conversations.model import Action, Channel, Role
from handrail.playbook.model import Template
from handrail.simulate.answer_key import Edit
from handrail.simulate.people import Person
from handrail.simulate.phrasing import Phrases, joined
from handrail.simulate.plan import Draft, Ending, Flow, Plan
from handrail.simulate.script import Script
from handrail.simulate.staff import on_duty

SAYS_WHAT_IT_IS_ABOUT = 0.70


@dataclass
class Scene:
    """One conversation being played.

    Afterwards `ai_turn` is the drafted message that reviewers flag, `violation` the type of policy
    that the agent broke in `violation_turn`, `edit` the draft that the agent changed and sent; each
    None if it didn't come to that.
    """

    rng: Random
    plan: Plan
    flow: Flow | None
    person: Person
    phrases: Phrases
    script: Script
    right_templates: Sequence[Template]
    other_templates: Sequence[Template]
    disclosure: str | None
    actions: list[Action] = field(default_factory=list)
    ai_turn: int | None = None
    violation: str | None = None
    violation_turn: int | None = None
    edit: Edit | None = None
    has_greeted: bool = False

    def play(self) -> None:
        """From the first message to the last."""
        self._open()
        if self.plan.draft is not None:
            self._ai_drafts()
        if self.plan.draft is not Draft.RIGHT:
            self._agent_takes_over()
        if self._leaves_early():
            return
        if self.flow is None:
            self.script.say(Role.AGENT, self._pick("not_ours"))
        elif self.plan.draft is not Draft.RIGHT:
            self._answer(self.flow)
        self._talk_on()
        self._end()

    def _pick(self, group: str) -> str:
        return self.phrases.pick(group, self.rng)

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _open(self) -> None:
        rng, plan, script = self.rng, self.plan, self.script
        is_email = plan.channel is Channel.EMAIL
        if self.disclosure and not is_email and self._chance(0.25):
            script.say(Role.BOT, joined([self.disclosure, self._pick("bot_greeting")]))
        opener = self._pick("openers") if self._chance(0.7) else ""
        body = self._problem()
        if self.flow is not None:
            body += self._background(self.flow, names_self="{name}" in opener or is_email)
        if plan.poisoner is not None:
            body.append(plan.poisoner.claim)
        if len(body) > 1:
            body = [_as_sentence(part) for part in body]
        if is_email:
            letter = joined([opener, *body])
            script.say(Role.CUSTOMER, f"{letter}\n{self._pick('signatures')}")
        elif opener and self._chance(0.25):
            script.say(Role.CUSTOMER, opener)
            script.say(Role.CUSTOMER, joined(body))
        else:
            script.say(Role.CUSTOMER, joined([opener, *body]))
        if plan.paste is not None:
            if self.phrases.has("pasting"):
                script.say(Role.CUSTOMER, self._pick("pasting"))
            script.paste(plan.paste)
        if plan.missed_kind is not None:
            script.say(Role.CUSTOMER, self._pick(f"missed.{plan.missed_kind}"))
        if rng.random() < 0.15:
            script.say(Role.SYSTEM, self._pick("assigned"))

    def _problem(self) -> list[str]:
        if self.plan.topic is None:
            return [self._pick("out_of_scope")]
        if self.plan.is_vague:
            return [self.phrases.vague(self.plan.topic.name, self.rng)]
        group = f"topics.{self.plan.topic.name}"
        said = [self.phrases.usual(f"{group}.problem", self.rng)]
        if self._chance(SAYS_WHAT_IT_IS_ABOUT):
            said.insert(self.rng.randint(0, 1), self._pick(f"{group}.about"))
        return said

    def _background(self, flow: Flow, *, names_self: bool) -> list[str]:
        body = [self._pick("details")] if self._chance(0.25) else []
        if flow.names_the_order and self._chance(0.35):
            body.append(self._pick("references"))
        if not names_self and self._chance(0.12):
            body.append(self._pick("identity"))
        if self._chance(0.30):
            body.append(self._pick("closers"))
        if self.plan.aside is not None:
            body.append(self.plan.aside.pick("closers", self.rng))
        return body

    def _ai_drafts(self) -> None:
        if self.plan.draft is Draft.VIOLATION:
            text = self._pick(f"violations.{self.rng.choice(_AI_VIOLATIONS)}")
            self.ai_turn = self.script.say(Role.BOT, text)
        else:
            is_right = self.plan.draft is Draft.RIGHT
            templates = self.right_templates if is_right else self.other_templates
            self.ai_turn = self._say_template(Role.BOT, self.rng.choice(templates))
        if self.plan.draft is Draft.RIGHT:
            if self.flow is not None:
                self._act(self.flow)
        elif self._chance(0.6):
            self.script.say(Role.CUSTOMER, self._pick("complaint"))

    def _agent_takes_over(self) -> None:
        if self._chance(0.75):
            group = "greeting_by_name" if self.person.is_known else "greeting"
            self.script.say(Role.AGENT, self._pick(group))
            self.has_greeted = True
        if self._chance(0.12):
            self.script.note(self._pick("notes"))

    def _leaves_early(self) -> bool:
        if self.plan.ending is not Ending.ABANDONED or self._chance(0.5):
            return False
        self._end()
        return True

    def _answer(self, flow: Flow) -> None:
        if self._chance(0.60):
            count = 2 if self._chance(0.25) else 1
            for asked in self.rng.sample(flow.asks, count):
                self._ask(self.person.locale.bank_kind if asked == "bank" else asked)
        is_call = self.plan.channel is Channel.VOICE
        if flow.overshares and not is_call and self._chance(0.15):
            self.script.say(
                Role.CUSTOMER, self._pick(f"overshare.{self.rng.choice(flow.overshares)}")
            )
        if self._chance(0.06):
            self.script.say(Role.TOOL, self._pick("tool"))
        if self._chance(0.40):
            self.script.say(Role.AGENT, self._pick("looking"))
        if self.plan.ending is Ending.CARELESS:
            self.script.say(Role.AGENT, self._pick("no_help"))
            return
        self._act(flow)
        if self.plan.violation is not None:
            self._break_policy(self.plan.violation)
            if self.plan.poisoner is not None or self._chance(0.5):
                return
        if self.plan.is_free_hand or not self.right_templates:
            topic = self.plan.topic
            self.script.say(Role.AGENT, self._pick(f"topics.{topic.name if topic else ''}.reply"))
        elif self.plan.is_edited:
            self._send_edited(self.rng.choice(self.right_templates))
        else:
            self._say_template(Role.AGENT, self.rng.choice(self.right_templates))

    def _break_policy(self, violation: str) -> None:
        poisoner = self.plan.poisoner
        said = poisoner.confirmation if poisoner else self._pick(f"violations.{violation}")
        self.violation = violation
        self.violation_turn = self.script.say(Role.AGENT, said)

    def _send_edited(self, template: Template) -> None:
        """The AI's draft as a person changed it: a word before or after, or a promise too many."""
        (editor,) = on_duty(self.rng, 1)
        helps = self.rng.random() >= editor.errs
        if not helps:
            text = joined([template.text, self._pick("violations.promising_outcome")])
        elif self._chance(0.5):
            text = joined([self._pick("edits.before"), template.text])
        else:
            text = joined([template.text, self._pick("edits.after")])
        turn = self.script.say(Role.AGENT, text, template=template.id)
        self.edit = Edit(turn, editor.name, helps)
        if not helps:
            self.violation, self.violation_turn = "promising_outcome", turn

    def _ask(self, kind: str) -> None:
        self.script.say(Role.AGENT, self._pick(f"ask.{kind}"))
        self.script.say(Role.CUSTOMER, self._pick(f"give.{kind}"))

    def _say_template(self, role: Role, template: Template) -> int:
        return self.script.say(role, template.text, template=template.id)

    def _act(self, flow: Flow) -> None:
        names = [self.person.locale.bank_kind if n == "bank" else n for n in flow.arguments]
        slots = [slot for template in self.right_templates for slot in template.slots]
        names += [slot.name for slot in slots if slot.source == "context"]
        is_done = self.plan.ending in {Ending.RESOLVED, Ending.ESCALATED} or self._chance(0.5)
        after = len(self.script.turns) - 1
        arguments = self.script.arguments(names, after)
        self.actions.append(Action(flow.action, after, is_done, arguments))

    def _talk_on(self) -> None:
        if self.plan.ending is not Ending.CARELESS and self._chance(0.30):
            self.script.say(Role.CUSTOMER, self._pick("follow_up"))
            self.script.say(Role.AGENT, self._pick("follow_answer"))

    def _end(self) -> None:
        script, plan = self.script, self.plan
        match plan.ending:
            case Ending.RESOLVED:
                group = "thanks_by_name" if self.has_greeted and self._chance(0.2) else "thanks"
                script.say(Role.CUSTOMER, self._pick(group))
                if self._chance(0.5):
                    script.say(Role.AGENT, self._pick("agent_close"))
            case Ending.CARELESS:
                script.say(Role.CUSTOMER, self._pick("complaint"))
            case Ending.ABANDONED:
                script.say(Role.AGENT, self._pick("nudge"))
                script.say(Role.SYSTEM, self._pick("closed_by_system"))
            case Ending.ESCALATED:
                script.say(Role.AGENT, self._pick("escalate"))
            case Ending.PENDING:
                script.say(Role.AGENT, self._pick("pending"))


def _as_sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "?", "!")) else f"{text}."


_AI_VIOLATIONS = ("prohibited_discount", "guessing", "pretending_to_be_human")
