"""What each region can say in each of its languages, as a table people read (R15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from handrail.playbook.boundaries import REQUIRED_TYPES
from handrail.playbook.model import Playbook, Use
from handrail.residency import Region

HEAD = (
    "region", "language", "topics answered", "disclosures signed", "escalation phrase",
    "uncertainty phrase", "boundary types", "examples", "held out", "queued", "questions",
)  # fmt: skip


@dataclass(frozen=True)
class Completeness:
    """One region in one language; `topics` and `types` are what there is of what is needed."""

    region: str
    language: str
    topics: tuple[int, int]
    disclosures: tuple[int, int]
    escalation_phrase: bool
    uncertainty_phrase: bool
    types: tuple[int, int]
    training: int
    held_out: int
    queued: tuple[int, int]
    questions: tuple[int, int]

    def row(self) -> tuple[str, ...]:
        """As it stands below `HEAD`."""
        return (
            self.region,
            self.language,
            _of(self.topics),
            _of(self.disclosures),
            "yes" if self.escalation_phrase else "no",
            "yes" if self.uncertainty_phrase else "no",
            _of(self.types),
            str(self.training),
            str(self.held_out),
            _of(self.queued),
            _of(self.questions),
        )


def completeness(
    playbook: Playbook, regions: Iterable[Region], *, on: date
) -> Iterator[Completeness]:
    """A row per region and language, for the day `on`; regulated topics need no reply."""
    bounds = playbook.boundaries
    topics = [topic.name for topic in playbook.topics.values() if not topic.regulated]
    for region in regions:
        for language in region.languages:
            said = [
                d for d in playbook.disclosures if (d.region, d.language) == (region.name, language)
            ]
            signed = [d for d in said if d.approver and d.valid_on(on)]
            answered = [
                topic
                for topic in topics
                if any(
                    t.approver and t.valid_on(on)
                    for t in playbook.templates_for(topic, region.name, language)
                )
            ]
            banned = bounds.banned.get(language, {})
            examples = [
                sum(e.language == language for e in bounds.used_for(use))
                for use in (Use.TRAINING, Use.HELD_OUT)
            ]
            taken = {t for queue in playbook.queues.of(region.name).values() for t in queue.takes}
            asked = list(playbook.queues.asked_in(region.name))
            cell = {"region": region.name, "language": language}
            yield Completeness(
                region=region.name,
                language=language,
                topics=(len(answered), len(topics)),
                disclosures=(len(signed), len(said)),
                escalation_phrase=any(d.when == "hand_off" for d in signed),
                uncertainty_phrase=any(d.when == "unsure" for d in signed),
                types=(sum(bool(banned.get(t)) for t in REQUIRED_TYPES), len(REQUIRED_TYPES)),
                training=examples[0],
                held_out=examples[1],
                queued=(len(playbook.topics.keys() & taken), len(playbook.topics)),
                questions=(
                    sum(bool(playbook.queues.question(asks, **cell, on=on)) for asks in asked),
                    len(asked),
                ),
            )


def _of(share: tuple[int, int]) -> str:
    return f"{share[0]}/{share[1]}"
