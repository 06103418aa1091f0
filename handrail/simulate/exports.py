"""Writes the exports of several regions and, beside them, the answer key."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from handrail.conversations.model import Conversation, encode
from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.simulate.answer_key import AnswerKey, encode_key
from handrail.simulate.conversation import World, converse
from handrail.simulate.locales import locales_of
from handrail.simulate.people import person
from handrail.simulate.rhythm import chats_per_day, starts

EXPORT_FILE = "chats.jsonl.gz"
ANSWER_KEY_FOLDER = "answer_key"
CUSTOMERS_PER_CHAT = 0.75
PROGRESS_EVERY = 100


@dataclass(frozen=True)
class SimulationSummary:
    """What was written: per region the number of chats, and counts over all regions."""

    exports: Mapping[str, Path]
    answer_keys: Mapping[str, Path]
    chats: Mapping[str, int]
    days: int
    turns: int
    planted: int
    chats_with_missed_kind: int
    flags: int


@dataclass
class _Counts:
    chats: int = 0
    turns: int = 0
    planted: int = 0
    missed: int = 0
    flags: int = 0

    def add(self, conversation: Conversation, key: AnswerKey) -> None:
        self.chats += 1
        self.turns += len(conversation.turns)
        self.planted += len(key.planted)
        self.missed += any(p.missed_kind for p in key.planted)
        self.flags += len(conversation.flags)


def simulate(
    folder: Path,
    *,
    regions: Sequence[str],
    chats: int,
    days: int,
    first_day: date,
    seed: int,
    playbook: Playbook,
    progress: Callable[[int], None],
) -> SimulationSummary:
    """Write `chats` conversations, split evenly over `regions`, and their answer keys.

    `folder/<region>/chats.jsonl.gz` holds one canonical record a line, in order of time;
    `folder/answer_key/<region>.jsonl.gz` the truth about each. The same arguments give the same
    bytes. `progress` is told the number of chats written so far. A file appears when complete.
    """
    counts_by_region = _split(chats, regions, days)
    for region in regions:
        locales_of(region)
    counts = _Counts()
    exports = {region: folder / region / EXPORT_FILE for region in regions}
    keys = {region: folder / ANSWER_KEY_FOLDER / f"{region}.jsonl.gz" for region in regions}
    for region in regions:
        world = World(region, playbook)
        pairs = conversations(
            world, chats=counts_by_region[region], days=days, first_day=first_day, seed=seed
        )
        with _written(exports[region]) as export, _written(keys[region]) as key_file:
            for conversation, key in pairs:
                export.write(encode(conversation) + b"\n")
                key_file.write(encode_key(key) + b"\n")
                counts.add(conversation, key)
                if counts.chats % PROGRESS_EVERY == 0:
                    progress(counts.chats)
    progress(counts.chats)
    return SimulationSummary(
        exports=exports,
        answer_keys=keys,
        chats=counts_by_region,
        days=days,
        turns=counts.turns,
        planted=counts.planted,
        chats_with_missed_kind=counts.missed,
        flags=counts.flags,
    )


def conversations(
    world: World, *, chats: int, days: int, first_day: date, seed: int
) -> Iterator[tuple[Conversation, AnswerKey]]:
    """The conversations of one region with their keys, in order of time, one at a time."""
    region = world.region
    customers = max(1, round(chats * CUSTOMERS_PER_CHAT))
    busiest_hour = locales_of(region)[0].busiest_hour_utc
    for day, count in chats_per_day(chats, days, first_day):
        of_day = Random(f"{seed}/{region}/{day}")  # noqa: S311 - a simulation, not a secret
        for number, started_at in enumerate(starts(of_day, day, count, busiest_hour), 1):
            conversation_id = f"{region}-{day:%Y%m%d}-{number:05d}"
            rng = Random(f"{seed}/{conversation_id}")  # noqa: S311 - as above
            customer = person(seed, region, rng.randrange(customers))
            yield converse(rng, world, conversation_id, customer, started_at)


def _split(chats: int, regions: Sequence[str], days: int) -> dict[str, int]:
    if not regions or len(set(regions)) != len(regions) or days < 1:
        msg = "simulate at least one day of at least one region, each region once"
        raise BadInput(msg)
    each, rest = divmod(chats, len(regions))
    if each < days:
        msg = (
            f"{chats} chats are too few for {days} days in {len(regions)} regions: every day of "
            f"every region has at least one, so ask for {days * len(regions)} or more"
        )
        raise BadInput(msg)
    return {region: each + (n < rest) for n, region in enumerate(regions)}


@contextmanager
def _written(path: Path) -> Iterator[gzip.GzipFile]:
    """A gzip file with reproducible bytes that takes its name when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    try:
        with (
            partial.open("wb") as raw,
            gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed,
        ):
            yield packed
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
