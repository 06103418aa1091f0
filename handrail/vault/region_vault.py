"""`RegionVault`: sealed objects of one region. It is bound to the region when it is made, and no
method takes one, so a read from another region can't even be written down (R38).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from handrail.access import Access, AccessPolicy, Purpose, Verb
from handrail.clock import Clock, system_clock
from handrail.digests import keyed_digest
from handrail.errors import AccessDenied, Refused, Tampered
from handrail.residency import DataClass, Region, require_region
from handrail.settings import Settings
from handrail.vault.audit_log import AuditLog, Entry
from handrail.vault.break_glass import BreakGlass
from handrail.vault.checkpoints import Checkpoints
from handrail.vault.container import SealedObject
from handrail.vault.content import Content
from handrail.vault.denials import refusals_on_record, strange_on_record
from handrail.vault.export_gate import SIGNING_KEY, ExportGate
from handrail.vault.key_custody import KeyCustody
from handrail.vault.keyring import Keyring
from handrail.vault.lineage import Lineage
from handrail.vault.names import Artifact, ObjectName, Place, Record, object_key
from handrail.vault.objects import Objects
from handrail.vault.places import store_of
from handrail.vault.policy import open_policy
from handrail.vault.primitives import SecretKey, mac, new_id
from handrail.vault.root_key import key_database, open_keyring
from handrail.vault.sealed_file import SealedFile
from handrail.vault.sidecar import Sidecar
from handrail.vault.sidecars import Sidecars
from handrail.vault.stores import DirectoryStore, Missing, Store

# 128 bits of a keyed digest: no two wordings have the same.
_WORDING_DIGITS = 32


class RegionVault:
    """Put, get and scan sealed objects. What opens one is logged before its key is released, what
    seals one before it is whole.
    """

    def __init__(
        self,
        region: Region,
        *,
        store: Store,
        keyring: Keyring,
        policy: AccessPolicy,
        audit: AuditLog,
        checkpoints: Checkpoints,
        lineage: Lineage,
    ) -> None:
        self.region = region
        self.audit = audit
        self.checkpoints = checkpoints
        self.lineage = lineage
        self.glass = BreakGlass(audit, checkpoints, policy, keyring)
        signing = partial(keyring.named_key, SIGNING_KEY, data_class=DataClass.AUDIT)
        self.gate = ExportGate(region, policy=policy, audit=audit, key=signing)
        self.strange_on_record = partial(strange_on_record, audit)
        self._store = store
        self._keyring = keyring
        self._policy = policy
        self._objects = Objects(region.name, store=store, keyring=keyring)
        self._sidecars = Sidecars(store, keyring)
        self.keys = KeyCustody(
            region, keyring, self._sidecars, audit=audit, permit=self._permit, gate=self.gate
        )

    def put(self, name: ObjectName, records: Iterable[Record], *, access: Access) -> Artifact:
        """Seal `records` as a new object and store it durably; returns what was stored.

        Records are taken one at a time. The audit record is durable before the object is whole;
        without it nothing is stored. The digest covers record ids and payloads in order; for class
        raw it is keyed. The object becomes the partition's current one only when its artifact is
        committed to the lineage.
        """
        place = Place(self.region.name, name, new_id())
        self._permit(access, Verb.WRITE, name, place.key, count=0)
        content = Content(key=self._raw_digest_key() if name.data_class is DataClass.RAW else None)
        with self.strange_on_record(access, what=place.key):
            self._objects.create(
                place,
                self._noted(records, content, place, access),
                stating=lambda: (content.count, self.ids_digest(content.ids)),
            )
        return Artifact(
            name.asset, name.partition, content.digest, place.object_id, content.count, {}
        )

    def scan(
        self, artifact: Artifact, *, data_class: DataClass, access: Access
    ) -> Iterator[Record]:
        """All records of a stored object, in stored order; erased people are left out."""
        with self._opened(artifact, data_class, access) as sealed:
            yield from sealed.records(self._keyring.subject_keys)

    def get(
        self, artifact: Artifact, record_id: str, *, data_class: DataClass, access: Access
    ) -> Record | None:
        """One record of a stored object, or None when it isn't there (any more)."""
        with self._opened(artifact, data_class, access) as sealed:
            return sealed.record(record_id, self._keyring.subject_keys)

    def sealed_copy(self, artifact: Artifact, *, data_class: DataClass, access: Access) -> bytes:
        """A stored object's sealed bytes for the export gate to judge; no key is opened."""
        place = self._place(artifact, data_class)
        self._permit(access, Verb.EXPORT, place.name, place.key, count=artifact.records)
        self.lineage.destructions.require_kept(artifact)
        return self._objects.copy(place).to_bytes()

    def scan_copy(
        self, copy: SealedFile, *, data_class: DataClass, access: Access
    ) -> Iterator[Record]:
        """All records of a copy of one of this region's objects; erased people are left out."""
        name, key = copy.place.name, copy.place.key
        with self.strange_on_record(access, what=key):
            require_region(self.region.name, copy.place.region, f"a copy of {copy.place.what}")
        if name.data_class is not data_class:
            msg = f"it is of class {name.data_class}, not {data_class}: refused"
            raise Refused(msg)
        self._permit(access, Verb.READ, name, key, count=0)
        self.lineage.destructions.require_kept(
            Artifact(name.asset, name.partition, "", copy.place.object_id, 0, {})
        )
        note = partial(self._note, "open", access)
        on_record = self.strange_on_record(access, what=key)
        with on_record, self._objects.open_copy(copy, before_key=note) as sealed:
            yield from sealed.records(self._keyring.subject_keys)

    def record_subjects(
        self, artifact: Artifact, *, data_class: DataClass, access: Access
    ) -> dict[str, str | None]:
        """Whose data each record of a stored object is, by record id; opens no record."""
        with self._opened(artifact, data_class, access) as sealed:
            return sealed.record_subjects()

    def subjects(self, customer_ids: Sequence[str], *, access: Access) -> list[str]:
        """Random subject ids of these customers, in order; for intake and erasure only."""
        name = ObjectName("subjects", "lookup", DataClass.SUBJECT)
        self._permit(access, Verb.READ, name, "subjects/lookup", count=len(customer_ids))
        self.audit.append(
            "subject_lookup",
            access,
            what="subjects/lookup",
            count=len(customer_ids),
            ids_digest=self.ids_digest(customer_ids),
            detail=str(DataClass.SUBJECT),
        )
        return self._keyring.subjects(customer_ids)

    def erased(self, subjects: Iterable[str]) -> set[str]:
        """Those of these subjects whose key was destroyed: nothing can be sealed for them anew."""
        asked = set(subjects)
        return asked - self._keyring.held_subjects(asked)

    def listing(self) -> Iterator[str]:
        """The store's key of every object and every sidecar, in order."""
        return self._store.listing()

    def proving(
        self, artifacts: Sequence[Artifact], *, access: Access
    ) -> Callable[[Artifact], Sidecar]:
        """What tells, of each of these objects, what it says of itself, proven by bytes and key.

        That every one's key is used is on record before the first is. They open only at their place
        in this region; nobody is given a key or a record. What is asked of an object that isn't
        whole raises `Destroyed`, `Missing`, `Torn`, `Swapped`, `ResidencyViolation`, else
        `Tampered`.
        """
        self._permit_every_class(access, Verb.VERIFY, "every object", count=len(artifacts))
        self.audit.append_many(
            [Entry("prove", access, object_key(a), a.records, "", "one key") for a in artifacts]
        )
        noted = frozenset(artifact.object_id for artifact in artifacts)

        def proven(artifact: Artifact) -> Sidecar:
            if artifact.object_id not in noted:
                msg = f"that {artifact.id} is opened is not on record"
                raise ValueError(msg)
            self.lineage.destructions.require_kept(artifact)
            said: list[Sidecar] = []
            key = object_key(artifact)
            with self.strange_on_record(access, what=key):
                place = self._place(artifact, self._objects.class_of(key))
                with self._objects.open(place, before_key=said.append):
                    return said[-1]

        return proven

    def verify(self, artifact: Artifact, *, access: Access) -> None:
        """Authenticate a stored object to its last byte under its key; nothing of it is shown.

        Raises what asking `proving` does.
        """
        self.lineage.destructions.require_kept(artifact)
        place = self._place(artifact, self._objects.class_of(object_key(artifact)))
        self._permit(access, Verb.VERIFY, place.name, place.key, count=artifact.records)
        note = partial(self._note, "verify", access)
        on_record = self.strange_on_record(access, what=place.key)
        with on_record, self._objects.open(place, before_key=note) as sealed:
            sealed.verify(self._keyring.subject_keys)

    def whose_bytes(
        self, key: str, candidates: Iterable[Artifact], *, access: Access
    ) -> Artifact | None:
        """Which of these objects the bytes under `key` are, moved or copied there, if any."""
        size = self._objects.size(key)
        for artifact in candidates:
            if object_key(artifact) == key:
                continue
            with suppress(Missing, Tampered):  # another one that is not whole says nothing
                place = self._place(artifact, self._objects.class_of(object_key(artifact)))
                if self._objects.size(place.key) != size:
                    continue
                self._permit(access, Verb.VERIFY, place.name, place.key, count=artifact.records)
                note = partial(self._note, "verify", access)
                if self._objects.lies_at(place, key, before_key=note):
                    return artifact
        return None

    def require_sound_keys(self) -> None:
        """`Tampered` unless the key database is whole as a file; opens no key."""
        self._keyring.require_sound()

    def verify_keys(self, *, access: Access) -> int:
        """Open every key of the region once, to see that it opens; returns how many there are."""
        self._permit_every_class(access, Verb.VERIFY, "keys", count=0)
        self.audit.append(
            "verify", access, what="keys", count=0, ids_digest="", detail="every class"
        )
        return self._keyring.verify()

    def destroy_keys(self, artifacts: Sequence[Artifact], *, because: str, access: Access) -> int:
        """Destroy the data keys of these objects for good; returns how many there were.

        The manifests say so first, and by which rule; each is on record before it is gone. A copy
        of a sidecar that somebody made before opens as long as the class key that wraps it is
        there: the next rotation and re-wrap destroys that one, and then no copy opens anything.
        Backups of the keys from before that hold it still.
        """
        self._permit_every_class(access, Verb.DESTROY, "the keys of objects", count=0)
        self.lineage.destructions.mark(artifacts, reason=because)
        return sum(self._destroy_key(object_key(a), because, access) for a in artifacts)

    def discard(self, key: str, *, because: str, access: Access) -> None:
        """Remove what lies in the store under an object's key.

        For objects whose keys are destroyed and for those that no manifest points to.
        """
        self._permit_every_class(access, Verb.DESTROY, key, count=0)
        self.audit.append("discard", access, what=key, count=0, ids_digest="", detail=because)
        self._objects.discard(key)

    def warehouse_key(self, *, access: Access) -> SecretKey:
        """The key of the region's warehouse file; its use is logged like any other."""
        name = ObjectName("warehouse", self.region.name, DataClass.REDACTED)
        for verb in (Verb.READ, Verb.WRITE):  # whoever has the key can do both
            self._permit(access, verb, name, "warehouse", count=0)
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

    def require_permitted(
        self, access: Access, verb: Verb, data_class: DataClass, *, what: str
    ) -> None:
        """Refuse, on record, what the policy doesn't permit: for an act that opens no object."""
        self._permit(access, verb, ObjectName("any", "any", data_class), what, count=0)

    def raw_digest(self, value: bytes) -> str:
        """The keyed digest under which a raw value may be remembered."""
        return keyed_digest(self._raw_digest_key(), value)

    def wording_digests(self, wordings: Iterable[str]) -> dict[str, str]:
        """The keyed digest of each wording, under which those of values are compared."""
        key = self._keyring.named_key("known-wordings", data_class=DataClass.REDACTED)
        return {wording: mac(key, wording.encode())[:_WORDING_DIGITS] for wording in wordings}

    def id_digest(self, record_id: str) -> str:
        """The keyed digest under which the audit log knows one record."""
        return self.ids_digest([record_id])

    def ids_digest(self, ids: Iterable[str]) -> str:
        """The keyed digest under which the audit log knows several records, in whatever order."""
        key = self._keyring.named_key("audit-ids", data_class=DataClass.AUDIT)
        return keyed_digest(key.reveal(), sorted(ids))

    def close(self) -> None:
        """Close key database and lineage; signs the audit log if much of it is unsigned."""
        try:
            if self.checkpoints.due():
                self.checkpoints.sign(access=Access("vault", "custody", Purpose.CUSTODY))
        finally:
            self._keyring.close()
            self.lineage.close()

    def _noted(
        self, records: Iterable[Record], content: Content, place: Place, access: Access
    ) -> Iterator[Record]:
        """The records; when they end, what they were is on the audit log before anything else."""
        for record in records:
            content.add(record)
            yield record
        self.audit.append(
            "put", access, what=place.key, count=content.count,
            ids_digest=self.ids_digest(content.ids), detail=str(place.name.data_class),
        )  # fmt: skip

    @contextmanager
    def _opened(
        self, artifact: Artifact, data_class: DataClass, access: Access
    ) -> Iterator[SealedObject]:
        """The object, open for reading; that is on the audit log before its key is unwrapped."""
        place = self._place(artifact, data_class)
        self._permit(access, Verb.READ, place.name, place.key, count=artifact.records)
        self.lineage.destructions.require_kept(artifact)

        note = partial(self._note, "open", access)
        on_record = self.strange_on_record(access, what=place.key)
        with on_record, self._objects.open(place, before_key=note) as sealed:
            yield sealed

    def _note(self, event: str, access: Access, stated: Sidecar) -> None:
        self.audit.append(
            event,
            access,
            what=stated.name.key(stated.object_id),
            count=stated.records,
            ids_digest=stated.ids_digest,
            detail=str(stated.name.data_class),
        )

    def _place(self, artifact: Artifact, data_class: DataClass) -> Place:
        if artifact.object_id is None:
            msg = f"{artifact.id} has no sealed object"
            raise ValueError(msg)
        name = ObjectName(artifact.asset, artifact.partition, data_class)
        return Place(self.region.name, name, artifact.object_id)

    def _permit(
        self, access: Access, verb: Verb, name: ObjectName, what: str, *, count: int
    ) -> None:
        permission = self._policy.decide(access, verb, name.data_class, region=self.region.name)
        if not permission.allowed and verb is Verb.READ:
            permission = self.glass.permission(
                access, name.data_class, what=what, count=count, refused=permission
            )
        if not permission.allowed:
            self.audit.append(
                "denied", access, what=what, count=count, ids_digest="", detail=permission.reason
            )
            raise AccessDenied(permission.reason)

    def _destroy_key(self, key: str, because: str, access: Access) -> bool:
        try:
            stated = self._sidecars.of(key)
        except Tampered:  # a damaged one goes as well
            self.audit.append("destroy", access, what=key, count=0, ids_digest="", detail=because)
        else:
            if stated is None:
                return False
            self._note("destroy", access, stated)
        self._sidecars.destroy(key)
        return True

    def _permit_every_class(self, access: Access, verb: Verb, what: str, *, count: int) -> None:
        """For what is of every class, or may be: a damaged sidecar can't tell for sure."""
        for data_class in DataClass:
            self._permit(access, verb, ObjectName("any", "any", data_class), what, count=count)

    def _raw_digest_key(self) -> bytes:
        return self._keyring.named_key("raw-digest", data_class=DataClass.RAW).reveal()


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
        """Close every vault that was opened, also where one of them raises."""
        with ExitStack() as closing:
            for vault in self._open.values():
                closing.callback(vault.close)
            self._open.clear()


def open_lineage(settings: Settings, region_name: str, *, clock: Clock = system_clock) -> Lineage:
    """The manifests of a served region alone: no key is opened, so a look costs nothing."""
    path = settings.region_home(region_name) / "lineage.db"
    return Lineage(path, region=region_name, clock=clock)


def open_vault(settings: Settings, region: Region, *, clock: Clock) -> RegionVault:
    """The region's vault; but for store and key service elsewhere, all below `<home>/<region>/`."""
    home = settings.region_home(region.name)
    audit = AuditLog(home / "audit", region=region.name, clock=clock)
    # Keys and manifests may be another region's, laid here by hand or by a wrong restore, and the
    # bucket may lie elsewhere than the config says.
    with refusals_on_record(audit, Access("vault", "custody", Purpose.CUSTODY), what="vault"):
        store = store_of(settings, region.name)
        lineage = Lineage(home / "lineage.db", region=region.name, clock=clock)
        _require_keys(key_database(settings, region), lineage, region.name)
        keyring = open_keyring(settings, region, clock=clock)
    checkpoints = Checkpoints(
        audit,
        folder=home / "audit",
        copy=DirectoryStore(settings.audit_copy / region.name),
        key=partial(keyring.named_key, SIGNING_KEY, data_class=DataClass.AUDIT),
    )
    if audit.end() == 0:  # a new home: its first run would end with a log that can't be signed
        checkpoints.require_own_copy()
    return RegionVault(
        region,
        store=store,
        keyring=keyring,
        policy=open_policy(settings),
        audit=audit,
        checkpoints=checkpoints,
        lineage=lineage,
    )


def _require_keys(database: Path, lineage: Lineage, region: str) -> None:
    """New keys open nothing that is stored, and would stand in the way of restoring the old."""
    is_there = database.exists() and database.stat().st_size > 0
    if not is_there and lineage.holdings.all():
        msg = (
            f"the key database {database} is missing or empty and this home needs it: put it back, "
            f"or restore a backup of it (handrail keys restore FILE --region {region})"
        )
        raise Refused(msg)


def pipeline(actor: str, purpose: Purpose) -> Access:
    """The access of an asset: team `pipeline`, for one purpose."""
    return Access(actor=actor, team="pipeline", purpose=purpose)
