"""The evaluation cases of the role `summarize`: held-out chats and written ones (R10, R12).

What a summary is held against isn't the check that made it but a second reading of the chat. The
written chats are in `content/summaries.yaml`, each with what must be told and what must not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handrail.agent.summarizer import Form, declared_window, summarize
from handrail.agent.summarizer.rules import load_rules
from handrail.agent.types import Switches
from handrail.bounds import interval, suppress_small
from handrail.conversations.model import (
    Conversation,
    Customer,
    Outcome,
    Role,
    SetBy,
    Status,
    Tag,
    Turn,
)
from handrail.errors import BadInput, NotPassed
from handrail.evaluation.second_reading import stands_in_chat
from handrail.evaluation.summaries import neutral
from handrail.playbook.model import Playbook
from handrail.redaction.model import RedactedConversation
from handrail.redaction.ruleset import Ruleset
from handrail.redaction.scrubber import scrub
from handrail.verdicts import Finding, holds, not_measured

CHECK = "summaries_faithful"
CONTENT = Path(__file__).with_name("content") / "summaries.yaml"
_NAMED = 5
_RULES_ALONE = Ruleset(names="rules")  # the written chats name nobody


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenChat(_Strict):
    """One written chat; the comment at the head of the file explains the fields."""

    id: str
    language: str
    turns: tuple[Annotated[Mapping[Role, str], Field(min_length=1, max_length=1)], ...]
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class SummaryCases(_Strict):
    """The written chats, the negating words of each language, and what decides the verdict."""

    floor: float
    fewest: int
    most: int
    negations: Mapping[str, frozenset[str]]
    chats: tuple[WrittenChat, ...]


@dataclass(frozen=True)
class Read:
    """What came of one chat: whether a summary was owed and made, and what it is worth.

    None is owed of a chat in a language without rules, or of a customer who opted out of AI.
    `is_faithful` and `is_neutral` are None where nothing was summarized.
    """

    is_owed: bool
    is_faithful: bool | None
    is_neutral: bool | None
    text: str


def read_cases(path: Path) -> SummaryCases:
    """The cases of a file; `BadInput` without quoting them."""
    try:
        return SummaryCases.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        msg = f"{path} holds no chats to summarize: {type(error).__name__}"
        raise BadInput(msg) from None


def summarized(
    chat: RedactedConversation, *, playbook: Playbook, cases: SummaryCases, at: datetime
) -> Read:
    """Summarize one chat as for people, and read it a second time."""
    language = chat.language.value if chat.language else ""
    is_owed = not chat.opted_out_of_ai and language in load_rules().languages
    made = summarize(chat, playbook=playbook, switches=Switches(), window=declared_window(), at=at)
    if made.form is Form.NONE:
        return Read(is_owed, None, None, "")
    faithful = stands_in_chat(made, chat, negations=cases.negations.get(language, frozenset()))
    tone = neutral(made.text, language=language).value
    return Read(is_owed, faithful.value == 1.0, None if tone is None else tone == 1.0, made.text)


def summaries_faithful(
    held_out: Iterable[RedactedConversation],
    cases: SummaryCases,
    *,
    playbook: Playbook,
    region: str,
    languages: Sequence[str],
    at: datetime,
    delta: float,
) -> Finding:
    """Whether held-out chats are summarized faithfully, and the written ones as they should be.

    The share is over all chats of which a summary is owed: one that couldn't be told is no success.
    Shown, it blocks nothing; NOT MEASURED with too few chats, or without a mandate in force.
    """
    try:
        real = [summarized(c, playbook=playbook, cases=cases, at=at) for c in held_out]
        wrong = [
            one.id
            for one in cases.chats
            if one.language in languages and not _as_written(one, playbook, cases, region, at)
        ]
    except NotPassed as refused:
        return not_measured(CHECK, str(refused), blocking=False)
    return _finding(real, wrong, [c for c in cases.chats if c.language in languages], cases, delta)


def _as_written(
    one: WrittenChat, playbook: Playbook, cases: SummaryCases, region: str, at: datetime
) -> bool:
    chat = scrub(_conversation(one, region, at), ruleset=_RULES_ALONE)
    read = summarized(chat, playbook=playbook, cases=cases, at=at)
    told = read.text.casefold()
    return (
        read.is_faithful is True
        and read.is_neutral is not False
        and all(words.casefold() in told for words in one.says)
        and not any(words.casefold() in told for words in one.never)
    )


def _conversation(one: WrittenChat, region: str, at: datetime) -> Conversation:
    said = [pair for turn in one.turns for pair in turn.items()]
    return Conversation(
        conversation_id=one.id,
        source_system="written",
        region=region,
        day=at.date(),
        turns=tuple(Turn(index, role, text) for index, (role, text) in enumerate(said)),
        outcome=Outcome(Status.OPEN),
        customer=Customer(),
        language=Tag(one.language, SetBy.EXPORT),
    )


def _finding(
    real: Sequence[Read],
    wrong: Sequence[str],
    written: Sequence[WrittenChat],
    cases: SummaryCases,
    delta: float,
) -> Finding:
    owed = [one for one in real if one.is_owed]
    told = [one for one in owed if one.is_faithful is not None]
    n, faithful = len(owed), sum(one.is_faithful is True for one in told)
    measures: dict[str, int | float | str] = {
        "n": n,
        "not_summarized": suppress_small(n - len(told)),
        "not_owed": suppress_small(len(real) - n),
        "written": len(written),
        "written_right": len(written) - len(wrong),
    }
    as_written = (
        f"{len(written) - len(wrong)} of {len(written)} written chats are told as they should be"
    )
    if wrong:
        further = f" and {len(wrong) - _NAMED} more" if wrong[_NAMED:] else ""
        as_written += f", not: {', '.join(wrong[:_NAMED])}{further}"
    if n < cases.fewest:
        few = f"{suppress_small(n)} held-out chats of which a summary is owed"
        reason = f"{few}, {cases.fewest} are needed; {as_written}"
        if wrong:
            return holds(CHECK, False, reason, blocking=False, **measures)
        return not_measured(CHECK, reason, blocking=False, **measures)
    low, high = interval(faithful, n, delta=delta)
    tones = [one.is_neutral for one in told if one.is_neutral is not None]
    measures |= {"share": faithful / n, "lower_bound": low, "upper_bound": high}
    measures |= {"neutral_share": sum(tones) / len(tones)} if tones else {}
    untold = suppress_small(n - len(told))
    return holds(
        CHECK,
        low >= cases.floor and not wrong,
        f"{faithful / n:.1%} of {n} held-out chats are summarized faithfully ({low:.1%} to "
        f"{high:.1%}; floor {cases.floor:.0%}), {untold} could not be told; {as_written}",
        blocking=False,
        **measures,
    )
