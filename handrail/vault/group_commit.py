"""One durable write for everybody who waits for one.

Making a write durable takes the disk as long for a hundred records as for one. So while one caller
writes, the others gather; when it is done, one of them writes for them all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from handrail.errors import AccessDenied

Item = TypeVar("Item")
Made = TypeVar("Made")


@dataclass
class _Ticket(Generic[Item, Made]):
    """What one caller brought, and what came of it."""

    items: Sequence[Item]
    made: Sequence[Made] | None = None
    denied: str | None = None

    @property
    def is_settled(self) -> bool:
        return self.made is not None or self.denied is not None


class GroupCommit(Generic[Item, Made]):
    """Callers of one process share durable writes; each still waits until its own is made.

    `write` gets the items of all who wait, in the order they came, and returns what it made of
    each. When it fails, it fails for all of them.
    """

    def __init__(self, write: Callable[[Sequence[Item]], Sequence[Made]]) -> None:
        self._write = write
        self._changed = threading.Condition()
        self._waiting: list[_Ticket[Item, Made]] = []
        self._is_writing = False

    def submit(self, items: Sequence[Item]) -> Sequence[Made]:
        """What was made of `items`, once it is durable; `AccessDenied` if that failed."""
        ticket: _Ticket[Item, Made] = _Ticket(items)
        with self._changed:
            self._waiting.append(ticket)
            while self._is_writing and not ticket.is_settled:
                self._changed.wait()
            leads = not ticket.is_settled
            if leads:
                self._is_writing = True
                group, self._waiting = self._waiting, []
        if leads:
            self._settle(group)
        if ticket.made is None:
            raise AccessDenied(ticket.denied)
        return ticket.made

    def _settle(self, group: Sequence[_Ticket[Item, Made]]) -> None:
        """Write for `group` and tell everybody in it."""
        denied = "the write to the audit log was interrupted: access is denied, try again"
        made: Sequence[Made] | None = None
        try:
            made = self._write([item for ticket in group for item in ticket.items])
        except AccessDenied as error:
            denied = str(error)
        finally:
            with self._changed:
                start = 0
                for ticket in group:
                    end = start + len(ticket.items)
                    if made is None:
                        ticket.denied = denied
                    else:
                        ticket.made = made[start:end]
                    start = end
                self._is_writing = False
                self._changed.notify_all()
