"""How a conversation ends on paper and what follows: ratings, reopenings, corrections, opt-outs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from handrail.conversations.model import Outcome, Role, Status
from handrail.simulate.plan import ABUSIVE, Ending
from handrail.simulate.scene import Scene

REOPENED_SHARE = 0.05
REOPENED_UNSOLVED_SHARE = 0.35
REOPENED_LATE_SHARE = 0.01
CSAT_SHARE = 0.40
CSAT_LATE_SHARE = 0.15
CORRECTED_SHARE = 0.25
OPT_OUT_SHARE = 0.15
OPT_OUT_TOPIC = "data_request"

_REOPENING_DAYS = 7
_STATUS = {
    Ending.RESOLVED: Status.RESOLVED,
    Ending.CARELESS: Status.RESOLVED,
    Ending.ABANDONED: Status.ABANDONED,
    Ending.ESCALATED: Status.PENDING,
    Ending.PENDING: Status.OPEN,
}
# weights of 1..5 stars
_HAPPY = (1, 2, 7, 30, 60)
_UNHAPPY = (45, 30, 15, 7, 3)


@dataclass(frozen=True)
class Aftermath:
    """What happened after the last word, and when."""

    outcome: Outcome
    ended_at: datetime
    was_solved: bool
    rated_at: datetime | None
    corrected_at: datetime | None
    opted_out_at: datetime | None


def follow_up(scene: Scene) -> Aftermath:
    """Close the conversation and let the following weeks pass."""
    rng, plan, script = scene.rng, scene.plan, scene.script
    is_closed = plan.ending in {Ending.RESOLVED, Ending.CARELESS, Ending.ABANDONED}
    closed_at = script.wait(timedelta(seconds=20), timedelta(minutes=10)) if is_closed else None
    ended_at = script.now
    status = _STATUS[plan.ending]
    if status is Status.RESOLVED and rng.random() < 0.3:
        status = Status.CLOSED
    was_solved = plan.ending is Ending.RESOLVED
    reopened_at = _reopened(scene, status, was_solved=was_solved) if is_closed else None
    is_happy = was_solved and reopened_at is None and scene.violation != ABUSIVE
    csat = rated_at = None
    if rng.random() < CSAT_SHARE:
        csat = rng.choices(range(1, 6), _HAPPY if is_happy else _UNHAPPY)[0]
        rated_at = ended_at + _until_rated(rng)
    is_mislabeled = plan.labeled_topic is not plan.topic
    is_corrected = is_mislabeled and rng.random() < CORRECTED_SHARE
    opts_out = (
        plan.topic is not None
        and plan.topic.name == OPT_OUT_TOPIC
        and not scene.person.record.opted_out_of_training
        and rng.random() < OPT_OUT_SHARE
    )
    return Aftermath(
        outcome=Outcome(
            status=status,
            closed_at=closed_at,
            reopened_at=() if reopened_at is None else (reopened_at,),
            escalated=plan.ending is Ending.ESCALATED,
            csat=csat,
        ),
        ended_at=ended_at,
        was_solved=was_solved,
        rated_at=rated_at,
        corrected_at=ended_at + _days(rng, 1, 10) if is_corrected else None,
        opted_out_at=ended_at + _days(rng, 0, 5) if opts_out else None,
    )


def _reopened(scene: Scene, status: Status, *, was_solved: bool) -> datetime | None:
    """When the customer came back, with what they said then; mostly None."""
    rng, script = scene.rng, scene.script
    if status is Status.ABANDONED:
        return None
    if rng.random() < (REOPENED_SHARE if was_solved else REOPENED_UNSOLVED_SHARE):
        script.now += timedelta(hours=rng.randint(2, 24 * _REOPENING_DAYS - 10))
    elif rng.random() < REOPENED_LATE_SHARE:
        script.now += _days(rng, _REOPENING_DAYS + 1, 20)
    else:
        return None
    group = "reopened" if scene.phrases.has("reopened") else "complaint"
    script.say(Role.CUSTOMER, scene.phrases.pick(group, rng))
    reopened_at = script.now
    if rng.random() < 0.6:
        script.say(Role.AGENT, scene.phrases.pick("looking", rng))
    return reopened_at


def _until_rated(rng: Random) -> timedelta:
    if rng.random() < CSAT_LATE_SHARE:
        return _days(rng, 1, 6)
    return timedelta(minutes=rng.randint(1, 60))


def _days(rng: Random, least: int, most: int) -> timedelta:
    """So many days, and some hours of the last."""
    return timedelta(days=rng.randint(least, most), minutes=rng.randint(0, 1439))
