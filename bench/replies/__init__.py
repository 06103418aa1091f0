"""STAR's dialogues as the product reads them: replies that followed a template, and openings."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from handrail.clock import system_clock
from handrail.conversations.intake import Accepted, Export, load_mapping, read_exports
from handrail.conversations.model import Role, Status
from handrail.dataset.model import Split
from handrail.dataset.splits import share_of
from handrail.redaction.ruleset import ruleset_of
from handrail.redaction.scrubber import scrub
from handrail.settings import PROJECT, load_settings

SEED = 7
REGION = "us"
OPENING_CHARACTERS, OPENING_TURNS, MOST_OPENING = 25, 3, 600  # as the warehouse has them
_FREE_TEXT = "custom"


@dataclass(frozen=True)
class Reply:
    """One reply of a person that followed a template, and what was there before it."""

    chat: str
    topic: str
    template: str
    text: str
    message: str
    said: tuple[str, ...]
    is_first: bool

    @property
    def context(self) -> str:
        """The customer's words since the last reply, and a word for each template said before."""
        before = [_word(name) for name in dict.fromkeys(self.said)]
        last = f"last{_word(self.said[-1])}" if self.said else "nothing"
        return " ".join((self.message, *before, last))


@dataclass(frozen=True)
class Dialogue:
    """A redacted dialogue; `topic` is empty where it is about several."""

    id: str
    topic: str
    completed: bool
    opening: str
    replies: tuple[Reply, ...]

    @property
    def split(self) -> Split:
        """Which part it is in."""
        share = share_of(self.id, seed=SEED, purpose="star")
        return Split.TRAIN if share < 0.7 else Split.CALIBRATION if share < 0.85 else Split.TEST


def dialogues(file: Path, *, limit: int | None) -> Iterator[Dialogue]:
    """Every dialogue that intake accepts, redacted."""
    settings = load_settings()
    mapping = load_mapping(PROJECT / "deploy" / "mappings" / "star.yaml")
    with tempfile.TemporaryDirectory(prefix="handrail-bench-") as folder:
        shutil.copy(file, folder)
        rows = read_exports(
            [Export(Path(folder, file.name), None, mapping, simulated=False)],
            region=settings.region(REGION),
            regions=settings.all_regions(),
            product_areas=settings.product_areas,
            limits=settings.intake,
            first_day=settings.first_day,
            kept_since="",
            now=system_clock(),
        )
        accepted = (one.conversation for one in rows if isinstance(one, Accepted))
        for number, chat in enumerate(islice(accepted, limit)):
            redacted = scrub(chat, ruleset=ruleset_of(settings))
            topic = redacted.topic.value if redacted.topic else ""
            turns = [(turn.role, turn.text, turn.template) for turn in redacted.turns]
            replies = tuple(_replies(redacted.conversation_id, topic, turns))
            yield Dialogue(
                id=redacted.conversation_id,
                topic=topic,
                completed=redacted.outcome.status is Status.RESOLVED,
                opening=_opening(turns),
                replies=replies,
            )
            if number % 500 == 0:
                say(f"{number} dialogues read and redacted")


def _replies(
    chat: str, topic: str, turns: Sequence[tuple[Role, str, str | None]]
) -> Iterator[Reply]:
    message: list[str] = []
    said: list[str] = []
    characters, had_first = 0, False
    for role, text, template in turns:
        if role is Role.CUSTOMER:
            message.append(text)
            characters += len(text)
            continue
        if template not in (None, _FREE_TEXT) and message:
            is_first = not had_first and characters >= OPENING_CHARACTERS
            had_first |= is_first
            words = " ".join(message)
            yield Reply(chat, topic, str(template), text, words, tuple(said), is_first)
        said.append(template or _FREE_TEXT)
        message = []


def _opening(turns: Sequence[tuple[Role, str, str | None]]) -> str:
    """What the customer wrote before the first substantial reply, as the training set has it."""
    message: list[str] = []
    for role, text, _ in turns:
        if role is Role.CUSTOMER:
            message.append(text)
        elif sum(map(len, message)) >= OPENING_CHARACTERS:
            break
    return "\n".join(message[:OPENING_TURNS])[:MOST_OPENING]


def _word(template: str) -> str:
    return "said" + "".join(c for c in template if c.isalpha())


def say(what: str) -> None:
    """Tell how far it is."""
    print(what, file=sys.stderr, flush=True)
