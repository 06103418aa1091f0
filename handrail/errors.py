"""Errors people see: each says what happened and what to do next, and never quotes chat text."""

from __future__ import annotations

from types import TracebackType


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


class without_chat_text:
    """Re-raise whatever happens inside as `Withheld` with the error's type and `record` only.

    Parsers, casts and validators quote their input in messages. This is the one boundary that code
    which touches chat text runs behind. Our own errors never quote chat text and pass unchanged.
    """

    def __init__(self, record: str) -> None:
        self._record = record

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not isinstance(error, Exception) or isinstance(error, HandrailError):
            return
        withheld = type(error).__name__
        # A frame of the new error's traceback must not hold the old one.
        del kind, error, traceback
        msg = (
            f"{withheld} at {self._record}; the message is withheld because it may quote chat text"
        )
        raise Withheld(msg) from None
