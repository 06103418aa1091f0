"""Which of many values begin where in a text, found by how they open."""

from __future__ import annotations

from collections.abc import Iterable

_OPENING = 2


class Openings:
    """Many values in one index, so that a text is looked at once however many there are.

    To look for each value in each text would take time that grows with the square of a long chat,
    as the values come from it.
    """

    def __init__(self, values: Iterable[str]) -> None:
        """`values` have two letters or more each; the same one may come several times."""
        self._places: dict[str, list[int]] = {}
        self._by_opening: dict[str, dict[int, set[str]]] = {}
        for place, value in enumerate(values):
            self._places.setdefault(value, []).append(place)
            lengths = self._by_opening.setdefault(value[:_OPENING], {})
            lengths.setdefault(len(value), set()).add(value)

    def find(self, text: str) -> dict[int, list[int]]:
        """Where in `text` values begin, under each one's place among the values."""
        starts: dict[str, list[int]] = {}
        for at in range(len(text) - _OPENING + 1):
            for length, values in self._by_opening.get(text[at : at + _OPENING], {}).items():
                if (found := text[at : at + length]) in values:
                    starts.setdefault(found, []).append(at)
        return {place: begins for value, begins in starts.items() for place in self._places[value]}
