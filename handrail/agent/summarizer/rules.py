"""The summarizer's rules: limits, and what it knows of each language. Data beside this module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from handrail.agent.summarizer.tokens import plain_words, tokens
from handrail.agent.summarizer.window import Window
from handrail.digests import digest

_FOLDER = Path(__file__).parent
QUOTE, RECORD, STATE, VALUES = "{quote}", "{record}", "{state}", "{values}"
LISTED = ", "  # between values


@dataclass(frozen=True)
class Phrases:
    """Phrases that are looked for in a text as plain words."""

    listed: frozenset[str]

    @classmethod
    def of(cls, phrases: Iterable[str]) -> Phrases:
        """The phrases in plain form, each between spaces."""
        return cls(frozenset(f" {' '.join(plain_words(phrase))} " for phrase in phrases))

    def in_words(self, words: Sequence[str]) -> bool:
        """Whether one of them stands in a text with these plain words."""
        said = f" {' '.join(words)} "
        return any(phrase in said for phrase in self.listed)

    def places(self, words: Sequence[str]) -> list[int]:
        """The words at which one of them begins."""
        said = f" {' '.join(words)} "
        starts = {0: 0}
        at = 1
        for number, word in enumerate(words):
            starts[at - 1] = number
            at += len(word) + 1
        found = set()
        for phrase in self.listed:
            begins = said.find(phrase)
            while begins >= 0:
                found.add(starts[begins])
                begins = said.find(phrase, begins + 1)
        return sorted(found)


@dataclass(frozen=True)
class LanguageRules:
    """What is known of one language; `sentences` are ours, with at most one hole each.

    `requests` ask or name a problem, `wishes` ask for something even where a question is answered.
    `promises` speak of what is to come; `present` does too, except beside a word of the `past`.
    `holding` answers nothing yet, an `echo` repeats what was asked, `settled` takes it back,
    `nothing_more` says that no other request follows.
    """

    labels: Mapping[str, str]
    sentences: Mapping[str, str]
    states: Mapping[str, str]
    abbreviations: frozenset[str]
    negators: frozenset[str]
    small_talk: frozenset[str]
    requests: Phrases
    questions: Phrases
    wishes: Phrases
    corrections: Phrases
    done: Phrases
    promises: Phrases
    present: Phrases
    past: Phrases
    holding: Phrases
    echo: Phrases
    settled: Phrases
    nothing_more: Phrases
    closing_questions: Phrases
    cues: Mapping[str, Phrases]
    feelings: frozenset[str]
    rude: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class SummaryRules:
    """All rules; `digest` is the content hash of their files."""

    window: Window
    limits: Mapping[str, float]
    acronyms: frozenset[str]
    languages: Mapping[str, LanguageRules]
    digest: str


@cache
def load_rules() -> SummaryRules:
    """The rules shipped beside this module."""
    import yaml

    files = sorted((_FOLDER / "words").glob("*.yaml"))
    data = {file.stem: file.read_bytes() for file in (*files, _FOLDER / "limits.yaml")}
    limits = yaml.safe_load(data["limits"])
    return SummaryRules(
        window=Window(**limits["window"]),
        limits={
            **limits["fields"],
            **{f"{name}_quote": n for name, n in limits["quote"].items()},
            **{
                name: limits[name]
                for name in ("shouted_words", "state_turns", "telling", "promise_turns")
            },
        },
        acronyms=frozenset(limits["acronyms"]),
        languages={
            # a loader that makes nothing but text: `no` is a word here, not a truth value
            file.stem: _language(yaml.load(data[file.stem], Loader=yaml.BaseLoader))  # noqa: S506
            for file in files
        },
        digest=digest({name: digest(content) for name, content in data.items()}),
    )


def _language(table: Mapping[str, Any]) -> LanguageRules:
    phrases = (
        "requests", "questions", "wishes", "corrections", "done", "promises", "present", "past",
        "holding", "echo", "settled", "nothing_more", "closing_questions",
    )  # fmt: skip
    return LanguageRules(
        labels=table["labels"],
        sentences=table["sentences"],
        states=table["states"],
        abbreviations=frozenset(table["abbreviations"]),
        negators=frozenset(word for one in table["negators"] for word in plain_words(one)),
        small_talk=frozenset(word for one in table["small_talk"] for word in plain_words(one)),
        cues={state: Phrases.of(listed) for state, listed in table["cues"].items()},
        feelings=frozenset(table["feelings"]),
        rude=tuple(sorted(_insults(table["rude"], table.get("elided", ())))),
        **{name: Phrases.of(table[name]) for name in phrases},
    )


def _insults(phrases: Iterable[str], elided: Sequence[str]) -> set[tuple[str, ...]]:
    """The phrases as tokens; one that begins with a vowel also with the word that loses its own."""
    listed = {tuple(tokens(phrase)) for phrase in phrases}
    vowels = tuple("aeiouyhàâéèêëîïôùûü")
    return listed | {
        (before + first, *rest)
        for first, *rest in listed
        if first.startswith(vowels)
        for before in elided
    }
