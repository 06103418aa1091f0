"""Breaking the glass: one person reads a class that is otherwise shut, for minutes, on the record.

A grant lives in the region's audit log and nowhere else: it holds while its `break_glass_opened`
record stands in an intact log, carries this vault's keyed digest, and is neither closed nor
expired. Opening and ending one is signed at once, so the log can't be cut back to before. It is for
its own actor, team, class and region, and for reading; who may open one, and whether it still
counts, the access policy says each time. R35.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handrail.access import Access, AccessPolicy, Permission, Verb
from handrail.clock import iso
from handrail.digests import keyed_digest
from handrail.errors import AccessDenied, BadInput, Refused, Tampered
from handrail.residency import DataClass
from handrail.vault.audit_log import AuditLog, AuditRecord
from handrail.vault.checkpoints import Checkpoints
from handrail.vault.keyring import Keyring
from handrail.vault.primitives import new_id

OPENED, USED = "break_glass_opened", "break_glass_used"
EXPIRED, CLOSED = "break_glass_expired", "break_glass_closed"
_TICKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{1,63}")
_REASON_LENGTHS = range(10, 301)
_STATED = re.compile(
    r"(?P<data_class>[a-z]+) until (?P<until>\S+), ticket (?P<ticket>\S+): (?P<reason>.*)"
)


@dataclass(frozen=True)
class Grant:
    """Who may read which class until when, and why."""

    id: str
    actor: str
    team: str
    data_class: DataClass
    until: datetime
    ticket: str
    reason: str

    @property
    def sentence(self) -> str:
        """As the audit log states it."""
        return f"{self.data_class} until {iso(self.until)}, ticket {self.ticket}: {self.reason}"


class BreakGlass:
    """The grants of one region."""

    def __init__(
        self,
        audit: AuditLog,
        checkpoints: Checkpoints,
        policy: AccessPolicy,
        keyring: Keyring,
    ) -> None:
        self._audit = audit
        self._checkpoints = checkpoints
        self._policy = policy
        self._keyring = keyring
        self._region = audit.region
        self._clock = audit.clock

    def open(
        self, access: Access, data_class: DataClass, *, ticket: str, reason: str, minutes: int
    ) -> Grant:
        """Open a grant for `access`'s own actor and team; refused attempts are recorded too."""
        self._require_sense(ticket, reason, minutes)
        self._require_right(access, data_class)
        standing = self._standing_or_denied(access)
        mine = [grant for grant in standing if _is_for(grant, access, data_class)]
        if mine:
            msg = f"{mine[0].sentence} is open already: use it, or close it before opening another"
            raise Refused(msg)
        until = self._clock() + timedelta(minutes=minutes)
        grant = Grant(new_id(), access.actor, access.team, data_class, until, ticket, reason)
        mark = self._mark(grant.id, grant.actor, grant.team, grant.sentence)
        self._record(OPENED, access, grant, detail=grant.sentence, mark=mark)
        return grant

    def close(self, access: Access, data_class: DataClass, *, of: str) -> list[Grant]:
        """Close what the actor `of` holds open; whoever may break glass may also shut it."""
        self._require_right(access, data_class)
        held = self._standing(access)
        closed = [g for g in held if (g.actor, g.data_class) == (of, data_class)]
        for grant in closed:
            self._record(CLOSED, access, grant, detail=grant.sentence, mark="")
        return closed

    def grants(self) -> list[Grant]:
        """What is open now, oldest first."""
        unended, now = self._unended()
        return [grant for grant in unended if now < grant.until]

    def require(self, access: Access, data_class: DataClass) -> Grant:
        """The grant that `access` holds; `AccessDenied`, and on record, without one."""
        self._require_right(access, data_class)
        held = self._standing_or_denied(access)
        mine = next((grant for grant in held if _is_for(grant, access, data_class)), None)
        if mine is None:
            msg = (
                f"{access.actor} of team {access.team} has no grant for {data_class} data in "
                f"region {self._region}: `handrail access break-glass --region "
                f"{self._region}` opens one"
            )
            self._deny(access, msg)
            raise AccessDenied(msg)
        return mine

    def permission(
        self, access: Access, data_class: DataClass, *, what: str, count: int, refused: Permission
    ) -> Permission:
        """Whether a grant lets `access` read what the policy refused; each use is recorded first.

        A use names the object `what`, its number of records and the grant's ticket.
        """
        right = self._policy.decide(access, Verb.BREAK_GLASS, data_class, region=self._region)
        if not right.allowed:
            return refused
        try:
            held = self._standing(access)
        except (Refused, Tampered) as error:
            return Permission(False, f"{refused.reason}; {error}")
        for grant in held:
            if _is_for(grant, access, data_class):
                detail = f"{data_class} under grant {grant.id}, ticket {grant.ticket}"
                self._audit.append(
                    USED, access, what=what, count=count, ids_digest="", detail=detail
                )
                return Permission(True, detail, right.rules)
        return Permission(False, f"{refused.reason}, and no grant of {access.actor} is open")

    def _standing_or_denied(self, access: Access) -> list[Grant]:
        try:
            return self._standing(access)
        except (Refused, Tampered) as error:
            self._deny(access, str(error))
            raise

    def _standing(self, access: Access) -> list[Grant]:
        """The grants that are open; those that the clock has ended since are recorded as ended."""
        self._checkpoints.verify()
        standing = []
        unended, now = self._unended()
        for grant in unended:
            if now < grant.until:
                standing.append(grant)
            else:
                self._record(EXPIRED, access, grant, detail=grant.sentence, mark="")
        return standing

    def _unended(self) -> tuple[list[Grant], datetime]:
        """Every grant that no record has ended, and the time it was when they had been read.

        A clock that is set back would prolong a grant, so one record earlier than another before
        it ends all that were open then. A clock that was set back and forth again while nothing at
        all was recorded leaves no trace.
        """
        open_: dict[str, Grant] = {}
        ended: set[str] = set()
        latest = datetime.min.replace(tzinfo=UTC)
        for record in self._audit.stream(event=None):
            at = datetime.fromisoformat(record.at)
            if at < latest:
                ended.update(open_)
            latest = max(at, latest)
            grant_id = record.object.removeprefix("break_glass/")
            if record.event == OPENED and grant_id not in ended:
                open_[grant_id] = self._stated(record, grant_id)
            elif record.event in {EXPIRED, CLOSED}:
                ended.add(grant_id)
        now = self._clock()  # only now: others write meanwhile
        if now < latest:
            msg = (
                f"the clock says {iso(now)}, earlier than the newest audit record ({iso(latest)}): "
                "set it right, then break the glass anew"
            )
            raise Refused(msg)
        return [grant for grant in open_.values() if grant.id not in ended], now

    def _stated(self, record: AuditRecord, grant_id: str) -> Grant:
        stated = _STATED.fullmatch(record.detail)
        mark = self._mark(grant_id, record.actor, record.team, record.detail)
        if stated is None or record.ids_digest != mark:
            msg = f"audit record {record.seq} opens a grant that this vault did not: it was forged"
            raise Tampered(msg)
        return Grant(
            grant_id,
            record.actor,
            record.team,
            DataClass(stated["data_class"]),
            datetime.fromisoformat(stated["until"]),
            stated["ticket"],
            stated["reason"],
        )

    def _mark(self, grant_id: str, actor: str, team: str, sentence: str) -> str:
        key = self._keyring.named_key("break-glass", data_class=DataClass.AUDIT)
        return keyed_digest(key.reveal(), [self._region, grant_id, actor, team, sentence])

    def _record(self, event: str, access: Access, grant: Grant, *, detail: str, mark: str) -> None:
        what = f"break_glass/{grant.id}"
        self._audit.append(event, access, what=what, count=0, ids_digest=mark, detail=detail)
        self._checkpoints.sign(access=access)  # so that the record can't be cut off again

    def _require_right(self, access: Access, data_class: DataClass) -> None:
        right = self._policy.decide(access, Verb.BREAK_GLASS, data_class, region=self._region)
        if not right.allowed:
            self._deny(access, right.reason)
            raise AccessDenied(right.reason)

    def _deny(self, access: Access, why: str) -> None:
        self._audit.append("denied", access, what="break_glass", count=0, ids_digest="", detail=why)

    def _require_sense(self, ticket: str, reason: str, minutes: int) -> None:
        if not 1 <= minutes <= self._policy.glass_minutes:
            msg = f"glass is broken for 1 to {self._policy.glass_minutes} minutes, not {minutes}"
            raise BadInput(msg)
        if not _TICKET.fullmatch(ticket):
            msg = "a ticket is one word of letters, digits and ._/#-, such as INC-123"
            raise BadInput(msg)
        if len(reason) not in _REASON_LENGTHS or not reason.isprintable():
            msg = "a reason is one line of 10 to 300 characters: say what happened"
            raise BadInput(msg)


def _is_for(grant: Grant, access: Access, data_class: DataClass) -> bool:
    asked = (access.actor, access.team, data_class)
    return (grant.actor, grant.team, grant.data_class) == asked
