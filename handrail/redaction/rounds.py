"""Audit rounds (R33): what people read, drawn by a seed and recorded before anyone looks.

A round stays until everything in it is reviewed, however many chats come meanwhile. Another one is
drawn where chats have come or gone since, or at once where the stored chats are another ruleset's,
about whose text the old round says nothing.

What a round found that did not pass, finished or not, isn't washed away by drawing again. A chat
that leaked counts as leaking in every later round of the same ruleset as long as it is in the
population, and in those of another ruleset that leaves its text as it was; each such round is made
larger for it. So a second try on the same text has less of a chance than the first, and rules that
are changed and changed back help nobody. What reviewers missed counts in their round only: it says
how well they read then, and a new round measures that anew.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import orjson
from pydantic import TypeAdapter

from handrail.access import Access
from handrail.digests import canonical, digest
from handrail.redaction.days import REDACTED
from handrail.redaction.model import RedactedConversation, open_redacted
from handrail.redaction.plants import Plant, plants_in
from handrail.redaction.sampling import Plan, draw, plan_round
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

SAMPLE = "redaction_sample"
DRAWN_EVENT = "sample_drawn"
_RECORD = "round/3"  # its layout: a round of another one is drawn again


@dataclass(frozen=True)
class Item:
    """A chat of a round as it was drawn: `digest` is of its redacted text; with a `plant`, a copy.

    The chat itself stays where it is.
    """

    conversation_id: str
    day: str
    digest: str
    language: str
    channel: str
    plant: Plant | None


@dataclass(frozen=True)
class Leak:
    """A chat that leaked in a round that did not pass, by the rules and the text of then."""

    conversation_id: str
    ruleset: str
    digest: str


@dataclass(frozen=True)
class Round:
    """One round, sealed: `items` are sample and plants in the order of reading.

    `leaks` are known from rounds before that did not pass; `carried` are the chats of them that
    count here. A region that holds any real chat is sampled from its real chats alone; `simulated`
    says that it holds none.
    """

    number: int
    ruleset: str
    population: int
    population_digest: str
    seed: int
    simulated: bool
    plan: Plan
    leaks: tuple[Leak, ...]
    carried: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def sampled(self) -> tuple[Item, ...]:
        """What was drawn from the population."""
        return tuple(item for item in self.items if item.plant is None)

    @property
    def planted(self) -> tuple[Item, ...]:
        """What measures the reviewers."""
        return tuple(item for item in self.items if item.plant is not None)


@dataclass(frozen=True)
class Drawn:
    """A round ready to be committed, what it was drawn from, and what it says."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    finding: Finding


@dataclass(frozen=True)
class _Chat:
    """What is known of a chat without keeping its text."""

    item: Item
    simulated: bool


def redacted_by(lineage: Lineage, days: Sequence[Artifact]) -> str:
    """The ruleset that redacted these days; one hash over all where there are several."""
    found = sorted({lineage.config_hash(day) for day in days})
    return found[0] if len(found) == 1 else digest(found)


def current_round(vault: RegionVault, *, access: Access) -> tuple[Round, Artifact] | None:
    """The region's newest round, or None.

    Newer chats beside it change nothing, nor does what became of the days it was drawn from.
    """
    artifact = vault.lineage.current(SAMPLE, vault.region.name)
    if artifact is None:
        return None
    record = next(vault.scan(artifact, data_class=DataClass.REDACTED, access=access))
    if record.record_id != _RECORD:
        return None
    return _round().validate_json(record.payload), artifact


def draw_round(
    vault: RegionVault,
    settings: Settings,
    *,
    number: int,
    leaks: Collection[Leak],
    access: Access,
) -> Drawn:
    """Draw the next round from every redacted chat the region holds, and seal it.

    Size, population, ruleset, seed and number of plants are on the audit log first. The sample's
    seed is recorded; which chats are plants, and where, follows from a keyed digest of it, which
    nobody can work out from the log. Where there are too few chats for a round that could meet the
    budget, nothing is drawn.
    """
    days = vault.lineage.require_all_passed(REDACTED)
    chats = _population(vault, days, access=access)
    ruleset = redacted_by(vault.lineage, days)
    carried = sorted({leak.conversation_id for leak in leaks if _still_leaks(leak, chats, ruleset)})
    plan = plan_round(settings.redaction, regions=len(settings.regions), carried=len(carried))
    population = digest(sorted((c.item.conversation_id, c.item.digest) for c in chats.values()))
    of = [settings.seed, vault.region.name, number, ruleset, population]
    found = Round(
        number=number,
        ruleset=ruleset,
        population=len(chats),
        population_digest=population,
        seed=int(digest(of)[:12], 16),
        simulated=all(chat.simulated for chat in chats.values()),
        plan=plan,
        leaks=tuple(leaks),
        carried=tuple(carried),
        items=(),
    )
    if len(chats) >= plan.chats:
        _record(vault, found, access=access)
        found = replace(found, items=_items(vault, found, chats, access=access))
    stored = vault.put(
        ObjectName(SAMPLE, vault.region.name, DataClass.REDACTED),
        [Record(_RECORD, None, canonical(found))],
        access=access,
    )
    artifact = replace(stored, records=len(found.sampled), measures={"round": number})
    return Drawn(artifact, tuple(days), _finding(found))


def kept_round(vault: RegionVault, found: Round, artifact: Artifact) -> Drawn:
    """The round that stands, as it was drawn."""
    return Drawn(artifact, tuple(vault.lineage.inputs(artifact)), _finding(found))


def holds_real_chats(vault: RegionVault, days: Sequence[Artifact], *, access: Access) -> bool:
    """Whether any chat of these days is of a real customer."""
    chats = _population(vault, days, access=access)
    return not all(chat.simulated for chat in chats.values())


def chats_of(
    vault: RegionVault, items: Collection[Item], *, access: Access
) -> dict[str, RedactedConversation]:
    """The chats of these items that are still stored as they were drawn, by conversation id."""
    wanted = {item.conversation_id: item.digest for item in items}
    days = {item.day for item in items}
    return {
        record.record_id: open_redacted(record.payload)
        for day in vault.lineage.holdings.of(REDACTED)
        if day.partition in days
        for record in vault.scan(day, data_class=DataClass.REDACTED, access=access)
        if record.record_id in wanted and digest(record.payload) == wanted[record.record_id]
    }


def _still_leaks(leak: Leak, chats: Mapping[str, _Chat], ruleset: str) -> bool:
    chat = chats.get(leak.conversation_id)
    return chat is not None and (leak.ruleset == ruleset or leak.digest == chat.item.digest)


def _population(
    vault: RegionVault, days: Sequence[Artifact], *, access: Access
) -> Mapping[str, _Chat]:
    """The chats to draw from: the real ones, or the simulated ones where there are no real ones."""
    chats = {
        record.record_id: _chat(record, day.partition)
        for day in days
        for record in vault.scan(day, data_class=DataClass.REDACTED, access=access)
    }
    real = {name: chat for name, chat in chats.items() if not chat.simulated}
    return real or chats


def _chat(record: Record, day: str) -> _Chat:
    said = orjson.loads(record.payload)
    language, channel = (
        said[tag]["value"] if said[tag] else "unknown" for tag in ("language", "channel")
    )
    item = Item(record.record_id, day, digest(record.payload), language, channel, None)
    return _Chat(item, said["simulated"])


def _items(
    vault: RegionVault, found: Round, chats: Mapping[str, _Chat], *, access: Access
) -> tuple[Item, ...]:
    """The sample, and copies of other chats with a leak in each, shuffled."""
    sampled = draw(chats, n=found.plan.n, seed=found.seed)
    chance = random.Random(vault.raw_digest(canonical(["plants", found.seed])))  # noqa: S311
    # A chat that is known to leak would be found for its own leak, not for the seeded one.
    others = sorted(chats.keys() - set(sampled) - set(found.carried))
    chance.shuffle(others)
    candidates = [chats[name].item for name in others]
    plants = plants_in(
        _opened_in_turn(vault, candidates, at_once=3 * found.plan.plants, access=access),
        n=found.plan.plants,
        chance=chance,
    )
    items = [chats[name].item for name in sampled]
    items += [replace(chats[name].item, plant=plant) for name, plant in plants.items()]
    chance.shuffle(items)
    return tuple(items)


def _opened_in_turn(
    vault: RegionVault, items: Sequence[Item], *, at_once: int, access: Access
) -> Iterator[RedactedConversation]:
    """The chats in this order; more are opened only where some took no plant."""
    for first in range(0, len(items), at_once):
        some = items[first : first + at_once]
        texts = chats_of(vault, some, access=access)
        yield from (texts[item.conversation_id] for item in some)


def _record(vault: RegionVault, found: Round, *, access: Access) -> None:
    detail = {
        "round": found.number, "population": found.population,
        "population_digest": found.population_digest, "ruleset": found.ruleset, "seed": found.seed,
        "n": found.plan.n, "plants": found.plan.plants, "error": found.plan.error,
        "max_leaking_share": found.plan.max_leaking_share,
    }  # fmt: skip
    vault.audit.append(
        DRAWN_EVENT,
        access,
        what=SAMPLE,
        count=found.plan.chats,
        ids_digest="",
        detail=canonical(detail).decode(),
    )


def _finding(found: Round) -> Finding:
    plan, drawn = found.plan, len(found.sampled)
    if drawn:
        reason = (
            f"round {found.number}: {drawn} of {found.population:,} redacted chats were drawn by "
            f"seed {found.seed}, {len(found.planted)} seeded leaks are among them"
        )
    else:
        reason = f"no round yet: {plan.needs(found.population)}"
    return holds("sample_drawn", True, reason, drawn=drawn, population=found.population)


@cache
def _round() -> TypeAdapter[Round]:
    return TypeAdapter(Round)
