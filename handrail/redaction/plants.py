"""Plants: residual leaks of our own making, which measure how many a reviewer finds (R33).

A plant is a copy of a redacted chat in which one placeholder gives way to an invented value of its
type, or to which a plain sentence with one is added. It exists as instructions in a sealed round
and, while somebody reads it, in memory: it is no `RedactedConversation`, so nothing that learns,
counts or exports could take one.

The raw side shows the same invented value wherever the true one stood, so that both sides agree as
they do where the scrubber missed something: nothing on the screen tells a plant from the sample.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from handrail.conversations.model import Role
from handrail.redaction.beside import Line, replaced
from handrail.redaction.model import RedactedConversation
from handrail.redaction.placeholders import PLACEHOLDER
from handrail.redaction.plain import plain

# One in so many stands in a sentence of its own, where no placeholder showed that something was.
_SENTENCE_EVERY = 5
_VALUES = Path(__file__).with_name("plants.yaml")
_WILD = re.compile(r"[#?]")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True)
class Plant:
    """One seeded leak: `value` in message `turn`.

    It takes the place of the `nth` placeholder of that message, which is `placeholder`, or stands
    in `sentence`, which is added to the message.
    """

    turn: int
    value: str
    placeholder: str | None
    nth: int
    sentence: str | None


def plant_in(
    chat: RedactedConversation, *, chance: random.Random, in_sentence: bool
) -> Plant | None:
    """A leak for this chat in its language, or None where there is nothing to plant in.

    In a sentence where one is asked for or no placeholder is to be had; in a placeholder's stead
    where we have no sentences in the language.
    """
    language = chat.language.value if chat.language else ""
    added = _in_sentence(chat, language, chance) if in_sentence else None
    if added is not None:
        return added
    places = [
        (turn.index, nth, found.group())
        for turn in chat.turns
        for nth, found in enumerate(PLACEHOLDER.finditer(turn.text))
        if _ways(language, _type(found.group()))
    ]
    if not places:
        return _in_sentence(chat, language, chance)
    kind = chance.choice(sorted({_type(placeholder) for _, _, placeholder in places}))
    turn, nth, placeholder = chance.choice([p for p in places if _type(p[2]) == kind])
    value = _value(language, kind, chance)
    return Plant(turn, value, placeholder, nth, None)


def plants_in(
    chats: Iterator[RedactedConversation], *, n: int, chance: random.Random
) -> Mapping[str, Plant]:
    """The first `n` plants that these chats take, by conversation id."""
    made: dict[str, Plant] = {}
    for chat in chats:
        if len(made) == n:
            break
        in_sentence = len(made) % _SENTENCE_EVERY == _SENTENCE_EVERY - 1
        plant = plant_in(chat, chance=chance, in_sentence=in_sentence)
        if plant is not None:
            made[chat.conversation_id] = plant
    return made


def planted(lines: Sequence[Line], plant: Plant) -> tuple[Line, ...]:
    """The lines of a chat with the leak in them, on both sides.

    Where no other place has the placeholder that gave way, those after it move up: a missing number
    would tell a plant.
    """
    shown = tuple(
        replace(
            line,
            raw=None if line.raw is None else _raw(line.raw, line.redacted, line.turn, plant),
            redacted=_redacted(line.redacted, line.turn, plant),
        )
        for line in lines
    )
    return shown if plant.placeholder is None else _numbered_anew(shown, _type(plant.placeholder))


def _numbered_anew(shown: Sequence[Line], kind: str) -> tuple[Line, ...]:
    """The placeholders of one type by first appearance, as the scrubber numbers them."""
    numbers: dict[str, str] = {}

    def anew(found: re.Match[str]) -> str:
        placeholder = found.group()
        if _type(placeholder) != kind:
            return placeholder
        return numbers.setdefault(placeholder, f"[{kind}_{len(numbers) + 1}]")

    return tuple(replace(line, redacted=PLACEHOLDER.sub(anew, line.redacted)) for line in shown)


def _redacted(text: str, turn: int | None, plant: Plant) -> str:
    if turn != plant.turn:
        return text
    if plant.sentence is not None:
        return text + plant.sentence
    found = list(PLACEHOLDER.finditer(text))[plant.nth]
    return text[: found.start()] + plant.value + text[found.end() :]


def _raw(raw: str, redacted: str, turn: int | None, plant: Plant) -> str:
    """As if the customer had written the invented value wherever the true one stood."""
    if plant.sentence is not None:
        return raw + plant.sentence if turn == plant.turn else raw
    for value in reversed(replaced(raw, redacted)):
        if value.placeholder == plant.placeholder:
            raw = raw[: value.start] + plant.value + raw[value.end :]
    return raw


def _in_sentence(chat: RedactedConversation, language: str, chance: random.Random) -> Plant | None:
    """A sentence more at the end of a message, in small letters after one that has no others."""
    said = [(turn.index, turn.text) for turn in chat.turns if turn.role is Role.CUSTOMER]
    sentences = _values().get(language, {}).get("sentences", ())
    if not said or not sentences:
        return None
    kind, sentence = chance.choice(sentences)
    value = _value(language, kind, chance)
    turn, text = chance.choice(said)
    if text.islower():
        sentence = sentence.lower().removesuffix(".")
    ended = text.rstrip().endswith((".", "!", "?"))
    return Plant(turn, value, None, 0, (" " if ended else ". ") + sentence.format(value=value))


def _value(language: str, kind: str, chance: random.Random) -> str:
    table = _table(language)
    given, family = chance.choice(table["given"]), chance.choice(table["family"])
    words = {
        "given": given, "family": family, "g": _plainly(given), "f": _plainly(family),
        "street": chance.choice(table["street"]), "city": chance.choice(table["city"]),
        "word": chance.choice(table["word"]), "month": chance.choice(table["months"]),
    }  # fmt: skip
    pattern = chance.choice(_ways(language, kind))
    filled = _WILD.sub(
        lambda wild: (
            str(chance.randrange(1, 10)) if wild.group() == "#" else chance.choice(_LETTERS)
        ),
        pattern,
    )
    return filled.format(**words)


def _plainly(name: str) -> str:
    """A name as it is written in addresses and by people in a hurry: `Le Goff` as `legoff`."""
    return "".join(c for c in plain(name).text.lower() if c.isalnum())


def _ways(language: str, kind: str) -> Sequence[str]:
    """The ways a value of that type is written; none where we have no invention for it."""
    ways: Sequence[str] = _table(language).get(kind) or _values()["any"].get(kind, ())
    return ways


def _table(language: str) -> Mapping[str, Any]:
    return _values().get(language) or _values()["en"]


@cache
def _values() -> Mapping[str, Mapping[str, Any]]:
    tables: Mapping[str, Mapping[str, Any]] = yaml.safe_load(_VALUES.read_text(encoding="utf-8"))
    return tables


def _type(placeholder: str) -> str:
    return placeholder[1:-1].rpartition("_")[0]
