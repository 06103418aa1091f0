"""What the routing machine goes by in one region on one day, taken from the playbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from handrail.playbook.model import Playbook
from handrail.playbook.queues import Queue


@dataclass(frozen=True)
class Plan:
    """Queues of a region, who takes what, and which questions may be asked in which language.

    `takers` maps topics and regulated matters to queues. `askable` holds, by language, the
    questions that are approved and hold today: no other is asked. `fallback` is None where the
    playbook forgot it, which the proof finds.
    """

    region: str
    languages: tuple[str, ...]
    queues: Mapping[str, Queue]
    takers: Mapping[str, str]
    askable: Mapping[str, frozenset[str]]
    fallback: str | None

    @classmethod
    def of(cls, playbook: Playbook, *, region: str, languages: Sequence[str], on: date) -> Plan:
        """The plan of a region that speaks these languages, for the day `on`."""
        queues = playbook.queues.of(region)
        return cls(
            region=region,
            languages=tuple(languages),
            queues=queues,
            takers={taken: queue.name for queue in queues.values() for taken in queue.takes},
            askable={
                language: frozenset(
                    asks
                    for asks in playbook.queues.asked_in(region)
                    if playbook.queues.question(asks, region=region, language=language, on=on)
                )
                for language in languages
            },
            fallback=next((queue.name for queue in queues.values() if queue.fallback), None),
        )

    def taker(self, topic: str | None) -> str | None:
        """The queue that takes a topic, None if there is no topic or nobody takes it."""
        return self.takers.get(topic) if topic is not None else None

    def most_urgent(self, matters: Iterable[str]) -> str | None:
        """Of the queues that take one of these matters the one that answers soonest."""
        takers = sorted({self.takers[matter] for matter in matters if matter in self.takers})
        return min(takers, key=lambda q: self.queues[q].answers_within_minutes, default=None)

    def next_after(self, queue: str) -> str | None:
        """Who is asked when `queue` refuses, as it is written; None where nobody is."""
        named = self.queues[queue].if_refused or self.fallback
        return named if named in self.queues else None

    def missing(self, queue: str, known: Set[str]) -> tuple[str, ...]:
        """The required fields of a queue that aren't known."""
        needs = self.queues[queue].needs
        return tuple(need.field for need in needs if need.required and need.field not in known)

    def limit(self, queue: str | None) -> int:
        """How many questions may be asked before `queue`, or the fallback, takes over (k)."""
        in_charge = self.queues.get(queue or self.fallback or "")
        return in_charge.max_questions if in_charge else 0
