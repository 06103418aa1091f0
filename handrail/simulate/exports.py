"""Writes the weekly exports of several regions and, beside them, the answer keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.simulate.conversation import converse
from handrail.simulate.counting import Counts, SimulationSummary
from handrail.simulate.data import read
from handrail.simulate.files import RegionFiles, SimulatedExport
from handrail.simulate.history import History, monday_of
from handrail.simulate.locales import Locale, locales_of
from handrail.simulate.poison import draw_poisoner
from handrail.simulate.rhythm import chats_per_day, starts
from handrail.simulate.shapes import OURS, SHAPES
from handrail.simulate.world import World

DAYS = 56
FIRST_DAY = date(2026, 1, 5)
CUSTOMERS_PER_CHAT = 0.75
PROGRESS_EVERY = 100


def simulate(
    folder: Path,
    *,
    regions: Sequence[str],
    languages: Mapping[str, Sequence[str]],
    chats: int,
    days: int,
    first_day: date,
    seed: int,
    playbook: Playbook,
    shape: str = OURS,
    progress: Callable[[int], None],
) -> SimulationSummary:
    """Write `chats` conversations, split over `regions` by their weights, and their answer keys.

    Each region's customers speak only its `languages`. An export holds one week, in order of time,
    before it the chats of earlier weeks that changed since, in a `shape` of `SHAPES`; see `files`
    for names and places. The same arguments give the same bytes, and a later first day other
    conversation ids. `progress` is told the number of chats made so far. Raises `BadInput` before
    anything is written.
    """
    if shape not in SHAPES:
        msg = f"no shape {shape!r}: simulate one of {', '.join(SHAPES)}"
        raise BadInput(msg)
    parts = _split(chats, regions, days)
    worlds = [World(r, playbook, _locales(r, languages.get(r, ())), seed) for r in regions]
    counts = Counts()
    exports: dict[str, tuple[SimulatedExport, ...]] = {}
    until = first_day + timedelta(days=days)
    for world in worlds:
        with RegionFiles(folder, world.region, SHAPES[shape]) as files:
            for history in histories(
                world, chats=parts[world.region], days=days, first_day=first_day
            ):
                files.close_before(monday_of(history.last.day))
                _write(history, until, files, counts)
                if counts.chats % PROGRESS_EVERY == 0:
                    progress(counts.chats)
        exports[world.region] = files.exports()
    progress(counts.chats)
    return counts.summary(exports, days=days)


def histories(world: World, *, chats: int, days: int, first_day: date) -> Iterator[History]:
    """The conversations of one region in order of time, one at a time."""
    region, seed = world.region, world.seed
    customers = max(1, round(chats * CUSTOMERS_PER_CHAT))
    busiest_hour = world.locales[0].busiest_hour_utc
    for day, count in chats_per_day(chats, days, first_day):
        of_day = Random(f"{seed}/{region}/{day}")  # noqa: S311 - a simulation, not a secret
        for number, started_at in enumerate(starts(of_day, day, count, busiest_hour), 1):
            conversation_id = f"{region}-{day:%Y%m%d}-{number:05d}"
            rng = Random(f"{seed}/{conversation_id}")  # noqa: S311 - as above
            poisoner = draw_poisoner(rng, world.poisoners)
            yield converse(
                rng,
                world,
                conversation_id,
                customer=poisoner.person if poisoner else world.person(rng.randrange(customers)),
                poisoner=poisoner,
                started_at=started_at,
            )


def _write(history: History, until: date, files: RegionFiles, counts: Counts) -> None:
    exported = 0
    for monday, conversation, key in history.exports(until):
        files.write(monday, conversation, key)
        exported += 1
    counts.add(conversation, key, exported=exported)


def _locales(region: str, languages: Sequence[str]) -> tuple[Locale, ...]:
    found = tuple(locale for locale in locales_of(region) if locale.language in languages)
    if not found:
        spoken = dict.fromkeys(locale.language for locale in locales_of(region))
        msg = (
            f"none of the languages of region {region} can be simulated: the config lists "
            f"{', '.join(languages) or 'none'}, and there are {', '.join(spoken)}"
        )
        raise BadInput(msg)
    return found


def _split(chats: int, regions: Sequence[str], days: int) -> dict[str, int]:
    """The chats of each region by its weight (`regions.yaml`), largest remainders first."""
    if not regions or len(set(regions)) != len(regions):
        msg = "simulate at least one region, each region once"
        raise BadInput(msg)
    if chats < 1 or days < 1:
        msg = f"simulate at least one chat on at least one day, not {chats} chats on {days} days"
        raise BadInput(msg)
    known = read("regions.yaml")
    weights = {region: known.get(region, min(known.values())) for region in regions}
    shares = {region: chats * weights[region] / sum(weights.values()) for region in regions}
    parts = {region: int(share) for region, share in shares.items()}
    by_remainder = sorted(regions, key=lambda r: (parts[r] - shares[r], regions.index(r)))
    for region in by_remainder[: chats - sum(parts.values())]:
        parts[region] += 1
    return parts
