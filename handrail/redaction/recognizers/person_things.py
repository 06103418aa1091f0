"""Things that are called like people: `a Billy bookcase`, `das Billy Regal`, `Hugo Boss`."""

from __future__ import annotations

from collections.abc import Sequence

from handrail.redaction.recognizers.base import listed
from handrail.redaction.recognizers.names import is_brand, is_common
from handrail.redaction.recognizers.person_cues import Word

# What makers give names to; in English and German the name stands before.
_FURNITURE = listed(
    "bookcase bookcases bookshelf shelf shelves shelving wardrobe wardrobes dresser sideboard sofa "
    "sofas couch armchair chair chairs stool desk table lamp bed bedframe mattress duvet rug "
    "cabinet cupboard nightstand "
    "regal regale bucherregal schrank kleiderschrank kommode sessel stuhl stuhle tisch "
    "schreibtisch bett lampe matratze teppich vitrine hocker"
)
_DETERMINERS = listed(
    "the a an my our your this that these those some two three new white black "
    "der die das den dem ein eine einen einem mein meine meinen meinem dein unser unsere dieses "
    "diese diesen zwei neues neue neuen"
)


def is_thing(text: str, words: Sequence[Word], place: int) -> bool:
    """Whether the given name `words[place]` in `text` is a thing's, as the words beside it say.

    A maker whose name is a person's, or furniture behind it and a determiner before; where the
    message begins with the name, a word for furniture that has no other meaning will do.
    """
    behind = words[place + 1] if place + 1 < len(words) else None
    name = words[place]
    if behind is None or text[name.end : behind.start] != " ":
        return False
    if is_brand(f"{name.lower}-{behind.lower}"):
        return name.text[0].isupper() == behind.text[0].isupper()
    before = words[place - 1] if place else None
    if before is not None and text[before.end : name.start] != " ":
        return False
    return is_named_furniture(before.lower if before else None, behind.lower)


def is_named_furniture(before: str | None, behind: str) -> bool:
    """Whether a name between these two words, in lower case, is what a maker calls furniture."""
    if before is None:
        return behind in _FURNITURE and not is_common(behind)
    return behind in _FURNITURE and before in _DETERMINERS
