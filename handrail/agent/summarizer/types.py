"""What a summary is: statements made of our own words and of sentences of the chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from handrail.agent.summarizer.window import WindowRead
from handrail.verdicts import Finding

FIELDS = ("issue", "steps", "open_question", "state", "next_action")


class Source(StrEnum):
    """Where a part of a statement comes from."""

    OURS = "ours"  # a sentence of the rules, word for word
    TURN = "turn"  # a sentence of the cited turn
    VALUE = "value"  # a number, date or placeholder of the cited turn
    RECORD = "record"  # a topic or a step as the chat's record names it


class Form(StrEnum):
    """How much of a summary could be made faithfully."""

    FULL = "full"
    PLAIN = "plain"  # what failed the check is left out
    NONE = "none"  # not summarized, for the reason that is given


@dataclass(frozen=True)
class Part:
    """Some words of a statement; a quotation knows the turn that it stands in (from 1)."""

    text: str
    source: Source
    turn: int | None = None


@dataclass(frozen=True)
class Statement:
    """One sentence of a summary. `rule` names our sentence; `turns` are those it rests on, from 1.

    Turns are counted as they stand in the redacted chat, where private notes are not.
    """

    rule: str
    parts: tuple[Part, ...]
    turns: tuple[int, ...]

    @property
    def text(self) -> str:
        """The sentence as people read it."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True)
class Summary:
    """The summary of one chat, with all that it was made by.

    `window_said` says which turns were read, in the chat's language. `refused` is the reason where
    there is none (form `none`). `faithful` is the verdict of the check over what is shown; its
    measures count what had to be left out. `prompt` is the render hash of the role's prompt, which
    covers mandate and rules (R14); `rules` the content hash of sentences, phrases and limits.
    """

    conversation_id: str
    region: str
    language: str | None
    form: Form
    refused: str | None
    issue: tuple[Statement, ...]
    steps: tuple[Statement, ...]
    open_question: tuple[Statement, ...]
    state: tuple[Statement, ...]
    next_action: tuple[Statement, ...]
    window: WindowRead
    window_said: str
    faithful: Finding
    prompt: str
    playbook: str
    rules: str
    redacted_by: str

    def fields(self) -> Iterator[tuple[str, tuple[Statement, ...]]]:
        """The fields by name, in the order in which people read them."""
        for name in FIELDS:
            yield name, getattr(self, name)

    def statements(self) -> tuple[Statement, ...]:
        """All statements, in order."""
        return tuple(one for _, said in self.fields() for one in said)

    @property
    def text(self) -> str:
        """All that it says, one statement a line."""
        return "\n".join(statement.text for statement in self.statements())
