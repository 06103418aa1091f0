"""A playbook as tables on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.table import Table
from rich.text import Text

from handrail.agent.routing.plan import Plan
from handrail.errors import BadInput
from handrail.playbook.completeness import HEAD, completeness
from handrail.playbook.model import Mandate, Playbook, Template
from handrail.playbook.queues import Queue
from handrail.residency import Region


def overview(book: Playbook, regions: Iterable[Region], *, on: date) -> Iterator[Table]:
    """Topics, roles, and what each region can say in each of its languages on the day `on`."""
    topics = _table(f"playbook {book.digest[:12]}", "topic", "area", "risk", "answered by", "what")
    for topic in book.topics.values():
        by = "people" if topic.regulated else "agent"
        topics.add_row(topic.name, topic.product_area, topic.tier, by, Text(topic.description))
    yield topics
    tiers = _table("risk tiers", "tier", "what it means")
    for tier, meaning in book.tiers.items():
        tiers.add_row(tier, Text(meaning))
    yield tiers
    yield _mandates(book.mandates.values(), on)
    yield _completeness([row.row() for row in completeness(book, regions, on=on)])


def _completeness(rows: Sequence[Sequence[str]]) -> Table:
    """A column a region and language, so that eight of them fit into 80 columns."""
    region, language = ([row[place] for row in rows] for place in range(2))
    table = _table("what each region can say", HEAD[0], *region)
    table.add_row(HEAD[1], *language)
    for place, what in enumerate(HEAD[2:], 2):
        table.add_row(what, *(row[place] for row in rows))
    return table


def shown(book: Playbook, entry: str, *, on: date) -> Iterator[Table]:
    """One topic with its templates, facts and disclosures; one role, template or queue."""
    templates = [t for t in book.templates if entry in (t.topic, t.id)]
    if entry in book.mandates:
        mandate = book.mandates[entry]
        yield _mandates([mandate], on)
        words = _table("", "part", "words")
        words.add_row("guardrails", Text("\n".join(mandate.guardrails)))
        words.add_row("prompt", Text(mandate.prompt))
        yield words
    elif entry in book.topics:
        topic = book.topics[entry]
        by = "people only" if topic.regulated else "people or the agent"
        takers = [q.name for q in book.queues.queues.values() if entry in q.takes]
        people = f", taken over by {', '.join(takers)}" if takers else ""
        title = f"{topic.name}: risk {topic.tier}, answered by {by}{people}"
        yield _templates(title, templates, on)
        yield from _what_fills(book, templates)
        said = _table("disclosures", "id", "signed by", "until", "text")
        for d in book.disclosures:
            if d.when == f"topic:{entry}":
                said.add_row(d.id, d.approver or "nobody", str(d.valid_to), Text(d.text))
        if said.row_count:
            yield said
    elif templates:
        yield _templates(entry, templates, on)
        yield from _what_fills(book, templates)
    elif entry in book.queues.queues:
        yield from _queue(book, book.queues.queues[entry], on)
    else:
        msg = f"the playbook has no topic, role, template or queue {entry!r}: "
        msg += "`handrail playbook show`, `handrail playbook queues`"
        raise BadInput(msg)


def queue_tables(book: Playbook, plan: Plan, *, on: date) -> Iterator[Table]:
    """The queues of a region, what they are for, and what customers are asked before each.

    Names stay whole on 80 columns: one stands on each line.
    """
    queues = _table(f"queues of {plan.region}", "queue", "takes", "asks for", "how")
    for q in plan.queues.values():
        following = "never refuses" if q.fallback else f"else {plan.next_after(q.name) or 'NOBODY'}"
        how = (f"{q.max_questions} questions", f"{q.answers_within_minutes} minutes", following)
        queues.add_row(
            q.name,
            "\n".join([*q.takes, *(["all else"] if q.fallback else [])]),
            "\n".join(n.field if n.required else f"({n.field})" for n in q.needs),
            "\n".join(how),
            end_section=True,
        )
    queues.caption = (
        "at most so many questions, an answer within so many minutes, who is asked if the queue "
        "refuses; (welcome, not required)"
    )
    yield queues
    purposes = _table("what they are for", "queue", "description")
    purposes.columns[0].no_wrap = True
    for q in plan.queues.values():
        purposes.add_row(q.name, Text(q.description))
    yield purposes
    questions = _table("questions", "asks for", "in", "approver", "text")
    questions.columns[0].no_wrap = True
    for asks in book.queues.asked_in(plan.region):
        for language in plan.languages:
            found = book.queues.question(asks, region=plan.region, language=language, on=on)
            approver, text = (found.approver, found.text) if found else ("nobody", "MISSING")
            questions.add_row(asks, language, Text(approver), Text(text))
    yield questions


def _queue(book: Playbook, queue: Queue, on: date) -> Iterator[Table]:
    table = _table(queue.name, "part", "as written")
    if_refused = "it never does" if queue.fallback else queue.if_refused or "the fallback is asked"
    for part, words in (
        ("what it is", queue.description),
        ("regions", ", ".join(queue.regions)),
        ("takes", ", ".join(queue.takes)),
        ("questions at most", str(queue.max_questions)),
        ("answers within", f"{queue.answers_within_minutes} minutes"),
        ("if it refuses", if_refused),
    ):
        table.add_row(part, Text(words))
    yield table
    asked = _table("asked before it", "question", "approver", "text")
    for need in queue.needs:
        for q in book.queues.questions:
            if q.asks == need.field and q.region in queue.regions:
                days = f"{q.valid_from} to {q.valid_to}" + ("" if q.valid_on(on) else ", not today")
                asked.add_row(Text(f"{q.id}\n{days}"), Text(q.approver or "nobody"), Text(q.text))
    if asked.row_count:
        yield asked


def _mandates(mandates: Iterable[Mandate], on: date) -> Table:
    table = _table("roles", "role", "mandate", "approved by", "in force")
    for m in mandates:
        by = m.approval.by if m.approval else "nobody"
        table.add_row(m.role, Text(m.statement), Text(by), Text(m.problem_on(on) or "yes"))
    return table


def _templates(title: str, templates: Iterable[Template], on: date) -> Table:
    table = _table(title, "template", "text")
    for t in templates:
        days = f"{t.valid_from} to {t.valid_to}" + ("" if t.valid_on(on) else ", not today")
        people = f"owner: {t.owner or 'nobody'}\napprover: {t.approver or 'nobody'}"
        table.add_row(Text(f"{t.id}\n{people}\n{days}"), Text(t.text))
        table.add_section()
    return table


def _what_fills(book: Playbook, templates: Iterable[Template]) -> Iterator[Table]:
    slots = {(t.region, t.language, s.name): s for t in templates for s in t.slots}
    table = _table("what fills its slots", "slot", "region", "language", "value")
    for (region, language, name), slot in sorted(slots.items(), key=lambda item: item[0][::-1]):
        values = [
            f for f in book.facts if (f.region, f.language, f.name) == (region, language, name)
        ]
        if slot.source == "context":
            table.add_row(name, region, language, "what our systems verified of the customer")
        for fact in values:
            told = f"{fact.value} ({fact.id}, {fact.valid_from} to {fact.valid_to})"
            table.add_row(name, region, language, Text(told))
    if table.row_count:
        yield table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
