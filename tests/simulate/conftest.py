"""One small simulation of three regions, made once, read back as intake reads it, used by all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import pytest

from handrail.conversations.intake import (
    Accepted,
    Export,
    Quarantined,
    Reading,
    Reason,
    load_mapping,
    read_exports,
)
from handrail.conversations.model import Conversation, SetBy
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.residency import Region
from handrail.settings import DEFAULT_CONFIG, PROJECT, load_settings
from handrail.simulate.answer_key import AnswerKey, answer_keys
from handrail.simulate.counting import SimulationSummary
from handrail.simulate.exports import simulate
from handrail.simulate.files import SimulatedExport

FIRST_DAY = date(2026, 1, 5)
CHATS, DAYS = 4000, 56
LANGUAGES = {"eu": ("en", "de", "fr", "es"), "us": ("en",), "apac": ("en",)}
LATER = datetime(2026, 6, 1, tzinfo=UTC)

Pair = tuple[Conversation, AnswerKey]


@dataclass(frozen=True)
class Simulated:
    """What was written, read back: by region and export, every chat with its key.

    `set_aside`: region and key of the rows whose customer writes in another language than the
    label says.
    """

    summary: SimulationSummary
    files: Mapping[str, Mapping[SimulatedExport, list[Pair]]]
    set_aside: tuple[tuple[str, AnswerKey], ...]

    @cached_property
    def last(self) -> Mapping[str, Mapping[str, Pair]]:
        """Each chat's last state by region and id."""
        return {
            region: {
                chat.conversation_id: (chat, key) for rows in read.values() for chat, key in rows
            }
            for region, read in self.files.items()
        }

    def pairs(self) -> list[Pair]:
        """Every conversation of every region in its last state, with its key."""
        return [pair for chats in self.last.values() for pair in chats.values()]

    def every_state(self) -> Iterator[Pair]:
        """Every row of every export, with the key that belongs to it."""
        for read in self.files.values():
            for rows in read.values():
                yield from rows


@pytest.fixture(scope="session")
def example_playbook() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory, example_playbook: Playbook) -> Simulated:
    summary = write(tmp_path_factory.mktemp("exports"), example_playbook, chats=CHATS, seed=7)
    set_aside: list[tuple[str, AnswerKey]] = []
    files = {
        region: {export: _pairs(export, region, set_aside) for export in exports}
        for region, exports in summary.exports.items()
    }
    return Simulated(summary, files, tuple(set_aside))


def write(
    folder: Path,
    playbook: Playbook,
    *,
    chats: int,
    seed: int,
    regions: tuple[str, ...] = ("eu", "us", "apac"),
    days: int = DAYS,
    first_day: date = FIRST_DAY,
) -> SimulationSummary:
    """A simulation of this test suite's weeks and languages."""
    return simulate(
        folder,
        regions=regions,
        languages=LANGUAGES,
        chats=chats,
        days=days,
        first_day=first_day,
        seed=seed,
        playbook=playbook,
        progress=lambda _: None,
    )


def reading(exports: tuple[SimulatedExport, ...], region: str) -> Reading:
    """The rows of these exports as intake reads them."""
    settings = load_settings(environ={}, config_file=DEFAULT_CONFIG)
    regions = [Region(name, name.upper(), (), spoken) for name, spoken in LANGUAGES.items()]
    return read_exports(
        [
            Export(e.path, None, load_mapping(e.mapping) if e.mapping else None, simulated=True)
            for e in exports
        ],
        region=next(r for r in regions if r.name == region),
        regions=regions,
        product_areas=settings.product_areas,
        limits=settings.intake,
        first_day=settings.first_day,
        kept_since="",
        now=LATER,
    )


def as_exported(chat: Conversation) -> Conversation:
    """The chat without what only its reader knows."""
    return replace(chat, region_set_by=SetBy.EXPORT, language_verified=False)


def is_as_given(chat: Conversation) -> bool:
    """Whether its reader had to add no tag that the export lacks."""
    filled = (chat.severity, chat.language)
    return all(tag is not None and tag.set_by is SetBy.EXPORT for tag in filled)


def _pairs(
    export: SimulatedExport, region: str, set_aside: list[tuple[str, AnswerKey]]
) -> list[Pair]:
    keys = answer_keys(export.answer_key)
    pairs = []
    for row in reading((export,), region):
        key = next(keys)
        if isinstance(row, Quarantined) and row.reason is Reason.LANGUAGE_MISMATCH:
            set_aside.append((region, key))
            continue
        assert isinstance(row, Accepted), row.detail
        assert key.conversation_id == row.conversation.conversation_id
        pairs.append((row.conversation, key))
    assert next(keys, None) is None
    return pairs
