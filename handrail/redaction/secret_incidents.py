"""Credentials found in chats: each opens an incident that asks for its rotation (R34).

An incident is what the region's audit log says of one keyed digest: where the value was found, and
what people did about it. Nothing else keeps it, so it is as durable and as hard to change as the
log, and it outlives the chat, however that one ends. Neither value nor conversation id is in it:
both are keyed digests, and an id is found again only by whoever may read the chats of that day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import orjson

from handrail.access import Access, Verb
from handrail.digests import canonical
from handrail.errors import BadInput, Destroyed
from handrail.redaction.recognizers.secret_kinds import KINDS, SecretKind
from handrail.residency import DataClass
from handrail.vault.audit_log import AuditRecord, Entry
from handrail.vault.region_vault import RegionVault
from handrail.verdicts import Finding, holds

CHECK = "no_open_secret_incidents"
FOUND = "secret_found"
# So many chats of a day are listed, the rest is counted: a value may be in all of them.
LISTED = 20
_OBJECT = "secret/"
_SHOWN_DIGITS = 12
_LONGEST_REASON = 300


class State(StrEnum):
    """Where an incident stands; the closed ones are named as the audit log's events are."""

    OPEN = "open"
    ROTATED = "secret_rotated"
    FALSE_ALARM = "secret_false_alarm"


@dataclass(frozen=True)
class FoundSecret:
    """A credential in a chat that is being redacted: the value's keyed digest, never the value."""

    digest: str
    rule: str
    conversation_id: str
    turn: int
    simulated: bool


@dataclass(frozen=True)
class Sighting:
    """One day's chats with the value: how many, and of the first ones (keyed id, turn)."""

    chats: int
    places: tuple[tuple[str, int], ...]
    simulated: bool


@dataclass(frozen=True)
class SecretIncident:
    """One credential of a region. Times are ISO; `days` are the days of the chats it was in.

    `closed_by`, `closed_at` and `reason` are of the last time that a person closed it.
    """

    digest: str
    rule: str
    first_seen: str
    days: Mapping[str, Sighting]
    state: State = State.OPEN
    closed_by: str = ""
    closed_at: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        """What people call it."""
        return self.digest[:_SHOWN_DIGITS]

    @property
    def kind(self) -> SecretKind:
        """What was found, and the request to rotate it."""
        return kind_of(self.rule)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state is State.OPEN

    @property
    def chats(self) -> int:
        """In how many chats it was found."""
        return sum(sighting.chats for sighting in self.days.values())

    @property
    def simulated(self) -> bool:
        """Whether only simulated chats had it: then there is nothing to rotate."""
        return all(sighting.simulated for sighting in self.days.values())


def kind_of(rule: str) -> SecretKind:
    """The kind that a rule finds; one that is no longer known asks for a look."""
    unknown = SecretKind(
        f"a secret ({rule})", True, "Find out what it opens, and replace it there."
    )
    return KINDS.get(rule, unknown)


class SecretIncidents:
    """The incidents of one region, as its audit log has them when first asked, and since."""

    def __init__(self, vault: RegionVault) -> None:
        self._vault = vault
        self._known: dict[str, SecretIncident] | None = None

    def all(self) -> list[SecretIncident]:
        """Every incident there ever was, the first seen first."""
        return list(self._incidents().values())

    def open(self) -> list[SecretIncident]:
        """Those that wait for somebody to act."""
        return [incident for incident in self.all() if incident.is_open]

    def get(self, incident_id: str) -> SecretIncident | None:
        """The incident that people call so, or None."""
        return next((one for one in self.all() if one.id == incident_id), None)

    def note(self, found: Iterable[FoundSecret], *, day: str, access: Access) -> int:
        """Put a day's finds on record where they are news; returns how many incidents it is about.

        Redacting a day again is none. A value in a chat that was not known to have it opens its
        incident, also one that was closed as rotated: the value still goes around. One that people
        called a false alarm stays closed: that was said of the value.
        """
        by_digest: dict[str, list[FoundSecret]] = {}
        for one in found:
            if kind_of(one.rule).is_rotatable:
                by_digest.setdefault(one.digest, []).append(one)
        entries = []
        for value, together in by_digest.items():
            ids = sorted({one.conversation_id for one in together})
            sighting = self._sighting(together)
            if _is_news(self._incidents().get(value), day, sighting):
                detail = {
                    "day": day,
                    "places": sighting.places,
                    "rule": together[0].rule,
                    "simulated": sighting.simulated,
                }
                entries.append(
                    Entry(
                        FOUND, access, f"{_OBJECT}{value}", len(ids),
                        self._vault.ids_digest(ids), canonical(detail).decode(),
                    )
                )  # fmt: skip
        if entries:
            for record in self._vault.audit.append_many(entries):
                _follow(self._incidents(), record)
        return len(entries)

    def close(
        self, incident: SecretIncident, *, state: State, reason: str, access: Access
    ) -> SecretIncident:
        """Close an incident as what a person says it is; `reason` stays in the audit log.

        Refused, on record, to whoever may not look an incident's chats up.
        """
        if state is State.OPEN:
            msg = "an incident is opened by what is found, not by hand"
            raise BadInput(msg)
        if not reason.strip() or not reason.isprintable() or len(reason) > _LONGEST_REASON:
            msg = f"a reason is one line of at most {_LONGEST_REASON} characters: say what was done"
            raise BadInput(msg)
        what = f"{_OBJECT}{incident.digest}"
        self._vault.require_permitted(access, Verb.READ, DataClass.REDACTED, what=what)
        record = self._vault.audit.append(
            str(state),
            access,
            what=what,
            count=incident.chats,
            ids_digest="",
            detail=reason,
        )
        _follow(self._incidents(), record)
        return self._incidents()[incident.digest]

    def _sighting(self, together: Iterable[FoundSecret]) -> Sighting:
        places: dict[str, int] = {}
        simulated = True
        for one in together:
            places.setdefault(one.conversation_id, one.turn)
            simulated = simulated and one.simulated
        keyed = sorted((self._vault.id_digest(chat), turn) for chat, turn in places.items())
        return Sighting(len(keyed), tuple(keyed[:LISTED]), simulated)

    def _incidents(self) -> dict[str, SecretIncident]:
        if self._known is None:
            events = (FOUND, State.ROTATED, State.FALSE_ALARM)
            records = [r for event in events for r in self._vault.audit.stream(event=str(event))]
            self._known = {}
            for record in sorted(records, key=lambda r: r.seq):
                _follow(self._known, record)
        return self._known


def _follow(known: dict[str, SecretIncident], record: AuditRecord) -> None:
    """Bring the incidents up to one more record of the log."""
    value = record.object.removeprefix(_OBJECT)
    if record.event != FOUND:
        if value in known:
            known[value] = replace(
                known[value], state=State(record.event), closed_by=record.actor,
                closed_at=record.at, reason=record.detail,
            )  # fmt: skip
        return
    said = orjson.loads(record.detail)
    sighting = Sighting(
        record.count, tuple((chat, turn) for chat, turn in said["places"]), said["simulated"]
    )
    incident = known.get(value) or SecretIncident(value, said["rule"], record.at, {})
    state = incident.state if incident.state is State.FALSE_ALARM else State.OPEN
    known[value] = replace(incident, days={**incident.days, said["day"]: sighting}, state=state)


def _is_news(known: SecretIncident | None, day: str, sighting: Sighting) -> bool:
    before = known.days.get(day) if known else None
    if before is None or sighting.chats > before.chats:
        return True
    chats, listed = ({chat for chat, _ in one.places} for one in (sighting, before))
    return before.chats <= LISTED and not chats <= listed


def no_open_secret_incidents(incidents: Iterable[SecretIncident], *, now: datetime) -> Finding:
    """Whether every credential found in the region's chats was dealt with; says what waits."""
    every = list(incidents)
    waiting = [one for one in every if one.is_open]
    kinds = Counter(one.kind.what for one in waiting)
    oldest = min((one.first_seen for one in waiting), default="")
    reason = f"{len(waiting)} of {len(every)} credentials found in chats wait to be rotated"
    measures: dict[str, int] = {f"open {what}": n for what, n in sorted(kinds.items())}
    if waiting:
        days = (now - datetime.fromisoformat(oldest)).days
        simulated = sum(one.simulated for one in waiting)
        listed = ", ".join(f"{n} x {what}" for what, n in kinds.most_common())
        reason += f": {listed}; the oldest for {days} days"
        reason += f"; {simulated} only in simulated chats" if simulated else ""
        reason += " (`handrail incidents`)"
        measures["oldest_days"] = days
    return holds(CHECK, not waiting, reason, blocking=False, open=len(waiting), **measures)


@dataclass(frozen=True)
class Whereabouts:
    """The chats an incident was found in, as far as they can be named: (day, id, turn).

    `unnamed` are those that are held back, were erased or destroyed, or are beyond the list.
    """

    chats: tuple[tuple[str, str, int], ...] = field(repr=False)
    unnamed: int


def whereabouts(
    vault: RegionVault, incident: SecretIncident, *, asset: str, access: Access
) -> Whereabouts:
    """Which chats those were, by opening the redacted ones (`asset`) of their days."""
    named: list[tuple[str, str, int]] = []
    for day, sighting in sorted(incident.days.items()):
        turns = dict(sighting.places)
        artifact = vault.lineage.current(asset, day)
        if artifact is None:
            continue
        try:
            for record in vault.scan(artifact, data_class=DataClass.REDACTED, access=access):
                turn = turns.get(vault.id_digest(record.record_id))
                if turn is not None:
                    named.append((day, record.record_id, turn))
        except Destroyed:
            continue
    return Whereabouts(tuple(named), incident.chats - len(named))
