"""`handrail dataset tag` and `tags`: a person corrects what a chat is tagged with."""

from __future__ import annotations

from typing import Annotated

import typer

from handrail.access import Access, Purpose
from handrail.cli.console import open_home, out, person, speaks_plainly
from handrail.cli.reasons import require_impersonal
from handrail.dataset.corrections import CORRECTABLE, Correction, correct, corrections_of
from handrail.errors import BadInput
from handrail.playbook.reader import read_playbook
from handrail.redaction.ruleset import ruleset_of

_SHOWN_DIGITS = 12
Region = Annotated[str, typer.Option(help="The region that holds the chat.")]


@speaks_plainly
def tag(
    conversation: Annotated[str, typer.Argument(help="The chat's id in the export.")],
    region: Region,
    reason: Annotated[str, typer.Option(help="Why, without a word of the chat; it is kept.")],
    set_: Annotated[
        str, typer.Option("--set", help=f"TAG=VALUE; the tag is one of {', '.join(CORRECTABLE)}.")
    ] = "",
    withdraw: Annotated[
        str, typer.Option(help="TAG: take back what people said; the export's word counts again.")
    ] = "",
    day: Annotated[
        str | None, typer.Option(help="The chat's day (UTC), if known: no other day is opened.")
    ] = None,
    team: Annotated[str, typer.Option(help="The team you act for.")] = "support-operations",
) -> None:
    """Correct one tag of a chat. The correction outranks the export, rules and models, and is kept.

    It holds whatever a later export or another scrubber brings, and changes the next data set by
    itself. A later correction of the same tag replaces it. All are in the region's audit log.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    require_impersonal(reason, vault.region, at=vaults.clock(), ruleset=ruleset_of(settings))
    name, new = _asked(set_, withdraw)
    made = correct(
        vault,
        settings,
        read_playbook(settings.playbook),
        conversation,
        tag=name,
        new=new,
        reason=reason,
        day=day,
        access=Access(person(), team, Purpose.TAGGING),
    )
    _show(made)
    out.print("the next build of the warehouse counts it (`handrail run`, or the running sensors)")
    vaults.close()


@speaks_plainly
def tags(
    region: Region,
    conversation: Annotated[
        str | None, typer.Argument(help="Only what was said of this chat.")
    ] = None,
) -> None:
    """List every correction, oldest first: when, who, which chat, old and new value, and why.

    Chats are named by the keyed digest that the audit log knows them by; give an id to find its.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    wanted = None if conversation is None else vault.id_digest(conversation)
    found = [one for one in corrections_of(vault) if wanted in (None, one.chat)]
    for one in found:
        _show(one)
    if not found:
        out.print("nobody has corrected a tag" + (" of that chat" if conversation else ""))
    vaults.close()


def _asked(given: str, withdraw: str) -> tuple[str, str | None]:
    if bool(given) == bool(withdraw):
        msg = "say one thing: --set TAG=VALUE, or --withdraw TAG"
        raise BadInput(msg)
    if withdraw:
        return withdraw, None
    name, equals, value = given.partition("=")
    if not equals or not value:
        msg = f"--set takes TAG=VALUE, and {given!r} is not that"
        raise BadInput(msg)
    return name, value


def _show(one: Correction) -> None:
    new = "taken back" if one.new is None else one.new
    out.print(
        f"{one.at[:19]}Z  chat {one.chat[:_SHOWN_DIGITS]}  {one.tag}: {one.old or 'none'} -> {new}"
        f"  by {one.by}: {one.reason}",
        markup=False,
        soft_wrap=True,
    )
