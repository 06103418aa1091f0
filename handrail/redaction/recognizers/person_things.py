"""Things that are called like people: `a Billy bookcase`, `das Billy Regal`, `Hugo Boss`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import is_brand, is_common, words
from handrail.redaction.recognizers.person_cues import Word

# What makers give names to; in English and German the name stands before.
_FURNITURE = listed(
    "bookcase bookcases bookshelf shelf shelves shelving wardrobe wardrobes dresser sideboard sofa "
    "sofas couch armchair chair chairs stool desk table lamp bed bedframe mattress duvet rug "
    "cabinet cupboard nightstand "
    "regal regale bucherregal schrank kleiderschrank kommode sessel stuhl stuhle tisch "
    "schreibtisch bett lampe matratze teppich vitrine hocker"
)
# What stands between the two words of a maker's name, and how the table joins them.
_JOINED = {" ": "-", ". ": "-", "-": "-", " & ": "&", "&": "&"}
_DETERMINERS = listed(
    "the a an my our your this that these those some two three new white black "
    "der die das den dem ein eine einen einem mein meine meinen meinem dein unser unsere dieses "
    "diese diesen zwei neues neue neuen"
)


def is_named_brand(first: str, gap: str, second: str) -> bool:
    """Whether two words in lower case, with `gap` between, are a maker called like a person."""
    join = _JOINED.get(gap)
    if join is None or first not in _openings():
        return False
    return is_brand(first + join + second.removesuffix("'s"))


@cache
def _openings() -> frozenset[str]:
    """The first words of the makers that are called like people."""
    return frozenset(re.split("[-&]", brand, maxsplit=1)[0] for brand in words("brands"))


def is_thing(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether the given name `words[place]` in `text` is a thing's, as the words beside it say.

    A maker that is called like a person, or furniture behind it and a determiner before; where the
    message begins with the name, a word for furniture that has no other meaning will do.
    """
    behind = words[place + 1] if place + 1 < len(words) else None
    before = words[place - 1] if place else None
    name = words[place]
    for first, second in ((before, name), (name, behind)):
        if first is not None and second is not None and _is_brand(text, first, second):
            return True
    if behind is None or text[name.end : behind.start] != " ":
        return False
    if before is not None and text[before.end : name.start] != " ":
        return False
    return is_named_furniture(before.lower if before else None, behind.lower)


def _is_brand(text: str, first: Word, second: Word) -> bool:
    gap = text[first.end : second.start]
    same_case = first.text[0].isupper() == second.text[0].isupper()
    return same_case and is_named_brand(first.lower, gap, second.lower)


def is_named_furniture(before: str | None, behind: str) -> bool:
    """Whether a name between these two words, in lower case, is what a maker calls furniture."""
    if before is None:
        return behind in _FURNITURE and not is_common(behind)
    return behind in _FURNITURE and before in _DETERMINERS
