"""Forks a child for every stage asked for, so that nothing is imported again for each kill.

Requests are JSON lines on stdin, events JSON lines on stdout: `forked`, then from the child
`started`, `acknowledged`, `struck` (by a fault) and `done` (or `refused`, `broke`), then `ended`.
A child leads a process group of its own.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import traceback
from datetime import date
from typing import Any

import orjson

from handrail.errors import HandrailError
from handrail.settings import load_settings
from tests.faults.injection import Fault, arm
from tests.faults.stages import REGION, STAGES

STUCK_AFTER = 90.0
_write = os.write  # faults are injected into `os.write`, never into what is told


def serve() -> None:
    """Until stdin ends."""
    _warm_up()
    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin.buffer:
        request = orjson.loads(line)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            _run(request)
        _tell(child, "forked")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _run(request: dict[str, Any]) -> None:
    os.setsid()
    me = os.getpid()
    faulthandler.dump_traceback_later(STUCK_AFTER, exit=True)  # says where it waits
    try:
        settings = load_settings(environ=request["environ"])
        stage = STAGES[request["stage"]]

        def acknowledge(**what: Any) -> None:
            _tell(me, "acknowledged", **what)

        fault = arm(Fault(**request["fault"])) if request["fault"] else None
        _tell(me, "started")
        try:
            made = stage(settings, acknowledge)
        except HandrailError as error:
            if fault is None:
                raise
            _tell(me, "struck", message=str(error))
            fault.disarm()
            made = stage(settings, acknowledge)  # the same process tries again
        _tell(me, "done", made=made, operations=fault.counted if fault else 0)
    except HandrailError as error:
        _tell(me, "refused", message=str(error))
    except BaseException:  # noqa: BLE001 - told to the test, which fails
        _tell(me, "broke", traceback=traceback.format_exc()[-3000:])
    finally:
        os._exit(0)


def _reap(_signal: int, _frame: object) -> None:
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        _tell(child, "ended", status=status)


def _tell(child: int, event: str, **what: Any) -> None:
    _write(1, orjson.dumps({"child": child, "event": event, **what}) + b"\n")


def _warm_up() -> None:
    """Load what would be loaded on first use, without opening a home or starting a thread."""
    import duckdb  # noqa: F401

    from handrail.playbook.reader import read_playbook
    from handrail.redaction.ruleset import STANDARD
    from handrail.redaction.scrubber import scrub
    from handrail.simulate.exports import histories
    from handrail.simulate.locales import locales_of
    from handrail.simulate.world import World
    from handrail.vault.policy import open_policy

    settings = load_settings(environ={})
    open_policy(settings)
    world = World(REGION, read_playbook(settings.playbook), locales_of(REGION), 1)
    for history in histories(world, chats=20, days=1, first_day=date(2026, 1, 5)):
        scrub(history.last, ruleset=STANDARD)


if __name__ == "__main__":
    serve()
