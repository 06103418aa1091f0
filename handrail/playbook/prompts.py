"""Prompts, rendered from a role's approved template, its mandate and the policy in force. R14."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from handrail.digests import digest
from handrail.errors import BadInput
from handrail.playbook.model import Mandate, Playbook, Topic

if TYPE_CHECKING:
    from jinja2 import Template


_COMPILED = "<template>"  # what Jinja calls the file of a template that came from a string


class UnrenderablePrompt(BadInput):
    """A prompt that makes no text; `line` counts within it, from 1, and is 0 where none is told."""

    def __init__(self, role: str, line: int, reason: str) -> None:
        place = f", line {line}" if line else ""
        super().__init__(f"the prompt of role {role!r} can't be rendered{place}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class RenderedPrompt:
    """A prompt as a backend gets it. `digest` goes into the record of every reply made with it."""

    role: str
    text: str
    digest: str


def render_prompt(
    playbook: Playbook, role: str, *, region: str, language: str, policy_digest: str
) -> RenderedPrompt:
    """Render one role's prompt; an unknown variable or role is refused, never an empty gap.

    `UnrenderablePrompt` for what Jinja can't do, `BadInput` for a role without a mandate.
    The digest covers mandate, text and policy, so a changed policy gives a new digest although the
    words may be the same.
    """
    mandate = playbook.mandates.get(role)
    if mandate is None:
        msg = f"the playbook has no mandate for role {role!r}: write and approve one first"
        raise BadInput(msg)
    said = {
        when: tuple(
            d.text
            for d in playbook.disclosures
            if (d.region, d.language, d.when) == (region, language, when)
        )
        for when in ("first_turn", "hand_off")
    }
    topics = tuple(playbook.topics[name] for name in sorted(playbook.topics))
    try:
        text = _rendered(mandate, region, language, topics, said["first_turn"], said["hand_off"])
    except Exception as error:  # noqa: BLE001 - an expression in a prompt may fail in any way
        raise UnrenderablePrompt(role, _line_of(error), str(error)) from None
    content = {"mandate": mandate, "text": text, "policy": policy_digest}
    return RenderedPrompt(role, text, digest(content))


def _line_of(error: Exception) -> int:
    """Where in a prompt it failed: Jinja tells it of bad syntax, else the traceback does."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    lines = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == _COMPILED
    ]
    return lines[-1] if lines else 0


@lru_cache(maxsize=64)
def _rendered(
    mandate: Mandate,
    region: str,
    language: str,
    topics: tuple[Topic, ...],
    disclosures: tuple[str, ...],
    hand_off: tuple[str, ...],
) -> str:
    """The text of a prompt; every reply names one, so each is rendered once."""
    return _compiled(mandate.prompt).render(
        mandate=mandate.statement,
        guardrails=mandate.guardrails,
        region=region,
        language=language,
        topics=topics,
        disclosures=disclosures,
        hand_off=" ".join(hand_off),
    )


@lru_cache(maxsize=64)
def _compiled(prompt: str) -> Template:
    """The template of a prompt."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )
    return environment.from_string(prompt)
