"""What people say of a chat's tags: a correction outranks every other source, and is kept (R5).

A correction is one record of the region's audit log: who, when, the old and the new value, and the
keyed digest of the conversation's id. Nothing else keeps it, so it is as durable and as hard to
change as the log, it survives another export and another scrubber, and it tells nobody which chat
it is about who can't read that chat. The manifests hold a digest of all, so what was made without
the latest one is known to be stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from handrail.access import Access, Verb
from handrail.conversations.model import Channel, SetBy, Severity, Tag
from handrail.digests import canonical, digest
from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.redaction.days import redacted_chat
from handrail.redaction.model import RedactedConversation, retagged
from handrail.residency import DataClass
from handrail.settings import Settings
from handrail.vault.audit_log import AuditRecord
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import holds

CORRECTIONS = "tag_corrections"
EVENT = "tag_corrected"
_LONGEST_REASON = 300
CORRECTABLE = ("topic", "product_area", "severity", "channel", "language")


@dataclass(frozen=True)
class Correction:
    """One tag of one chat as a person sees it; `new` None takes the earlier corrections back.

    `chat` is the keyed digest of the conversation's id, `at` an ISO time.
    """

    chat: str
    tag: str
    old: str | None
    new: str | None
    reason: str
    by: str
    at: str


def corrections_of(vault: RegionVault) -> tuple[Correction, ...]:
    """Every correction there ever was in the region, oldest first."""
    return tuple(_read(record) for record in vault.audit.stream(event=EVENT))


def standing_of(vault: RegionVault, conversation_id: str) -> Mapping[str, Correction]:
    """The last word of people on each tag of a chat, by tag; what was taken back isn't there."""
    return _standing(corrections_of(vault)).get(vault.id_digest(conversation_id), {})


def kept_corrections(vault: RegionVault, corrections: Sequence[Correction]) -> Artifact:
    """All of them as the manifests know them; commits that where it is news.

    So that what is made of them has an input with a manifest, none are committed too. There are
    never fewer: what knows of more is newer.
    """
    region = vault.region.name
    made = Artifact(CORRECTIONS, region, digest(corrections), None, len(corrections), {})
    known = vault.lineage.current(CORRECTIONS, region)
    if known is None or made.records > known.records:
        finding = holds("corrections_kept", True, f"{len(corrections)} are in the audit log")
        vault.lineage.commit(
            made, inputs=[], findings=[finding], config_hash="", run_id=f"{EVENT}-{made.digest[:8]}"
        )
    return made


def corrected(
    chats: Iterable[tuple[RedactedConversation, str | None]],
    corrections: Sequence[Correction],
    *,
    vault: RegionVault,
    playbook: Playbook,
) -> Iterator[tuple[RedactedConversation, str | None]]:
    """The chats, with their subjects, as people corrected them.

    A corrected topic takes its product area along, by rule, unless a person set that too.
    """
    if not corrections:
        yield from chats
        return
    standing = _standing(corrections)
    for chat, subject in chats:
        given = standing.get(vault.id_digest(chat.conversation_id), {})
        yield (retagged(chat, _tags(given, playbook)) if given else chat), subject


def correct(
    vault: RegionVault,
    settings: Settings,
    playbook: Playbook,
    conversation_id: str,
    *,
    tag: str,
    new: str | None,
    reason: str,
    day: str | None,
    access: Access,
) -> Correction:
    """Put a correction on record, durably; it counts from the next build of the warehouse on.

    `new` None withdraws what people said of that tag before. `day` (ISO) is the chat's, where it is
    known; without it the days are opened, newest first, until one has the chat. Refuses, on record,
    who may not read the chat, and a value outside the tag's vocabulary.
    """
    if tag not in CORRECTABLE:
        msg = f"{tag!r} is no tag that people correct: choose one of {', '.join(CORRECTABLE)}"
        raise BadInput(msg)
    if not reason.strip() or not reason.isprintable() or len(reason) > _LONGEST_REASON:
        msg = f"a reason is one line of at most {_LONGEST_REASON} characters: say why"
        raise BadInput(msg)
    values = _vocabulary(vault, settings, playbook)[tag]
    if new is not None and new not in values:
        msg = f"{new!r} is no {tag} here: choose one of {', '.join(values)}"
        raise BadInput(msg)
    vault.require_permitted(access, Verb.READ, DataClass.REDACTED, what=CORRECTIONS)
    exported = redacted_chat(vault, conversation_id, day=day, access=access)
    before = corrections_of(vault)
    known = standing_of(vault, conversation_id)
    now = retagged(exported, _tags(known, playbook))
    if new is None and tag not in known:
        msg = f"nobody has corrected the {tag} of this chat: there is nothing to take back"
        raise BadInput(msg)
    if new is not None:
        wanted = {**{name: given.new for name, given in known.items()}, tag: new}
        _require_consistent(retagged(exported, _tags_of(wanted, playbook)), playbook)
    old: Tag | None = getattr(now, tag)
    record = vault.audit.append(
        EVENT,
        access,
        what=CORRECTIONS,
        count=1,
        ids_digest=vault.id_digest(conversation_id),
        detail=canonical(
            {"tag": tag, "old": old.value if old else None, "new": new, "reason": reason}
        ).decode(),
    )
    made = _read(record)
    kept_corrections(vault, (*before, made))
    return made


def _standing(corrections: Iterable[Correction]) -> dict[str, dict[str, Correction]]:
    """The last word on each tag of each chat; one that was taken back isn't there."""
    standing: dict[str, dict[str, Correction]] = {}
    for one in corrections:
        of_chat = standing.setdefault(one.chat, {})
        of_chat.pop(one.tag, None)
        if one.new is not None:
            of_chat[one.tag] = one
    return standing


def _tags(given: Mapping[str, Correction], playbook: Playbook) -> dict[str, Tag]:
    return _tags_of({name: one.new for name, one in given.items()}, playbook)


def _tags_of(given: Mapping[str, str | None], playbook: Playbook) -> dict[str, Tag]:
    tags = {name: Tag(value, SetBy.PERSON) for name, value in given.items() if value is not None}
    topic = playbook.topics.get(tags["topic"].value) if "topic" in tags else None
    if topic is not None:
        tags.setdefault("product_area", Tag(topic.product_area, SetBy.RULE))
    return tags


def _vocabulary(
    vault: RegionVault, settings: Settings, playbook: Playbook
) -> Mapping[str, Sequence[str]]:
    return {
        "topic": sorted(playbook.topics),
        "product_area": settings.product_areas,
        "severity": list(Severity),
        "channel": list(Channel),
        "language": vault.region.languages,
    }


def _require_consistent(chat: RedactedConversation, playbook: Playbook) -> None:
    topic = playbook.topics.get(chat.topic.value) if chat.topic else None
    area = chat.product_area.value if chat.product_area else None
    if topic is not None and area not in (None, topic.product_area):
        msg = (
            f"topic {topic.name} belongs to product area {topic.product_area}, not {area}: correct "
            "the topic, and the area follows it"
        )
        raise BadInput(msg)


def _read(record: AuditRecord) -> Correction:
    said = orjson.loads(record.detail)
    return Correction(
        chat=record.ids_digest,
        tag=said["tag"],
        old=said["old"],
        new=said["new"],
        reason=said["reason"],
        by=record.actor,
        at=record.at,
    )
