"""Errors people see: each says what happened and what to do next, and never quotes chat text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class HandrailError(Exception):
    """Base of all refusals and failures Handrail raises on purpose."""


class BadInput(HandrailError):
    """Input from outside (file, mapping, option) can't be used; nothing was changed."""


class Refused(HandrailError):
    """A rule forbids this: access, residency, a gate, an unmeasured verdict."""


class Busy(Refused):
    """Somebody else holds what is needed for a while: the same attempt later can succeed."""


class AccessDenied(Refused):
    """The policy gives this team no such access, or the access can't be logged."""


class ResidencyViolation(Refused):
    """Data of one region was asked for, or offered, in the context of another."""


class Destroyed(Refused):
    """What is asked for was destroyed on purpose: by retention, or to erase somebody."""


class Tampered(HandrailError):
    """Stored bytes don't authenticate: moved, edited, truncated or of another key."""


class Torn(Tampered):
    """Stored bytes end before they should: half of what was written."""


class Swapped(Tampered):
    """Stored bytes are another object's: moved, copied or swapped."""


class NotPassed(Refused):
    """An upstream partition is FAIL or NOT MEASURED, so nothing may be built on it."""


class Withheld(HandrailError):
    """A failure whose original message was withheld because it may quote chat text.

    `raise ... from None` hides the original from tracebacks but keeps it reachable as
    `__context__`, which loggers and orchestrators walk. Here it always reads None.
    """

    __context__ = property(lambda _: None, lambda _, __: None)


@contextmanager
def without_chat_text(record: str) -> Iterator[None]:
    """Re-raise whatever happens inside as `Withheld` with the error's type and `record` only.

    Parsers, casts and validators quote their input in messages. This is the one boundary that code
    which touches chat text runs behind. Our own errors never quote chat text and pass unchanged.
    """
    withheld: str | None = None
    try:
        yield
    except HandrailError:
        raise
    except Exception as error:  # noqa: BLE001 - the boundary is for every exception there is
        withheld = type(error).__name__
    if withheld is not None:
        msg = f"{withheld} at {record}; the message is withheld because it may quote chat text"
        raise Withheld(msg) from None
