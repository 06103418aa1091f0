"""Which replies of the past may be taught as right: what they state is the company's word today.

An agent may have made something up, and may have put a vetted template's name on it. So the name
alone counts for nothing: the reply has to follow the template's text, or state nothing that the
playbook doesn't (R11). One agent's illegal discount must not become a source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from handrail.dataset.model import TrainingExample
from handrail.playbook.boundaries import banned_language, human_claims
from handrail.playbook.licensed_claims import exceeding, value_problem
from handrail.playbook.model import Fact, Playbook, Template, TemplateSlot

_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
# What a person said of themselves is no claim, and is not in the clear.
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*_\d+\]")


class Targets:
    """Judges replies by the playbook as it holds in one region on a day."""

    def __init__(self, book: Playbook, *, region: str, on: date) -> None:
        self._boundaries = book.boundaries
        self._templates = {t.id: t for t in book.templates if t.region == region and t.valid_on(on)}
        self._facts = [
            f for f in book.facts if f.region == region and f.valid_from <= on <= f.valid_to
        ]

    def allow(self, example: TrainingExample) -> bool:
        """Whether the row's reply may be taught; a generated row is judged like any other."""
        reply, language = example.reply, example.language
        if banned_language(reply, language=language, boundaries=self._boundaries):
            return False
        if human_claims(reply, language=language, boundaries=self._boundaries):
            return False
        facts = [fact for fact in self._facts if fact.language == language]
        template = self._templates.get(example.template or "")
        if template is not None:
            return template.language == language and _follows(reply, template, facts)
        texts = [t.text for t in self._templates.values() if t.language == language]
        return not exceeding(_PLACEHOLDER.sub(" ", reply), texts=texts, slots=(), facts=facts)


def _end_of_value(reply: str, part: str, at: int) -> int:
    """Where the words after a slot begin: not within a word, so the dots of an address don't count.

    -1 where they don't come.
    """
    if not part:
        return len(reply)
    end = reply.find(part, at)
    while (
        end >= 0 and part[-1] in ".,:;" and reply[end + len(part) : end + len(part) + 1].isalnum()
    ):
        end = reply.find(part, end + 1)
    return end


def _fits(slot: TemplateSlot, said: str, facts: Mapping[str, str]) -> bool:
    if slot.source == "fact":
        return said == facts.get(slot.name)
    return value_problem(slot.kind, said) is None


def _follows(reply: str, template: Template, facts: Sequence[Fact]) -> bool:
    """Whether `reply` is the template with its slots filled, between words that claim nothing.

    A fact's slot holds the fact, one of the context a value of the slot's kind: what was verified
    for that customer then is nobody's business now. Takes time linear in the reply.
    """
    values = {fact.name: fact.value for fact in facts}
    kinds = {slot.name: slot for slot in template.slots}
    first, *others = _SLOT.split(template.text)
    begin = reply.find(first)
    at = begin + len(first)
    for name, part in zip(others[::2], others[1::2], strict=True):
        end = _end_of_value(reply, part, at)
        if begin < 0 or end < 0 or not _fits(kinds[name], reply[at:end], values):
            return False
        at = end + len(part)
    around = f"{reply[:begin]} {reply[at:]}"
    return begin >= 0 and not exceeding(
        _PLACEHOLDER.sub(" ", around), texts=(), slots=(), facts=facts
    )
