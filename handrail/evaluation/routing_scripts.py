"""Scripted conversations with the routing role: who takes over, what was collected and asked (R10).

The scripts are in `content/routing.yaml`; what they expect is told by topic and matter, so that
they fit any playbook that has those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from handrail.agent.routing.dialogue import Dialogue
from handrail.agent.routing.machine import Phase
from handrail.agent.routing.plan import Plan
from handrail.agent.routing.role import RoutingRole
from handrail.errors import BadInput
from handrail.verdicts import Finding, holds, not_measured

CHECK = "routes_as_scripted"
CONTENT = Path(__file__).with_name("content") / "routing.yaml"
_NAMED = 5


class Script(BaseModel):
    """One conversation; the comment at the head of the file explains the fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    language: str
    turns: tuple[str, ...]
    questions: int
    taken_by: str | None = None
    fields: tuple[str, ...] = ()


class Scripts(BaseModel):
    """All of them, and the share that has to pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: float
    conversations: tuple[Script, ...]


@dataclass(frozen=True)
class Played:
    """How one script went; `done` is False if it ended without people being asked for."""

    script: Script
    done: bool
    right_queue: bool
    right_fields: bool
    few_questions: bool

    @property
    def passed(self) -> bool:
        """Whether all of it was right."""
        return self.done and self.right_queue and self.right_fields and self.few_questions


def read_scripts(path: Path) -> Scripts:
    """The scripts of a file; `BadInput` without quoting them."""
    try:
        return Scripts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        msg = f"{path} holds no scripted conversations: {type(error).__name__}"
        raise BadInput(msg) from None


def play(role: RoutingRole, script: Script, *, at: datetime) -> Played:
    """Have one conversation as it is scripted, until people are asked to take over."""
    dialogue = role.open(script.id, language=script.language, channel="chat", opted_out_of_ai=False)
    for text in script.turns:
        if dialogue.state.phase in (Phase.REQUESTED, Phase.STRANDED):
            break
        dialogue = role.hear(dialogue, text, at=at) if text else role.silent(dialogue, at=at)
    return _scored(role.plan(at), script, dialogue)


def routes_as_scripted(
    role: RoutingRole | None, scripts: Scripts, *, languages: Sequence[str], at: datetime
) -> Finding:
    """The routing role brings scripted conversations where they belong; shown, it blocks nothing.

    `role` is None where the playbook has no queues: then nothing is measured.
    """
    if role is None:
        return not_measured(CHECK, "the playbook has no queues to route to", blocking=False)
    played = [play(role, s, at=at) for s in scripts.conversations if s.language in languages]
    if not played:
        return not_measured(CHECK, "no script is in a language of the region", blocking=False)
    n = len(played)
    passed = sum(one.passed for one in played)
    wrong = [one.script.id for one in played if not one.passed]
    named = ", ".join(wrong[:_NAMED]) + (f" and {len(wrong) - _NAMED} more" if wrong[5:] else "")
    told = f"; not as scripted: {named}" if wrong else ""
    return holds(
        CHECK,
        passed / n >= scripts.floor,
        f"{passed} of {n} scripted conversations are as they should be, "
        f"{scripts.floor:.0%} is the floor{told}",
        blocking=False,
        n=n,
        share=passed / n,
        right_queue=sum(one.right_queue for one in played) / n,
        right_fields=sum(one.right_fields for one in played) / n,
        few_questions=sum(one.few_questions for one in played) / n,
    )


def _scored(plan: Plan, script: Script, dialogue: Dialogue) -> Played:
    expected = plan.taker(script.taken_by) or plan.fallback
    needed = {need.field for queue in plan.queues.values() for need in queue.needs}
    return Played(
        script=script,
        done=dialogue.handover is not None,
        right_queue=dialogue.state.queue == expected,
        right_fields=dialogue.known >= set(script.fields) & needed,
        few_questions=len(dialogue.asked) <= script.questions,
    )
