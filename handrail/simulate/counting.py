"""What a simulation wrote, in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from handrail.conversations.model import Channel, Conversation
from handrail.simulate.answer_key import AnswerKey
from handrail.simulate.files import SimulatedExport


@dataclass(frozen=True)
class SimulationSummary:
    """What was written: the exports by region in reading order, and counts over all of them.

    `chats` by region and `languages` by region and language count each chat once; `repeated` are
    the rows of chats that stand again in a later export because they changed. All other counts are
    of the chats' last state.
    """

    exports: Mapping[str, tuple[SimulatedExport, ...]]
    chats: Mapping[str, int]
    languages: Mapping[str, Mapping[str, int]]
    days: int
    repeated: int
    changed_chats: int
    turns: int
    planted: int
    chats_with_missed_kind: int
    flags: int
    edits: int
    reopened: int
    calls: int
    pasted_logs: int
    asides: int
    wrong_languages: int
    poisoned: int


@dataclass
class Counts:
    """The counts so far."""

    languages: dict[str, Counter[str]] = field(default_factory=dict)
    of: Counter[str] = field(default_factory=Counter)

    @property
    def chats(self) -> int:
        """How many chats so far."""
        return self.of["chats"]

    def add(self, chat: Conversation, key: AnswerKey, *, exported: int) -> None:
        """Count a chat in its last state, which stands in `exported` exports."""
        self.languages.setdefault(chat.region, Counter())[key.language] += 1
        self.of.update(
            chats=1,
            repeated=exported - 1,
            changed_chats=exported > 1,
            turns=len(chat.turns),
            planted=len(key.planted),
            chats_with_missed_kind=any(p.missed_kind for p in key.planted),
            flags=len(chat.flags),
            edits=len(key.edits),
            reopened=bool(chat.outcome.reopened_at),
            calls=chat.channel is not None and chat.channel.value == Channel.VOICE,
            pasted_logs=key.has_paste,
            asides=key.aside_language is not None,
            wrong_languages=chat.language is not None and chat.language.value != key.language,
            poisoned=key.poison is not None,
        )

    def summary(
        self, exports: Mapping[str, tuple[SimulatedExport, ...]], *, days: int
    ) -> SimulationSummary:
        """The figures of everything that was written."""
        counts = {name: n for name, n in self.of.items() if name != "chats"}
        languages = {region: self.languages.get(region, Counter()) for region in exports}
        return SimulationSummary(
            exports=exports,
            chats={region: spoken.total() for region, spoken in languages.items()},
            languages=languages,
            days=days,
            **counts,
        )
