"""Which language a customer is answered in, and how that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handrail.conversations.languages import foreign_language, likeliest_language
from handrail.errors import BadInput
from handrail.residency import Region


@dataclass(frozen=True)
class Spoken:
    """The customer's language and how it is known, as a phrase."""

    language: str
    how: str


def spoken_in(
    text: str, language: str | None, region: Region, *, earlier: Sequence[str] = ()
) -> Spoken:
    """The language to answer in: as told, else as the words say, else the conversation's.

    `earlier` is what the customer wrote before; where that doesn't say either, the region's first.
    """
    if language is not None:
        if language not in region.languages:
            msg = f"region {region.name} speaks {', '.join(region.languages)}, not {language!r}"
            raise BadInput(msg)
        return Spoken(language, "as you said")
    if len(region.languages) == 1:
        return Spoken(region.languages[0], f"the only one of region {region.name}")
    heard = likeliest_language(text, region.languages)
    if heard is None and earlier:
        before = likeliest_language("\n".join(earlier), region.languages)
        if before is not None:
            return Spoken(before.value, "that of the conversation: the words don't say which")
    if heard is None:
        first = region.languages[0]
        foreign = foreign_language(text, region.languages)
        why = f"the words are in {foreign!r}" if foreign else "the words don't say which"
        return Spoken(first, f"the first of region {region.name}: {why}")
    confidence = heard.confidence or 0.0
    sure = f"{confidence:.0%}" if confidence < 0.995 else "over 99%"
    return Spoken(heard.value, f"by its words ({sure} sure); --language overrules")
