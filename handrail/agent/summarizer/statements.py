"""Statements as they are made: one of our sentences, or a quotation of the chat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handrail.agent.summarizer.reading import Chat, Sentence
from handrail.agent.summarizer.rules import QUOTE, RECORD, STATE, LanguageRules
from handrail.agent.summarizer.types import Part, Source, Statement
from handrail.conversations.model import Role

_SAID_BY: Mapping[Role, str] = {
    Role.CUSTOMER: "customer_said",
    Role.AGENT: "agent_said",
    Role.BOT: "bot_said",
}


def ours(
    rules: LanguageRules, rule: str, turns: Iterable[int] = (), *, record: str = "", state: str = ""
) -> Statement:
    """One of our sentences; a hole is filled with a word of our own or with a record's."""
    sentence = rules.sentences[rule]
    for hole, filled in ((RECORD, Part(record, Source.RECORD)), (STATE, Part(state, Source.OURS))):
        if hole in sentence:
            before, after = sentence.split(hole)
            parts = (Part(before, Source.OURS), filled, Part(after, Source.OURS))
            return Statement(rule, tuple(p for p in parts if p.text), tuple(turns))
    return Statement(rule, (Part(sentence, Source.OURS),), tuple(turns))


def quoted(chat: Chat, sentence: Sentence) -> Statement | None:
    """A sentence of the chat between our quotation marks; None where it may not be quoted."""
    text = chat.quotation(sentence)
    if text is None:
        return None
    rule = _SAID_BY[sentence.role]
    before, after = chat.rules.sentences[rule].split(QUOTE)
    parts = (
        Part(before, Source.OURS),
        Part(text, Source.TURN, sentence.turn),
        Part(after, Source.OURS),
    )
    return Statement(rule, parts, (sentence.turn,))


def quotable(chat: Chat, among: Iterable[Sentence], *, most: float) -> dict[Statement, Sentence]:
    """The first sentences of `among` that may be quoted, as statements."""
    found: dict[Statement, Sentence] = {}
    for sentence in among:
        statement = quoted(chat, sentence)
        if statement is not None:
            found.setdefault(statement, sentence)
        if len(found) == most:
            break
    return found
