"""`RegionVault`: sealed objects of one region. It is bound to the region when it is made, and no
method takes one, so a read from another region can't even be written down (R38).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from handrail.access import Access, AccessPolicy, Purpose, Verb
from handrail.clock import Clock, system_clock
from handrail.digests import canonical, digest, keyed_digest
from handrail.errors import AccessDenied, Swapped
from handrail.residency import DataClass, Region, require_region
from handrail.settings import Settings
from handrail.vault.audit_log import AuditLog
from handrail.vault.container import Header, SealedObject, pack
from handrail.vault.keyring import Keyring
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact, ObjectName, Record, object_key
from handrail.vault.primitives import SecretKey, new_id, new_key
from handrail.vault.root_key import open_keyring
from handrail.vault.sidecar import SUFFIX, Sidecar, WrappedKey, sidecar_key
from handrail.vault.stores import DirectoryStore, Missing, Store


class RegionVault:
    """Put, get and scan sealed objects. Every key use is logged before the key is released."""

    def __init__(
        self,
        region: Region,
        *,
        store: Store,
        keyring: Keyring,
        policy: AccessPolicy,
        audit: AuditLog,
        lineage: Lineage,
    ) -> None:
        self.region = region
        self.audit = audit
        self.lineage = lineage
        self._store = store
        self._keyring = keyring
        self._policy = policy

    def put(self, name: ObjectName, records: Iterable[Record], *, access: Access) -> Artifact:
        """Seal `records` as a new object and store it durably; returns what was stored.

        The digest covers record ids and payloads in order; for class raw it is keyed. The object
        becomes the partition's current one only when its artifact is committed to the lineage.
        """
        held = list(records)
        object_id = new_id()
        what = name.key(object_id)
        self._permit(access, Verb.WRITE, name, what, count=len(held))
        ids = self._ids_digest(r.record_id for r in held)
        self.audit.append(
            "put", access, what=what, count=len(held), ids_digest=ids, detail=str(name.data_class)
        )
        data_key = new_key()
        header = Header(
            self.region.name,
            str(name.data_class),
            name.asset,
            name.partition,
            object_id,
            len(held),
            ids,
        )
        subjects = self._keyring.subject_keys([r.subject for r in held if r.subject is not None])
        data = pack(header, held, data_key=data_key, subject_keys=subjects)
        self._store.create(what, [data])
        stated = Sidecar(self.region.name, name, object_id, len(held), ids, WrappedKey(0, b""))
        key = self._keyring.wrap(stated.key_name, data_key, data_class=name.data_class)
        self._store.create(sidecar_key(what), [stated.wrapped_anew(key).to_bytes()])
        return Artifact(
            name.asset, name.partition, self._digest(name, held), object_id, len(held), {}
        )

    def scan(
        self, artifact: Artifact, *, data_class: DataClass, access: Access
    ) -> Iterator[Record]:
        """All records of a stored object, in stored order; erased people are left out."""
        sealed, data_key = self._open(artifact, data_class, access)
        owners = sealed.record_subjects(data_key).values()
        subject_keys = self._keyring.subject_keys([owner for owner in owners if owner is not None])
        yield from sealed.records(data_key, subject_keys)

    def get(
        self, artifact: Artifact, record_id: str, *, data_class: DataClass, access: Access
    ) -> Record | None:
        """One record of a stored object, or None when it isn't there (any more)."""
        records = self.scan(artifact, data_class=data_class, access=access)
        return next((r for r in records if r.record_id == record_id), None)

    def record_subjects(
        self, artifact: Artifact, *, data_class: DataClass, access: Access
    ) -> dict[str, str | None]:
        """Whose data each record of a stored object is, by record id; opens no record."""
        sealed, data_key = self._open(artifact, data_class, access)
        return sealed.record_subjects(data_key)

    def subjects(self, customer_ids: Sequence[str], *, access: Access) -> list[str]:
        """Random subject ids of these customers, in order; for intake and erasure only."""
        name = ObjectName("subjects", "lookup", DataClass.SUBJECT)
        self._permit(access, Verb.READ, name, "subjects/lookup", count=len(customer_ids))
        self.audit.append(
            "subject_lookup",
            access,
            what="subjects/lookup",
            count=len(customer_ids),
            ids_digest=self._ids_digest(customer_ids),
            detail=str(DataClass.SUBJECT),
        )
        return self._keyring.subjects(customer_ids)

    def header(self, artifact: Artifact) -> Header:
        """What a stored object says of itself in clear, checked against region and manifest."""
        stated = self.stated(artifact)
        sealed = SealedObject(
            self._bytes(object_key(artifact)), name=stated.name, region=self.region.name,
            object_id=stated.object_id,
        )  # fmt: skip
        return sealed.header

    def listing(self) -> Iterator[str]:
        """The store's key of every object and every sidecar, in order."""
        return self._store.listing()

    def stated(self, artifact: Artifact) -> Sidecar:
        """What the sidecar of a stored object says in clear; it must be of this region and object.

        Raises `Destroyed`, `Missing`, `Swapped`, `ResidencyViolation`, or `Tampered` for anything
        else.
        """
        self.lineage.destructions.require_kept(artifact)
        key = object_key(artifact)
        stated = Sidecar.parse(self._store.read(sidecar_key(key)).data, what=f"object {key}")
        require_region(self.region.name, stated.region, f"object {key}")
        if stated.name.key(stated.object_id) != key:
            msg = f"the sidecar of object {key} is another object's: it was moved or swapped"
            raise Swapped(msg)
        return stated

    def verify(self, artifact: Artifact, *, access: Access) -> None:
        """Authenticate a stored object to its last byte under its key; nothing of it is given out.

        Raises what `stated` does, `Torn` where bytes are missing, else `Tampered`.
        """
        stated = self.stated(artifact)
        what = object_key(artifact)
        self._permit(access, Verb.VERIFY, stated.name, what, count=stated.records)
        sealed = SealedObject(
            self._bytes(what), name=stated.name, region=self.region.name,
            object_id=stated.object_id,
        )  # fmt: skip
        self._note("verify", access, stated)
        data_key = self._data_key(stated)
        owners = sealed.record_subjects(data_key).values()
        subject_keys = self._keyring.subject_keys([owner for owner in owners if owner is not None])
        for _ in sealed.records(data_key, subject_keys):
            pass

    def destroy_keys(self, artifacts: Iterable[Artifact], *, access: Access) -> None:
        """Destroy the data keys of these objects for good: their bytes are noise from then on.

        Each is in the audit log first. One whose sidecar is gone already is no error. A copy of a
        sidecar made before opens the object until the next rotation of its class.
        """
        for artifact in artifacts:
            key = object_key(artifact)
            try:
                found = self._store.read(sidecar_key(key)).data
            except Missing:
                continue
            stated = Sidecar.parse(found, what=f"object {key}")
            self._permit(access, Verb.DESTROY, stated.name, key, count=stated.records)
            self._note("destroy", access, stated)
            self._store.delete(sidecar_key(key))

    def discard(self, key: str, *, because: str, access: Access) -> None:
        """Remove an object's bytes, and its sidecar if there is one, from the store.

        For objects whose keys are destroyed and for those that no manifest points to: nobody could
        tell what is in one, so whoever asks must be allowed to destroy every class.
        """
        for data_class in DataClass:
            unknown = ObjectName("unknown", "unknown", data_class)
            self._permit(access, Verb.DESTROY, unknown, key, count=0)
        self.audit.append("discard", access, what=key, count=0, ids_digest="", detail=because)
        self._store.delete(sidecar_key(key))
        self._store.delete(key)

    def rewrap(self, data_class: DataClass, *, access: Access) -> int:
        """Wrap every key of the class with its newest version, destroy the older versions.

        Returns how many were re-wrapped. Killed half-way, the older versions are still there and
        the next call does the rest.
        """
        everything = ObjectName("all", "all", data_class)
        self._permit(access, Verb.REWRAP, everything, "all", count=0)
        self.audit.append(
            "rewrap", access, what="all", count=0, ids_digest="", detail=str(data_class)
        )
        count = self._keyring.rewrap(data_class)
        for key in self._store.listing():
            if not key.endswith(SUFFIX):
                continue
            found = self._store.read(key)
            stated = Sidecar.parse(found.data, what=f"object {key.removesuffix(SUFFIX)}")
            if stated.name.data_class is not data_class:
                continue
            data_key = self._data_key(stated)
            again = self._keyring.wrap(stated.key_name, data_key, data_class=data_class)
            self._store.replace(key, stated.wrapped_anew(again).to_bytes(), version=found.version)
            count += 1
        self._keyring.destroy_older(data_class)
        return count

    def warehouse_key(self, *, access: Access) -> SecretKey:
        """The key of the region's warehouse file; its use is logged like any other."""
        name = ObjectName("warehouse", self.region.name, DataClass.REDACTED)
        self._permit(access, Verb.WRITE, name, "warehouse", count=0)
        self.audit.append(
            "warehouse_key", access, what="warehouse", count=0, ids_digest="", detail="redacted"
        )
        return self._keyring.named_key("warehouse", data_class=DataClass.REDACTED)

    def warehouse_key_to_verify(self, *, access: Access) -> SecretKey:
        """The same key for whoever may only look whether the file is whole."""
        name = ObjectName("warehouse", self.region.name, DataClass.REDACTED)
        self._permit(access, Verb.VERIFY, name, "warehouse", count=0)
        self.audit.append(
            "verify", access, what="warehouse", count=0, ids_digest="", detail="redacted"
        )
        return self._keyring.named_key("warehouse", data_class=DataClass.REDACTED)

    def raw_digest(self, value: bytes) -> str:
        """The keyed digest under which a raw value may be remembered."""
        key = self._keyring.named_key("raw-digest", data_class=DataClass.RAW)
        return keyed_digest(key.reveal(), value)

    def id_digest(self, record_id: str) -> str:
        """The keyed digest under which the audit log knows one record."""
        return self._ids_digest([record_id])

    def close(self) -> None:
        """Close key database and lineage."""
        self._keyring.close()
        self.lineage.close()

    def _open(
        self, artifact: Artifact, data_class: DataClass, access: Access
    ) -> tuple[SealedObject, SecretKey]:
        if artifact.object_id is None:
            msg = f"{artifact.id} has no sealed object"
            raise ValueError(msg)
        self.lineage.destructions.require_kept(artifact)
        name = ObjectName(artifact.asset, artifact.partition, data_class)
        what = name.key(artifact.object_id)
        self._permit(access, Verb.READ, name, what, count=artifact.records)
        stated = Sidecar.parse(self._store.read(sidecar_key(what)).data, what=f"object {what}")
        require_region(self.region.name, stated.region, f"object {what}")
        if (stated.name, stated.object_id) != (name, artifact.object_id):
            msg = f"the sidecar of object {what} is another object's: it was moved or swapped"
            raise Swapped(msg)
        sealed = SealedObject(
            self._bytes(what), name=name, region=self.region.name, object_id=artifact.object_id
        )
        self._note("open", access, stated)
        return sealed, self._data_key(stated)

    def _note(self, event: str, access: Access, stated: Sidecar) -> None:
        self.audit.append(
            event,
            access,
            what=stated.name.key(stated.object_id),
            count=stated.records,
            ids_digest=stated.ids_digest,
            detail=str(stated.name.data_class),
        )

    def _data_key(self, stated: Sidecar) -> SecretKey:
        return self._keyring.unwrap(stated.key_name, stated.key, data_class=stated.name.data_class)

    def _bytes(self, key: str) -> bytes:
        with self._store.open(key) as blob:
            return blob.read(0, blob.size)

    def _permit(
        self, access: Access, verb: Verb, name: ObjectName, what: str, *, count: int
    ) -> None:
        permission = self._policy.decide(access, verb, name.data_class, region=self.region.name)
        if not permission.allowed:
            self.audit.append(
                "denied", access, what=what, count=count, ids_digest="", detail=permission.reason
            )
            raise AccessDenied(permission.reason)

    def _digest(self, name: ObjectName, records: Sequence[Record]) -> str:
        content = canonical([(r.record_id, digest(r.payload)) for r in records])
        return self.raw_digest(content) if name.data_class is DataClass.RAW else digest(content)

    def _ids_digest(self, ids: Iterable[str]) -> str:
        key = self._keyring.named_key("audit-ids", data_class=DataClass.AUDIT)
        return keyed_digest(key.reveal(), sorted(ids))


class RegionVaults:
    """The vaults of the regions this deployment serves, opened on first use."""

    def __init__(self, settings: Settings, *, clock: Clock = system_clock) -> None:
        self.settings = settings
        self.clock = clock
        self._open: dict[str, RegionVault] = {}

    def of(self, region_name: str) -> RegionVault:
        """The vault of a served region; refuses any other before reading a byte."""
        if region_name not in self._open:
            self._open[region_name] = open_vault(
                self.settings, self.settings.region(region_name), clock=self.clock
            )
        return self._open[region_name]

    def close(self) -> None:
        """Close every vault that was opened."""
        for vault in self._open.values():
            vault.close()
        self._open.clear()


def open_lineage(settings: Settings, region_name: str, *, clock: Clock = system_clock) -> Lineage:
    """The manifests of a served region alone: no key is opened, so a look costs nothing."""
    path = settings.region_home(region_name) / "lineage.db"
    return Lineage(path, region=region_name, clock=clock)


def open_vault(settings: Settings, region: Region, *, clock: Clock) -> RegionVault:
    """The region's vault in the embedded layout: everything below `<home>/<region>/`."""
    home = settings.region_home(region.name)
    return RegionVault(
        region,
        store=DirectoryStore(home / "vault"),
        keyring=open_keyring(settings, region, clock=clock),
        policy=AccessPolicy.read(settings.access_policy),
        audit=AuditLog(home / "audit", region=region.name, clock=clock),
        lineage=Lineage(home / "lineage.db", region=region.name, clock=clock),
    )


def pipeline(actor: str, purpose: Purpose) -> Access:
    """The access of an asset: team `pipeline`, for one purpose."""
    return Access(actor=actor, team="pipeline", purpose=purpose)
