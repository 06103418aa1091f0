"""The scoreboard: rows, gates, scores, promises and what is live, from a region's manifests."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from handrail.access import Purpose
from handrail.agent.model import MODEL, read_model
from handrail.agent.promise import NOT_PROMISED
from handrail.cli.console import DONE, FAILED, WAITING, out
from handrail.conversations.sealing import QUARANTINE, RAW
from handrail.custody.audit_report import CHECKPOINT
from handrail.dataset.funnel import funnel_of
from handrail.dataset.landing import CORE
from handrail.dataset.stored import DATASET
from handrail.evaluation.gate import RULES, GateRules
from handrail.evaluation.slices import slices
from handrail.evaluation.stored import SCORES, SUITE, read_evaluation
from handrail.playbook.reader import read_playbook
from handrail.redaction.audit import AUDIT
from handrail.redaction.days import HOLDS, REDACTED
from handrail.redaction.report import REPORT, older_days
from handrail.redaction.report_page import figure
from handrail.redaction.rounds import SAMPLE
from handrail.redaction.ruleset import ruleset_of
from handrail.redaction.sampling import LEAK_BOUND
from handrail.redaction.secret_incidents import SecretIncidents
from handrail.registry import Registry
from handrail.release.candidate import CANDIDATE, answered_alone, releases_of
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault, RegionVaults, pipeline
from handrail.verdicts import Verdict

_ENDED = {
    DONE: "[green]RELEASED[/]",
    WAITING: "[yellow]WAITING FOR PEOPLE[/]",
    FAILED: "[red]HELD BACK[/]",
}
_NOT_TRAINED = "[green]WAREHOUSE BUILT, NOTHING TRAINED[/]"
_ORDER = (REDACTED, CORE, DATASET, MODEL, SUITE, SCORES, CANDIDATE)
_EARLIER = "[dim]EARLIER RUN[/]"
_MARK = {Verdict.PASS: "[green]PASS[/]", Verdict.FAIL: "[red]FAIL[/]"}


def show_region(
    vaults: RegionVaults, name: str, registry: Registry, *, code: int, train: bool = True
) -> None:
    """Print one region's scoreboard; a run without training never says "released"."""
    vault = vaults.of(name)
    ended = _NOT_TRAINED if code == DONE and not train else _ENDED[code]
    out.rule(f"[bold]{name}[/]  {ended}")
    out.print(_funnel(vault))
    _redaction(vault, version=ruleset_of(vaults.settings).version)
    out.print(gates(vault))
    _leaks(vault)
    _scores(vault)
    _promises(vault)
    releases = releases_of(vaults.settings, name, registry)
    live = releases.live()
    candidate = vault.lineage.current(CANDIDATE, name)
    if live:
        alone = answered_alone(releases, read_playbook(vaults.settings.playbook))
        said = f"only in {', '.join(alone)}" if alone else "nowhere: every reply is a draft"
        out.print(f"live {live.aliases.champion}   challenger {live.aliases.challenger}")
        out.print(f"stage {live.stage}: answers by itself {said}")
    signed = vault.lineage.current(CHECKPOINT, name)
    if signed and vault.lineage.verdict(CHECKPOINT, name).passed:
        out.print(f"audit log: {signed.records:,} records, whole and signed at the last run's end")
    if candidate:
        out.print(f"candidate {candidate.measures['release']}")


def gates(vault: RegionVault) -> Table:
    """Every gate's verdict and reason; the leak bound's too where no candidate of now says it."""
    name = vault.region.name
    table = Table("gate", "verdict", "why", title="gates", show_lines=False)
    seen: set[str] = set()
    candidate = vault.lineage.current(CANDIDATE, name)
    last = (AUDIT, CANDIDATE) if candidate and _earlier(vault, candidate) else (CANDIDATE, AUDIT)
    for asset in (DATASET, MODEL, SUITE, SCORES, *last):
        artifact = vault.lineage.current(asset, name)
        for finding in vault.lineage.findings(artifact) if artifact else ():
            if artifact and finding.check not in seen:
                seen.add(finding.check)
                mark = _EARLIER if _earlier(vault, artifact) else _mark(finding.verdict)
                table.add_row(finding.check, mark, finding.reason)
    if LEAK_BOUND not in seen:
        table.add_row(LEAK_BOUND, _mark(Verdict.NOT_MEASURED), "no audit sample was drawn")
    return table


def _mark(verdict: Verdict) -> str:
    return _MARK.get(verdict, "[yellow]NOT MEASURED[/]")


def _earlier(vault: RegionVault, artifact: Artifact) -> bool:
    """Whether the artifact is left from an earlier run: something it is made of is newer."""
    if artifact.asset == AUDIT:
        return vault.lineage.older_than(artifact, SAMPLE)
    before = set(_ORDER[: _ORDER.index(artifact.asset)])
    if artifact.asset == SUITE:
        before.remove(MODEL)  # questions are no model's: both are made of the data set
    return any(vault.lineage.older_than(artifact, asset) for asset in before)


def _funnel(vault: RegionVault) -> Table:
    region = vault.region.name
    table = Table("step", "rows", "set aside", title="rows")
    quarantine = vault.lineage.current(QUARANTINE, region)
    if quarantine:
        counts = dict(quarantine.measures)
        rows, accepted = counts.pop("rows"), counts.pop("accepted")
        table.add_row("read from exports", f"{rows:,}", "")
        table.add_row("accepted", f"{accepted:,}", _listed(counts))
    sealed = _records(vault, RAW)
    table.add_row("sealed", f"{sealed:,}", "")
    held = _records(vault, HOLDS)
    redacted = _records(vault, REDACTED)
    table.add_row("redacted", f"{redacted:,}", f"second look held back {held}" if held else "")
    core = vault.lineage.current(CORE, region)
    if core:
        step = "admitted to training" + (" (earlier run)" if _earlier(vault, core) else "")
        table.add_row(step, f"{core.records:,}", _listed(funnel_of(core).dropped("admission")))
    return table


def _leaks(vault: RegionVault) -> None:
    """What the audit round says is still left in redacted chats, when everything in it was read."""
    audit = vault.lineage.current(AUDIT, vault.region.name)
    said = vault.lineage.findings(audit)[0].measures if audit else {}
    if "upper_bound" not in said:
        return
    table = Table(
        "round", "read", "leak", "seeded found", "at most", "budget", title="what is left"
    )
    table.add_row(
        f"{said['round']}, by {said['reviewer_kind']}",
        f"{said['n']} of {said['population']:,}",
        str(said["leaking"]),
        f"{said['plants_found']} of {said['plants']}",
        f"{said['upper_bound']:.2%}",
        f"{said['budget']:.2%}",
    )
    out.print(table)


def _redaction(vault: RegionVault, *, version: str) -> None:
    """What the last report measured, and what of it is not of today's rules (R31, R34)."""
    report = vault.lineage.current(REPORT, vault.region.name)
    if report is None:
        return
    said = {name: float(value) for name, value in report.measures.items()}
    speed = said.get("messages_per_cpu_s")
    out.print(
        f"redaction: leak {figure(said.get('leak'))}, precision {figure(said.get('precision'))}, "
        f"clean messages touched {figure(said.get('clean_touched'))}; "
        + (f"{speed:,.0f} messages per CPU second" if speed else "speed not measured")
    )
    older = older_days(vault.lineage, version=version)
    if older:
        out.print(f"[yellow]{len(older)} days are redacted by an older version of the rules[/]")
    waiting = SecretIncidents(vault).open()
    if waiting:
        out.print(
            f"[yellow]{len(waiting)} credentials found in chats wait to be rotated[/]: "
            "`handrail incidents`"
        )


def _scores(vault: RegionVault) -> None:
    artifact = vault.lineage.current(SCORES, vault.region.name)
    if artifact is None:
        return
    access = pipeline("cli:scoreboard", Purpose.EVALUATION)
    rules = GateRules.read(RULES)
    table = Table("score", "n", "share", "interval", "floor", title="scores on held-out questions")
    for cell in slices(read_evaluation(vault, artifact, access=access), delta=rules.delta):
        if cell.dimension == "region" and cell.share is not None:
            floor = rules.floors.get(cell.measure)
            table.add_row(
                cell.measure,
                str(cell.n),
                f"{cell.share:.1%}",
                f"{cell.low:.1%} to {cell.high:.1%}",
                "" if floor is None else f"{floor:.0%}",
            )
    out.print(table)


def _promises(vault: RegionVault) -> None:
    artifact: Artifact | None = vault.lineage.current(MODEL, vault.region.name)
    if artifact is None:
        return
    model = read_model(vault, artifact, access=pipeline("cli:scoreboard", Purpose.EVALUATION))
    table = Table(
        "risk", "promise", "why", title="promise on automatic replies", caption=f"{NOT_PROMISED}."
    )
    for promise in model.promises:
        table.add_row(promise.tier, _mark(promise.verdict), promise.reason)
    out.print(table)


def _records(vault: RegionVault, asset: str) -> int:
    return sum(artifact.records for artifact in vault.lineage.holdings.of(asset))


def _listed(counts: Mapping[str, int | float | str]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items() if n)
