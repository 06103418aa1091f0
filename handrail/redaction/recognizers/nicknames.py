"""What else somebody is called whose given name is known: "Bob" for Robert, "Mina", "Ana"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from handrail.redaction.recognizers.names import TABLES


def nicknames(name: str) -> frozenset[str]:
    """The other names of one who is called `name`, all in plain lower case; mostly none.

    A full name has its short forms and spellings. A short form has its full names; it has the other
    short forms too if it is short for one name alone.
    """
    groups = _groups().get(name, ())
    known = (group if len(groups) == 1 or group[0] == name else group[:1] for group in groups)
    return frozenset(other for group in known for other in group) - {name}


def whose_nicknames(words: Iterable[str]) -> Mapping[str, str]:
    """The nicknames of people whose names are `words` (plain lower case), each with its word.

    A nickname that is a name of theirs itself, or that two of them may have, is nobody's.
    """
    names = frozenset(words)
    owners: dict[str, set[str]] = {}
    for name in names:
        for nickname in nicknames(name) - names:
            owners.setdefault(nickname, set()).add(name)
    return {nickname: min(whose) for nickname, whose in owners.items() if len(whose) == 1}


@cache
def _groups() -> Mapping[str, Sequence[tuple[str, ...]]]:
    """For each name the lines of the table that have it."""
    lines = (TABLES / "nicknames.txt").read_text(encoding="utf-8").splitlines()
    groups: dict[str, list[tuple[str, ...]]] = {}
    for group in (tuple(line.split()) for line in lines if line and not line.startswith("#")):
        for name in dict.fromkeys(group):
            groups.setdefault(name, []).append(group)
    return groups
