"""`handrail route`: a conversation with the routing role, tried out at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Annotated

import orjson
import typer
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from handrail.access import Access, Purpose
from handrail.agent.answer import redact_last
from handrail.agent.routing.dialogue import Dialogue
from handrail.agent.routing.handover import Handover
from handrail.agent.routing.machine import Answer, Phase, Request
from handrail.agent.routing.role import RoutingRole
from handrail.agent.routing.telling import told_action, told_state
from handrail.agent.types import Switches
from handrail.cli.console import open_home, out, person, speaks_plainly
from handrail.cli.spoken import spoken_in
from handrail.conversations.model import Channel, Role
from handrail.errors import BadInput
from handrail.redaction.ruleset import Ruleset, ruleset_of
from handrail.release.serving import routing_role_of
from handrail.vault.primitives import new_id

_TRIAL = (
    "tried out: no item is queued, and nobody is told; queues accept unless --refuses names them"
)


@speaks_plainly
def route(
    region: Annotated[str, typer.Option(help="Whose routing role.")],
    turn: Annotated[
        list[str] | None,
        typer.Option(help="What the customer writes, in order; empty is silence. None: asked for."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="The customer's language. Default: what the words say.")
    ] = None,
    channel: Annotated[str, typer.Option(help="How the customer writes.")] = "chat",
    refuses: Annotated[
        list[str] | None, typer.Option(help="A queue that refuses; may be given several times.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="As if the role were switched off.")] = False,
    release: Annotated[
        str | None, typer.Option(help="A release that is not live. Default: the live one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Have a conversation with the role that collects and routes; nothing is queued or stored.

    Each message is redacted first. At the end stands what people would get. `handrail playbook
    queues` shows the queues, and proof that a person is always near.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    if channel not in set(Channel):
        msg = f"channel {channel!r} is none of {', '.join(Channel)}"
        raise BadInput(msg)
    access = Access(actor=person(), team="agent", purpose=Purpose.SERVING)
    switches = Switches(roles_off=frozenset({"route"}) if off else frozenset())
    role = routing_role_of(vault, settings, release=release, switches=switches, access=access)
    unknown = sorted({*(refuses or ())} - role.playbook.queues.of(region).keys())
    if unknown:
        msg = f"{region} has no queue {unknown[0]!r}: `handrail playbook queues --region {region}`"
        raise BadInput(msg)
    trial = _Trial(role, ruleset_of(settings), frozenset(refuses or ()), vaults.clock())
    typed = iter(turn) if turn else _typed()
    first = list(islice(typed, 1))
    start = role.open(
        f"case-{new_id()[:12]}",
        language=language or spoken_in("".join(first), None, vault.region).language,
        channel=channel,
        opted_out_of_ai=False,
    )
    last = start
    steps = []
    for text, dialogue in trial.conversation(start, chain(first, typed)):
        last = dialogue
        steps.append(_step(text, dialogue))
        if not as_json:
            _show_step(text, dialogue)
    if as_json:
        handover = asdict(last.handover) if last.handover else None
        out.print_json(orjson.dumps({"steps": steps, "handover": handover}).decode())
    elif last.handover:
        _show_handover(last.handover)
    vaults.close()


@dataclass(frozen=True)
class _Trial:
    """One conversation at the terminal. Raw words stay in here, in memory, for the scrubber."""

    role: RoutingRole
    ruleset: Ruleset
    refuses: frozenset[str]
    at: datetime

    def conversation(
        self, dialogue: Dialogue, typed: Iterator[str]
    ) -> Iterator[tuple[str, Dialogue]]:
        """Each event in words, with what the conversation is after it."""
        said: list[tuple[Role, str]] = []
        for text in typed:
            if text.strip():
                said.append((Role.CUSTOMER, text))
                redacted = redact_last(
                    said,
                    language=dialogue.state.language,
                    region=self.role.region.name,
                    at=self.at,
                    ruleset=self.ruleset,
                )
                dialogue = self.role.hear(dialogue, redacted, at=self.at)
                yield redacted, dialogue
            else:
                dialogue = self.role.silent(dialogue, at=self.at)
                yield "(silent)", dialogue
            if dialogue.said:
                said.append((Role.BOT, dialogue.said))
            while isinstance(dialogue.action, Request):
                queue = dialogue.action.queue
                answer = Answer.REFUSED if queue in self.refuses else Answer.ACCEPTED
                dialogue = self.role.queue_said(dialogue, queue, answer, at=self.at)
                yield f"({queue} says {answer})", dialogue
            if dialogue.state.phase is Phase.HANDED_OVER:
                return


def _typed() -> Iterator[str]:
    while True:
        try:
            yield typer.prompt("customer", default="", show_default=False)
        except typer.Abort:
            return


def _step(text: str, dialogue: Dialogue) -> dict[str, object]:
    return {
        "heard": text,
        "did": told_action(dialogue.action),
        "state": told_state(dialogue.state),
        "said": dialogue.said,
        "fields": {given.field: given.value for given in dialogue.given},
        "reasons": [reason.code for reason in dialogue.reasons],
    }


def _show_step(text: str, dialogue: Dialogue) -> None:
    out.print(f"heard   {text}", markup=False)
    out.print(
        f"did     {told_action(dialogue.action)}   ({told_state(dialogue.state)})", markup=False
    )
    for given in dialogue.given:
        out.print(f"field   {given.field} = {given.value}  (turn {given.turn})", markup=False)
    if dialogue.said:
        out.print(Panel(Text(dialogue.said), title="what the customer is shown"))


def _show_handover(handover: Handover) -> None:
    table = Table(title="what people would get", title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    route, minutes = handover.route, handover.answers_within_minutes
    view = f"{route.topic or 'no topic'}, probability {route.probability:.3f}" if route else "none"
    others = ", ".join(f"{name} {p:.3f}" for name, p in route.alternatives) if route else ""
    rows = [
        ("queue", handover.queue),
        ("answer by", f"{handover.answer_by:%Y-%m-%d %H:%M} UTC ({minutes} minutes)"),
        ("refused by", ", ".join(handover.refused_by)),
        *(
            ("besides" if number else "because", f"{reason.code}: {reason.sentence}")
            for number, reason in enumerate(handover.reasons)
        ),
        ("model's view", view),
        ("others", others),
        ("regulated", ", ".join(handover.regulated)),
        *((g.field, f"{g.value}  (turn {g.turn})") for g in handover.fields),
        ("missing", ", ".join(handover.missing)),
        ("asked", ", ".join(asked.question for asked in handover.questions)),
        ("prompt", handover.hashes["prompt"][:12]),
    ]
    for name, value in rows:
        if value:
            table.add_row(name, Text(value))
    out.print(table)
    out.print(_TRIAL, markup=False, soft_wrap=True)
