"""`handrail dataset list`, `show`, `diff`, `explain`: what a data set is, row by row if asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.markdown import Markdown
from rich.table import Table

from handrail.access import Access, Purpose
from handrail.agent.model import MODEL
from handrail.bounds import suppress_small
from handrail.cli.console import one_of_the_regions, open_home, out, person, speaks_plainly, visible
from handrail.dataset import explaining
from handrail.dataset.card import data_card, told
from handrail.dataset.diffing import difference
from handrail.dataset.eviction import evictions, gone_between
from handrail.dataset.exporting import EXPORT
from handrail.dataset.model import Split
from handrail.dataset.stored import Version, read_lists, read_version, version, versions
from handrail.digests import canonical, short
from handrail.evaluation.stored import SUITE
from handrail.redaction.model import RedactedConversation
from handrail.release.candidate import releases_of
from handrail.release.serving import NoRegistry
from handrail.settings import Settings
from handrail.vault.region_vault import RegionVault

_MADE_OF_ROWS = frozenset([MODEL, SUITE, EXPORT])
Region = Annotated[str, typer.Option(help="The region whose data set it is.")]
Which = Annotated[
    str | None, typer.Argument(help="A version's id, or how it begins. Default: the current one.")
]


@speaks_plainly
def list_(region: Annotated[str | None, typer.Option(help="This region only.")] = None) -> None:
    """List the data sets a region made: rows by split, how much is synthetic, what they are in.

    Of those that nothing is made of any more only the manifest is left after
    `handrail verify --prune`.
    """
    settings, vaults = open_home()
    for name in one_of_the_regions(settings, region):
        made = versions(vaults.of(name))
        if not made:
            out.print(f"region {name} has no data set yet: `handrail run --region {name}` makes it")
            continue
        table = Table(title=f"region {name}")
        for head in ("data set", "made", "rows", "in releases", ""):
            table.add_column(head, overflow="fold")
        for one in made:
            table.add_row(
                short(one.artifact.digest),
                f"{one.at[:16]}Z",
                _rows(one),
                ", ".join(_releases(settings, name, one)),
                "current" if one.is_current else one.destroyed or "",
            )
        out.print(table)
    vaults.close()


@speaks_plainly
def show(
    region: Region,
    which: Which = None,
    card: Annotated[bool, typer.Option("--card", help="The data card, as Markdown.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The manifest as JSON, small counts hidden.")
    ] = False,
) -> None:
    """Show what a data set is made of; every row is read and proven to be what its id covers."""
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    one = version(vault, which)
    rows, manifest = read_version(vault, one.artifact, access=_explaining())
    text = data_card(manifest, gone=evictions(one.artifact))
    if as_json:
        out.print(canonical(told(manifest)).decode(), markup=False, soft_wrap=True)
    elif card:
        out.print(text, markup=False, soft_wrap=True)
    else:
        out.print(Markdown(text))
        out.print(f"made of it: {_made_of(vault, settings, one)}", markup=False)
        erased = manifest.rows - len(rows)
        gone = f", {suppress_small(erased)} were erased since" if erased else ""
        out.print(f"whole: {len(rows)} rows read and proven by the id{gone}")
        withheld = suppress_small(int(one.artifact.measures.get("wordings_withheld", 0)))
        out.print(f"withheld from training: {withheld} wordings that are some customer's own")
    vaults.close()


@speaks_plainly
def diff(
    before: Annotated[str, typer.Argument(help="A version's id, or how it begins.")],
    region: Region,
    after: Which = None,
) -> None:
    """Say what changed from one data set to another: rows, mix, rules. Opens no row."""
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    one, other = version(vault, before), version(vault, after)
    first, second = (read_lists(vault, v.artifact, access=_explaining()) for v in (one, other))
    gone = gone_between(vault, one.artifact, second, access=_explaining())
    for sentence in difference(first, second, gone=gone).sentences():
        out.print(f"- {sentence}", markup=False, soft_wrap=True)
    vaults.close()


@speaks_plainly
def explain(
    row: Annotated[str, typer.Argument(help="A row's id, which is its conversation's.")],
    region: Region,
    which: Annotated[
        str | None, typer.Option("--version", help="Another data set than the current one.")
    ] = None,
    text: Annotated[
        bool, typer.Option("--text", help="Show the redacted chat too; that you did is on record.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Tell the whole story of one row, without its text: also of one that was left out.

    Where it came from, who tagged it, which rule kept or dropped it, what it weighs and why, its
    split and why, and the models and releases that are made of it.
    """
    settings, vaults = open_home()
    vault = vaults.of(settings.region(region).name)
    story = explaining.explain(vault, row, version(vault, which), access=_explaining())
    made = _made_of(vault, settings, story.version) if story.is_in else "nothing"
    lines = [*story.lines, explaining.Line("made of it", made)]
    if as_json:
        out.print(
            canonical([asdict(line) for line in lines]).decode(), markup=False, soft_wrap=True
        )
    else:
        table = Table(title=f"row {row} of region {region}", show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for line in lines:
            table.add_row(line.about, line.says)
        out.print(table)
    if text and story.chat is not None:
        _show_text(story.chat)
    vaults.close()


def _show_text(chat: RedactedConversation) -> None:
    for turn in chat.turns:
        out.print(f"{turn.role}: {visible(turn.text)}", markup=False, soft_wrap=True)


def _made_of(vault: RegionVault, settings: Settings, one: Version) -> str:
    """Releases, models, suites and exports of a data set, in words."""
    made = vault.lineage.holdings.made_of(one.artifact)
    shown = {f"{a.asset} {short(a.digest)}" for a in made if a.asset in _MADE_OF_ROWS}
    return ", ".join([*_releases(settings, vault.region.name, one), *sorted(shown)]) or "nothing"


def _rows(one: Version) -> str:
    """How many rows, by split below, one line each: a terminal of 80 columns has room for them."""
    measures = one.artifact.measures
    parts = [f"{suppress_small(int(measures.get(f'split {s}', 0)))} {s}" for s in Split]
    synthetic = f"{float(measures.get('synthetic_share', 0)):.1%} synthetic"
    return "\n".join((suppress_small(one.artifact.records), *parts, synthetic))


def _releases(settings: Settings, region: str, one: Version) -> list[str]:
    """The releases whose model was trained on a data set."""
    bundles = releases_of(settings, region, NoRegistry()).bundles
    return [i for i in bundles.ids() if bundles.read(i).dataset == one.artifact.digest]


def _explaining() -> Access:
    return Access(actor=person(), team="compliance", purpose=Purpose.EXPLANATION)
