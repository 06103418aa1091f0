"""`try` and `why`: what the agent would do with a message, and why it did what it did."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from handrail.access import Access, Purpose
from handrail.agent.answer import redact_last
from handrail.agent.types import AgentRole, Case, Message, Switches
from handrail.cli.console import one_of_the_regions, open_home, out, person, speaks_plainly
from handrail.cli.reply import show_reply
from handrail.cli.spoken import spoken_in
from handrail.conversations.model import Channel, Role
from handrail.custody.why import explain
from handrail.errors import BadInput
from handrail.redaction.ruleset import ruleset_of
from handrail.release.decisions import record_decision
from handrail.release.serving import agent_of
from handrail.vault.primitives import new_id


@speaks_plainly
def try_(
    text: Annotated[str, typer.Argument(help="What the customer writes.")],
    region: Annotated[str, typer.Option(help="Whose agent answers.")],
    language: Annotated[
        str | None, typer.Option(help="The customer's language. Default: what the words say.")
    ] = None,
    channel: Annotated[str, typer.Option(help="How the customer writes.")] = "chat",
    fact: Annotated[
        list[str] | None,
        typer.Option(help="A fact your systems verified, NAME=VALUE; may be given several times."),
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(
            help="What was said before: a file with a line each, `customer: ...`, "
            "`agent: ...` or `bot: ...`."
        ),
    ] = None,
    release: Annotated[
        str | None, typer.Option(help="A release that is not live; its replies stay drafts.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Show what the agent would do with a message: how it understood it, how sure it is, and why.

    Nobody is written to. The message is redacted first and the decision is recorded: `handrail why
    ID` finds it later.

    Examples:
    - `handrail try --region eu "I forgot my password"`

    - `handrail try --region eu "Wo ist meine Bestellung?" --fact order_id=A-1001`

    - `handrail try --region us "and are you a robot?" --history said.txt --json`

    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    access = Access(actor=person(), team="agent", purpose=Purpose.SERVING)
    now = vaults.clock()
    before = _said_before(history) if history else []
    earlier = [said for who, said in before if who is Role.CUSTOMER]
    spoken = spoken_in(text, language, vault.region, earlier=earlier)
    if not text.strip():
        msg = "there is nothing to answer: give the customer's message in quotes"
        raise BadInput(msg)
    if channel not in set(Channel):
        msg = f"channel {channel!r} is none of {', '.join(Channel)}"
        raise BadInput(msg)
    said = (*before, (Role.CUSTOMER, text))
    serving = agent_of(vault, settings, release=release, switches=Switches(), access=access)

    def redacted(until: int) -> str:
        return redact_last(
            said[:until], language=spoken.language, region=region, at=now,
            ruleset=ruleset_of(settings),
        )  # fmt: skip

    case = Case(
        case_id=f"reply-{new_id()[:12]}",
        region=region,
        language=spoken.language,
        channel=channel,
        role=AgentRole.RESOLVE,
        message=redacted(len(said)),
        history=tuple(Message(who, redacted(n + 1)) for n, (who, _) in enumerate(said[:-1])),
        context=_facts(fact or []),
        at=now,
    )
    record = replace(serving.reply(case), tried=True)
    record_decision(vault, record, access=access)
    model = serving.model
    if as_json:
        told = {"record": asdict(record), "language": asdict(spoken), "promises": model.promises}
        out.print_json(orjson.dumps(told).decode())
    else:
        show_reply(out, record, playbook=model.playbook, promises=model.promises, spoken=spoken)
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
        show_reply(out, explained.record, playbook=None, promises=(), spoken=None)
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


def _said_before(file: Path) -> list[tuple[Role, str]]:
    said = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        msg = f"{file} is not UTF-8: save it so, and give it again"
        raise BadInput(msg) from None
    for number, line in enumerate(lines, start=1):
        who, colon, text = line.partition(":")
        if not line.strip():
            continue
        if not colon or who.strip().lower() not in set(Role) or not text.strip():
            msg = f"{file}, line {number}: write `customer: ...`, `agent: ...` or `bot: ...`"
            raise BadInput(msg)
        said.append((Role(who.strip().lower()), text.strip()))
    return said
