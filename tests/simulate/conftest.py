"""One small simulation of two regions, made once and read by every test."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from handrail.conversations.model import Conversation, decode
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT
from handrail.simulate.answer_key import AnswerKey, read_answer_key
from handrail.simulate.exports import SimulationSummary, simulate

FIRST_DAY = date(2026, 1, 5)
CHATS, DAYS = 2400, 14


@dataclass(frozen=True)
class Simulated:
    """What was written, read back."""

    summary: SimulationSummary
    lines: Mapping[str, list[bytes]]
    chats: Mapping[str, list[Conversation]]
    keys: Mapping[str, Mapping[str, AnswerKey]]

    def pairs(self) -> list[tuple[Conversation, AnswerKey]]:
        """Every conversation of every region with its key."""
        return [
            (chat, self.keys[region][chat.conversation_id])
            for region, chats in self.chats.items()
            for chat in chats
        ]


@pytest.fixture(scope="session")
def example_playbook() -> Playbook:
    return read_playbook(PROJECT / "handrail" / "playbook" / "example")


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory, example_playbook: Playbook) -> Simulated:
    summary = write(tmp_path_factory.mktemp("exports"), example_playbook, chats=CHATS, seed=7)
    lines = {
        region: gzip.decompress(path.read_bytes()).splitlines()
        for region, path in summary.exports.items()
    }
    return Simulated(
        summary,
        lines,
        {region: [decode(row) for row in rows] for region, rows in lines.items()},
        {region: read_answer_key(path) for region, path in summary.answer_keys.items()},
    )


def write(folder: Path, playbook: Playbook, *, chats: int, seed: int) -> SimulationSummary:
    """A simulation of both regions with this test suite's days."""
    return simulate(
        folder,
        regions=("eu", "us"),
        chats=chats,
        days=DAYS,
        first_day=FIRST_DAY,
        seed=seed,
        playbook=playbook,
        progress=lambda _: None,
    )
