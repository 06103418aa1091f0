"""`handrail sample`: people read redacted chats and say whether something was left behind."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.panel import Panel

from handrail.access import Access, Purpose
from handrail.cli.console import open_home, out, person, speaks_plainly
from handrail.redaction.audit import read_sample, record_review, reviews_of, sampled_chats
from handrail.redaction.sampling import Review

app = typer.Typer(
    help="The manual redaction sample: read it, record verdicts.", no_args_is_help=True
)

Region = Annotated[str, typer.Option(help="The region whose sample it is.")]


@app.command()
@speaks_plainly
def status(region: Region) -> None:
    """Say how many of the sampled chats have a verdict."""
    _, vaults = open_home()
    vault = vaults.of(region)
    access = Access(actor=person(), team="compliance", purpose=Purpose.REVIEW)
    sample, _ = read_sample(vault, access=access)
    done = {r.conversation_id for r in reviews_of(vault, sample)}
    out.print(f"{len(done)} of {len(sample.conversation_ids)} chats are reviewed: {sample.note}")


@app.command()
@speaks_plainly
def review(
    region: Region,
    reviewer: Annotated[str, typer.Option(help="Your name or id; goes to the audit log.")],
) -> None:
    """Read the sampled chats that have no verdict yet, one by one: does anything personal show?

    Answer y (something shows), n (clean) or q (stop; what you answered is kept).
    """
    _, vaults = open_home()
    vault = vaults.of(region)
    access = Access(actor=reviewer, team="compliance", purpose=Purpose.REVIEW)
    sample, _ = read_sample(vault, access=access)
    done = {r.conversation_id for r in reviews_of(vault, sample)}
    waiting = [
        chat
        for chat in sampled_chats(vault, sample, access=access)
        if chat.conversation_id not in done
    ]
    for number, chat in enumerate(waiting, start=1):
        text = "\n".join(f"{turn.role}: {turn.text}" for turn in chat.turns)
        title = f"{number} of {len(waiting)}: {chat.conversation_id}"
        out.print(Panel(text.replace("[", "\\["), title=title))
        answer = ""
        while answer not in {"y", "n", "q"}:
            answer = typer.prompt("Does anything personal or secret show? [y/n/q]").strip().lower()
        if answer == "q":
            break
        verdict = Review(chat.conversation_id, answer == "y", reviewer, vaults.clock(), False)
        record_review(vault, verdict, access=access)
    left = len(sample.conversation_ids) - len(
        {r.conversation_id for r in reviews_of(vault, sample)}
    )
    out.print(f"{left} chats are left to review" if left else "all reviewed; next: `handrail run`")
