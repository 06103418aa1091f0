"""`handrail access`: who may what, why, and breaking the glass in an incident."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.panel import Panel
from rich.table import Table

from handrail.access import Access, AccessPolicy, Purpose, Verb
from handrail.cli.console import one_of_the_regions, open_home, out, person, speaks_plainly, visible
from handrail.cli.reasons import require_impersonal
from handrail.conversations.model import Conversation
from handrail.custody.iam import Cloud, cloud_policies
from handrail.custody.iam_arrivals import Arrivals
from handrail.custody.unredacted import unredacted_for_incident
from handrail.errors import BadInput
from handrail.redaction.ruleset import ruleset_of
from handrail.residency import DataClass
from handrail.settings import load_settings
from handrail.vault.break_glass import Grant
from handrail.vault.files import replace_atomically
from handrail.vault.policy import open_policy

app = typer.Typer(
    help="Who may what: show, explain; break the glass in an incident.", no_args_is_help=True
)

ItsRegion = Annotated[str, typer.Option(help="The region it is about.")]
SomeRegion = Annotated[str | None, typer.Option(help="This region only.")]
Class = Annotated[DataClass, typer.Option("--class", help="The class of data.")]
Team = Annotated[str, typer.Option(help="The team that asks.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command()
@speaks_plainly
def show(
    team: Annotated[str | None, typer.Option(help="This team only.")] = None,
    region: SomeRegion = None,
    as_json: AsJson = False,
) -> None:
    """Show what each team may do with which class of data, for what, in which region."""
    settings = load_settings()
    policy = open_policy(settings)
    teams = [team] if team else list(policy.teams)
    unknown = [name for name in teams if name not in policy.teams]
    if unknown:
        msg = f"no rule and no config names team {team!r}: there are {', '.join(policy.teams)}"
        raise BadInput(msg)
    regions = one_of_the_regions(settings, region)
    if as_json:
        rows = [
            {"team": name, "region": each, "class": data_class, "may": may}
            for name in teams
            for each in regions
            for data_class, may in _matrix(policy, name, each).items()
        ]
        out.print_json(orjson.dumps(rows).decode())
        return
    for name in teams:
        # Regions in which the team may the same are shown once.
        matrices = {each: _matrix(policy, name, each) for each in regions}
        for first, matrix in matrices.items():
            alike = [each for each in regions if matrices[each] == matrix]
            if alike[0] == first:
                _show_team(name, matrix, ", ".join(alike))
    out.print(f"all else is refused: policy {policy.digest[:12]}, {settings.access_policy}")


@app.command()
@speaks_plainly
def explain(
    team: Team,
    verb: Annotated[Verb, typer.Option(help="What is to be done.")],
    data_class: Class,
    purpose: Annotated[Purpose, typer.Option(help="What for.")],
    region: ItsRegion,
    as_json: AsJson = False,
) -> None:
    """Say whether a team may do something, which rule decides, and what it may instead."""
    settings = load_settings()
    policy = open_policy(settings)
    where = settings.region(region).name
    answer = policy.decide(Access("", team, purpose), verb, data_class, region=where)
    instead = policy.purposes(team, verb, data_class, region=where)
    others = [
        name
        for name in policy.teams
        if policy.decide(Access("", name, purpose), verb, data_class, region=where).allowed
    ]
    if as_json:
        said = {
            "allowed": answer.allowed,
            "rules": answer.rules,
            "reason": answer.reason,
            "purposes_permitted": instead,
            "teams_permitted": others,
        }
        out.print_json(orjson.dumps(said).decode())
        return
    out.print("[green]PERMITTED[/]" if answer.allowed else "[red]REFUSED[/]")
    out.print(answer.reason, markup=False, soft_wrap=True)
    out.print(f"rule                   {', '.join(answer.rules) or 'none: default deny'}")
    out.print(f"the team may for       {', '.join(instead) or 'no purpose'}")
    out.print(f"teams that may         {', '.join(others) or 'nobody'}")


@app.command("break-glass")
@speaks_plainly
def break_glass(
    region: ItsRegion,
    data_class: Class = DataClass.RAW,
    reason: Annotated[str, typer.Option(help="What happened; name no customer.")] = "",
    ticket: Annotated[str, typer.Option(help="The incident's ticket, such as INC-123.")] = "",
    minutes: Annotated[int, typer.Option(help="How long; the config has the most.")] = 30,
    team: Team = "compliance",
    close: Annotated[bool, typer.Option("--close", help="Close it before its time.")] = False,
    of: Annotated[str | None, typer.Option(help="With --close: whose. Default: yours.")] = None,
) -> None:
    """Open a class that is shut to yourself, for minutes, on the record; or close it again.

    Who may is a rule of the access policy. Each use is recorded with the ticket.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    access = Access(person(), team, Purpose.INCIDENT)
    if close:
        closed = vault.glass.close(access, data_class, of=of or access.actor)
        _show_grants(closed, "closed")
    else:
        if not (ticket and reason):
            msg = "give the incident's --ticket, such as INC-123, and --reason, what happened"
            raise BadInput(msg)
        require_impersonal(reason, vault.region, at=vaults.clock(), ruleset=ruleset_of(settings))
        grant = vault.glass.open(access, data_class, ticket=ticket, reason=reason, minutes=minutes)
        _show_grants([grant], "open")
        out.print(f"next: `handrail access unredacted CHAT --region {region}`")
    vaults.close()


@app.command()
@speaks_plainly
def grants(region: SomeRegion = None) -> None:
    """List whose glass is broken now."""
    settings, vaults = open_home()
    for name in one_of_the_regions(settings, region):
        out.print(f"region {name}")
        _show_grants(vaults.of(name).glass.grants(), "open")
    vaults.close()


@app.command()
@speaks_plainly
def unredacted(
    chat: Annotated[str, typer.Argument(help="The conversation's id.")],
    region: ItsRegion,
    day: Annotated[
        str | None, typer.Option(help="Its day, YYYY-MM-DD; needed if it was never redacted.")
    ] = None,
    team: Team = "compliance",
) -> None:
    """Show one raw chat as the customer wrote it; only with the glass broken, and on the record."""
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    access = Access(person(), team, Purpose.INCIDENT)
    found = unredacted_for_incident(vault, chat, day=day, access=access)
    out.print(Panel(_said(found), title=f"{chat}  {found.day}  UNREDACTED: keep no copy"))
    vaults.close()


@app.command()
@speaks_plainly
def iam(
    region: ItsRegion,
    account: Annotated[str, typer.Option(help="The AWS account, 12 digits.")],
    to: Annotated[Path, typer.Option("--out", help="The folder to write the documents to.")],
    bucket: Annotated[str | None, typer.Option(help="Default: the config's.")] = None,
    location: Annotated[str | None, typer.Option(help="Default: the config's.")] = None,
    prefix: Annotated[str, typer.Option(help="Default: the config's.")] = "",
) -> None:
    """Write the policy in AWS's words: a key policy, a bucket policy, one policy a role.

    Where the config names a bucket of exports, whoever takes them in may read it.
    """
    settings = load_settings()
    table = settings.regions[settings.region(region).name]
    store, exports = table.store, table.exports
    cloud = Cloud(
        account=account,
        location=location or (store.location if store else ""),
        bucket=bucket or (store.bucket if store else ""),
        prefix=prefix or (store.prefix if store else ""),
    )
    arrivals = None
    if exports is not None and exports.endpoint is None:  # a server of one's own knows no IAM
        arrivals = Arrivals(exports.location, exports.bucket, exports.prefix)
    documents = cloud_policies(open_policy(settings), region, cloud, arrivals=arrivals)
    for name, document in documents.items():
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"
        replace_atomically(to / name, text)
    out.print(f"{to}: {', '.join(documents)}")
    if exports is not None:
        out.print(f"exports in {exports.bucket}: {_said_of(arrivals)}", soft_wrap=True)


def _said_of(arrivals: Arrivals | None) -> str:
    if arrivals is None:
        return "on a server of your own: let it list and read them there, for intake alone"
    return (
        "the roles that take in may list and read them; if a KMS key of its own encrypts the "
        "bucket, let these roles decrypt with it"
    )


def _matrix(policy: AccessPolicy, team: str, region: str) -> dict[str, dict[str, list[Purpose]]]:
    """Purposes by class and verb, where there are any."""
    cells = {
        str(data_class): {
            str(verb): purposes
            for verb in Verb
            if (purposes := policy.purposes(team, verb, data_class, region=region))
        }
        for data_class in DataClass
    }
    return {data_class: verbs for data_class, verbs in cells.items() if verbs}


def _show_team(team: str, matrix: dict[str, dict[str, list[Purpose]]], regions: str) -> None:
    if not matrix:
        out.print(f"[bold]team {team}[/] in {regions}: nothing\n")
        return
    table = Table("class", "may", title=f"team {team} in {regions}", title_justify="left")
    table.add_column("for", overflow="fold")
    for data_class, verbs in matrix.items():
        # Verbs that share their purposes share a line.
        shared: dict[str, list[str]] = {}
        for verb, purposes in verbs.items():
            shared.setdefault(", ".join(purposes), []).append(verb)
        for number, (why, those) in enumerate(shared.items()):
            table.add_row("" if number else data_class, ", ".join(those), why)
    out.print(table)


def _show_grants(found: list[Grant], state: str) -> None:
    for grant in found:
        out.print(f"{state}: {grant.actor} ({grant.team}), {grant.sentence}", markup=False)
    if not found:
        out.print(f"nothing is {state}")


def _said(chat: Conversation) -> str:
    text = "\n".join(f"{turn.role}: {turn.text}" for turn in chat.turns)
    return visible(text).replace("[", "\\[")
