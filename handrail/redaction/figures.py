"""How well chats were scrubbed, counted while raw and redacted text are both at hand (R31).

Simulated chats have an answer key: what was planted and is still visible is a leak, what was
removed beside it is too much. Real chats have none, so of them it is counted what was replaced, and
nothing is said about what was missed. Only counts leave here; they are kept with the day's
manifest under flat names (`planted phone de`), so that a report needs to open no chat. A leak is a
value with any letter or digit left visible, precision a share of letters and digits, as in
`bench/redaction.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from handrail.conversations.model import Conversation
from handrail.redaction.model import RedactedConversation
from handrail.redaction.placeholders import PLACEHOLDER

# What was planted in simulated chats: (kind, value) by conversation id.
Truth = Mapping[str, Sequence[tuple[str, str]]]

UNKNOWN_LANGUAGE = "unknown"
# Of a day: so many of its commonest shapes are kept, of messages with at most so many placeholders.
_SHAPES, _LONGEST_SHAPE = 8, 4


@dataclass
class Figures:
    """Counts of one or more days; names are as in `measures`.

    `cells` counts by (what, kind, language): values `planted` and `leaked`, characters `removed`
    and `needed` of them, placeholders put into real chats (`replaced`). `messages` counts `all`
    and `touched` messages, and of those of simulated chats that hold nothing planted, `clean` and
    `clean touched`. `shapes` counts redacted messages by their placeholders alone. All are of chats
    that were stored; `held_back` is how many were not, `erased` of how many the person was erased.
    """

    cells: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    cpu_seconds: float = 0.0
    held_back: int = 0
    erased: int = 0

    def add(self, raw: Conversation, redacted: RedactedConversation, *, truth: Truth) -> None:
        """Count one chat in: as it was, as it is now, and what is known to have been planted."""
        language = _language(redacted)
        planted = truth.get(raw.conversation_id) if redacted.simulated else None
        for before, after in _messages(raw, redacted):
            removed = list(_removed(before, after))
            self.messages["all"] += 1
            self.messages["touched"] += bool(removed)
            if removed:
                self._shape(after)
            if planted is None:
                self.cells.update(("replaced", kind, language) for kind, _, _ in removed)
            else:
                self._judge(before, removed, planted, language)

    def measures(self) -> dict[str, int | float | str]:
        """As they are kept in a manifest."""
        return {
            **{" ".join(cell): n for cell, n in sorted(self.cells.items()) if n},
            **{f"messages {name}": n for name, n in sorted(self.messages.items()) if n},
            **{f"shape {shape}": n for shape, n in self.shapes.most_common(_SHAPES)},
            "cpu_seconds": round(self.cpu_seconds, 3),
            "held_back": self.held_back,
            "erased": self.erased,
        }

    def add_measures(self, measures: Mapping[str, int | float | str]) -> None:
        """Count in what a manifest keeps of a day."""
        for name, value in measures.items():
            what, _, rest = name.partition(" ")
            if name == "cpu_seconds":
                self.cpu_seconds += float(value)
            elif name == "held_back":
                self.held_back += int(value)
            elif name == "erased":
                self.erased += int(value)
            elif what == "messages":
                self.messages[rest] += int(value)
            elif what == "shape":
                self.shapes[rest] += int(value)
            else:
                kind, _, language = rest.rpartition(" ")
                self.cells[what, kind, language] += int(value)

    def of(self, what: str, *, kind: str | None = None, language: str | None = None) -> int:
        """The sum of the cells of that name, of all kinds and languages unless one is given."""
        return sum(
            n
            for (name, its_kind, its_language), n in self.cells.items()
            if name == what and kind in (None, its_kind) and language in (None, its_language)
        )

    def _judge(
        self,
        text: str,
        removed: Sequence[tuple[str, int, int]],
        planted: Sequence[tuple[str, str]],
        language: str,
    ) -> None:
        needed: set[int] = set()
        for kind, places, left in _values(text, removed, planted):
            needed.update(places)
            self.cells["planted", kind, language] += 1
            self.cells["leaked", kind, language] += bool(left)
        for kind, start, end in removed:
            places = _counted(text, start, end)
            self.cells["removed", kind, language] += len(places)
            self.cells["needed", kind, language] += len(needed.intersection(places))
        if not needed:
            self.messages["clean"] += 1
            self.messages["clean touched"] += bool(removed)

    def _shape(self, text: str) -> None:
        found = PLACEHOLDER.findall(text)
        if len(found) <= _LONGEST_SHAPE:
            self.shapes["... " + " ... ".join(found) + " ..."] += 1


def leaks(before: str, after: str, *, planted: Sequence[tuple[str, str]]) -> bool:
    """Whether a letter or digit of a planted value in `before` is still visible in `after`."""
    return any(left for _, _, left in _values(before, list(_removed(before, after)), planted))


def _values(
    text: str, removed: Sequence[tuple[str, int, int]], planted: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, list[int], set[int]]]:
    """Each planted value in the text: its kind, the places of what counts in it, those left."""
    gone = {place for _, start, end in removed for place in range(start, end)}
    for kind, start, end in _standing(text, planted):
        places = _counted(text, start, end)
        yield kind, places, set(places) - gone


def _language(redacted: RedactedConversation) -> str:
    """The primary language subtag; whatever else an export says isn't kept in a manifest."""
    said = redacted.language.value if redacted.language else ""
    primary = re.split(r"[-_]", said)[0].lower()
    return primary if re.fullmatch(r"[a-z]{2,3}", primary) else UNKNOWN_LANGUAGE


def figures_of(measures: Iterable[Mapping[str, int | float | str]]) -> Figures:
    """The figures of several days together."""
    figures = Figures()
    for one in measures:
        figures.add_measures(one)
    return figures


def _messages(raw: Conversation, redacted: RedactedConversation) -> Iterator[tuple[str, str]]:
    """Each kept text as it was and as it is: turns that aren't private, and reasons of flags."""
    turns = [turn for turn in raw.turns if not turn.is_private]
    for turn, kept in zip(turns, redacted.turns, strict=True):
        yield turn.text, kept.text
    for flag, kept_flag in zip(raw.flags, redacted.flags, strict=True):
        yield flag.reason, kept_flag.reason


def _removed(before: str, after: str) -> Iterator[tuple[str, int, int]]:
    """(type, start, end) of what placeholders took the place of, in the text as it was.

    What stands between two placeholders is looked for from left to right, so that where it also
    stands within a removed value the border between the two is not exact; their union is.
    """
    marks = list(PLACEHOLDER.finditer(after))
    if not marks or before == after:
        return
    at = marks[0].start()
    for mark, following in zip_longest(marks, marks[1:]):
        rest = after[mark.end() : following.start() if following else len(after)]
        end = before.find(rest, at + 1) if following else len(before) - len(rest)
        yield mark.group()[1:].rpartition("_")[0], at, end
        at = end + len(rest)


def _standing(text: str, planted: Sequence[tuple[str, str]]) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of every planted value in `text`, as whole words in any case.

    A value within another one (a first name in a full name) is a part of that.
    """
    folded = text.lower()
    if len(folded) != len(text):  # a letter that is two in lower case: places would not agree
        folded = text
    taken: set[int] = set()
    for kind, value in sorted(set(planted), key=lambda one: (-len(one[1]), one)):
        for start, end in _occurrences(value.lower(), folded):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                yield kind, start, end


def _occurrences(value: str, text: str) -> Iterator[tuple[int, int]]:
    start = text.find(value)
    while value and start >= 0:
        end = start + len(value)
        if not (_is_word(text[start - 1 : start]) or _is_word(text[end : end + 1])):
            yield start, end
        start = text.find(value, end)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _counted(text: str, start: int, end: int) -> list[int]:
    """The places of letters and digits: what is left of separators shows nobody anything."""
    return [place for place in range(start, end) if text[place].isalnum()]
