"""Denied attempts are on record: what was refused, to whom, and why (R38)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from handrail.access import Access
from handrail.errors import AccessDenied, Busy, Refused, ResidencyViolation, Tampered
from handrail.vault.audit_log import AuditLog
from handrail.vault.stores import Missing

EVENT = "denied"


@contextmanager
def strange_on_record(audit: AuditLog, access: Access, *, what: str) -> Iterator[None]:
    """Note what is refused inside: another region's, tampered with, or not where it should be."""
    try:
        yield
    except (ResidencyViolation, Tampered, Missing) as error:
        _note(audit, access, what, error)
        raise


@contextmanager
def refusals_on_record(audit: AuditLog, access: Access, *, what: str) -> Iterator[None]:
    """Note whatever is refused inside, unless it only has to wait.

    Where the log can't be written either, the reason that came first is the one to be told.
    """
    try:
        yield
    except Busy:
        raise
    except (Refused, Tampered) as error:
        with suppress(AccessDenied):
            _note(audit, access, what, error)
        raise


def _note(audit: AuditLog, access: Access, what: str, error: Exception) -> None:
    audit.append(EVENT, access, what=what, count=0, ids_digest="", detail=str(error))
