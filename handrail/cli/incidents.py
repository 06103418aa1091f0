"""`handrail incidents`: runs that failed, and credentials in chats that wait to be rotated."""

from __future__ import annotations

from typing import Annotated

import typer

from handrail.access import Access, Purpose
from handrail.cli.console import one_of_the_regions, open_home, out, person, speaks_plainly
from handrail.cli.reasons import require_impersonal
from handrail.custody.incidents import Incidents
from handrail.errors import BadInput
from handrail.redaction.days import REDACTED
from handrail.redaction.ruleset import ruleset_of
from handrail.redaction.secret_incidents import (
    SecretIncident,
    SecretIncidents,
    State,
    whereabouts,
)
from handrail.vault.region_vault import RegionVault, RegionVaults

app = typer.Typer(
    help="What went wrong while nobody was looking, and credentials found in chats.",
    invoke_without_command=True,
)

Id = Annotated[str, typer.Argument(help="The incident, as `handrail incidents` lists it.")]
Reason = Annotated[str, typer.Option(help="What was done or found; quote no chat.")]
_SHOWN = 50


@app.callback()
@speaks_plainly
def incidents(
    context: typer.Context,
    region: Annotated[str | None, typer.Option(help="This region only.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every one, closed ones too.")] = False,
) -> None:
    """List runs that failed, and credentials found in chats that nobody has rotated yet.

    The graph that `handrail ui` keeps running opens an incident for every run that fails. Redacting
    a chat with a credential in it opens one for the credential: its value is not kept, only what
    it is, how often and when it was seen, and what to do.
    """
    if context.invoked_subcommand is not None:
        return
    settings, vaults = open_home()
    regions = one_of_the_regions(settings, region)
    failed = [
        one
        for one in Incidents(settings.home).all()
        if region is None or one.partition.rpartition("|")[2] == region
    ]
    for one in failed:
        of = f" of {one.partition}" if one.partition else ""
        out.print(f"{one.at[:19]}Z  {one.kind}  {one.job}{of}  run {one.run_id}")
        for problem in one.problems:
            out.print(f"    {problem}", markup=False, soft_wrap=True)
    shown = 0
    for name in regions:
        found = SecretIncidents(vaults.of(name))
        shown += _list(name, found.all()) if every else _list(name, found.open(), at_most=_SHOWN)
    vaults.close()
    if not failed and not shown:
        out.print("no incidents")


@app.command()
@speaks_plainly
def show(incident_id: Id) -> None:
    """Show one credential's incident, and in which chats it was; that opens them, on the record."""
    _, vaults = open_home()
    name, incident, _ = _the(vaults, incident_id)
    vault = vaults.of(name)
    _list(name, [incident])
    out.print(f"    {incident.kind.request}", soft_wrap=True)
    access = Access(person(), "compliance", Purpose.INCIDENT)
    found = whereabouts(vault, incident, asset=REDACTED, access=access)
    for day, chat, turn in found.chats:
        out.print(f"    {day}  chat {chat}, message {turn}", markup=False)
    if found.unnamed:
        out.print(f"    {found.unnamed} more: held back, erased or destroyed since, or not listed")
    vaults.close()


@app.command()
@speaks_plainly
def rotated(incident_id: Id, reason: Reason) -> None:
    """Close an incident: the credential was replaced, and what was found opens nothing any more.

    The same value in another chat opens it again.
    """
    _close(incident_id, state=State.ROTATED, reason=reason)


@app.command("false-alarm")
@speaks_plainly
def false_alarm(incident_id: Id, reason: Reason) -> None:
    """Close an incident for good: this value is no credential of anybody's."""
    _close(incident_id, state=State.FALSE_ALARM, reason=reason)


def _close(incident_id: str, *, state: State, reason: str) -> None:
    settings, vaults = open_home()
    name, incident, found = _the(vaults, incident_id)
    vault: RegionVault = vaults.of(name)
    require_impersonal(reason, vault.region, at=vaults.clock(), ruleset=ruleset_of(settings))
    access = Access(person(), "compliance", Purpose.INCIDENT)
    _list(name, [found.close(incident, state=state, reason=reason, access=access)])
    out.print("the check in the graph follows when redaction_report is made again")
    vaults.close()


def _the(vaults: RegionVaults, incident_id: str) -> tuple[str, SecretIncident, SecretIncidents]:
    """The incident called so, in whichever region served here it is."""
    for name in vaults.settings.serves:
        found = SecretIncidents(vaults.of(name))
        incident = found.get(incident_id)
        if incident is not None:
            return name, incident, found
    msg = f"no credential's incident is called {incident_id}: `handrail incidents --all` lists them"
    raise BadInput(msg)


def _list(region: str, found: list[SecretIncident], *, at_most: int | None = None) -> int:
    """Print incidents, those that wait longest first; returns how many there are."""
    first = found[:at_most]
    for one in first:
        mark = " (simulated)" if one.simulated else ""
        said = "open" if one.is_open else str(one.state).removeprefix("secret_").replace("_", " ")
        out.print(
            f"{one.first_seen[:19]}Z  {region}  {one.id}  {said}: {one.kind.what}{mark} in "
            f"{_chats(one)}",
            markup=False,
            soft_wrap=True,
        )
        if one.is_open:
            out.print(f"    {one.kind.request}", markup=False, soft_wrap=True)
        if one.closed_by:
            out.print(
                f"    closed {one.closed_at[:19]}Z by {one.closed_by}: {one.reason}",
                markup=False,
                soft_wrap=True,
            )
    if len(found) > len(first):
        out.print(f"{region}: {len(found) - len(first)} newer ones are open too; --all lists them")
    return len(found)


def _chats(incident: SecretIncident) -> str:
    """How many chats, and of which days."""
    first, last = min(incident.days), max(incident.days)
    if incident.chats == 1:
        return f"one chat of {first}"
    return f"{incident.chats} chats of {first}" + (f" to {last}" if last != first else "")
