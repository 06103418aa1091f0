"""`handrail verify`: is everything of a region there and as it was written; what isn't, by name.

Looked at are the objects and their sidecars against the manifests, the manifests, the keys, the
audit log with its checkpoints, the releases, and what intake is told to read. `look_over` compares
and opens each object's first and last bytes; `authenticate` opens every segment of every object,
every key, and every row of the warehouse, and shows none of them. Dagster's storage and MLflow's
are not custody's: they hold no chat and can be made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from handrail.access import Access
from handrail.conversations.reading import present_exports, register_of
from handrail.digests import short
from handrail.errors import (
    AccessDenied,
    BadInput,
    Busy,
    Destroyed,
    HandrailError,
    ResidencyViolation,
    Swapped,
    Tampered,
    Torn,
)
from handrail.playbook.versions import Versions
from handrail.release.candidate import releases_of
from handrail.release.serving import NoRegistry
from handrail.settings import Settings
from handrail.vault.holdings import Stored
from handrail.vault.names import Artifact, object_key
from handrail.vault.presence import who_is_at_work
from handrail.vault.region_vault import RegionVault
from handrail.vault.sidecar import SUFFIX, sidecar_key
from handrail.vault.stores import Missing
from handrail.warehouse.connection import open_encrypted

# A writer that is at work has stored its object and not yet its manifest for less than this.
SETTLED_AFTER = timedelta(hours=1)
AUDIT_LOG, KEYS, WAREHOUSE = "the audit log", "keys.db", "warehouse.duckdb"
# What readers raise where a value is no longer what it was written as.
_UNREADABLE = (ValueError, TypeError, KeyError)
Progress = Callable[[int, int], None]


class Kind(StrEnum):
    """What is wrong with something that is stored."""

    MISSING = "missing"
    ORPHANED = "orphaned"
    STRAY = "stray"
    TORN = "torn"
    ALTERED = "altered"
    SWAPPED = "swapped"
    FOREIGN = "foreign region"
    UNREADABLE = "unreadable"
    HALF_DESTROYED = "half destroyed"


_ADVICE: Mapping[Kind, str] = {
    Kind.MISSING: "restore it from a backup; or materialize its asset again (`handrail ui`), and "
    "an hour later `handrail verify --prune` lets go of the lost one",
    Kind.ORPHANED: "nothing needs it if lineage.db is no older one: `handrail verify --prune`",
    Kind.STRAY: "find out who put it there and whose it is, then delete it by hand",
    Kind.TORN: "restore object and sidecar, or materialize the asset again (`handrail ui`)",
    Kind.ALTERED: "restore it from a backup; find out who can write there",
    Kind.SWAPPED: "put both back from a backup; find out who can write there",
    Kind.FOREIGN: "take it out of this region's store, and restore what belongs there",
    Kind.UNREADABLE: "see to what the sentence names, then verify again",
    Kind.HALF_DESTROYED: "`handrail verify --prune` brings it to its end",
}
_REBUILT = "delete it, then `handrail run`: it is rebuilt from the vault"
_KINDS: tuple[tuple[type[HandrailError], Kind], ...] = (
    (Missing, Kind.MISSING),
    (Torn, Kind.TORN),
    (Swapped, Kind.SWAPPED),
    (ResidencyViolation, Kind.FOREIGN),
    (Tampered, Kind.ALTERED),
    (BadInput, Kind.ALTERED),
    (HandrailError, Kind.UNREADABLE),
)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: what, where, in which words, and what to do next."""

    kind: Kind
    what: str
    reason: str

    @property
    def advice(self) -> str:
        """What to do about it."""
        return _REBUILT if self.what == WAREHOUSE else _ADVICE[self.kind]


@dataclass(frozen=True)
class Verified:
    """What was looked at in a region, by kind and number, and everything that is wrong."""

    looked_at: Mapping[str, int]
    problems: tuple[Problem, ...]


def unopened(region: str, open_vault: Callable[[], RegionVault]) -> Verified | None:
    """What keeps a region from being opened at all, so that nothing else can be looked at."""
    problems = tuple(_wrong(f"region {region}", open_vault))
    return Verified({}, problems) if problems else None


def look_over(vault: RegionVault, settings: Settings, *, now: datetime, access: Access) -> Verified:
    """Compare manifests, store, sidecars and files; opens as little as that takes.

    Without readable manifests nothing can be said of single objects, so none is looked at; where
    the audit log is wrong none is opened, as that would not be on a record that holds.
    """
    problems = [*_files(vault, settings)]
    try:
        held, destroyed = _held(vault)
    except (HandrailError, *_UNREADABLE):
        return Verified({}, _once(problems))
    problems += _listed(vault, settings, held, destroyed, now=now)
    if not any(problem.what == AUDIT_LOG for problem in problems):
        proven = vault.proving([one.artifact for one in held], access=access)
        problems += _checked(held, proven, lambda done, of: None)
    return Verified({"objects": len(held), "destroyed": len(destroyed)}, _once(problems))


def authenticate(
    vault: RegionVault, settings: Settings, *, now: datetime, progress: Progress, access: Access
) -> Verified:
    """`look_over`, and then every byte that a key can vouch for."""
    over = look_over(vault, settings, now=now, access=access)
    if not over.looked_at:
        return over
    problems = [*over.problems]
    if any(problem.what == AUDIT_LOG for problem in problems):
        with suppress(AccessDenied):  # it may be a key of its own that is wrong
            problems += _wrong(KEYS, lambda: vault.verify_keys(access=access))
        return Verified(over.looked_at, _once(problems))
    held, _ = _held(vault)
    problems += _checked(held, lambda artifact: vault.verify(artifact, access=access), progress)
    problems += _wrong(KEYS, lambda: vault.verify_keys(access=access))
    problems += _wrong(WAREHOUSE, lambda: _read_warehouse(vault, settings, access=access))
    told = [_retold(vault, held, problem, access) for problem in _once(problems)]
    return Verified(over.looked_at, tuple(told))


def orphans(vault: RegionVault) -> list[str]:
    """The keys under which something lies that no manifest points to."""
    lying = {key.removesuffix(SUFFIX) for key in vault.listing()}  # first: manifests come later
    return sorted(lying - {object_key(one.artifact) for one in vault.lineage.holdings.all()})


def times_of_puts(vault: RegionVault) -> Mapping[str, datetime]:
    """When each object was put, by its key, as the audit log says."""
    puts = vault.audit.stream(event="put")
    return {record.object: datetime.fromisoformat(record.at) for record in puts}


def _held(vault: RegionVault) -> tuple[list[Stored], list[Stored]]:
    """The stored artifacts that are kept, and those that were destroyed."""
    destroyed = vault.lineage.destructions.all()
    every = vault.lineage.holdings.all()
    return (
        [one for one in every if one.artifact.object_id not in destroyed],
        [one for one in every if one.artifact.object_id in destroyed],
    )


def _listed(
    vault: RegionVault,
    settings: Settings,
    held: Sequence[Stored],
    destroyed: Sequence[Stored],
    *,
    now: datetime,
) -> Iterator[Problem]:
    lying = set(vault.listing())
    for one in held:
        key = object_key(one.artifact)
        lost = [name for name in (key, sidecar_key(key)) if name not in lying]
        if lost and vault.lineage.destructions.of(one.artifact) is None:  # nor meanwhile
            both = "object and sidecar are" if len(lost) == 2 else "it is"
            is_sidecar = " (its key)" if lost == [sidecar_key(key)] else ""
            reason = f"{both} not in the store{is_sidecar}, and a manifest points to it"
            yield Problem(Kind.MISSING, f"object {key}", reason)
    for one in destroyed:
        key = object_key(one.artifact)
        if lying & {key, sidecar_key(key)}:
            reason = "its manifest says that it was destroyed, and a part of it is still there"
            yield Problem(Kind.HALF_DESTROYED, f"object {key}", reason)
    run = who_is_at_work(settings.home, vault.region.name)
    found = orphans(vault)
    put: Mapping[str, datetime] = {}
    with suppress(Tampered):  # the audit log is looked at by itself
        put = times_of_puts(vault) if found else {}
    for key in found:
        at = put.get(key)
        if run and at is not None and now - at < SETTLED_AFTER:
            continue  # its manifest comes
        said = f"put on {at:%Y-%m-%d %H:%M}" if at else "no put of it is on record"
        kind = Kind.ORPHANED if at else Kind.STRAY
        yield Problem(kind, f"object {key}", f"no manifest points to it; {said}")


def _checked(
    held: Sequence[Stored], check: Callable[[Artifact], object], progress: Progress
) -> Iterator[Problem]:
    for number, one in enumerate(held, start=1):
        artifact = one.artifact
        yield from _wrong(f"object {object_key(artifact)}", partial(check, artifact))
        progress(number, len(held))


def _files(vault: RegionVault, settings: Settings) -> Iterator[Problem]:
    region = vault.region.name
    releases = releases_of(settings, region, NoRegistry())
    yield from _wrong("lineage.db", vault.lineage.verify)
    yield from _wrong(KEYS, vault.require_sound_keys)
    yield from _wrong(AUDIT_LOG, vault.checkpoints.verify)
    yield from _wrong("exports.json", register_of(settings, region).all)
    yield from _wrong("exports", partial(present_exports, settings, region))
    for release_id in releases.bundles.ids():
        yield from _wrong(f"release {release_id}", partial(releases.bundles.read, release_id))
    playbooks = Versions(settings.region_home(region))
    for version in playbooks.names():
        yield from _wrong(f"playbook {short(version)}", partial(playbooks.read, version))
    yield from _wrong("release/ledger.jsonl", releases.ledger.entries)
    yield from _wrong("release/live.json", releases.verify_pointer)
    yield from _wrong("release/approvals.jsonl", releases.approvals.verify)


def _read_warehouse(vault: RegionVault, settings: Settings, *, access: Access) -> int:
    path = settings.region_home(vault.region.name) / WAREHOUSE
    if not path.exists():
        return 0
    key = vault.warehouse_key_to_verify(access=access)
    with open_encrypted(path, key, alias=vault.region.name, read_only=True) as warehouse:
        return warehouse.read_through()


def _retold(
    vault: RegionVault, held: Sequence[Stored], problem: Problem, access: Access
) -> Problem:
    """The problem, or where the bytes of an altered object are another object's, that one."""
    key = problem.what.removeprefix("object ")
    if problem.kind is not Kind.ALTERED or key == problem.what:
        return problem
    asset = key.split("/")[0]
    others = [one.artifact for one in held if one.artifact.asset == asset]
    try:
        found = vault.whose_bytes(key, others, access=access)
    except HandrailError:
        return problem
    if found is None:
        return problem
    return Problem(Kind.SWAPPED, problem.what, f"it holds the bytes of object {object_key(found)}")


def _wrong(what: str, look: Callable[[], object]) -> Iterator[Problem]:
    """What `look` finds wrong; who may not look, or has to wait, is told instead."""
    try:
        look()
    except (Busy, AccessDenied):
        raise
    except Destroyed:
        return
    except HandrailError as error:
        kind = next(kind for type_, kind in _KINDS if isinstance(error, type_))
        yield Problem(kind, what, str(error))
    except _UNREADABLE as error:
        yield Problem(Kind.ALTERED, what, f"it can't be read ({type(error).__name__})")


def _once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The first problem of each thing."""
    return tuple({problem.what: problem for problem in reversed(problems)}.values())[::-1]
