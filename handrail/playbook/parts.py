"""The parts of a playbook as they lie in its files: each entry with its place and its defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypedDict, TypeVar

from handrail.playbook.authoring import PlaybookFile, Vouched, to_do
from handrail.playbook.problems import Level, Problem
from handrail.playbook.yaml_source import YamlSource

T = TypeVar("T")


class Approved(TypedDict):
    """Who signed an entry and when that holds."""

    approver: str
    valid_from: date
    valid_to: date


class Parts:
    """Files of the right shape, and what is found to be wrong in them.

    `regions` are those the files declare, each with its languages.
    """

    def __init__(self, files: Sequence[tuple[YamlSource, PlaybookFile]]) -> None:
        self.problems: list[Problem] = []
        self._files = files
        self._places: dict[tuple[str, str], str] = {}
        self.regions = self.merged("regions", lambda file: file.regions)

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

    def cells(
        self, where: str, regions: Iterable[str], texts: Mapping[str, str]
    ) -> Iterator[tuple[str, str]]:
        """The pairs of a declared region and one of its languages that have a text."""
        cells = []
        for region in regions:
            if region not in self.regions:
                self.note(where, f"region {region!r} is not among the regions of the playbook")
            cells += [(region, lang) for lang in self.regions.get(region, ()) if lang in texts]
        for language in texts:
            if language not in {lang for _, lang in cells}:
                self.note(where, f"none of its regions speaks {language!r}")
        yield from cells

    def approved(self, where: str, entry: Vouched, defaults: Vouched) -> Approved | None:
        """Who signed an entry, and from when to when that holds; noted if one is missing."""
        approver = entry.approver or defaults.approver
        valid_from = entry.valid_from or defaults.valid_from
        valid_to = entry.valid_to or defaults.valid_to
        if approver is None or valid_from is None or valid_to is None:
            needed = "approver, valid_from and valid_to are needed, here or as defaults"
            self.note(where, needed)
            return None
        if valid_to < valid_from:
            self.note(where, f"valid_to {valid_to} lies before valid_from {valid_from}")
        return Approved(approver=person(approver), valid_from=valid_from, valid_to=valid_to)

    def owner(self, where: str, entry: Vouched, defaults: Vouched) -> str:
        """Who answers for an entry; noted if nobody is named."""
        owner = entry.owner or defaults.owner
        if owner is None:
            self.note(where, "no owner: write it here or under the file's defaults")
        return person(owner or "")


def person(name: str) -> str:
    """The name as written, empty while it is still to do."""
    return "" if to_do(name) else name
