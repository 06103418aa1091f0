"""The manual sample in the vault: drawing it, recording verdicts, bounding the leak (R33).

A verdict is one record of the audit log: reviewer, time, and the keyed digest of the conversation's
id. The audit log is the only place verdicts are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import orjson
from pydantic import TypeAdapter

from handrail.access import Access
from handrail.digests import canonical
from handrail.errors import BadInput
from handrail.redaction.days import REDACTED, redacted_records
from handrail.redaction.model import RedactedConversation, open_redacted
from handrail.redaction.sampling import (
    Review,
    Sample,
    draw,
    leak_bound,
    review_from_answer_key,
)
from handrail.residency import DataClass
from handrail.settings import LeakBudget
from handrail.vault.names import Artifact, ObjectName, Record
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

SAMPLE, AUDIT = "redaction_sample", "redaction_audit"
REVIEW_EVENT = "sample_review"


@dataclass(frozen=True)
class Reported:
    """An artifact ready to be committed, what it was made from, and what it says."""

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    finding: Finding


def draw_sample(vault: RegionVault, budget: LeakBudget, *, seed: int, access: Access) -> Reported:
    """Draw the region's sample from every redacted chat it holds and keep its ids sealed."""
    days = vault.lineage.require_all_passed(REDACTED)
    ids = [record.record_id for record in redacted_records(vault, access=access)]
    sample = draw(ids, n=budget.sample_size, seed=seed)
    record = Record("sample", None, canonical(sample))
    stored = vault.put(
        ObjectName(SAMPLE, vault.region.name, DataClass.REDACTED), [record], access=access
    )
    drawn = len(sample.conversation_ids)
    finding = holds(
        "sample_drawn",
        drawn > 0,
        f"{drawn} of {len(ids)} redacted chats were drawn by seed {seed}; {budget.sample_size} "
        "were asked for",
        drawn=drawn,
        population=len(ids),
    )
    return Reported(replace(stored, records=drawn), tuple(days), finding)


def read_sample(vault: RegionVault, *, access: Access) -> tuple[Sample, Artifact]:
    """The region's current sample; refuses when none was drawn from what it holds now."""
    artifact = vault.lineage.require_passed(SAMPLE, vault.region.name)
    record = next(vault.scan(artifact, data_class=DataClass.REDACTED, access=access))
    return _sample().validate_json(record.payload), artifact


def sampled_chats(
    vault: RegionVault, sample: Sample, *, access: Access
) -> list[RedactedConversation]:
    """The redacted chats of the sample, in the sample's order."""
    wanted = set(sample.conversation_ids)
    found = {
        record.record_id: open_redacted(record.payload)
        for record in redacted_records(vault, access=access)
        if record.record_id in wanted
    }
    return [found[i] for i in sample.conversation_ids if i in found]


def record_review(vault: RegionVault, review: Review, *, access: Access) -> None:
    """Write one reviewer's verdict to the audit log; the same reviewer's next one replaces it."""
    detail = canonical({"leaked": review.leaked, "simulated": review.simulated}).decode()
    vault.audit.append(
        REVIEW_EVENT,
        replace(access, actor=review.reviewer),
        what=SAMPLE,
        count=1,
        ids_digest=vault.id_digest(review.conversation_id),
        detail=detail,
    )


def reviews_of(vault: RegionVault, sample: Sample) -> list[Review]:
    """The verdicts on the chats of the sample, each reviewer's last one."""
    by_digest = {vault.id_digest(i): i for i in sample.conversation_ids}
    standing: dict[tuple[str, str], Review] = {}
    for record in vault.audit.stream(event=REVIEW_EVENT):
        if record.ids_digest in by_digest:
            said = orjson.loads(record.detail)
            conversation_id = by_digest[record.ids_digest]
            standing[(conversation_id, record.actor)] = Review(
                conversation_id=conversation_id,
                leaked=said["leaked"],
                reviewer=record.actor,
                at=datetime.fromisoformat(record.at),
                simulated=said["simulated"],
            )
    return list(standing.values())


def audit_sample(
    vault: RegionVault,
    budget: LeakBudget,
    *,
    planted: Mapping[str, Sequence[str]],
    at: datetime,
    access: Access,
) -> Reported:
    """The bound on leaking chats from the verdicts so far.

    `planted` maps simulated conversations to the values planted in them; a simulated reviewer looks
    for these and its verdicts are marked. Real chats wait for people.
    """
    sample, artifact = read_sample(vault, access=access)
    known = {r.conversation_id for r in reviews_of(vault, sample)}
    chats = [
        chat
        for chat in sampled_chats(vault, sample, access=access)
        if chat.simulated and chat.conversation_id not in known
    ]
    unknown = [c.conversation_id for c in chats if c.conversation_id not in planted]
    if unknown:
        msg = f"the answer key lacks {len(unknown)} simulated chats: simulate the exports again"
        raise BadInput(msg)
    for review in review_from_answer_key(chats, planted, reviewer="simulated-reviewer", at=at):
        record_review(vault, review, access=access)
    reviews = reviews_of(vault, sample)
    finding = leak_bound(
        sample, reviews, delta=budget.delta, max_leaking_share=budget.max_leaking_share
    )
    content = canonical(
        [
            sorted((r.conversation_id, r.leaked, r.simulated) for r in reviews),
            artifact.digest,
            budget.model_dump(include=set(LeakBudget.model_fields)),
        ]
    )
    return Reported(
        Artifact(
            AUDIT,
            vault.region.name,
            vault.raw_digest(content),
            None,
            len(reviews),
            finding.measures,
        ),
        (artifact,),
        finding,
    )


@cache
def _sample() -> TypeAdapter[Sample]:
    return TypeAdapter(Sample)
