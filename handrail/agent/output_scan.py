"""A last look at what would be said: nothing personal and nothing hidden that nobody licensed."""

from __future__ import annotations

import re

from handrail.playbook import hidden
from handrail.redaction.plain import plain

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z_]*_\d+\]")


def personal_values(text: str, *, licensed: str, language: str) -> tuple[str, ...]:
    """The kinds of value in `text` that redaction would remove, sorted, never the values.

    What `licensed`, the vetted template with its licensed values, says itself is no find. A
    placeholder is a kind of its own: it stands for somebody's value.
    """
    if text == licensed:
        return ()
    from handrail.redaction.recognizers import find_all

    allowed = plain(licensed).text
    shown = plain(text).text
    kinds = {
        str(span.type)
        for span in find_all(shown, language=language)
        if shown[span.start : span.end] not in allowed
    }
    if any(placeholder not in licensed for placeholder in _PLACEHOLDER.findall(text)):
        kinds.add("PLACEHOLDER")
    return tuple(sorted(kinds))


def hidden_characters(text: str, *, vetted: str) -> tuple[str, ...]:
    """The code points in `text` that a reader can't see and `vetted` doesn't hold, sorted."""
    return tuple(
        sorted(set(hidden.hidden_characters(text)) - set(hidden.hidden_characters(vetted)))
    )
