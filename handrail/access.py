"""Who may read or write which class of data for which purpose: teams x classes, default deny.

The rules are a Cedar policy file (`access.cedar`). Within one operating-system user they are
advisory; in the cloud the key service enforces them. R35.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from handrail.digests import digest
from handrail.errors import BadInput
from handrail.residency import DataClass


class Verb(StrEnum):
    """What is done with an object."""

    READ = "read"
    WRITE = "write"
    EXPORT = "export"
    VERIFY = "verify"  # its key is used to authenticate it; nothing is shown
    REWRAP = "rewrap"
    DESTROY = "destroy"


class Purpose(StrEnum):
    """Why it is done; written to the audit log with every use of a key."""

    INTAKE = "intake"
    REDACTION = "redaction"
    WAREHOUSE = "warehouse"
    SAMPLING = "sampling"
    DATASET = "dataset"
    TRAINING = "training"
    EVALUATION = "evaluation"
    RELEASE = "release"
    SERVING = "serving"
    REVIEW = "review"
    EXPLANATION = "explanation"
    ERASURE = "erasure"
    CUSTODY = "custody"  # care of keys and stored objects: rotation, retention, verification


@dataclass(frozen=True)
class Access:
    """Who asks, for which team, and why. Required by every call that touches stored data."""

    actor: str
    team: str
    purpose: Purpose


@dataclass(frozen=True)
class Permission:
    """The policy's answer with the sentence that explains it."""

    allowed: bool
    reason: str


class AccessPolicy:
    """A parsed Cedar policy file; `digest` identifies it in manifests and releases."""

    def __init__(self, text: str) -> None:
        import cedarpy

        try:
            cedarpy.format_policies(text)
        except ValueError as error:
            msg = f"the access policy is not valid Cedar: {error}"
            raise BadInput(msg) from None
        self._text = text
        self.digest = digest(text.encode())

    @classmethod
    def read(cls, path: Path) -> AccessPolicy:
        """The policy in the file `path`."""
        return cls(path.read_text(encoding="utf-8"))

    def decide(
        self, access: Access, verb: Verb, data_class: DataClass, *, region: str
    ) -> Permission:
        """Whether `access` may `verb` an object of `data_class`; no matching rule means no."""
        import cedarpy

        request = {
            "principal": f'Team::"{_plain(access.team)}"',
            "action": f'Action::"{verb}"',
            "resource": f'DataClass::"{data_class}"',
            "context": {"purpose": str(access.purpose), "region": region},
        }
        result = cedarpy.is_authorized(request, self._text, [])
        rule = f"team {access.team} {verb} {data_class} for {access.purpose} in {region}"
        if result.allowed:
            return Permission(True, f"{rule}: permitted")
        return Permission(False, f"{rule}: no rule of the access policy permits it")


def _plain(name: str) -> str:
    if not name.replace("_", "").replace("-", "").isalnum():
        msg = "a team's name is letters, digits, _ and -"
        raise BadInput(msg)
    return name
