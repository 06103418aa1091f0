"""The only code that moves champion, challenger and previous (R47).

Every move is written to the ledger, then to the pointer that serving reads, then, as well as it
goes, to the registry's aliases. A crash in between is made good by the next move: the ledger holds
the whole state, and the pointer follows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from handrail.errors import HandrailError, Refused, Tampered
from handrail.evaluation.results import Evaluation, stale_parts
from handrail.release.approvals import Approvals, approved
from handrail.release.bundle import Bundles, ReleaseBundle
from handrail.release.ledger import Entry, Ledger
from handrail.release.pointer import Aliases, Pointer, PointerFile
from handrail.release.rules import ReleaseRules
from handrail.vault.files import locked
from handrail.verdicts import Finding


class AliasKeeper(Protocol):
    """The registry, as far as a move needs it; failures are `HandrailError`s."""

    def version_of(self, region: str, release: str) -> int | None:
        """The registered version of a release, None if it isn't registered."""
        ...

    def set_alias(self, region: str, alias: str, version: int | None) -> None:
        """Point an alias at a version; None removes it."""
        ...


@dataclass(frozen=True)
class Move:
    """What a move did. `registry_note` is empty, or says why the registry doesn't show it."""

    entry: Entry
    pointer: Pointer
    registry_note: str


class Releases:
    """The releases of one region, below `<region home>/release`."""

    def __init__(
        self, folder: Path, *, region: str, registry: AliasKeeper, rules: ReleaseRules
    ) -> None:
        self._region = region
        self._registry = registry
        self._rules = rules
        self._lock = folder / ".lock"
        self._pointer = PointerFile(folder / "live.json")
        self.bundles = Bundles(folder / "bundles", region=region)
        self.ledger = Ledger(folder / "ledger.jsonl")
        self.approvals = Approvals(folder / "approvals.jsonl")

    def live(self) -> Pointer | None:
        """What is live now, None before the first release; needs no registry."""
        return self._pointer.read()

    def verify(self) -> int:
        """Check ledger, pointer and every bundle; returns the number of ledger records."""
        for release_id in self.bundles.ids():
            self.bundles.read(release_id)
        return self.verify_pointer()

    def verify_pointer(self) -> int:
        """Check that the pointer says what the ledger says; the number of ledger records."""
        pointer, last = self.live(), self.ledger.last()
        moved = self.ledger.verify(head=pointer.ledger_head if pointer else None)
        is_there = pointer and last and pointer.ledger_head == last.hash  # else a move stopped
        was_edited = last and is_there and pointer != self._pointer_after(last)
        if was_edited or not self._pointer.is_as_written():
            msg = (
                "live.json says something else than the ledger and the rules of stages: any move "
                "(rollback, activate) rewrites it"
            )
            raise Tampered(msg)
        return moved

    def nominate(
        self, bundle: ReleaseBundle, *, actor: str, reason: str, at: datetime
    ) -> Move | None:
        """Store a bundle and make it challenger; None if it already is champion or challenger."""
        self.bundles.write(bundle)
        with locked(self._lock):
            now = self._settled()
            if bundle.id in {now.champion, now.challenger}:
                return None
            then = replace(now, challenger=bundle.id)
            return self._move("nominate", bundle.id, "challenger", then, actor, reason, at)

    def promote(
        self,
        release_id: str,
        findings: Sequence[Finding],
        *,
        evaluation: Evaluation,
        actor: str,
        reason: str,
        at: datetime,
    ) -> Move:
        """Make the challenger champion, if everything required has passed; raises `Refused` if not.

        `evaluation` must be the one the bundle names and be made of the bundle's contents;
        `findings` must hold every required finding but `approved`, which is looked up here.
        """
        with locked(self._lock):
            now = self._settled()
            bundle = self.bundles.read(release_id)
            if release_id != now.challenger:
                msg = f"{release_id} is not the challenger ({now.challenger}): nominate it first"
                raise Refused(msg)
            _require_fresh(bundle, evaluation)
            every = (*(f for f in findings if f.check != "approved"), self.approved(bundle))
            self._require_passed(release_id, every)
            then = Aliases(champion=release_id, challenger=None, previous=now.champion)
            hashes = tuple(a.hash for a in self.approvals.of(bundle))
            return self._move(
                "promote", release_id, "champion", then, actor, reason, at, approvals=hashes
            )

    def approved(self, bundle: ReleaseBundle) -> Finding:
        """Whether a person whose approval counts has approved this bundle."""
        return approved(self.approvals, bundle)

    def activate(self, release_id: str, *, actor: str, reason: str, at: datetime) -> Move:
        """Make a release live again that was promoted before; others have to pass the gate."""
        with locked(self._lock):
            stopped = self._stopped_half_way()
            now = self._settled()
            if stopped is not None and (stopped.event, stopped.release) == ("activate", release_id):
                return self._made(stopped)
            self.bundles.read(release_id)
            if release_id == now.champion:
                msg = f"{release_id} is live already"
                raise Refused(msg)
            promoted = {e.release for e in self.ledger.entries() if e.event == "promote"}
            if release_id not in promoted:
                msg = f"{release_id} was never promoted: it has to pass the gate first"
                raise Refused(msg)
            then = replace(now, champion=release_id, previous=now.champion)
            return self._move("activate", release_id, "champion", then, actor, reason, at)

    def rollback(self, *, actor: str, reason: str, at: datetime) -> Move:
        """Swap champion and previous; needs neither registry nor orchestrator.

        A rollback that a crash stopped half-way is brought to its end: another swap would undo it.
        """
        with locked(self._lock):
            stopped = self._stopped_half_way()
            now = self._settled()
            if stopped is not None and stopped.event == "rollback":
                return self._made(stopped)
            if now.previous is None:
                msg = "there is no previous release to roll back to: nothing was changed"
                raise Refused(msg)
            self.bundles.read(now.previous)
            then = replace(now, champion=now.previous, previous=now.champion)
            return self._move("rollback", now.previous, "champion", then, actor, reason, at)

    def _settled(self) -> Aliases:
        """The state after the last ledger record, with the pointer brought up to it."""
        last = self.ledger.last()
        if last is None:
            return Aliases()
        pointer = self._readable_pointer()
        if pointer is None or pointer.ledger_head != last.hash or pointer.aliases != last.aliases:
            self._pointer.write(self._pointer_after(last))
        return last.aliases

    def _stopped_half_way(self) -> Entry | None:
        """The last move, if it is in the ledger and the pointer is still where it was before."""
        entries, pointer = self.ledger.entries(), self._readable_pointer()
        before = entries[-2].hash if len(entries) > 1 else None
        at = pointer.ledger_head if pointer else None
        return entries[-1] if entries and at == before else None

    def _readable_pointer(self) -> Pointer | None:
        try:
            return self._pointer.read()
        except Tampered:
            return None

    def _move(
        self,
        event: str,
        release: str,
        alias: str,
        then: Aliases,
        actor: str,
        reason: str,
        at: datetime,
        approvals: tuple[str, ...] = (),
    ) -> Move:
        if not (actor.strip() and reason.strip()):
            msg = "a move of a release names who moves it and why"
            raise Refused(msg)
        entry = self.ledger.append(
            event,
            release=release,
            alias=alias,
            aliases=then,
            actor=actor,
            reason=reason,
            approvals=approvals,
            at=at,
        )
        return self._made(entry)

    def _made(self, entry: Entry) -> Move:
        """Let what serving reads, then the registry, follow the ledger."""
        pointer = self._pointer_after(entry)
        self._pointer.write(pointer)
        return Move(entry, pointer, self._tell_registry(entry.aliases))

    def _pointer_after(self, entry: Entry) -> Pointer:
        stage = self._rules.first_stage
        cells = stage.open_cells(self._region) if entry.aliases.champion else ()
        return Pointer(entry.aliases, stage.name, cells, entry.hash)

    def _tell_registry(self, aliases: Aliases) -> str:
        try:
            for alias in ("champion", "challenger", "previous"):
                release = getattr(aliases, alias)
                version = self._registry.version_of(self._region, release) if release else None
                self._registry.set_alias(self._region, alias, version)
        except HandrailError as error:
            return f"the registry's aliases were not moved ({error}); what is live was"
        return ""

    def _require_passed(self, release_id: str, findings: Sequence[Finding]) -> None:
        by_name = {finding.check: finding for finding in findings}
        missing = [name for name in self._rules.required_findings if name not in by_name]
        held_back = [f"{name}: not measured" for name in missing] + [
            f"{f.check}: {f.verdict}, {f.reason}"
            for f in findings
            if (f.blocking or f.check in self._rules.required_findings) and not f.verdict.passed
        ]
        if held_back:
            msg = f"{release_id} is not promoted; " + "; ".join(held_back)
            raise Refused(msg)


def _require_fresh(bundle: ReleaseBundle, evaluation: Evaluation) -> None:
    if evaluation.region != bundle.region or evaluation.digest != bundle.evaluation:
        msg = f"{bundle.id} names another evaluation than the one it is to be promoted on"
        raise Refused(msg)
    stale = stale_parts(evaluation, bundle.evaluation_key)
    if stale:
        msg = f"the evaluation of {bundle.id} is stale: made of another " + ", ".join(stale)
        raise Refused(msg)
    if not evaluation.complete:
        msg = f"the evaluation of {bundle.id} is incomplete: evaluate the whole suite"
        raise Refused(msg)
