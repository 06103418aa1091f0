"""Text as known values are matched on it: letters and digits only, in lower case."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain, compress, count

UNITS = re.compile(r"[^\W_]+")
_MARKS = {code: None for code in range(128) if not chr(code).isalnum()}


class Bare:
    """A plain text as values are matched on it: `text` is its letters and digits."""

    def __init__(self, plain: str) -> None:
        self.plain = plain
        self.text = letters_of(plain)

    @cached_property
    def at(self) -> list[int]:
        """Where each character of `text` stands in the plain text."""
        if self.plain.isascii():
            return [*compress(count(), map(str.isalnum, self.plain))]
        lower = self.plain.lower()
        places = chain.from_iterable(range(*unit.span()) for unit in UNITS.finditer(lower))
        if "ß" not in lower:
            return [*places]
        return [place for place in places for _ in lower[place].replace("ß", "ss")]


def letters_of(text: str) -> str:
    """The letters and digits of plain `text` in lower case."""
    if text.isascii():
        return text.lower().translate(_MARKS)
    return "".join(UNITS.findall(text.lower())).replace("ß", "ss")
