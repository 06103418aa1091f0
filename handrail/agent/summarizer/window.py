"""The declared window: which turns of a chat are read, and what is said of those that are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handrail.errors import BadInput

_FEWEST_TURNS = 2
_FEWEST_CHARACTERS = 40


@dataclass(frozen=True)
class Window:
    """At most so many turns, characters in all, and characters of one turn; the rest is left out.

    A window holds the first request and the newest turn, so it has two turns or more.
    """

    most_turns: int
    most_characters: int
    most_turn_characters: int

    def __post_init__(self) -> None:
        fewest = (_FEWEST_TURNS, _FEWEST_CHARACTERS, _FEWEST_CHARACTERS)
        held = (self.most_turns, self.most_characters, self.most_turn_characters)
        if any(n < least for n, least in zip(held, fewest, strict=True)):
            msg = (
                f"a window has at least {_FEWEST_TURNS} turns and {_FEWEST_CHARACTERS} characters: "
                "a first request and a newest turn have to fit in"
            )
            raise BadInput(msg)


@dataclass(frozen=True)
class WindowRead:
    """What was read of a chat of `total` turns, all counted from 1.

    `left_out` are runs of turns (first, last) that were not read, `cut` the turns of which only the
    beginning was.
    """

    total: int
    read: tuple[int, ...]
    left_out: tuple[tuple[int, int], ...]
    cut: tuple[int, ...]


def read_window(
    texts: Sequence[str], window: Window, *, is_request: Callable[[int], bool]
) -> WindowRead:
    """Which of `texts` fit into `window`: the first one that is a request, then from the newest on.

    `is_request` is asked by place from 0. The first request stays whatever its length; it is cut as
    every turn is.
    """
    lengths = [min(len(text), window.most_turn_characters) for text in texts]
    first = next((place for place in range(len(texts)) if is_request(place)), None)
    kept = set() if first is None else {first}
    characters = 0 if first is None else lengths[first]
    for place in range(len(texts) - 1, -1, -1):
        if place in kept:
            continue
        is_newest = place == len(texts) - 1
        too_long = characters + lengths[place] > window.most_characters
        if len(kept) >= window.most_turns or (too_long and not is_newest):
            break
        kept.add(place)
        characters += lengths[place]
    read = tuple(place + 1 for place in sorted(kept))
    cut = tuple(turn for turn in read if len(texts[turn - 1]) > window.most_turn_characters)
    return WindowRead(len(texts), read, _runs(len(texts), set(read)), cut)


def _runs(total: int, read: set[int]) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for turn in range(1, total + 1):
        if turn in read:
            continue
        if runs and runs[-1][1] == turn - 1:
            runs[-1] = (runs[-1][0], turn)
        else:
            runs.append((turn, turn))
    return tuple(runs)
