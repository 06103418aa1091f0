"""`summarize`: one redacted chat in, a checked summary out. Nothing is kept between chats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from handrail.agent.summarizer.extracting import extract
from handrail.agent.summarizer.faithful import Problem, unfaithful
from handrail.agent.summarizer.reading import Chat
from handrail.agent.summarizer.rules import LanguageRules, load_rules
from handrail.agent.summarizer.types import FIELDS, Form, Statement, Summary
from handrail.agent.summarizer.window import Window, WindowRead
from handrail.agent.types import AgentRole, Switches
from handrail.errors import NotPassed, Refused
from handrail.playbook.model import Playbook
from handrail.playbook.prompts import render_prompt
from handrail.redaction.model import RedactedConversation
from handrail.verdicts import Finding, holds, not_measured

ROLE = AgentRole.SUMMARIZE
_CHECK = "summary_faithful"
Fields = Mapping[str, tuple[Statement, ...]]


def summarize(
    conversation: RedactedConversation,
    *,
    playbook: Playbook,
    switches: Switches,
    window: Window,
    at: datetime,
) -> Summary:
    """The summary of one chat for the colleague who takes over. R10, R12, R14.

    Every statement is one of our sentences or quotes one sentence of the chat, with its turn. What
    the faithfulness check doesn't bear out is left out; where the request itself doesn't pass,
    nothing is summarized and the reason is given, as where the language or the customer's wish
    forbids it. Refuses while the role is switched off, and without a mandate in force on the day
    of `at`.
    """
    _require_allowed(playbook, switches, at)
    rules = load_rules()
    language = conversation.language.value if conversation.language else None
    prompt = render_prompt(
        playbook,
        ROLE,
        region=conversation.region,
        language=language or "",
        policy_digest=rules.digest,
    )
    known = rules.languages.get(language or "")
    refusal = _refusal(conversation, known, language)
    chat: Chat | None = None
    kept, problems = _nothing(), tuple[Problem, ...]()
    if known is not None and refusal is None:
        chat = Chat(conversation, window=window, rules=known, limits=rules.limits)
        kept, problems, refusal = _checked(extract(chat), chat)
    read = chat.window if chat else WindowRead(len(conversation.turns), (), (), ())
    return Summary(
        conversation_id=conversation.conversation_id,
        region=conversation.region,
        language=language,
        form=Form.NONE if refusal else Form.PLAIN if problems else Form.FULL,
        refused=refusal,
        **kept,
        window=read,
        window_said=window_said(read, known) if known and chat else "",
        faithful=_finding(kept, problems, refusal),
        prompt=prompt.digest,
        playbook=playbook.digest,
        rules=rules.digest,
        redacted_by=conversation.stamp.scrubber,
    )


def declared_window() -> Window:
    """The window that the rules declare."""
    return load_rules().window


def _require_allowed(playbook: Playbook, switches: Switches, at: datetime) -> None:
    if switches.all_off or ROLE in switches.roles_off:
        msg = "the role summarize is switched off: nothing is summarized until it is switched on"
        raise Refused(msg)
    mandate = playbook.mandates.get(ROLE)
    day = at.astimezone(UTC).date()
    problem = mandate.problem_on(day) if mandate else f"role {ROLE} has no mandate"
    if problem:
        msg = (
            f"{problem}: let its approver write approved_by, approved_on and valid_to under "
            f"`mandates: {ROLE}` of the playbook, then `handrail playbook lint`"
        )
        raise NotPassed(msg)


def _refusal(
    conversation: RedactedConversation, rules: LanguageRules | None, language: str | None
) -> str | None:
    if conversation.opted_out_of_ai:
        return "the customer opted out of AI: read the chat itself"
    if rules is None:
        known = ", ".join(sorted(load_rules().languages))
        named = f"in {language}" if language else "of a chat whose language nobody tagged"
        return f"there are no rules for summaries {named}: summarized are chats in {known}"
    return None


def _checked(fields: Fields, chat: Chat) -> tuple[Fields, tuple[Problem, ...], str | None]:
    """The fields without what isn't borne out, until the rest is; the problems; or a refusal."""
    problems: tuple[Problem, ...] = ()
    kept: Fields = fields
    while True:
        found = unfaithful([one for said in kept.values() for one in said], chat)
        if not found:
            break
        problems += found
        wrong = {problem.statement for problem in found}
        kept = {name: tuple(s for s in said if s not in wrong) for name, said in kept.items()}
    if not kept["issue"]:
        kinds = ", ".join(sorted({problem.kind for problem in problems}))
        refusal = f"the request can't be told faithfully ({kinds}): read the chat itself"
        return _nothing(), problems, refusal
    return kept, problems, None


def _nothing() -> Fields:
    return dict.fromkeys(FIELDS, ())


def _finding(kept: Fields, problems: Sequence[Problem], refusal: str | None) -> Finding:
    told = sum(len(said) for said in kept.values())
    wrong = len(problems)
    if refusal:
        return not_measured(_CHECK, f"not summarized: {refusal}", statements=0, left_out=wrong)
    left = f"; {wrong} were left out" if wrong else ""
    reason = f"all {told} statements stand in the cited turns{left}"
    return holds(_CHECK, True, reason, statements=told, left_out=wrong)


def window_said(read: WindowRead, rules: LanguageRules) -> str:
    """What was read and what was not, as a sentence in the chat's language."""
    return "; ".join(_window_parts(read, rules))


def _window_parts(read: WindowRead, rules: LanguageRules) -> Iterator[str]:
    said = rules.sentences
    if read.left_out:
        missing = sum(last - first + 1 for first, last in read.left_out)
        rule = said["left_out_one" if missing == 1 else "left_out"]
        yield rule.format(ranges=_ranges(read.left_out), total=read.total)
    else:
        yield said["all_read_one" if read.total == 1 else "all_read"].format(total=read.total)
    if read.cut:
        rule = said["cut_turn" if len(read.cut) == 1 else "cut_turns"]
        yield rule.format(ranges=", ".join(str(turn) for turn in read.cut))


def _ranges(runs: Sequence[tuple[int, int]]) -> str:
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
