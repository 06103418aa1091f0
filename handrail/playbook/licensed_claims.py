"""What a reply may state: fill a template from licensed values, find what nothing licenses. R11.

A claim is anything a customer could hold the company to or act on: a number with its unit, an
amount, a date, a link, an address. Only the text of the vetted template and the values filled into
it license one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from handrail.errors import Refused
from handrail.playbook.claim_patterns import CLAIM
from handrail.playbook.model import Fact, Template, TemplateSlot

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
    return Filled(_with_values(template.text, slots), slots)


def unlicensed_claims(
    text: str, slots: tuple[FilledSlot, ...], template_text: str
) -> tuple[str, ...]:
    """The claims in `text` that neither the template nor a slot's value makes, in order, once each.

    A number counts with its unit: a licensed "14 days" doesn't license "14 % off", and a bare
    number as a value licenses only what the template says with it.
    """
    licensed = {_key(claim) for claim in _claims(_with_values(template_text, slots))}
    for slot in slots:
        licensed |= {key for key in map(_key, _claims(slot.value)) if not key.isdecimal()}
    found = {_key(claim): claim for claim in reversed(list(_claims(text)))}
    return tuple(claim for key, claim in reversed(found.items()) if key not in licensed)


def holes(text: str) -> tuple[str, ...]:
    """The names of the slots in a template's text, in order, once each."""
    return tuple(dict.fromkeys(_HOLE.findall(text)))


def stray_brace(text: str) -> bool:
    """Whether a brace stands outside a slot."""
    return any(brace in _HOLE.sub("", text) for brace in "{}")


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


def _with_values(text: str, slots: Iterable[FilledSlot]) -> str:
    """`text` with its slots replaced in one pass: a value is never searched for slots again."""
    values = {slot.name: slot.value for slot in slots}
    return _HOLE.sub(lambda hole: values.get(hole[1], hole[0]), text)


def _claims(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text).replace("\u2019", "'")
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    for match in CLAIM.finditer(plain):
        yield match[0].strip().rstrip(".,;:!?'")


def _key(claim: str) -> str:
    return "".join(claim.casefold().split())
