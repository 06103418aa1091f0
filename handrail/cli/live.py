"""`try` and `why`: what the agent would do with a message, and why it did what it did."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import orjson
import typer
from rich.panel import Panel
from rich.table import Table

from handrail.access import Access, Purpose
from handrail.agent.answer import redact_message
from handrail.agent.types import AgentRole, Case, DecisionRecord, Switches
from handrail.cli.console import one_of_the_regions, open_home, out, person, speaks_plainly
from handrail.conversations.model import Channel
from handrail.custody.why import explain
from handrail.errors import BadInput
from handrail.redaction.ruleset import ruleset_of
from handrail.release.decisions import record_decision
from handrail.release.serving import agent_of
from handrail.vault.primitives import new_id

_MARKS = {"send": "[green]SEND[/]", "draft": "[yellow]DRAFT[/]", "hand_off": "[red]HAND OFF[/]"}

_TITLES = {
    "send": "what would be shown",
    "draft": "a draft for people: not shown",
    "hand_off": "what would be shown",
}


@speaks_plainly
def try_(
    text: Annotated[str, typer.Argument(help="What the customer writes.")],
    region: Annotated[str, typer.Option(help="Whose agent answers.")],
    language: Annotated[str, typer.Option(help="The customer's language.")] = "en",
    channel: Annotated[str, typer.Option(help="How the customer writes.")] = "chat",
    fact: Annotated[
        list[str] | None,
        typer.Option(help="A fact your systems verified, NAME=VALUE; may be given several times."),
    ] = None,
    release: Annotated[
        str | None, typer.Option(help="A release that is not live; its replies stay drafts.")
    ] = None,
) -> None:
    """Show what the agent would do with a message: route, confidence, grounds, every reason.

    The message is redacted first and the decision is recorded: `handrail why ID` finds it later.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    access = Access(actor=person(), team="agent", purpose=Purpose.SERVING)
    now = vaults.clock()
    if language not in vault.region.languages:
        msg = f"region {region} speaks {', '.join(vault.region.languages)}, not {language!r}"
        raise BadInput(msg)
    if not text.strip():
        msg = "there is nothing to answer: give the customer's message in quotes"
        raise BadInput(msg)
    if channel not in set(Channel):
        msg = f"channel {channel!r} is none of {', '.join(Channel)}"
        raise BadInput(msg)
    serving = agent_of(vault, settings, release=release, switches=Switches(), access=access)
    case = Case(
        case_id=f"reply-{new_id()[:12]}",
        region=region,
        language=language,
        channel=channel,
        role=AgentRole.RESOLVE,
        message=redact_message(
            text, language=language, region=region, at=now, ruleset=ruleset_of(settings)
        ),
        history=(),
        context=_facts(fact or []),
        at=now,
    )
    record = serving.reply(case)
    record_decision(vault, record, access=access)
    _show(record)
    vaults.close()


@speaks_plainly
def why(
    reply: Annotated[str, typer.Argument(help="The id of a reply, as `try` printed it.")],
    region: Annotated[str | None, typer.Option(help="Look in this region only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Print everything that was in play for a reply: hashes, rules, thresholds, grounds, people."""
    settings, vaults = open_home()
    access = Access(actor=person(), team="compliance", purpose=Purpose.EXPLANATION)
    for name in one_of_the_regions(settings, region):
        explained = explain(vaults.of(name), settings, reply, access=access)
        if explained is None:
            continue
        if as_json:
            out.print_json(orjson.dumps(asdict(explained)).decode())
            return
        _show(explained.record)
        table = Table("what", title=f"in play at {explained.record.at}")
        table.add_column("content hash or value", overflow="fold")
        for key, value in explained.in_play:
            table.add_row(key, value)
        out.print(table)
        made_of = Table("made from", "partition", "content hash", title="lineage of the model")
        for asset, partition, content in explained.lineage:
            made_of.add_row(asset, partition, content)
        out.print(made_of)
        vaults.close()
        return
    msg = f"no reply {reply!r} is recorded in " + ", ".join(one_of_the_regions(settings, region))
    raise BadInput(msg)


def _facts(given: list[str]) -> dict[str, str]:
    facts = dict(pair.partition("=")[::2] for pair in given)
    if not all(name and value for name, value in facts.items()):
        msg = "a fact is given as NAME=VALUE, for example --fact order_id=A-1001"
        raise BadInput(msg)
    return facts


def _show(record: DecisionRecord) -> None:
    route, decision = record.route, record.decision
    out.print(f"reply      {record.reply_id}   release {record.release}")
    out.print(f"message    {record.case.message}", markup=False)
    topic = route.topic or "none"
    out.print(f"route      {topic}  (calibrated probability {route.probability:.3f})")
    others = ", ".join(f"{name} {p:.3f}" for name, p in route.alternatives[:3] if name != topic)
    if others:
        out.print(f"others     {others}")
    if record.proposal.template_id is not None:
        out.print(
            f"accepted   with probability {record.acceptance:.3f}, as people judged such replies"
        )
    if record.promise:
        out.print(f"promise    {record.promise}", markup=False)
    for ground in record.proposal.grounds:
        out.print(f"ground     {ground.kind} {ground.id}  {ground.digest[:12]}")
    for slot in record.proposal.slots:
        out.print(f"slot       {slot.name} = {slot.value}  ({slot.licensed_by})", markup=False)
    out.print(f"decision   {_MARKS[decision.action]}")
    for reason in decision.reasons:
        out.print(f"  - {reason.code}: {reason.sentence}", markup=False)
    if decision.text:
        out.print(Panel(decision.text.replace("[", "\\["), title=_TITLES[decision.action]))
