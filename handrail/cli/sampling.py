"""`handrail sample`: people read an audit round, raw beside redacted, and say what shows."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Annotated

import typer

from handrail.access import Access, Purpose
from handrail.cli.beside import show
from handrail.cli.console import one_of_the_regions, open_home, out, person, speaks_plainly
from handrail.errors import BadInput
from handrail.redaction.audit import (
    Occasion,
    Standing,
    finding_of,
    next_round,
    plan_now,
    standing_of,
)
from handrail.redaction.reviewing import opened_for_review, record_reviews
from handrail.redaction.rounds import SAMPLE, Item
from handrail.redaction.ruleset import ruleset_of
from handrail.redaction.sampling import Review, ReviewerKind, Shows
from handrail.settings import LeakBudget, Settings
from handrail.vault.presence import at_work
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Verdict

app = typer.Typer(
    help="The manual audit of redaction: draw a round, read it, see where it stands.",
    no_args_is_help=True,
)

Region = Annotated[str, typer.Option(help="The region whose round it is.")]
Team = Annotated[str, typer.Option(help="The team you act for.")]
_PATIENCE = timedelta(seconds=60)
_QUESTION = "Does anything personal or secret show in the redacted text? [y/n, b back, q quit]"
_KINDS = f"What? [{', '.join(Shows)}; Enter: don't say; b: look again]"


@app.command()
@speaks_plainly
def status(
    region: Annotated[str | None, typer.Option(help="This region only.")] = None,
    team: Team = "reviewers",
) -> None:
    """Say of each region which round stands, how far it is read, its bound, and what is next.

    Where there is no round: how many chats one takes, and how many the region holds. Leaks and
    seeded leaks are counted when the round is complete, never before.
    """
    settings, vaults = open_home()
    access = Access(person(), team, Purpose.REVIEW)
    for name in one_of_the_regions(settings, region):
        vault = vaults.of(name)
        now = standing_of(vault, access=access)
        out.print(f"{name}: {_where(now, settings.redaction)}", soft_wrap=True)
        if now is not None and now.leaking:
            out.print(f"  leaks were found in {', '.join(now.leaking)}", soft_wrap=True)
        out.print(f"  next: {_next(vault, now, settings)}", soft_wrap=True)
    vaults.close()


@app.command()
@speaks_plainly
def draw(region: Region, team: Team = "compliance") -> None:
    """Draw the next round, if the last is complete and chats have come or gone since.

    `weekly_audit_sample` does the same. There is no redrawing a round that isn't finished.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    run = f"sample-draw-{uuid.uuid4()}"
    before = vault.lineage.current(SAMPLE, region)
    with at_work(settings.home, [region], run_id=run, patience=_PATIENCE, on_wait=out.print):
        drawn = next_round(
            vault,
            settings,
            occasion=Occasion.AUDIT,
            access=Access(person(), team, Purpose.REVIEW),
        )
        vault.lineage.commit(
            drawn.artifact,
            inputs=drawn.inputs,
            findings=[drawn.finding],
            config_hash=ruleset_of(settings).version,
            run_id=run,
        )
    stands = before is not None and before.object_id == drawn.artifact.object_id
    if stands and drawn.artifact.records:
        out.print(f"nothing new was drawn; it stands: {drawn.finding.reason}", soft_wrap=True)
    else:
        out.print(drawn.finding.reason, soft_wrap=True)
    vaults.close()


@app.command()
@speaks_plainly
def review(
    region: Region,
    team: Team = "reviewers",
    start: Annotated[
        int | None,
        typer.Option(
            "--from", min=1, help="Read again from this number on, whatever was said of it."
        ),
    ] = None,
) -> None:
    """Read what of the round has no verdict yet: on the left as written, on the right as redacted.

    Answer y (something shows), n (clean), b (back to the one before) or q (stop; what you answered
    is kept, and the same command goes on). Your last verdict on a chat counts, the earlier ones
    stay on record; a chat leaks if anybody's says so. When the round is complete no leak is taken
    back any more. Some chats hold a leak that was seeded to measure how many are found.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    access = Access(person(), team, Purpose.REVIEW)
    now = standing_of(vault, access=access)
    if now is None or not now.round.items:
        msg = f"there is no round to read: {_next(vault, now, settings)}"
        raise BadInput(msg)
    numbers = {item.conversation_id: n for n, item in enumerate(now.round.items, start=1)}
    if start is not None and start > len(numbers):
        msg = f"round {now.round.number} has {len(numbers)} chats: --from {start} is none of them"
        raise BadInput(msg)
    if start is None:
        items = now.waiting
    else:
        items = tuple(i for i in now.stored if numbers[i.conversation_id] >= start)
    if items and not now.waiting:
        out.print("the round is complete: what was found may be added to, not taken back")
    at = 0
    while at < len(items):
        title = f"{numbers[items[at].conversation_id]} of {len(now.round.items)}"
        answer = _answer(vault, now, items[at], title, access)
        if answer == "q":
            break
        if answer == "b":
            at = max(0, at - 1)
            continue
        said = _kind() if answer == "y" else ""
        if said == "b":
            continue
        shows = Shows(said) if said else None
        verdict = Review(
            items[at].conversation_id, answer == "y", shows, person(), ReviewerKind.PERSON,
            vaults.clock(),
        )  # fmt: skip
        record_reviews(vault, now.round, [verdict], access=access)
        at += 1
    after = standing_of(vault, access=access)
    out.print(f"next: {_next(vault, after, settings)}", soft_wrap=True)
    vaults.close()


def _answer(vault: RegionVault, now: Standing, item: Item, title: str, access: Access) -> str:
    show(out, opened_for_review(vault, now.round, item, access=access), title=title)
    answer = ""
    while answer not in {"y", "n", "b", "q"}:
        answer = typer.prompt(_QUESTION).strip().lower()
    return answer


def _kind() -> str:
    said = "?"
    while said not in {"", "b", *Shows}:
        said = typer.prompt(_KINDS, default="", show_default=False).strip().lower()
    return said


def _where(now: Standing | None, budget: LeakBudget) -> str:
    if now is None or not now.round.items:
        return "no round"
    done = len(now.reviewed)
    whole = done + len(now.waiting)
    said = f"round {now.round.number}, {done} of {whole} chats are reviewed"
    if now.tally is None:
        return f"{said}; budget {budget.max_leaking_share:.2%}"
    finding = finding_of(now, budget)
    bound = float(finding.measures["upper_bound"])
    return (
        f"{said}; at most {bound:.2%} leak, budget {budget.max_leaking_share:.2%}: "
        f"{finding.verdict}; {now.tally.found} of {now.tally.plants} seeded leaks were found"
    )


def _next(vault: RegionVault, now: Standing | None, settings: Settings) -> str:
    region = vault.region.name
    if now is None or not now.round.items:
        plan, held = plan_now(vault, now, settings)
        if plan.chats > held:
            return f"{plan.needs(held)}; with enough, `handrail run` draws a round"
        return f"`handrail sample draw --region {region}`: {plan.needs(held)}"
    if now.waiting:
        return f"`handrail sample review --region {region}`: {len(now.waiting)} chats are left"
    said = finding_of(now, settings.redaction)
    return "`handrail run` counts the verdicts" if said.verdict is Verdict.PASS else said.reason
