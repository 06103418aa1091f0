"""The audit of redaction: how far a round is, when the next one is due, what it bounds (R33)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from handrail.access import Access
from handrail.digests import canonical
from handrail.errors import NotPassed
from handrail.redaction.days import REDACTED
from handrail.redaction.figures import Truth
from handrail.redaction.reviewing import record_reviews, review_from_answer_key, reviews_of
from handrail.redaction.rounds import (
    Drawn,
    Item,
    Leak,
    Round,
    chats_of,
    current_round,
    draw_round,
    holds_real_chats,
    kept_round,
    redacted_by,
)
from handrail.redaction.sampling import (
    LEAK_BOUND,
    Cell,
    Plan,
    Review,
    Tally,
    cells,
    judge,
    plan_round,
    tally,
)
from handrail.settings import LeakBudget, Settings
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, not_measured

AUDIT = "redaction_audit"


class Occasion(StrEnum):
    """Why a round is asked for: a run needs a bound, or the week is over."""

    RUN = "run"
    AUDIT = "audit"


@dataclass(frozen=True)
class Standing:
    """How far a round is: its verdicts that count, and what is still `stored` as it was drawn.

    An unread chat that was erased, is kept no longer or was redacted anew leaves the round; what
    was said of one that was read stays. Before the last verdict there is no `tally`: nobody learns
    how many plants were found, or where.
    """

    round: Round
    artifact: Artifact
    reviews: tuple[Review, ...]
    stored: tuple[Item, ...]

    @property
    def reviewed(self) -> tuple[Item, ...]:
        """What somebody has given a verdict on."""
        said = {review.conversation_id for review in self.reviews}
        return tuple(item for item in self.round.items if item.conversation_id in said)

    @property
    def waiting(self) -> tuple[Item, ...]:
        """What nobody has reviewed yet, in the order of reading."""
        done = set(self.reviewed)
        return tuple(item for item in self.stored if item not in done)

    @property
    def tally(self) -> Tally | None:
        """The verdicts counted, once there is one on everything."""
        if self.waiting or not self.reviews:
            return None
        return tally(
            self.reviews,
            sampled={item.conversation_id for item in self.reviewed if item.plant is None},
            planted={item.conversation_id for item in self.reviewed if item.plant is not None},
            carried=self.round.carried,
            simulated=self.round.simulated,
        )

    @property
    def leaking(self) -> tuple[str, ...]:
        """The sampled chats that leak, once the round is complete."""
        sampled = {item.conversation_id for item in self.round.sampled}
        said = {r.conversation_id for r in self.reviews if r.leaked}
        return tuple(sorted(sampled & said)) if self.tally else ()


@dataclass(frozen=True)
class Audited:
    """An audit ready to be committed, what it was made from, what it says, and its cells."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    finding: Finding
    cells: Sequence[Cell]
    tally: Tally | None


def standing_of(vault: RegionVault, *, access: Access) -> Standing | None:
    """How far the region's newest round is; None before the first."""
    newest = current_round(vault, access=access)
    if newest is None:
        return None
    found, artifact = newest
    stored = chats_of(vault, found.items, access=access)
    unchanged = tuple(item for item in found.items if item.conversation_id in stored)
    return Standing(found, artifact, reviews_of(vault, found, stored=stored), unchanged)


def next_round(
    vault: RegionVault, settings: Settings, *, occasion: Occasion, access: Access
) -> Drawn:
    """The round that stands, or another one where it is due."""
    now = standing_of(vault, access=access)
    if now is None:
        return draw_round(vault, settings, number=1, leaks=(), access=access)
    if not _is_due(vault, now, settings, occasion=occasion, access=access):
        return kept_round(vault, now.round, now.artifact)
    return draw_round(
        vault,
        settings,
        # Nothing was drawn in a round without items: it isn't counted, and its seed isn't spent.
        number=now.round.number + 1 if now.round.items else now.round.number,
        leaks=_leaks_so_far(now, settings.redaction),
        access=access,
    )


def _is_due(
    vault: RegionVault, now: Standing, settings: Settings, *, occasion: Occasion, access: Access
) -> bool:
    """Whether another round is to be drawn now.

    Where there were too few chats for one: at another budget, and for other chats. At once,
    finished or not: the stored chats are another ruleset's, or real ones have come to a region that
    was sampled while it held simulated ones alone. When the round is complete: chats have come or
    gone (for a run only when too many have come), or the budget is tighter.
    """
    days = vault.lineage.require_all_passed(REDACTED)
    if not now.round.items:
        plan, _ = plan_now(vault, now, settings)
        return plan != now.round.plan or not _drawn_from(vault.lineage, now, days)
    budget = settings.redaction
    complete = not now.waiting
    if complete and budget.max_leaking_share < now.round.plan.max_leaking_share:
        return True
    if _drawn_from(vault.lineage, now, days):
        return False
    if redacted_by(vault.lineage, days) != now.round.ruleset:
        return True
    if now.round.simulated and holds_real_chats(vault, days, access=access):
        return True
    if not complete or occasion is Occasion.AUDIT:
        return complete
    share = unsampled_share(vault.lineage.inputs(now.artifact), days)
    return share > budget.max_unsampled_share


def _drawn_from(lineage: Lineage, now: Standing, days: Collection[Artifact]) -> bool:
    """Whether the round was drawn from exactly these days as they are."""
    then = {(day.partition, day.digest) for day in lineage.inputs(now.artifact)}
    return then == {(day.partition, day.digest) for day in days}


def plan_now(vault: RegionVault, now: Standing | None, settings: Settings) -> tuple[Plan, int]:
    """What a round takes by today's budget, and how many redacted chats the region holds.

    For a region without a round: the next one is larger for what leaked in it. No chat is opened;
    where real and simulated chats were stored since the last draw, the second counts both.
    """
    carried = len(now.round.carried) if now else 0
    days = vault.lineage.holdings.of(REDACTED)
    plan = plan_round(settings.redaction, regions=len(settings.regions), carried=carried)
    if now and _drawn_from(vault.lineage, now, days):
        return plan, now.round.population
    return plan, sum(day.records for day in days)


def _leaks_so_far(now: Standing, budget: LeakBudget) -> tuple[Leak, ...]:
    """The leaks that are known when a round is followed by another one.

    A round that passed has made up for those that counted in it. Of any other, also one that was
    broken off, what was found stays, or it could be drawn away.
    """
    if finding_of(now, budget).verdict.passed:
        return tuple(k for k in now.round.leaks if k.conversation_id not in now.round.carried)
    said = {review.conversation_id for review in now.reviews if review.leaked}
    found = (
        Leak(item.conversation_id, now.round.ruleset, item.digest)
        for item in now.round.sampled
        if item.conversation_id in said
    )
    return tuple(dict.fromkeys((*now.round.leaks, *found)))


def finding_of(now: Standing | None, budget: LeakBudget) -> Finding:
    """The bound of a round that is complete; NOT MEASURED before, and where none was drawn."""
    if now is None:
        return not_measured(LEAK_BOUND, "no audit sample was drawn: `handrail run` draws one", n=0)
    if not now.round.items:
        plan, held = now.round.plan, now.round.population
        reason = f"too few chats for a sample: {plan.needs(held)}"
        return not_measured(LEAK_BOUND, reason, n=0, needed=plan.chats, held=held)
    counted = now.tally
    if counted is None:
        left, done = len(now.waiting), len(now.reviewed)
        reason = (
            f"{left} of {left + done} chats of round {now.round.number} are not reviewed yet: "
            "review them with `handrail sample review`"
        )
        return not_measured(LEAK_BOUND, reason, n=left + done, reviewed=done)
    said = judge(
        counted,
        now.round.plan,
        max_leaking_share=budget.max_leaking_share,
        population=now.round.population,
    )
    rest = {"round": now.round.number, "max_unsampled_share": budget.max_unsampled_share}
    return replace(said, measures={**said.measures, **rest})


def audit_round(
    vault: RegionVault,
    budget: LeakBudget,
    *,
    truth: Truth,
    at: datetime,
    access: Access,
) -> Audited:
    """The bound on leaking chats from the verdicts so far.

    `truth` is what was planted in simulated chats: a simulated reviewer looks for it in a round of
    these, and its verdicts are marked. Real chats wait for people. Nothing is counted from an audit
    log that was changed.
    """
    vault.checkpoints.verify()
    now = standing_of(vault, access=access)
    if now is None:
        msg = "no audit round was drawn: `handrail run` draws one"
        raise NotPassed(msg)
    if now.round.simulated and now.waiting:
        reviews = review_from_answer_key(vault, now.waiting, truth, at=at, access=access)
        record_reviews(vault, now.round, reviews, access=access)
        stored = {item.conversation_id for item in now.stored}
        now = replace(now, reviews=reviews_of(vault, now.round, stored=stored))
    finding = finding_of(now, budget)
    sampled = {i.conversation_id: (i.language, i.channel) for i in now.reviewed if i.plant is None}
    content = canonical(
        [
            sorted((r.conversation_id, r.reviewer, r.leaked) for r in now.reviews),
            now.artifact.digest,
            finding.reason,
        ]
    )
    made = Artifact(
        AUDIT, vault.region.name, vault.raw_digest(content), None, len(now.reviews),
        finding.measures,
    )  # fmt: skip
    rows = cells(sampled, now.leaking) if now.tally else ()
    return Audited(made, (now.artifact,), finding, rows, now.tally)


def unsampled_share(drawn_from: Collection[Artifact], now: Collection[Artifact]) -> float:
    """The share of the chats of `now` whose day, as it is, a round wasn't drawn from."""
    known = {(day.partition, day.digest) for day in drawn_from}
    total = sum(day.records for day in now)
    new = sum(day.records for day in now if (day.partition, day.digest) not in known)
    return new / total if total else 1.0
