"""Who approved which release candidate. A simulated approver counts for simulated data only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from handrail.clock import iso
from handrail.errors import Refused, Tampered
from handrail.release.bundle import ReleaseBundle
from handrail.release.chain import Chain
from handrail.verdicts import Finding, holds, not_measured


@dataclass(frozen=True)
class Approval:
    """One person's yes to exactly one content: the digest of the release candidate."""

    candidate: str
    approver: str
    simulated: bool
    at: str
    seq: int
    previous: str
    hash: str


class Approvals:
    """The approvals of one region: `<region home>/release/approvals.jsonl`, chained."""

    def __init__(self, path: Path) -> None:
        self._chain = Chain(path, what="approval")

    def record(
        self, candidate: ReleaseBundle, *, approver: str, simulated: bool, at: datetime
    ) -> Approval:
        """Write an approval durably; refuses a simulated approver of a real release.

        The same person approving the same candidate again changes nothing.
        """
        if simulated and not candidate.simulated:
            msg = (
                f"{candidate.id} was made of real chats: a simulated approver can't approve it, "
                "ask a person"
            )
            raise Refused(msg)
        if not approver.strip():
            msg = "an approval names its approver"
            raise Refused(msg)
        for given in self.of(candidate):
            if (given.approver, given.simulated) == (approver, simulated):
                return given
        fields = {
            "candidate": candidate.digest,
            "approver": approver,
            "simulated": simulated,
            "at": iso(at),
        }
        return _approval(self._chain.append(fields))

    def verify(self) -> int:
        """Check the whole chain; `Tampered` names the first bad record. Their number."""
        return len(self._chain.verified())

    def of(self, candidate: ReleaseBundle) -> tuple[Approval, ...]:
        """The approvals that count for `candidate`; `Tampered` if the file was edited."""
        approvals = (_approval(record) for record in self._chain.verified())
        return tuple(
            a
            for a in approvals
            if a.candidate == candidate.digest and (candidate.simulated or not a.simulated)
        )


def approved(approvals: Approvals, candidate: ReleaseBundle) -> Finding:
    """The blocking finding `approved`; NOT MEASURED while it waits for a person."""
    given = approvals.of(candidate)
    if not given:
        reason = f"{candidate.id} waits for a person's approval"
        return not_measured("approved", reason, approvals=0)
    names = ", ".join(f"{a.approver}{' (simulated)' if a.simulated else ''}" for a in given)
    return holds("approved", True, f"approved by {names}", approvals=len(given))


def _approval(record: dict[str, object]) -> Approval:
    try:
        return Approval(**record)  # type: ignore[arg-type]
    except TypeError:
        msg = f"approval record {record.get('seq')} has unknown fields"
        raise Tampered(msg) from None
