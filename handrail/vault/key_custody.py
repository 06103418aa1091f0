"""What people and schedules do with a region's keys: each permitted first, and on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from handrail.access import Access, Verb
from handrail.errors import Refused
from handrail.residency import DataClass, Labels, Region
from handrail.vault.audit_log import AuditLog
from handrail.vault.class_keys import ClassKey, KeyState, Limits
from handrail.vault.denials import strange_on_record
from handrail.vault.export_gate import Basis, Destination, Export, ExportGate
from handrail.vault.key_backup import write_backup
from handrail.vault.keyring import Keyring
from handrail.vault.names import ObjectName
from handrail.vault.primitives import SecretKey
from handrail.vault.sidecars import Sidecars

_BACKUP = "key_backup"  # as `allowed_exports` names it


class Permit(Protocol):
    """Raises `AccessDenied`, on record, where the access policy says no."""

    def __call__(
        self, access: Access, verb: Verb, name: ObjectName, what: str, *, count: int
    ) -> None:
        """Ask the policy."""
        ...


@dataclass(frozen=True)
class KeyStatus:
    """One version of a class key as it is now.

    `wraps` counts rows and sidecars together; `overdue` says why it must be replaced, or is None.
    """

    key: ClassKey
    age: timedelta
    wraps: int
    overdue: str | None


class KeyCustody:
    """Rotate, re-wrap, limit and destroy the class keys of one region; never shows one."""

    def __init__(
        self,
        region: Region,
        keyring: Keyring,
        sidecars: Sidecars,
        *,
        audit: AuditLog,
        permit: Permit,
        gate: ExportGate,
    ) -> None:
        self._region = region
        self._keyring = keyring
        self._sidecars = sidecars
        self._audit = audit
        self._permit = permit
        self._gate = gate

    def status(self, *, overdue_after: timedelta) -> list[KeyStatus]:
        """Every version of every class key; reads each sidecar, opens none."""
        now = self._keyring.clock()
        wraps = self._sidecars.wrapped()
        wraps.update(self._keyring.wrapped_rows())
        return [
            KeyStatus(
                key,
                age=now - key.created_at,
                wraps=wraps[key.data_class, key.version],
                overdue=key.overdue(now, after=overdue_after),
            )
            for key in self._keyring.class_keys()
        ]

    def classes(self) -> Sequence[DataClass]:
        """The classes that have a key."""
        return sorted({key.data_class for key in self._keyring.class_keys()})

    def limits(self, data_class: DataClass) -> Limits:
        """The minimum versions of a class."""
        return self._keyring.limits(data_class)

    def rotate(self, data_class: DataClass, *, access: Access) -> int:
        """Start a new version of the class key, which wraps from now on; returns it.

        Older versions unwrap until `rewrap` has moved everything to the new one.
        """
        self._record("rotate", access, Verb.REWRAP, data_class, "all")
        return self._keyring.rotate(data_class)

    def rewrap(self, data_class: DataClass, *, access: Access) -> int:
        """Wrap every key of the class with its newest version, then destroy the older versions.

        Returns how many were re-wrapped. Rows first, then the sidecars; killed half-way, the older
        versions are still there and the next call does the rest. Runs may store and read
        meanwhile: what is wrapped once `newest_alone` has returned is wrapped by that version.
        """
        self._record("rewrap", access, Verb.REWRAP, data_class, "all")
        newest = self._keyring.newest_alone(data_class)
        count = self._keyring.rewrap(data_class)
        with strange_on_record(self._audit, access, what=f"class_keys/{data_class}"):
            count += self._sidecars.rewrap(data_class, below=newest)
        for key in self._keyring.class_keys():
            is_older = key.data_class is data_class and key.version < newest
            if is_older and key.state is not KeyState.DESTROYED:
                self._destroy(data_class, key.version, access)
        self._keyring.leave_nothing_behind()  # also of what an earlier call had to leave
        return count

    def limit(
        self,
        data_class: DataClass,
        *,
        min_encrypt: int | None,
        min_decrypt: int | None,
        access: Access,
    ) -> Limits:
        """Set the minimum versions that are given; returns what holds now."""
        detail = f"min_encrypt {min_encrypt}, min_decrypt {min_decrypt}"
        self._record("limit", access, Verb.REWRAP, data_class, detail)
        return self._keyring.limit(data_class, min_encrypt=min_encrypt, min_decrypt=min_decrypt)

    def destroy(self, data_class: DataClass, version: int, *, access: Access) -> None:
        """Destroy an older version of a class key; refused while it wraps anything."""
        self._ask(access, Verb.DESTROY, data_class)
        self._keyring.require_unused(data_class, version)  # older already, so nobody wraps by it
        self._keyring.newest_alone(data_class)
        left = self._sidecars.wrapped()[data_class, version]
        if left:
            msg = (
                f"version {version} of {data_class} still wraps the keys of {left} objects: "
                f"re-wrap them first (handrail keys rewrap {data_class} --region "
                f"{self._region.name})"
            )
            raise Refused(msg)
        self._destroy(data_class, version, access)

    def back_up(
        self, to: Destination, *, root: SecretKey | None, passphrase: bytes, access: Access
    ) -> None:
        """Write all keys to a new file, sealed under `passphrase` (see `key_backup`).

        It leaves the region by the gate's receipt, as whatever lies outside its folder.
        """
        for data_class in self.classes():
            self._record("backup", access, Verb.REWRAP, data_class, "all")
        export = Export(
            _BACKUP, (self._region.name,), Labels((), ()), DataClass.AUDIT, Basis.AGGREGATE, 0, to
        )

        def leave(header: bytes) -> None:
            receipt = self._gate.clear(export, header, access=access)
            self._gate.redeem(receipt, header, what=_BACKUP, place=to.place)

        write_backup(
            Path(to.place),
            self._keyring,
            region=self._region.name,
            root=root,
            passphrase=passphrase,
            at=self._keyring.clock(),
            leave=leave,
        )

    def _destroy(self, data_class: DataClass, version: int, access: Access) -> None:
        self._record("destroy", access, Verb.DESTROY, data_class, f"version {version}")
        self._keyring.destroy(data_class, version)

    def _record(
        self, event: str, access: Access, verb: Verb, data_class: DataClass, detail: str
    ) -> None:
        self._ask(access, verb, data_class)
        what = f"class_keys/{data_class}"
        self._audit.append(event, access, what=what, count=0, ids_digest="", detail=detail)

    def _ask(self, access: Access, verb: Verb, data_class: DataClass) -> None:
        name = ObjectName("class_keys", self._region.name, data_class)
        self._permit(access, verb, name, f"class_keys/{data_class}", count=0)
