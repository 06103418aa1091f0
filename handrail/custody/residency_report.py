"""Where a region's data is, what left it and what was refused: from its manifests and its log."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from handrail.access import Access
from handrail.agent.model import MODEL
from handrail.clock import iso
from handrail.custody.retention import destroyed_so_far
from handrail.custody.verification import orphans, times_of_puts
from handrail.dataset.stored import DATASET
from handrail.digests import digest
from handrail.errors import Destroyed, HandrailError, Tampered
from handrail.residency import Region
from handrail.settings import Settings
from handrail.vault.audit_log import AuditRecord
from handrail.vault.break_glass import USED
from handrail.vault.denials import EVENT as DENIED
from handrail.vault.export_gate import Departure
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, Verdict, holds, not_measured, worst

REPORT = "residency_report"
_OPENED = "open"
_FROM_OUTSIDE = "chat_exports"  # what a region is given has no manifest: it was not made here
_SHARED = (
    ("Dagster's event log", "names of runs and assets, counts, verdicts"),
    ("the model registry", "what left by a receipt of the gate, above"),
    ("the list of incidents", "names of runs and partitions, our own sentences"),
)


@dataclass(frozen=True)
class Held:
    """What is stored of one asset and class, proven object by object."""

    asset: str
    data_class: str
    objects: int
    records: int


@dataclass(frozen=True)
class Opened:
    """How often a team opened a class of data, for a purpose."""

    data_class: str
    team: str
    purpose: str
    times: int


@dataclass(frozen=True)
class Denied:
    """One refused attempt, without the name of who made it: that is in the audit log."""

    at: str
    team: str
    purpose: str
    what: str
    reason: str


@dataclass(frozen=True)
class ResidencyReport:
    """What was looked at and what was found.

    `places` are (what, where) of store and keys, `destroyed` (asset, by which rule, objects, latest
    day), `labels` (what, sectors, purposes) of what was made, `shared` (place, what it is told)
    where several regions share this machine.
    """

    artifact: Artifact
    inputs: tuple[Artifact, ...]
    region: Region
    at: str
    places: tuple[tuple[str, str], ...]
    shared: tuple[tuple[str, str], ...]
    labels: tuple[tuple[str, str, str], ...]
    held: tuple[Held, ...]
    destroyed: tuple[tuple[str, str, int, str], ...]
    departures: tuple[Departure, ...]
    denied: tuple[Denied, ...]
    opened: tuple[Opened, ...]
    audit_records: int
    problems: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """Of all findings."""
        return worst(self.findings)

    @property
    def sentence(self) -> str:
        """The whole report in one sentence."""
        name = self.region.name
        objects = sum(held.objects for held in self.held)
        left = sum(d.receipt.export.destination.region != name for d in self.departures)
        if self.problems:
            return f"Not everything of {name} is proven to be in {name}: {self.problems[0]}"
        return (
            f"All {objects:,} stored objects were proven to be region {name}'s, as is everything "
            f"they were made from. Declared aggregates that left it, each by a signed receipt: "
            f"{left:,}. Attempts refused: {len(self.denied):,}."
        )


def report_residency(vault: RegionVault, settings: Settings, *, access: Access) -> ResidencyReport:
    """Prove that every stored object opens as this region's and that all inputs are its own (R38).

    An object that is missing, foreign or edited, one that nobody of this region is known to have
    put there, an input that no manifest of this region knows, an export without a genuine receipt:
    each makes the report FAIL and is named. Where the audit log is wrong no object is opened, as
    that would not be on a record that holds.
    """
    region = vault.region
    everything = vault.lineage.everything()
    audit_records, records, departures, broken = _on_record(vault)
    held, astray = ((), ()) if broken else _proven(vault, everything, access)
    foreign = list(_foreign_inputs(vault.lineage, everything, region=region.name))
    strays = () if broken else tuple(_strays(vault))
    forged = [
        f"the receipt of {d.receipt.export.what}, {d.at}, is not this region's gate's"
        for d in departures
        if not d.genuine
    ]
    findings = (
        _nothing_out_of_region(region, held, [*broken, *astray, *strays, *foreign], audit_records),
        _exports_by_receipt(region, departures, forged, broken),
    )
    current = tuple(
        a for a in everything if a == vault.lineage.current(a.asset, a.partition)
    )  # fmt: skip
    made = Artifact(
        REPORT, region.name, digest([held, departures]), None, len(everything),
        {**findings[0].measures, **findings[1].measures},
    )  # fmt: skip
    return ResidencyReport(
        artifact=made,
        inputs=current,
        region=region,
        at=iso(vault.audit.clock()),
        places=_places(settings, region.name),
        shared=_SHARED if len(settings.serves) > 1 else (),
        labels=tuple(_labels(vault.lineage, region.name)),
        held=held,
        destroyed=destroyed_so_far(vault),
        departures=departures,
        denied=tuple(_denied(record) for record in records if record.event == DENIED),
        opened=_opened(records),
        audit_records=audit_records,
        problems=(*broken, *astray, *strays, *foreign, *forged),
        findings=findings,
    )


def _proven(
    vault: RegionVault, everything: list[Artifact], access: Access
) -> tuple[tuple[Held, ...], tuple[str, ...]]:
    counts: dict[tuple[str, str], list[int]] = defaultdict(list)
    problems = []
    destroyed = vault.lineage.destructions.all()
    objects = {
        a.object_id: a
        for a in everything
        if a.object_id is not None and a.object_id not in destroyed
    }
    proven = vault.proving([*objects.values()], access=access)
    for artifact in objects.values():
        try:
            stated = proven(artifact)
            counts[(artifact.asset, str(stated.name.data_class))].append(stated.records)
        except Destroyed:
            continue  # meanwhile
        except HandrailError as error:
            problems.append(str(error))
    held = tuple(
        Held(asset, data_class, len(records), sum(records))
        for (asset, data_class), records in sorted(counts.items())
    )
    return held, tuple(problems)


def _strays(vault: RegionVault) -> Iterator[str]:
    """What lies in the store although no manifest and no record of a put knows it."""
    put = times_of_puts(vault)
    for key in orphans(vault):
        if key not in put:
            yield (
                f"object {key} lies in the store, and nothing says that region "
                f"{vault.region.name} put it there"
            )


def _foreign_inputs(lineage: Lineage, everything: list[Artifact], *, region: str) -> Iterator[str]:
    """What something was made from although this region has no manifest of it."""
    known = {(a.asset, a.partition, a.digest): a for a in everything}
    for made in known.values():
        for used in lineage.inputs(made):
            given = (used.asset, used.partition) == (_FROM_OUTSIDE, region)
            if not given and (used.asset, used.partition, used.digest) not in known:
                yield (
                    f"{made.id} was made from {used.id}, of which no manifest of region {region} "
                    "knows"
                )


def _on_record(
    vault: RegionVault,
) -> tuple[int, list[AuditRecord], tuple[Departure, ...], tuple[str, ...]]:
    """How many audit records verify, they, what they say has left, and why they don't verify."""
    try:
        count = vault.checkpoints.verify().records
        return count, vault.audit.records(), tuple(vault.gate.departures()), ()
    except Tampered as error:
        return 0, [], (), (str(error),)


def _nothing_out_of_region(
    region: Region, held: tuple[Held, ...], problems: list[str], audit_records: int
) -> Finding:
    objects = sum(h.objects for h in held)
    return holds(
        "nothing_out_of_region",
        not problems,
        f"{objects} stored objects are proven to be region {region.name}'s, with all they were "
        f"made from; {audit_records} audit records verify"
        + (f"; {len(problems)} problems, the first: {problems[0]}" if problems else ""),
        objects=objects,
        problems=len(problems),
        audit_records=audit_records,
    )


def _exports_by_receipt(
    region: Region, departures: tuple[Departure, ...], forged: list[str], broken: tuple[str, ...]
) -> Finding:
    if broken:
        return not_measured("exports_by_receipt", f"what left can't be told: {broken[0]}")
    return holds(
        "exports_by_receipt",
        not forged,
        f"{len(departures) - len(forged)} of {len(departures)} exports bear a receipt of the gate "
        f"of {region.name}" + (f"; {forged[0]}" if forged else ""),
        exports=len(departures),
        without_receipt=len(forged),
    )


def _places(settings: Settings, region: str) -> tuple[tuple[str, str], ...]:
    table = settings.regions[region]
    bucket, service = table.store, table.key_service
    store = (
        f"folder {settings.region_home(region) / 'vault'}"
        if bucket is None
        else f"bucket {bucket.bucket} in {bucket.location}"
    )
    root = "key file" if settings.passphrase_file is None else "passphrase file"
    keys = f"{root} on this machine" if service is None else f"key service in {service.location}"
    return (
        ("jurisdiction", table.jurisdiction),
        ("sealed objects", store),
        ("root key", keys),
        ("warehouse, manifests, audit log", f"folder {settings.region_home(region)}"),
        ("may leave (allowed_exports)", ", ".join(table.allowed_exports) or "nothing"),
        ("kept apart (no_mix_sectors)", ", ".join(table.no_mix_sectors) or "no sector"),
    )


def _labels(lineage: Lineage, region: str) -> Iterator[tuple[str, str, str]]:
    for asset in (DATASET, MODEL):
        made = lineage.current(asset, region)
        if made is not None:
            yield asset, str(made.measures["sectors"]), str(made.measures["purposes"])


def _denied(record: AuditRecord) -> Denied:
    return Denied(record.at, record.team, record.purpose, record.object, record.detail)


def _opened(records: list[AuditRecord]) -> tuple[Opened, ...]:
    times = Counter(
        (record.detail if record.event == _OPENED else "raw, by broken glass", record.team,
         record.purpose)
        for record in records
        if record.event in {_OPENED, USED}
    )  # fmt: skip
    return tuple(Opened(*who, count) for who, count in sorted(times.items()))
