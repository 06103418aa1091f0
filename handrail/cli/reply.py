"""How a reply is told to people who read no code: what was understood, how sure, why, what next."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from handrail.agent.promise import Promise
from handrail.agent.retrieval import RESOLVED
from handrail.agent.types import Action, DecisionRecord
from handrail.cli.console import visible
from handrail.cli.spoken import Spoken
from handrail.playbook.model import Playbook, Template

_WIDEST = 100
_NAMED = 3
_ACTIONS = {
    Action.SEND: ("SEND", "bold green", "the agent answers by itself"),
    Action.DRAFT: ("DRAFT", "bold yellow", "the agent prepares, a person decides"),
    Action.HAND_OFF: ("HAND OFF", "bold red", "a person takes over"),
}
_TITLES = {
    Action.SEND: "what the customer reads",
    Action.DRAFT: "a draft for people: no customer sees it",
    Action.HAND_OFF: "what the customer reads",
}
_NEXT = {
    Action.SEND: "The customer has the answer at once. Who wants a person only has to say so.",
    Action.DRAFT: "A person reads the draft and sends, changes or discards it; until then the "
    "customer waits.",
    Action.HAND_OFF: "A person gets the conversation with all that is shown here, and answers.",
}
_TRIGGERS = {"keyword": "words about", "topic": "the likely topic"}
_TRIGGER = re.compile(r"\b(keyword|topic):(\w+)")
_CODE_WORD = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b(?!\.\w)")  # a template's id stays as it is
_SURE = ((0.95, "very sure"), (0.8, "fairly sure"), (0.5, "rather unsure"), (0.0, "unsure"))
# Why a reply that is right for its topic may be wrong for this message; no probability counts
# these in, and no promise does.
_UNFIT = frozenset({
    "answer_excluded", "way_closed", "other_means", "second_request", "orders_to_machine",
    "one_word", "answer_may_miss", "settled", "language_differs", "language_not_spoken",
})  # fmt: skip
LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}


def show_reply(
    out: Console,
    record: DecisionRecord,
    *,
    playbook: Playbook | None,
    promises: tuple[Promise, ...],
    spoken: Spoken | None,
) -> None:
    """Print a decision; without `playbook` what it rested on is named by id only."""
    told = Table.grid(padding=(0, 2))
    told.add_column(style="dim", no_wrap=True)
    told.add_column(overflow="fold")
    for title, sentences in _sections(record, playbook, promises, spoken):
        told.add_row(title, Text("\n".join(visible(s) for s in sentences)))
    decision = record.decision
    name, style, meaning = _ACTIONS[decision.action]
    first, *others = reasons(record)
    because = Group(Text.assemble((name, style), f": {meaning}"), _point(first))
    if others:
        because.renderables.extend([Text(" besides:", "dim"), *map(_point, others)])
    told.add_row("Decision", because)
    width = min(out.width, _WIDEST)
    out.print(told, width=width)
    if decision.text:
        shown = Text(visible(decision.text))
        out.print(Panel(shown, title=_TITLES[decision.action], padding=(0, 1)), width=width)
    end = Table.grid(padding=(0, 2))
    end.add_column(style="dim", no_wrap=True)
    end.add_column(overflow="fold")
    if not (record.tried and decision.action is Action.SEND):
        end.add_row("Next", _NEXT[decision.action])
    if record.tried:
        end.add_row("", "This was a try: nobody was written to.")
    end.add_row("Kept as", f"{record.reply_id}, by release {record.release}")
    out.print(end, width=width)


def reasons(record: DecisionRecord) -> Iterator[str]:
    """Every reason, as a sentence, the main one first."""
    for reason in record.decision.reasons:
        sentence = reason.sentence.strip()
        if reason.code == "backend_failed":
            sentence = f"no answer was prepared: {sentence.partition(': ')[2]}"
        sentence = _TRIGGER.sub(lambda found: f"{_TRIGGERS[found[1]]} {found[2]}", sentence)
        sentence = _CODE_WORD.sub(lambda found: _plain(found[0]), sentence)
        yield sentence[:1].upper() + sentence[1:] + ("" if sentence.endswith(".") else ".")


def sureness(probability: float) -> str:
    """A probability in words."""
    return next((words for least, words in _SURE if probability >= least), "unsure")


def _point(sentence: str) -> Padding:
    grid = Table.grid(padding=(0, 1))
    grid.add_row("•", Text(visible(sentence)))
    return Padding(grid, (0, 0, 0, 1))


def _sections(
    record: DecisionRecord,
    playbook: Playbook | None,
    promises: tuple[Promise, ...],
    spoken: Spoken | None,
) -> Iterator[tuple[str, list[str]]]:
    case, route = record.case, record.route
    yield "Customer", [f"“{case.message}”"]
    if case.history:
        yield "", [f"after {len(case.history)} earlier messages"]
    language = LANGUAGES.get(case.language, case.language)
    how = f", {spoken.how}" if spoken else ""
    yield "Language", [f"{language}{how}"]
    yield "Understood", list(_understood(record, playbook))
    yield "How sure", list(_how_sure(record))
    topic = playbook.topics.get(route.topic or "") if playbook else None
    promise = next((p for p in promises if topic is not None and p.tier == topic.tier), None)
    if promise is not None:
        yield "Promise", [_promised(promise)]
    elif record.promise:
        yield "Promise", [record.promise]
    yield "Rests on", list(_rests_on(record, playbook))


def _understood(record: DecisionRecord, playbook: Playbook | None) -> Iterator[str]:
    route = record.route
    others = [
        _plain(topic) for topic, p in route.alternatives if topic != route.topic and p >= 0.01
    ]
    if route.topic is None:
        yield "nothing the playbook has an answer to"
    else:
        known = playbook.topics.get(route.topic) if playbook else None
        about = f": {known.description} ({known.tier} risk)" if known else ""
        yield f"{_plain(route.topic)}{about}"
    if others:
        yield f"{'nearest' if route.topic is None else 'less likely'}: {', '.join(others)}"


def _how_sure(record: DecisionRecord) -> Iterator[str]:
    route = record.route
    if route.topic is not None:
        yield f"{sureness(route.probability)} of the topic: {_percent(route.probability)}"
    if record.proposal.template_id is not None:
        sure = sureness(record.acceptance)
        shown = _percent(record.acceptance)
        yield f"{sure} that its topic is right and nobody would flag the reply: {shown}"
        if _UNFIT.isdisjoint(reason.code for reason in record.decision.reasons):
            yield "not counting whether it meets the point of this message: that is judged apart"
        else:
            yield "not counting what the decision holds against it"
    elif route.topic is None:
        yield "not sure enough of any topic"


def _promised(promise: Promise) -> str:
    if promise.threshold is None:
        return promise.sentence
    return f"sent from {_percent(promise.threshold)} up. {promise.sentence}."


def _rests_on(record: DecisionRecord, playbook: Playbook | None) -> Iterator[str]:
    templates = {t.id: t for t in playbook.templates} if playbook else {}
    template = templates.get(record.proposal.template_id or "")
    if record.proposal.template_id is None:
        yield "nothing: no answer was made"
    elif template is None:
        yield f"template {record.proposal.template_id}"
        yield from _ranked_by(record)
    else:
        yield f"the vetted answer “{_title(template)}” ({template.id})"
        yield f"  owner {template.owner}, approved by {template.approver}"
        yield f"  valid {template.valid_from} to {template.valid_to}"
    facts = {f.id: f for f in playbook.facts} if playbook else {}
    for slot in record.proposal.slots:
        kind, _, name = slot.licensed_by.partition(":")
        fact = facts.get(name)
        if fact is not None:
            by = f"a fact approved by {fact.approver}, valid to {fact.valid_to}"
        else:
            by = "a fact of the playbook" if kind == "fact" else "known to our systems"
        yield f"{_plain(slot.name)}: {slot.value}, {by}"
    if template is not None:
        yield from _ranked_by(record)


def _ranked_by(record: DecisionRecord) -> Iterator[str]:
    """Why this answer of the topic's: chats by id, whose words whoever has a grant may open."""
    chats = [ground.id for ground in record.proposal.grounds if ground.kind == RESOLVED]
    if chats:
        more = f" and {len(chats) - _NAMED} more" if len(chats) > _NAMED else ""
        like = "a chat" if len(chats) == 1 else f"{len(chats)} chats"
        yield f"chosen by {like} that people resolved so: {', '.join(chats[:_NAMED])}{more}"
    elif record.unranked:
        yield f"chosen by the playbook's order, not by resolved chats: {record.unranked}"


def _title(template: Template) -> str:
    number = template.id.rpartition(".")[2]
    language = LANGUAGES.get(template.language, template.language)
    return f"{_plain(template.topic)}, {language}, wording {number}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _percent(probability: float) -> str:
    """Never 100 % of what is less than sure, and never 0 % of what is possible."""
    if 0.9995 <= probability < 1:
        return "over 99.9 %"
    if 0 < probability < 0.0005:
        return "below 0.1 %"
    return f"{probability:.1%}".replace("%", " %")
