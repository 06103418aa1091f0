"""A region with redacted chats, stored as the pipeline stores them, and a budget small enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from handrail.access import Access, Purpose
from handrail.conversations.model import Channel, Conversation, SetBy, Tag, encode
from handrail.conversations.sealing import RAW
from handrail.redaction.audit import Occasion, Standing, next_round, standing_of
from handrail.redaction.days import REDACTED
from handrail.redaction.model import seal_redacted
from handrail.redaction.reviewing import record_reviews
from handrail.redaction.rounds import Drawn, Item
from handrail.redaction.ruleset import STANDARD
from handrail.redaction.sampling import Review, ReviewerKind
from handrail.redaction.scrubber import scrub
from handrail.residency import DataClass
from handrail.settings import RedactionSettings, Settings
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault, pipeline
from handrail.verdicts import holds

Chat = Callable[..., Conversation]
SAMPLING = pipeline("test:rounds", Purpose.SAMPLING)
REVIEWER = Access("rosa", "reviewers", Purpose.REVIEW)
# Of 20 chats a day, with three regions in the config: 20 are read and 8 seeded.
BUDGET = RedactionSettings(max_leaking_share=0.4, plants=8, tolerated_leaks=0, workers=1)
FIRST = date(2026, 1, 5)


def with_budget(settings: Settings, budget: RedactionSettings = BUDGET) -> Settings:
    return settings.model_copy(update={"redaction": budget})


def a_day(
    chat: Chat, number: int, *, chats: int = 20, simulated: bool = False
) -> list[Conversation]:
    """Chats with a name and an address in each, in two languages."""
    day = FIRST + timedelta(days=number)
    return [
        chat(
            f"I am Anna Berg, write to anna{n}@berg.example",
            ("agent", "thank you Anna, is it about the order?"),
            "no, about my address",
            conversation_id=f"c-{number}-{n}",
            day=day,
            language="de" if n % 2 else "en",
            channel=Tag(Channel.CHAT, SetBy.EXPORT),
            simulated=simulated,
        )
        for n in range(chats)
    ]


def store(
    vault: RegionVault, chats: Sequence[Conversation], *, ruleset: str = "rules-1"
) -> tuple[Artifact, Artifact]:
    """Seal and redact one day's chats; what it held before is superseded."""
    day = chats[0].day.isoformat()
    passed = [holds("made", True, "a test made it")]
    raw = vault.put(
        ObjectName(RAW, day, DataClass.RAW),
        [Record(c.conversation_id, None, encode(c)) for c in chats],
        access=pipeline("test:rounds", Purpose.INTAKE),
    )
    vault.lineage.commit(raw, inputs=[], findings=passed, config_hash="", run_id="test")
    redacted = vault.put(
        ObjectName(REDACTED, day, DataClass.REDACTED),
        [Record(c.conversation_id, None, seal_redacted(scrub(c, ruleset=STANDARD))) for c in chats],
        access=pipeline("test:rounds", Purpose.REDACTION),
    )
    vault.lineage.commit(
        redacted, inputs=[raw], findings=passed, config_hash=ruleset, run_id="test"
    )
    return raw, redacted


def standing(vault: RegionVault) -> Standing:
    """How far the region's round is."""
    now = standing_of(vault, access=SAMPLING)
    assert now is not None
    return now


def ask(vault: RegionVault, settings: Settings, occasion: Occasion = Occasion.AUDIT) -> Drawn:
    """Ask for a round and commit what there is, as the asset does."""
    drawn = next_round(vault, settings, occasion=occasion, access=SAMPLING)
    vault.lineage.commit(
        drawn.artifact, inputs=drawn.inputs, findings=[drawn.finding], config_hash="", run_id="test"
    )
    return drawn


def say(
    vault: RegionVault,
    items: Iterable[Item],
    says: Callable[[Item], bool],
    *,
    who: str = "rosa",
    kind: ReviewerKind = ReviewerKind.PERSON,
) -> None:
    """One reviewer's verdicts on these items."""
    now = standing(vault)
    reviews = [
        Review(item.conversation_id, says(item), None, who, kind, vault.audit.clock())
        for item in items
    ]
    record_reviews(vault, now.round, reviews, access=REVIEWER)


def attentive(item: Item) -> bool:
    """Finds every plant and nothing else."""
    return item.plant is not None
