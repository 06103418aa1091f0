"""`handrail summarize`: one chat for the person who takes it over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from handrail.access import Access, Purpose
from handrail.agent.summarizer import Form, Summary, declared_window, summarize
from handrail.agent.summarizer.rules import LanguageRules, load_rules
from handrail.agent.types import Switches
from handrail.cli.console import err, open_home, out, person, speaks_plainly, visible
from handrail.conversations.intake import Accepted, Export, load_mapping, read_exports
from handrail.conversations.watching import mapping_beside
from handrail.dataset.corrections import corrected, corrections_of
from handrail.digests import canonical, short
from handrail.errors import BadInput
from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.redaction.days import redacted_chat
from handrail.redaction.model import RedactedConversation
from handrail.redaction.ruleset import ruleset_of
from handrail.redaction.scrubber import scrub
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVaults


@speaks_plainly
def summarize_(
    region: Annotated[str, typer.Option(help="The region that holds the chat.")],
    conversation: Annotated[
        str | None, typer.Option(help="The chat's id in the export; with --file only that chat.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="An export instead; its chats are scrubbed first.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="How to read the file; else what lies beside it.")
    ] = None,
    day: Annotated[
        str | None, typer.Option(help="The chat's day (UTC), if known: no other day is opened.")
    ] = None,
    team: Annotated[str, typer.Option(help="The team you act for.")] = "support-operations",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, a summary a line.")] = False,
) -> None:
    """Summarize a redacted chat: request, steps, open question, state, next action, with turns.

    Every sentence is quoted from the chat or one of ours; each summary is checked against the chat
    before it is shown. A chat of the vault is opened for your team, on record.

    Examples: `handrail summarize --region eu --conversation c-17`,
    `handrail summarize --region eu --file chats.jsonl`
    """
    settings, vaults = open_home()
    if (conversation is None) and (file is None):
        msg = "say which chat: --conversation ID of the region, or --file with an export"
        raise BadInput(msg)
    playbook = read_playbook(settings.playbook)
    if file is None:
        access = Access(person(), team, Purpose.SERVING)
        chats = _of_vault(vaults, playbook, region, str(conversation), day=day, access=access)
    else:
        chats = _of_file(vaults, settings, region, file, mapping=mapping, only=conversation)
    told = 0
    for chat in chats:
        made = summarize(
            chat,
            playbook=playbook,
            switches=Switches(),
            window=declared_window(),
            at=vaults.clock(),
        )
        told += 1
        if as_json:
            out.print(canonical(made).decode(), markup=False, soft_wrap=True)
        else:
            _show(made)
    vaults.close()
    if not told:
        msg = f"{file} holds no chat that can be summarized" + (" of that id" * bool(conversation))
        raise BadInput(msg)


def _of_vault(
    vaults: RegionVaults,
    playbook: Playbook,
    region: str,
    conversation: str,
    *,
    day: str | None,
    access: Access,
) -> Iterator[RedactedConversation]:
    """The chat as people corrected it."""
    vault = vaults.of(vaults.settings.region(region).name)
    chat = redacted_chat(vault, conversation, day=day, access=access)
    said = corrections_of(vault)
    yield from (one for one, _ in corrected([(chat, None)], said, vault=vault, playbook=playbook))


def _of_file(
    vaults: RegionVaults,
    settings: Settings,
    region: str,
    file: Path,
    *,
    mapping: Path | None,
    only: str | None,
) -> Iterator[RedactedConversation]:
    """The chats of an export, scrubbed; how many rows were no chat is said, and why."""
    found = mapping or mapping_beside(file)
    export = Export(file, None, load_mapping(found) if found else None, simulated=False)
    reading = read_exports(
        [export],
        region=settings.region(region),
        regions=settings.all_regions(),
        product_areas=settings.product_areas,
        limits=settings.intake,
        first_day=settings.first_day,
        kept_since="",
        now=vaults.clock(),
    )
    ruleset = ruleset_of(settings)
    for row in reading:
        if isinstance(row, Accepted) and only in (None, row.conversation.conversation_id):
            yield scrub(row.conversation, ruleset=ruleset)
    for reason, count in sorted(reading.counts.quarantined.items()):
        err.print(f"{count} rows were set aside: {reason}")


def _show(made: Summary) -> None:
    """A panel with a line a field; turns in brackets behind each sentence."""
    title = f"chat {made.conversation_id}"
    rules = load_rules().languages.get(made.language or "")
    if rules is None or made.form is Form.NONE:
        body: Group | Text = Text(f"not summarized: {made.refused}", "yellow")
    else:
        body = Group(_fields(made, rules), Text(_footer(made), "dim"))
    out.print(Panel(body, title=Text(visible(title)), title_align="left"))


def _fields(made: Summary, rules: LanguageRules) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in made.fields():
        text = Text()
        for statement in said:
            turns = f"  [{', '.join(map(str, statement.turns))}]" if statement.turns else ""
            text.append(("\n" if text else "") + visible(statement.text)).append(turns, "dim")
        table.add_row(rules.labels[name], text)
    table.add_row(rules.labels["read"], made.window_said)
    return table


def _footer(made: Summary) -> str:
    return (
        f"\nfaithful {made.faithful.verdict}: {made.faithful.reason}\n"
        f"prompt {short(made.prompt)}, rules {short(made.rules)}, playbook {short(made.playbook)}"
    )
