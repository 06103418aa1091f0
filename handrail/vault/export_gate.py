"""The one way out of a region: what may leave it is decided, signed and put on record (R38).

A writer that reaches beyond its region takes a receipt and nothing else. Only the gate can make
one: it is signed with the region's standing key, for exactly these bytes and this place, and lies
in the audit log before anybody has it. The ledger of exports is the audit log itself.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from handrail.access import Access, AccessPolicy, Verb
from handrail.digests import canonical, digest
from handrail.errors import AccessDenied, HandrailError, ResidencyViolation, Tampered
from handrail.residency import DataClass, Labels, Region, Ruling
from handrail.settings import Settings
from handrail.vault.audit_log import AuditLog, AuditRecord
from handrail.vault.denials import EVENT as DENIED
from handrail.vault.files import replace_atomically
from handrail.vault.primitives import SecretKey, is_signed, new_id, public_key, sign

EVENT = "export"
SIGNING_KEY = "audit-signing"
_CONTEXT = b"handrail-export-receipt\n"  # the key signs other things too


class Basis(StrEnum):
    """Why nobody's agreement, or whose, lets this leave."""

    AGGREGATE = "aggregate"  # counts, scores, hashes, the company's own texts: nobody's record
    CONSENT = (
        "consent"  # records of people who agreed to it; they stay in their region all the same
    )


@dataclass(frozen=True)
class Destination:
    """A place data goes to, and the region it lies in; None is a place that regions share."""

    place: str
    region: str | None


@dataclass(frozen=True)
class Export:
    """What is to leave: made of which regions', sectors' and classes' data, on what basis.

    `what` is the name the config declares it by (`allowed_exports`); `data_class` the most
    confidential class it was made from; `records` how many people's records are in it.
    """

    what: str
    regions: tuple[str, ...]
    labels: Labels
    data_class: DataClass
    basis: Basis
    records: int
    destination: Destination


@dataclass(frozen=True)
class Receipt:
    """The gate's signed word that these bytes may go there. It counts once in a process.

    Whoever takes one from the log can have the same bytes written to the same place again.
    """

    id: str
    region: str
    export: Export
    digest: str
    access: Access
    signature: str

    def to_text(self) -> str:
        """As it lies in the audit log."""
        return canonical(asdict(self)).decode()

    def is_signed_by(self, public: bytes) -> bool:
        """Whether the owner of `public` signed exactly this."""
        try:
            signature = b64decode(self.signature, validate=True)
        except ValueError:
            return False
        return is_signed(public, _signed_part(self), signature)


@dataclass(frozen=True)
class Departure:
    """A line of the ledger: when something left, by which receipt, and whether that is genuine."""

    at: str
    receipt: Receipt
    genuine: bool


def decide(export: Export, *, region: Region) -> Ruling:
    """Whether `export` may leave `region`, by what it is and where it goes. Deny by default."""
    place = export.destination
    refusal = ""
    if export.regions != (region.name,):
        named = ", ".join(export.regions) or "no region"
        refusal = f"it holds data of {named}: each region's leaves through its own gate only"
    elif export.data_class in {DataClass.RAW, DataClass.SUBJECT}:
        refusal = f"{export.data_class} data never leaves the vault"
    elif place.region == region.name:
        return Ruling(True, f"{place.place} is in region {region.name}")
    elif place.region is not None:
        refusal = f"{region.name} data may not go to region {place.region}"
    elif export.basis is not Basis.AGGREGATE or export.records:
        refusal = f"it holds {export.records} people's records: only aggregates leave a region"
    elif apart := [s for s in export.labels.sectors if s in region.no_mix_sectors]:
        refusal = f"it comes from sector {apart[0]}, which is kept apart, and the place is shared"
    elif export.what not in region.allowed_exports:
        declared = ", ".join(region.allowed_exports) or "nothing"
        refusal = (
            f"the config declares {declared} as what may leave: add it to allowed_exports of "
            f"region {region.name} if compliance agrees"
        )
    if refusal:
        return Ruling(False, f"{export.what} may not leave region {region.name}: {refusal}")
    return Ruling(True, f"{export.what} is declared as what may leave region {region.name}")


class ExportGate:
    """The gate of one region."""

    def __init__(
        self,
        region: Region,
        *,
        policy: AccessPolicy,
        audit: AuditLog,
        key: Callable[[], SecretKey],
    ) -> None:
        """`key` gives the region's standing key for signatures."""
        self.region = region
        self._policy = policy
        self._audit = audit
        self._key = key
        self._redeemed: set[str] = set()

    def clear(self, export: Export, payload: bytes, *, access: Access) -> Receipt:
        """Leave for exactly `payload` to go where `export` says, on record before it is given.

        `ResidencyViolation` or `AccessDenied`, on record as well, where it may not.
        """
        ruling = decide(export, region=self.region)
        if not ruling.allowed:
            raise self._denied(export, access, ResidencyViolation(ruling.reason))
        permission = self._policy.decide(
            access, Verb.EXPORT, export.data_class, region=self.region.name
        )
        if not permission.allowed:
            raise self._denied(export, access, AccessDenied(permission.reason))
        unsigned = Receipt(new_id(), self.region.name, export, digest(payload), access, "")
        signature = sign(self._key(), _signed_part(unsigned))
        receipt = replace(unsigned, signature=b64encode(signature).decode())
        self._audit.append(
            EVENT, access, what=export.what, count=export.records, ids_digest="",
            detail=receipt.to_text(),
        )  # fmt: skip
        return receipt

    def redeem(self, receipt: Receipt, payload: bytes, *, what: str, place: str) -> None:
        """Called by a writer before it writes: raises unless `receipt` is for exactly this, once.

        A refusal is on record under the name that the receipt bears.
        """
        export = receipt.export
        refusal = ""
        if receipt.region != self.region.name or not receipt.is_signed_by(public_key(self._key())):
            refusal = f"the receipt was not made by the gate of region {self.region.name}"
        elif receipt.digest != digest(payload):
            refusal = "the receipt is for other bytes"
        elif (export.what, export.destination.place) != (what, place):
            refusal = f"the receipt is for {export.what} to {export.destination.place}"
        elif receipt.id in self._redeemed:
            refusal = "the receipt was used before: ask the gate again"
        if refusal:
            error = ResidencyViolation(f"{what} may not leave region {self.region.name}: {refusal}")
            raise self._denied(export, receipt.access, error)
        self._redeemed.add(receipt.id)

    def departures(self) -> list[Departure]:
        """Everything that was ever cleared, oldest first, each checked against the region's key."""
        public = public_key(self._key())
        return [
            Departure(record.at, receipt, _is_of(record, receipt, public))
            for record in self._audit.stream(event=EVENT)
            for receipt in [_read(record)]
        ]

    def _denied(self, export: Export, access: Access, error: HandrailError) -> HandrailError:
        self._audit.append(
            DENIED, access, what=export.what, count=export.records, ids_digest="",
            detail=str(error),
        )  # fmt: skip
        return error


def write_out(gate: ExportGate, path: Path, payload: bytes, *, receipt: Receipt) -> None:
    """Write a file for people, whole or not at all, if `receipt` is for exactly that."""
    gate.redeem(receipt, payload, what=receipt.export.what, place=str(path.resolve()))
    replace_atomically(path.resolve(), payload)


def file_destination(path: Path, *, settings: Settings) -> Destination:
    """The file `path`, in the region whose folder holds it, or in none."""
    whole = path.resolve()
    homes = ((name, settings.region_home(name).resolve()) for name in settings.serves)
    return Destination(str(whole), next((n for n, h in homes if whole.is_relative_to(h)), None))


def _signed_part(receipt: Receipt) -> bytes:
    return _CONTEXT + canonical(asdict(replace(receipt, signature="")))


def _is_of(record: AuditRecord, receipt: Receipt, public: bytes) -> bool:
    named = (record.region, record.object, record.actor, record.team, record.purpose)
    access = receipt.access
    told = (receipt.region, receipt.export.what, access.actor, access.team, str(access.purpose))
    return named == told and receipt.is_signed_by(public)


def _read(record: AuditRecord) -> Receipt:
    try:
        return _adapter().validate_json(record.detail)
    except ValidationError:
        msg = f"the receipt in audit record {record.seq} of region {record.region} is not readable"
        raise Tampered(msg) from None


@cache
def _adapter() -> TypeAdapter[Receipt]:
    return TypeAdapter(Receipt)
