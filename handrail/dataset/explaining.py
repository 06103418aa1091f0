"""The whole story of one row: where it came from, which rules it met, what it was made into.

Told without the row's text, from the vault and the manifests alone, so that it can be told of a row
that was left out, and of one whose person was erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handrail.access import Access
from handrail.conversations.model import SetBy
from handrail.dataset.admission import admission_rules
from handrail.dataset.corrections import Correction, standing_of
from handrail.dataset.labeling import labeled
from handrail.dataset.manifest import RowEntry
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import split_of
from handrail.dataset.stored import Lists, Version, read_lists, read_row, versions
from handrail.digests import short
from handrail.errors import BadInput
from handrail.redaction.days import REDACTED
from handrail.redaction.model import RedactedConversation, open_redacted
from handrail.residency import DataClass
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault

_TAGS = ("topic", "product_area", "severity", "channel", "language", "basis")


@dataclass(frozen=True)
class Line:
    """One thing that is known of a row: what it is about, and a sentence."""

    about: str
    says: str


@dataclass(frozen=True)
class Story:
    """What is known of a row in one version of the region's data set.

    `chat` is the redacted chat, None where it isn't held any more.
    """

    row: str
    version: Version
    is_in: bool
    lines: tuple[Line, ...]
    chat: RedactedConversation | None


def explain(vault: RegionVault, row: str, version: Version, *, access: Access) -> Story:
    """The story of `row`, an example's or conversation's id, as `version` has it.

    `BadInput` where neither the data set nor the redacted chats know the id.
    """
    lists = read_lists(vault, version.artifact, access=access)
    entry = lists.entries.get(row)
    example = read_row(vault, version.artifact, row, access=access) if entry else None
    written = example is not None and example.synthetic
    day, owner, chat = (None, None, None) if written else _chat(vault, row, example, access=access)
    if entry is None and day is None and row not in lists.left_out and row not in lists.dropped:
        msg = (
            f"region {vault.region.name} holds no redacted chat {row!r}: it was never accepted, "
            "waits in quarantine, was held back by the second look, or is past retention; "
            "`handrail exports list` shows what is read"
        )
        raise BadInput(msg)
    lines = [
        *_outcome(row, lists, entry, version, is_erased=bool(owner and vault.erased([owner]))),
        *(() if written else _origin(chat, day)),
        *(_tags(chat, example, standing_of(vault, row)) if chat else ()),
        *(_admission(row, lists, chat) if chat else ()),
        *(_row(example, entry, lists, chat) if example and entry else ()),
        *_versions(vault, row, access=access),
    ]
    return Story(row, version, entry is not None, tuple(lines), chat)


def _chat(
    vault: RegionVault, row: str, example: TrainingExample | None, *, access: Access
) -> tuple[Artifact | None, str | None, RedactedConversation | None]:
    """The redacted day that holds the chat, whose it is, and the chat unless it was erased."""
    days = vault.lineage.holdings.of(REDACTED)
    if example is not None:
        days = [day for day in days if day.partition == example.day.isoformat()]
    for day in days:
        subjects = vault.record_subjects(day, data_class=DataClass.REDACTED, access=access)
        if row in subjects:
            record = vault.get(day, row, data_class=DataClass.REDACTED, access=access)
            return day, subjects[row], None if record is None else open_redacted(record.payload)
    return None, None, None


def _outcome(
    row: str, lists: Lists, entry: RowEntry | None, version: Version, *, is_erased: bool
) -> Iterator[Line]:
    manifest = short(version.artifact.digest)
    rules = admission_rules()
    if entry is not None:
        yield Line("data set", f"it is in data set {manifest}, in split {entry.split}")
    elif row in lists.left_out:
        rule = rules[f"dataset|{lists.left_out[row]}"]
        yield Line("data set", f"it is not in data set {manifest}: {rule.reason} ({rule.id})")
    elif row in lists.dropped:
        for rule in (rules[f"admission|{name}"] for name in lists.dropped[row]):
            yield Line("data set", f"it is not in data set {manifest}: {rule.reason} ({rule.id})")
    else:
        yield Line("data set", f"data set {manifest} was made before the chat was redacted")
    if is_erased:
        yield Line("erased", "the key of its person was destroyed: nobody can read it any more")


def _origin(chat: RedactedConversation | None, day: Artifact | None) -> Iterator[Line]:
    if day is None:
        yield Line("source", "its redacted chat is not held any more")
        return
    yield Line("day", f"{day.partition}; the redacted day has the hash {short(day.digest)}")
    if chat is not None:
        marks = ", ".join(f"{n} {kind}" for kind, n in sorted(chat.stamp.hits.items())) or "nothing"
        simulated = ", simulated" if chat.simulated else ""
        yield Line("source", f"exported from {chat.source_system}{simulated}")
        yield Line("redaction", f"scrubber {short(chat.stamp.scrubber)} replaced {marks}")


def _tags(
    chat: RedactedConversation,
    example: TrainingExample | None,
    corrections: Mapping[str, Correction],
) -> Iterator[Line]:
    """Each tag as the export or a rule has it, then what people or the data set make of it."""
    for name in _TAGS:
        tag = getattr(chat, name)
        if tag is None:
            yield Line(name, "nobody set it")
        else:
            sure = "" if tag.confidence is None else f", {tag.confidence:.0%} sure"
            yield Line(name, f"{tag.value}, set by {tag.set_by}{sure}")
        if name in corrections:
            said = corrections[name]
            yield Line(name, f"corrected to {said.new} at {said.at}, set by {SetBy.PERSON}")
        elif example is not None and getattr(example, name) != (tag and tag.value):
            yield Line(name, f"{getattr(example, name)} in the data set")
    yield Line("sector", chat.sector or "the export names none")


def _admission(row: str, lists: Lists, chat: RedactedConversation) -> Iterator[Line]:
    ended = chat.outcome
    closed = f", closed at {ended.closed_at:%Y-%m-%d %H:%M} UTC" if ended.closed_at else ""
    steps = sum(step.succeeded is not False for step in chat.actions)
    used = sum(turn.template is not None for turn in chat.turns)
    yield Line(
        "evidence",
        f"status {ended.status}{closed}; reopened {len(ended.reopened_at)} times; "
        f"{'handed on' if ended.escalated else 'not handed on'}; steps of the agent: {steps}, "
        f"messages by template: {used}; "
        f"{'opted out of' if chat.opted_out_of_training else 'may be used for'} training",
    )
    if row not in lists.dropped:
        yield Line("admission", "no rule of admission spoke against it")


def _row(
    example: TrainingExample, entry: RowEntry, lists: Lists, chat: RedactedConversation | None
) -> Iterator[Line]:
    made = lists.manifest.provenance
    alike = sum(other.cluster == entry.cluster for other in lists.entries.values()) - 1
    yield Line("cluster", f"{entry.cluster}, with {alike or 'no'} near-duplicates in the set")
    yield Line("split", f"{entry.split}: {_why_split(example, entry, lists)}")
    policy = short(made.policies.get("weight_policy", ""))
    yield Line(
        "weight",
        f"{example.weight:g} where topics are learned, {example.outcome_weight:g} where outcomes "
        f"are: {_judged(example, chat)} (weight policy {policy})",
    )
    if example.synthesis is not None:
        mark = example.synthesis
        yield Line(
            "synthetic",
            f"written by {mark.generator}, seed {mark.seed}, for {mark.cell}, from "
            f"{', '.join(mark.facts) or 'no fact'}",
        )
    told = ", ".join(name.replace("_", " ") for name in example.signals)
    never = "it is never a target" if told else "nothing in it speaks to the machine"
    yield Line("signals", f"{told}: {never}" if told else never)
    yield Line("content", f"hash {entry.digest[:12]}, one leaf of {lists.manifest.rows_root[:12]}")


def _judged(example: TrainingExample, chat: RedactedConversation | None) -> str:
    if example.synthetic:
        return "nobody was ever given its reply"
    if chat is None:
        return "what people flagged is not held any more"
    flags = [flag for flag in labeled([chat]) if flag.stands]
    said = ", ".join(f"message {flag.turn_index} {flag.label}" for flag in flags)
    return said or "nobody flagged a message"


def _why_split(example: TrainingExample, entry: RowEntry, lists: Lists) -> str:
    made = lists.manifest.provenance
    if example.synthetic:
        return "what a generator wrote is for training only"
    if entry.split == split_of(example.group, seed=made.seed):
        return f"the hash of its person's group {example.group} and seed {made.seed} says so"
    if made.held_out_from and example.day >= made.held_out_from and entry.split == Split.TEST:
        return f"its day is held out (from {made.held_out_from} on) and its person is new"
    return "a message of its person is shared with others, and their cluster's hash says so"


def _versions(vault: RegionVault, row: str, *, access: Access) -> Iterator[Line]:
    held = [one for one in versions(vault) if one.destroyed is None]
    with_it = [
        f"{short(one.artifact.digest)} of {one.at[:10]}"
        for one in held
        if row in vault.record_subjects(one.artifact, data_class=DataClass.DATASET, access=access)
    ]
    yield Line("versions", f"of {len(held)} data sets held, in {', '.join(with_it) or 'none'}")
