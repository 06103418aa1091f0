"""A look at redacted chats by the rules themselves: does what came out still show something?

The scrubber ends when it finds nothing more, so this finds nothing unless the scrubber, or what it
stores, is broken: a value that is found and not removed, rounds that ran out, a text that isn't the
one that was scrubbed. It reads the stored form, text by text, so that nothing the scrubber
remembers of a conversation has a say. Redacted messages are often the same, so what was found in
the latest ones is remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from handrail.errors import without_chat_text
from handrail.redaction.model import RedactedConversation
from handrail.redaction.placeholders import masked, outside
from handrail.redaction.plain import plain
from handrail.redaction.recognizers import find_all
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.spans import SpanType, moved

_REMEMBERED = 16_384


def own_look(
    conversations: Iterable[RedactedConversation], *, ruleset: Ruleset
) -> dict[str, tuple[str, ...]]:
    """Which types the rules still find, as `own EMAIL`, by conversation id; others are absent."""
    findings: dict[str, tuple[str, ...]] = {}
    for conversation in conversations:
        language = conversation.language.value if conversation.language else ""
        texts = [turn.text for turn in conversation.turns]
        texts += [flag.reason for flag in conversation.flags]
        with without_chat_text(f"a look at conversation {conversation.conversation_id}"):
            kinds = frozenset[SpanType]().union(*(_left(text, language, ruleset) for text in texts))
        if kinds:
            findings[conversation.conversation_id] = tuple(f"own {kind}" for kind in sorted(kinds))
    return findings


@lru_cache(maxsize=_REMEMBERED)
def _left(text: str, language: str, ruleset: Ruleset) -> frozenset[SpanType]:
    shown = plain(masked(text))
    found = find_all(shown.text, language=language, among=ruleset.recognizers)
    left = outside(text, [moved(span, *shown.source(span.start, span.end)) for span in found])
    return frozenset(span.type for span in left)
