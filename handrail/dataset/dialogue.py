"""A dialogue that a generator wrote, and what a generator is. R8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from handrail.dataset.coverage import Cell
from handrail.playbook.licensed_claims import FilledSlot
from handrail.playbook.model import Playbook, Template

# Where redaction has a placeholder for what a slot holds, a generator uses the same.
_AS_REDACTED = {"order_id": "[ORDER_1]"}
ORDER = FilledSlot("order_id", _AS_REDACTED["order_id"], "context:order_id")


@dataclass(frozen=True)
class Dialogue:
    """A customer's opening and what the agent says to it.

    `template` is the id of what `reply` was made from; `facts` are ids of the playbook's facts and
    disclosures in it. A dialogue that `escalates` ends with the hand-off and has no answer.
    """

    opening: str
    reply: str
    template: str | None
    facts: tuple[str, ...]
    escalates: bool


class Generator(Protocol):
    """What writes dialogues for a cell. What it writes is checked, so it needn't be trusted."""

    @property
    def version(self) -> str:
        """Its name and the version of all that decides what it writes."""
        ...

    def generate(
        self, cell: Cell, n: int, *, seed: int, book: Playbook, on: date
    ) -> Iterator[Dialogue]:
        """Up to `n` dialogues by what `book` holds on that day; the same arguments, the same."""
        ...


def stand_ins(template: Template) -> dict[str, str]:
    """A placeholder for each value that only a real conversation has, by slot."""
    return {
        slot.name: _AS_REDACTED.get(slot.name, f"[{slot.name.upper()}_1]")
        for slot in template.slots
        if slot.source == "context"
    }


def hand_off(book: Playbook, cell: Cell) -> tuple[str, tuple[str, ...]]:
    """What the cell's region says when a person takes over, and the ids of these sentences."""
    said = [
        d
        for d in book.disclosures
        if (d.region, d.language, d.when) == (cell.region, cell.language, "hand_off")
    ]
    return " ".join(d.text for d in said), tuple(d.id for d in said)


def templates_in_force(book: Playbook, cell: Cell, *, on: date) -> Iterable[Template]:
    """The cell's templates that may be used on that day."""
    return [t for t in book.templates_for(cell.topic, cell.region, cell.language) if t.valid_on(on)]
