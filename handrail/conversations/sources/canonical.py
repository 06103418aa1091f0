"""From a row in our shape to a `Conversation`; every refusal has a reason and quotes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Any

import orjson

from handrail.conversations.model import (
    CONVERSATION_ID,
    Action,
    Conversation,
    Customer,
    Flag,
    FlagLabel,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
    day_of,
)
from handrail.conversations.sources.rows import Reason, Unusable
from handrail.conversations.sources.scalars import (
    as_aware,
    as_bool,
    as_int,
    as_list,
    as_member,
    as_name,
    as_text,
    as_time,
)
from handrail.conversations.tagging import Vocabulary, with_default_severity
from handrail.residency import Region, region_of_country

_INT32 = 2**31
_MOST_NESTED = 64  # of an action's arguments; a JSON reader gives up at 200 for the whole record


@dataclass(frozen=True)
class Destination:
    """The region that rows are read for, beside all others, and its tags' vocabulary."""

    region: Region
    regions: Sequence[Region]
    vocabulary: Vocabulary


def conversation_of(
    row: Mapping[str, Any], destination: Destination, *, simulated: bool
) -> Conversation:
    """The conversation in `row`; raises `Unusable` with the reason it is none.

    Missing keys take the record's defaults; a region that isn't given is the destination's, a
    status that isn't given is `open`. A row that calls itself simulated stays so; whether the
    language is verified isn't the row's to say.
    """
    _only(row, Conversation, "the record")
    identity = _identity(row)
    turns = _turns(row.get("turns"))
    region = _region(row, destination)
    words = destination.vocabulary
    return with_default_severity(
        Conversation(
            conversation_id=identity,
            source_system=as_name(row.get("source_system", "jsonl"), "source_system"),
            region=region.name,
            region_set_by=_region_set_by(row),
            day=_day(row, turns),
            turns=turns,
            outcome=_outcome(_table(row.get("outcome"), Outcome, "outcome")),
            customer=_customer(_table(row.get("customer"), Customer, "customer")),
            channel=_tag(row.get("channel"), "channel", words),
            language=_tag(row.get("language"), "language", words),
            product_area=_tag(row.get("product_area"), "product_area", words),
            severity=_tag(row.get("severity"), "severity", words),
            topic=_tag(row.get("topic"), "topic", words),
            basis=_tag(row.get("basis"), "basis", words) or _basis_of(region),
            actions=tuple(_action(item) for item in as_list(row.get("actions"), "actions")),
            flags=tuple(_flag(item, identity) for item in as_list(row.get("flags"), "flags")),
            sector=None if row.get("sector") is None else as_name(row["sector"], "sector"),
            simulated=simulated or as_bool(row.get("simulated"), "simulated"),
        )
    )


def times_of(conversation: Conversation) -> list[datetime]:
    """Every instant that the conversation mentions of itself."""
    outcome = conversation.outcome
    times = [turn.at for turn in conversation.turns]
    return [at for at in (*times, outcome.closed_at, *outcome.reopened_at) if at is not None]


def _identity(row: Mapping[str, Any]) -> str:
    value = row.get("conversation_id")
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not CONVERSATION_ID.fullmatch(text):
        detail = (
            "the conversation id is missing or no opaque id of at most 128 letters, digits and "
            "._:/- (an address or phone number is none); map another field"
        )
        raise Unusable(Reason.BAD_ID, detail)
    return text


def _turns(value: Any) -> tuple[Turn, ...]:
    turns = tuple(_turn(index, item) for index, item in enumerate(as_list(value, "turns")))
    if not any(turn.text.strip() for turn in turns):
        raise Unusable(Reason.NO_TURNS, "no message with any text")
    return turns


def _turn(index: int, item: Any) -> Turn:
    data = _table(item, Turn, "a turn")
    if data.get("index", index) != index:
        raise Unusable(Reason.MALFORMED, "turns are not numbered from 0 in their order")
    text = data.get("text")
    template, author = data.get("template"), data.get("author")
    role = as_member(Role, data.get("role"), "a turn's role")
    return Turn(
        index=index,
        role=role,
        text="" if text is None else as_text(text, "a turn's text"),
        at=as_time(data.get("at"), "a turn's time"),
        is_private=as_bool(data.get("is_private"), "is_private"),
        template=None if template is None else as_name(template, "a turn's template"),
        author=None
        if author is None or role is not Role.AGENT
        else as_text(author, "a turn's author"),
    )


def _region(row: Mapping[str, Any], destination: Destination) -> Region:
    if "region" not in row:
        return destination.region
    code = row["region"]
    found = None
    if isinstance(code, str):
        found = next((r for r in destination.regions if r.name == code), None)
        found = found or region_of_country(code.partition("-")[0], destination.regions)
    if found is None:
        detail = "the region or country is missing or is in no region of this deployment"
        raise Unusable(Reason.UNKNOWN_REGION, detail)
    if found.name != destination.region.name:
        detail = (
            f"belongs to region {found.name} and was read for region {destination.region.name}: "
            f"read it with --region {found.name}"
        )
        raise Unusable(Reason.FOREIGN_REGION, detail)
    return found


def _region_set_by(row: Mapping[str, Any]) -> SetBy:
    """Without a word from the export it is where a person put it, or what they typed."""
    if "region" not in row:
        return SetBy.PERSON
    return as_member(SetBy, row.get("region_set_by") or SetBy.EXPORT, "region_set_by")


def _day(row: Mapping[str, Any], turns: Sequence[Turn]) -> date:
    times = [turn.at for turn in turns if turn.at is not None]
    if times:
        return day_of(min(times))
    value = row.get("day")
    if value is None:
        detail = "no message has a time and there is no day; the mapping can give one (day)"
        raise Unusable(Reason.UNDATED, detail)
    if isinstance(value, datetime):
        return day_of(as_aware(value, "day"))
    return value if isinstance(value, date) else date.fromisoformat(value)


def _tag(value: Any, name: str, vocabulary: Vocabulary) -> Tag | None:
    if value is None:
        return None
    data = {"value": value, "set_by": SetBy.EXPORT} if isinstance(value, str) else value
    data = _table(data, Tag, name)
    text = as_text(data.get("value"), name)
    text = vocabulary.language(text) if name == "language" else text
    set_by = as_member(SetBy, data.get("set_by", SetBy.EXPORT), f"{name}.set_by")
    confidence = data.get("confidence")
    sure = confidence is None or (isinstance(confidence, int | float) and 0 <= confidence <= 1)
    if not vocabulary.allows(name, text) or not sure or isinstance(confidence, bool):
        detail = f"{name} is outside its vocabulary; map the value, or leave the tag out"
        raise Unusable(Reason.UNKNOWN_VALUE, detail)
    return Tag(text, set_by, None if confidence is None else float(confidence))


def _basis_of(region: Region) -> Tag | None:
    """What the region's config says of chats whose export names no ground."""
    return Tag(region.legal_basis, SetBy.RULE) if region.legal_basis else None


def _outcome(data: Mapping[str, Any]) -> Outcome:
    status, csat, reopened = data.get("status"), data.get("csat"), data.get("reopened_at")
    times = reopened if isinstance(reopened, list) else [reopened]
    return Outcome(
        status=Status.OPEN if status is None else as_member(Status, status, "outcome.status"),
        closed_at=as_time(data.get("closed_at"), "outcome.closed_at"),
        reopened_at=tuple(at for at in (as_time(t, "outcome.reopened_at") for t in times) if at),
        escalated=as_bool(data.get("escalated"), "outcome.escalated"),
        csat=None if csat is None else as_int(csat, 1, 5, "outcome.csat"),
    )


def _customer(data: Mapping[str, Any]) -> Customer:
    identity, known = data.get("customer_id"), data.get("known")
    if known is not None and not isinstance(known, Mapping):
        raise Unusable(Reason.MALFORMED, "customer.known is not a table")
    return Customer(
        customer_id=None if identity is None else as_text(identity, "customer.customer_id"),
        known={
            as_name(kind, "a key of customer.known"): tuple(
                as_text(value, "a value of customer.known")
                for value in as_list(values, "customer.known")
            )
            for kind, values in (known or {}).items()
            if values
        },
        opted_out_of_ai=as_bool(data.get("opted_out_of_ai"), "opted_out_of_ai"),
        opted_out_of_training=as_bool(data.get("opted_out_of_training"), "opted_out_of_training"),
    )


def _action(item: Any) -> Action:
    data = _table(item, Action, "an action")
    after, done, arguments = data.get("after_turn"), data.get("succeeded"), data.get("arguments")
    if _is_deeper(arguments, _MOST_NESTED):
        detail = f"an action's arguments are nested more than {_MOST_NESTED} deep"
        raise Unusable(Reason.MALFORMED, detail)
    return Action(
        name=as_name(data.get("name"), "an action's name"),
        after_turn=None
        if after is None
        else as_int(after, 0, _INT32 - 1, "an action's after_turn"),
        succeeded=None if done is None else as_bool(done, "an action's succeeded"),
        arguments=orjson.loads(orjson.dumps(arguments or {}, default=str)),
    )


def _is_deeper(value: Any, most: int) -> bool:
    if not isinstance(value, dict | list | tuple):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return most == 0 or any(_is_deeper(item, most - 1) for item in inside)


def _flag(item: Any, conversation_id: str) -> Flag:
    data = _table(item, Flag, "a flag")
    if str(data.get("conversation_id", conversation_id)) != conversation_id:
        raise Unusable(Reason.MALFORMED, "a flag names another conversation")
    at = as_time(data.get("at"), "a flag's time")
    if at is None:
        raise Unusable(Reason.MALFORMED, "a flag has no time")
    return Flag(
        flag_id=as_text(data.get("flag_id"), "a flag's id"),
        conversation_id=conversation_id,
        turn_index=as_int(data.get("turn_index"), 0, _INT32 - 1, "a flag's turn_index"),
        label=as_member(FlagLabel, data.get("label"), "a flag's label"),
        reason=as_text(data.get("reason") or "", "a flag's reason"),
        flagged_by=as_text(data.get("flagged_by") or "unknown", "a flag's flagged_by"),
        at=at,
        revision=as_int(data.get("revision") or 0, 0, _INT32 - 1, "a flag's revision"),
    )


def _table(value: Any, kind: type, what: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unusable(Reason.MALFORMED, f"{what} is not a table")
    _only(value, kind, what)
    return value


def _only(data: Mapping[str, Any], kind: type, what: str) -> None:
    known = _keys(kind)
    if not known.issuperset(data):
        detail = f"{what} has a key that is none of {', '.join(sorted(known))}"
        raise Unusable(Reason.MALFORMED, detail)


@cache
def _keys(kind: type) -> frozenset[str]:
    return frozenset(each.name for each in fields(kind))
