"""Reading a round: what a reviewer sees, and verdicts in the audit log (R33).

A verdict is one record of the audit log: reviewer, time, and the keyed digest of the conversation's
id. The audit log is the only place verdicts are kept, and a verdict on a plant looks like any other
there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

import orjson

from handrail.access import Access, Purpose
from handrail.conversations.model import Conversation, decode
from handrail.conversations.sealing import RAW
from handrail.digests import canonical, digest
from handrail.errors import BadInput, Destroyed
from handrail.redaction.beside import Line, lines
from handrail.redaction.days import REDACTED
from handrail.redaction.figures import Truth, leaks
from handrail.redaction.model import open_redacted
from handrail.redaction.plants import planted
from handrail.redaction.rounds import SAMPLE, Item, Round, chats_of
from handrail.redaction.sampling import Review, ReviewerKind, Shows
from handrail.residency import DataClass
from handrail.vault.audit_log import Entry
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault

OPENED_EVENT, REVIEW_EVENT = "sample_opened", "sample_review"
_SIMULATED = Access("simulated-reviewer", "reviewers", Purpose.REVIEW)
_GONE = "a chat of the round isn't stored as it was drawn any more: start the review again"


def record_reviews(
    vault: RegionVault, found: Round, reviews: Iterable[Review], *, access: Access
) -> None:
    """Write verdicts to the audit log, durably and all at once.

    The same reviewer's next verdict on a chat counts in place of the last; both stay.
    """
    vault.audit.append_many(
        [
            Entry(
                REVIEW_EVENT,
                replace(access, actor=review.reviewer),
                what=SAMPLE,
                count=1,
                ids_digest=vault.id_digest(review.conversation_id),
                detail=canonical(
                    {
                        "leaked": review.leaked,
                        "reviewer_kind": review.reviewer_kind,
                        "round": found.number,
                        "seed": found.seed,
                        "shows": review.shows,
                    }
                ).decode(),
            )
            for review in reviews
        ]
    )


def reviews_of(vault: RegionVault, found: Round, *, stored: Collection[str]) -> tuple[Review, ...]:
    """The verdicts that count in this round: each reviewer's last on each chat.

    When everything that is `stored` of the round (conversation ids) has one, its result can be
    known; from then on nobody takes a leak back. A simulated reviewer's verdicts count where every
    chat is simulated, and nowhere else.
    """
    unread = set(stored)
    by_digest = {vault.id_digest(i.conversation_id): i.conversation_id for i in found.items}
    standing: dict[tuple[str, str], Review] = {}
    for record in vault.audit.stream(event=REVIEW_EVENT):
        said = orjson.loads(record.detail)
        of_round = said.get("round"), said.get("seed")
        if record.ids_digest not in by_digest or of_round != (found.number, found.seed):
            continue
        is_complete = not unread
        kind = ReviewerKind(said["reviewer_kind"])
        if kind is ReviewerKind.SIMULATED and not found.simulated:
            continue
        conversation_id = by_digest[record.ids_digest]
        unread.discard(conversation_id)
        before = standing.get((conversation_id, record.actor))
        if before and before.leaked and is_complete:
            continue
        standing[(conversation_id, record.actor)] = Review(
            conversation_id=conversation_id,
            leaked=said["leaked"],
            shows=Shows(said["shows"]) if said["shows"] else None,
            reviewer=record.actor,
            reviewer_kind=kind,
            at=datetime.fromisoformat(record.at),
        )
    return tuple(standing.values())


def opened_for_review(
    vault: RegionVault, found: Round, item: Item, *, access: Access
) -> tuple[Line, ...]:
    """A chat of the round as a reviewer sees it, raw beside redacted; a plant with its leak.

    That this person opens this chat is on record before either key is used; each key's use is
    recorded besides. Raw lines are None where the raw chat is kept no longer. Nothing tells a plant
    from the sample: not the lines, not the records.
    """
    vault.audit.append(
        OPENED_EVENT,
        access,
        what=SAMPLE,
        count=1,
        ids_digest=vault.id_digest(item.conversation_id),
        detail=f"round {found.number}",
    )
    day = vault.lineage.current(REDACTED, item.day)
    if day is None:
        raise BadInput(_GONE)
    name = item.conversation_id
    stored = vault.get(day, name, data_class=DataClass.REDACTED, access=access)
    if stored is None or digest(stored.payload) != item.digest:
        raise BadInput(_GONE)
    raw = _raw(vault, day, name, access=access)
    shown = lines(open_redacted(stored.payload), raw)
    return shown if item.plant is None else planted(shown, item.plant)


def _raw(
    vault: RegionVault, day: Artifact, conversation_id: str, *, access: Access
) -> Conversation | None:
    """What the redacted day was made from holds of the chat; None when it is kept no longer."""
    made_from = _made_from(vault, day)
    if made_from is None:
        return None
    try:
        record = vault.get(made_from, conversation_id, data_class=DataClass.RAW, access=access)
    except Destroyed:
        return None
    return decode(record.payload) if record else None


def _made_from(vault: RegionVault, day: Artifact) -> Artifact | None:
    raw = next((a for a in vault.lineage.inputs(day) if a.asset == RAW), None)
    return raw if raw is not None and raw.object_id is not None else None


def review_from_answer_key(
    vault: RegionVault, items: Collection[Item], truth: Truth, *, at: datetime, access: Access
) -> tuple[Review, ...]:
    """A simulated reviewer's verdicts: a chat leaks where anything of an invented value is left.

    Be it one letter or digit of many, as the redaction report counts it (`figures.leaks`). It reads
    what a person would, raw beside redacted, of a plant the copy with its leak, and opens the raw
    chats for the team and the purpose for which people do, on record. `access` opens the redacted
    ones. A chat whose raw side is kept no longer gets no verdict and waits for people: the rest of
    a value can't be told from other words there. Refuses a chat that the answer key lacks.
    """
    unknown = [i for i in items if i.conversation_id not in truth]
    if unknown:
        msg = f"the answer key lacks {len(unknown)} simulated chats: simulate the exports again"
        raise BadInput(msg)
    stored = chats_of(vault, items, access=access)
    raw = _raw_chats(vault, items)
    reviews = []
    for item in items:
        name = item.conversation_id
        if name not in raw or name not in stored:
            continue
        shown, values = lines(stored[name], raw[name]), list(truth[name])
        if item.plant is not None:
            shown = planted(shown, item.plant)
            values.append(("plant", item.plant.value))
        leaked = any(leaks(line.raw or "", line.redacted, planted=values) for line in shown)
        reviews.append(Review(name, leaked, None, _SIMULATED.actor, ReviewerKind.SIMULATED, at))
    return tuple(reviews)


def _raw_chats(vault: RegionVault, items: Collection[Item]) -> dict[str, Conversation]:
    """The raw chats of these items that are still kept, each day opened once."""
    wanted, days = {i.conversation_id for i in items}, {i.day for i in items}
    found: dict[str, Conversation] = {}
    for day in vault.lineage.holdings.of(REDACTED):
        made_from = _made_from(vault, day) if day.partition in days else None
        if made_from is None:
            continue
        with suppress(Destroyed):
            found |= {
                record.record_id: decode(record.payload)
                for record in vault.scan(made_from, data_class=DataClass.RAW, access=_SIMULATED)
                if record.record_id in wanted
            }
    return found
