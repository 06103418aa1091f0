"""The default generator: customers' openings from a grammar, replies from the playbook. Offline."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Self

import yaml

from handrail.dataset.coverage import Cell
from handrail.dataset.dialogue import ORDER, Dialogue, hand_off, stand_ins, templates_in_force
from handrail.digests import digest, short
from handrail.playbook.licensed_claims import CannotFill, fill
from handrail.playbook.model import Playbook

OPENINGS = Path(__file__).with_name("openings")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SPACES = re.compile(r"\s+")
_LONG_WORD = re.compile(r"(?<![{\w])[^\W\d_]{5,}(?![}\w])")
_PLAIN, _CASUAL, _FORMAL = "plain", "casual", "formal"


@dataclass(frozen=True)
class Openings:
    """One language: phrases by topic, what may stand around them, how a question begins."""

    asks: frozenset[str]
    openers: Mapping[str, tuple[str, ...]]
    closers: Mapping[str, tuple[str, ...]]
    details: tuple[str, ...]
    topics: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """The phrases of one file, a line each."""
        return cls(
            asks=frozenset(table["asks"].split()),
            openers={k: tuple(lines.splitlines()) for k, lines in table["openers"].items()},
            closers={k: tuple(lines.splitlines()) for k, lines in table["closers"].items()},
            details=tuple(table["details"].splitlines()),
            topics={topic: tuple(lines.splitlines()) for topic, lines in table["topics"].items()},
        )


class Grammar:
    """Writes openings in the languages and about the topics that it has phrases for."""

    def __init__(self, languages: Mapping[str, Mapping[str, Any]]) -> None:
        self._languages = {name: Openings.of(table) for name, table in languages.items()}
        self._version = f"grammar-1@{short(digest(languages))}"

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The grammar in a folder of `LANGUAGE.yaml` files shaped like `openings/en.yaml`."""
        files = sorted(folder.glob("*.yaml"))
        return cls({f.stem: yaml.safe_load(f.read_text(encoding="utf-8")) for f in files})

    @property
    def version(self) -> str:
        """The grammar's content counts: other phrases are another generator."""
        return self._version

    def generate(
        self, cell: Cell, n: int, *, seed: int, book: Playbook, on: date
    ) -> Iterator[Dialogue]:
        """Up to `n` dialogues; none where there is no phrase or no template in force."""
        language = self._languages.get(cell.language)
        if language is None or cell.topic not in language.topics:
            return
        rng = Random(f"{seed}/{cell.region}/{cell.name}")  # noqa: S311 - text, not a secret
        replies = list(_replies(cell, book, on))
        for _ in range(n if replies else 0):
            reply, template, facts = rng.choice(replies)
            yield Dialogue(
                _opening(language, cell.topic, rng), reply, template, facts, template is None
            )


def _replies(
    cell: Cell, book: Playbook, on: date
) -> Iterator[tuple[str, str | None, tuple[str, ...]]]:
    """What may be said in a cell: text, template and facts. To what is regulated, the hand-off."""
    if book.topics[cell.topic].regulated:
        text, said = hand_off(book, cell)
        if said:
            yield text, None, said
        return
    for template in templates_in_force(book, cell, on=on):
        try:
            filled = fill(template, context=stand_ins(template), facts=book.facts, on=on)
        except CannotFill:
            continue  # a fact has expired: nobody may say it, so nobody learns to
        licensed = (slot.licensed_by.partition(":") for slot in filled.slots)
        facts = tuple(name for kind, _, name in licensed if kind == "fact")
        yield filled.text, template.id, facts


def _opening(language: Openings, topic: str, rng: Random) -> str:
    register = rng.choice((_PLAIN, _PLAIN, _CASUAL, _FORMAL))
    said = _sentence(_expand(rng.choice(language.topics[topic]), rng), language, register, rng)
    details = [_expand(d, rng) for d in rng.sample(language.details, rng.choice((0, 1, 1, 2)))]
    middle = [said, *details]
    if details and rng.random() < 0.25:
        middle = [details[0], said, *details[1:]]
    parts = [
        *_perhaps(language.openers.get(register, ()), 0.7, rng),
        *middle,
        *_perhaps(language.closers.get(register, ()), 0.5, rng),
    ]
    return _typed(" ".join(parts), register, rng).replace("{order}", ORDER.value)


def _perhaps(phrases: tuple[str, ...], likely: float, rng: Random) -> list[str]:
    return [_expand(rng.choice(phrases), rng)] if phrases and rng.random() < likely else []


def _expand(phrase: str, rng: Random) -> str:
    """One of the alternatives of every bracket, innermost first."""
    while "[" in phrase:
        phrase = _CHOICE.sub(lambda choice: rng.choice(choice[1].split("|")), phrase)
    return _SPACES.sub(" ", phrase).strip().replace(" ,", ",")


def _sentence(text: str, language: Openings, register: str, rng: Random) -> str:
    asks = "¿" in text or text.split()[0].lower() in language.asks
    if register == _CASUAL:
        return text + rng.choice(("?", "??", "") if asks else ("", ".", "!"))
    return text[:1].upper() + text[1:] + ("?" if asks else ".")


def _typed(text: str, register: str, rng: Random) -> str:
    """As people type: casual messages in lower case, some with slips, some without accents."""
    if register == _FORMAL:
        return text
    if register == _CASUAL:
        text = text.lower()
        if rng.random() < 0.3:
            bare = unicodedata.normalize("NFKD", text)
            text = "".join(c for c in bare if not unicodedata.combining(c)).replace("¿", "")
    slips = rng.choice((0, 1, 2) if register == _CASUAL else (0, 0, 0, 1))
    for word in rng.sample(found := list(_LONG_WORD.finditer(text)), min(slips, len(found))):
        text = text.replace(word[0], _slip(word[0], rng), 1)
    return text


def _slip(word: str, rng: Random) -> str:
    at = rng.randrange(1, len(word) - 2)
    return rng.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )
