"""In which language a message is written, where its words say so, and what that forbids."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from handrail.agent.types import Case, Reason
from handrail.conversations.languages import foreign_language, language_of
from handrail.redaction.placeholders import PLACEHOLDER


def language_heard(text: str, spoken: Collection[str]) -> str | None:
    """The language of a redacted message, one of those `spoken` or another; None in doubt."""
    bare = PLACEHOLDER.sub(" ", text)
    foreign = foreign_language(bare, spoken)
    if foreign is not None:
        return foreign
    heard = language_of(bare)
    return heard.value if heard else None


def unanswerable(case: Case, spoken: Collection[str]) -> Iterator[Reason]:
    """Why the case's language is not the one to answer in."""
    heard = language_heard(case.message, spoken)
    if heard is None or heard == case.language:
        return
    if heard in spoken:
        sentence = f"the customer writes in language {heard!r}, the answer is in {case.language!r}"
        yield Reason("language_differs", sentence)
    else:
        sentence = f"the customer writes in language {heard!r}, which {case.region} does not speak"
        yield Reason("language_not_spoken", sentence)
