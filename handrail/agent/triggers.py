"""Regulated matters always go to people. Two triggers say so, neither of which trusts the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handrail.agent.asks import asks
from handrail.agent.terms import Terms
from handrail.playbook.boundaries import phrases_in
from handrail.playbook.model import Playbook


@dataclass(frozen=True)
class RegulatedTriggers:
    """The playbook's keywords by matter, and the topics that are regulated. R26.

    Keywords of every language are tried on every message: customers don't keep to the label. A
    regulated topic fires from `suspicion` up, long before it is the likeliest one. `patterns` are
    phrases by matter and language that are read as in `asks`.
    """

    keywords: Mapping[str, tuple[str, ...]]
    topics: frozenset[str]
    suspicion: float
    patterns: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def of(cls, playbook: Playbook, *, terms: Terms) -> RegulatedTriggers:
        """The triggers of a playbook, and those that hold whatever it says."""
        topics = frozenset(t.name for t in playbook.topics.values() if t.regulated)
        return cls(
            keywords=across_languages(playbook.boundaries.regulated_keywords),
            topics=topics,
            suspicion=terms.regulated_suspicion,
            patterns={terms.strange_hands_matter: terms.strange_hands},
        )

    def fired(self, message: str, scores: Iterable[tuple[str, float]]) -> tuple[str, ...]:
        """The triggers a message sets off, `keyword:MATTER` and `topic:NAME`."""
        said = [m for m, words in self.keywords.items() if phrases_in(message, words)]
        said += [m for m, phrases in self.patterns.items() if asks(message, phrases)]
        by_topic = [f"topic:{t}" for t, p in scores if t in self.topics and p >= self.suspicion]
        return (*(f"keyword:{m}" for m in dict.fromkeys(said)), *by_topic)


def across_languages(
    phrases: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> dict[str, tuple[str, ...]]:
    """Phrases by language and kind as phrases by kind, in every language."""
    by_kind: dict[str, tuple[str, ...]] = {}
    for kinds in phrases.values():
        for kind, listed in kinds.items():
            by_kind[kind] = by_kind.get(kind, ()) + tuple(listed)
    return by_kind
