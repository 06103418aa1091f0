"""What a reply may state: fill a template from licensed values, find what nothing licenses. R11.

A claim is anything a customer could hold the company to or act on: a number with its unit, an
amount, a date, a link, an address, a promise. Only vetted texts and the values filled into them
license one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from handrail.errors import Refused
from handrail.playbook.claim_patterns import CLAIM
from handrail.playbook.model import Fact, Template, TemplateSlot
from handrail.playbook.promise_patterns import PROMISE

_HOLE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*_\d+\]")
_AMOUNT = r"(?:[A-Z]{0,3}[€$£¥₹]?\s?)?[-+]?\d[\d.,'\s]{0,18}(?:\s?(?:[%€$£¥₹]|[A-Z]{3}))?"
_KINDS = {
    "text": (re.compile(r"[^{}\n\r\t]{1,200}"), "is not one short line without braces"),
    "amount": (re.compile(_AMOUNT), "is not a number or an amount of money"),
    "date": (re.compile(r"(?=.*\d)[\w., :/-]{1,40}"), "is not a date"),
    "url": (re.compile(r"https://[a-z0-9.-]+(?:/[^\s{}<>\"]*)?"), "is not an https address"),
}


class Unfillable(StrEnum):
    """Why no licensed text comes of a template."""

    TEMPLATE_EXPIRED = "template_expired"
    FACT_EXPIRED = "fact_expired"
    NO_VALUE = "no_value"
    WRONG_KIND = "wrong_kind"


class CannotFill(Refused):
    """No licensed text comes of this template now; names template and slot, never a value."""

    def __init__(self, reason: Unfillable, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class FilledSlot:
    """A slot's value and what licensed it: `context:NAME` or `fact:ID`."""

    name: str
    value: str
    licensed_by: str


class ClaimKind(StrEnum):
    """What sort of thing a text claims."""

    LINK = "link"
    PLACEHOLDER = "placeholder"
    DATE = "date"
    ADDRESS = "address"
    NUMBER = "number"
    AMOUNT = "amount"
    PROMISE = "promise"


_KIND = {kind.value: kind for kind in ClaimKind} | {"day": ClaimKind.DATE}


@dataclass(frozen=True)
class Claim:
    """One thing a text holds the company to; a promise with the rest of its clause."""

    kind: ClaimKind
    text: str

    @property
    def key(self) -> str:
        """Equal for the same claim in other case or spacing."""
        return "".join(self.text.casefold().split())


class Filled(NamedTuple):
    """A template with its slots filled, in the order of its text."""

    text: str
    slots: tuple[FilledSlot, ...]


def fill(
    template: Template, *, context: Mapping[str, str], facts: Iterable[Fact], on: date
) -> Filled:
    """Fill every slot from `context` or from a fact valid on `on`; `CannotFill` says why not.

    `context` holds what our systems verified for this conversation. A fact counts only for the
    template's own region and language.
    """
    if not template.valid_on(on):
        msg = (
            f"template {template.id} holds from {template.valid_from} to {template.valid_to}, "
            f"not on {on}"
        )
        raise CannotFill(Unfillable.TEMPLATE_EXPIRED, msg)
    here = [f for f in facts if (f.region, f.language) == (template.region, template.language)]
    slots = tuple(_filled(slot, template.id, context, here, on) for slot in template.slots)
    return Filled(_with_values(template.text, {slot.name: slot.value for slot in slots}), slots)


def exceeding(
    text: str, *, texts: Iterable[str], slots: Iterable[FilledSlot], facts: Iterable[Fact]
) -> tuple[Claim, ...]:
    """What `text` claims or promises beyond what is licensed, in order, once each.

    `texts` are vetted words (templates, disclosures): they license what they say with the values of
    `slots` and `facts` in their holes, and nothing but they license a promise. `facts` are those of
    one region and language that hold on the day. A number counts with its unit: a licensed "14
    days" doesn't license "14 % off", and a bare number as a value licenses only what a text says
    with it.
    """
    found = {c.key: c for c in reversed(list(_claims(text)))}
    if not found:  # most texts claim nothing, and what would be licensed is many times their work
        return ()
    values = {fact.name: fact.value for fact in facts} | {slot.name: slot.value for slot in slots}
    licensed = {c.key for words in texts for c in _claims(_with_values(words, values))}
    for value in values.values():
        own = [c for c in _claims(value) if c.kind is not ClaimKind.PROMISE]
        licensed |= {c.key for c in own if not c.key.isdecimal()}
    return tuple(c for key, c in reversed(found.items()) if key not in licensed)


def unlicensed_claims(
    text: str, slots: tuple[FilledSlot, ...], template_text: str
) -> tuple[str, ...]:
    """The claims and promises in a reply that neither its template nor a slot's value makes.

    `template_text` may have its values already: a reply that is this very text claims no more.
    """
    if text == template_text and not holes(text):
        return ()
    return tuple(c.text for c in exceeding(text, texts=[template_text], slots=slots, facts=()))


def holes(text: str) -> tuple[str, ...]:
    """The names of the slots in a template's text, in order, once each."""
    return tuple(dict.fromkeys(_HOLE.findall(text)))


def outside_slots(text: str) -> str:
    """A template's text without its slots: the words its author wrote out."""
    return _HOLE.sub("", text)


def stray_brace(text: str) -> bool:
    """Whether a brace stands outside a slot."""
    return any(brace in outside_slots(text) for brace in "{}")


def value_problem(kind: str, value: str) -> str | None:
    """Why `value` can't fill a slot of this kind (`text`, `amount`, `date`, `url`), or None.

    A placeholder of the scrubber stands for a value and fits every kind but `url`.
    """
    pattern, problem = _KINDS[kind]
    if kind != "url" and _PLACEHOLDER.fullmatch(value):
        return None
    return None if value.strip() and pattern.fullmatch(value) else problem


def _filled(
    slot: TemplateSlot, template_id: str, context: Mapping[str, str], facts: list[Fact], on: date
) -> FilledSlot:
    named = [fact for fact in facts if fact.name == slot.name]
    valid = [fact for fact in named if fact.valid_from <= on <= fact.valid_to]
    if slot.source == "context" and slot.name in context:
        filled = FilledSlot(slot.name, context[slot.name], f"context:{slot.name}")
    elif slot.source == "fact" and valid:
        filled = FilledSlot(slot.name, valid[0].value, f"fact:{valid[0].id}")
    elif slot.source == "fact" and named:
        msg = f"template {template_id}: no fact {slot.name!r} holds on {on}"
        raise CannotFill(Unfillable.FACT_EXPIRED, msg)
    else:
        msg = f"template {template_id}: nothing licenses a value for slot {slot.name!r}"
        raise CannotFill(Unfillable.NO_VALUE, msg)
    problem = value_problem(slot.kind, filled.value)
    if problem:
        msg = f"template {template_id}: the value for slot {slot.name!r} {problem}"
        raise CannotFill(Unfillable.WRONG_KIND, msg)
    return filled


def _with_values(text: str, values: Mapping[str, str]) -> str:
    """`text` with its slots replaced in one pass: a value is never searched for slots again."""
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), text)


def _claims(text: str) -> list[Claim]:
    plain = unicodedata.normalize("NFKC", text).replace("\u2019", "'")
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    found = [
        (match.start(), Claim(_KIND[str(match.lastgroup)], match[0].strip().rstrip(".,;:!?'")))
        for match in CLAIM.finditer(plain)
    ] + [
        (match.start(), Claim(ClaimKind.PROMISE, match[0].strip()))
        for match in PROMISE.finditer(plain)
        if not match["denied"]
    ]
    return [claim for _, claim in sorted(found, key=lambda at: at[0])]
