"""The parts of a playbook as they lie in its files: each entry with its place and its defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from handrail.playbook.authoring import PlaybookFile, Vouched
from handrail.playbook.problems import Level, Problem
from handrail.playbook.yaml_source import YamlSource

T = TypeVar("T")


class Parts:
    """Files of the right shape, and what is found to be wrong in them."""

    def __init__(self, files: Sequence[tuple[YamlSource, PlaybookFile]]) -> None:
        self.problems: list[Problem] = []
        self._files = files
        self._places: dict[tuple[str, str], str] = {}

    def note(self, where: str, problem: str) -> None:
        """Keep a problem, once."""
        found = Problem(where, Level.ERROR, problem)
        if found not in self.problems:
            self.problems.append(found)

    def place(self, part: str, name: str) -> str:
        """Where the entry of that name stands in a part that was `merged`."""
        return self._places[part, name]

    def entries(
        self, part: str, of: Callable[[PlaybookFile], Sequence[T]]
    ) -> Iterator[tuple[str, T, Vouched]]:
        """The entries of a list, each with its place and its file's defaults."""
        for source, file in self._files:
            for index, entry in enumerate(of(file)):
                yield source.at(part, index), entry, file.defaults

    def numbered(
        self,
        part: str,
        of: Callable[[PlaybookFile], Sequence[T]],
        name_of: Callable[[T], str],
    ) -> Iterator[tuple[str, T, Vouched]]:
        """Entries that are counted: those of one name must stand in one file."""
        home: dict[str, str] = {}
        for where, entry, defaults in self.entries(part, of):
            file = where.rpartition(":")[0]
            first = home.setdefault(name_of(entry), file)
            if first != file:
                self.note(
                    where, f"{part} of {name_of(entry)!r} are in {first} too; keep them there"
                )
            yield where, entry, defaults

    def merged(self, part: str, of: Callable[[PlaybookFile], Mapping[str, T]]) -> dict[str, T]:
        """The entries of a mapping by name, in the order of their names."""
        merged: dict[str, T] = {}
        for source, file in self._files:
            for name, entry in of(file).items():
                if name in merged:
                    self.note(source.at(part, name), f"{name!r} is in another file too; keep one")
                merged[name] = entry
                self._places[part, name] = source.at(part, name)
        return dict(sorted(merged.items()))
