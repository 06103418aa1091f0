"""Work in a process of its own: the memory it took goes back to the system when it ends.

The process is a new interpreter, never a fork, so it holds no lock, file or thread of this one. It
hears the end of the process that asked, however that ends, and ends too.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO, TypeVar, cast

from pydantic import TypeAdapter

from handrail.digests import canonical
from handrail.errors import HandrailError, Withheld
from handrail.settings import PROJECT, quiet_telemetry

Q = TypeVar("Q")
R = TypeVar("R")
_DONE, _FAILED = b"+", b"-"
_INTERRUPTED = 130
# glibc's mallopt: an array of a MiB is a mapping of its own and goes back as it is freed, and
# threads share one heap. By itself glibc learns from large arrays to keep what was freed.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_MAPPED_FROM, _ARENAS = 1024 * 1024, 1


class DiedApart(HandrailError):
    """A process that worked for this one ended without an answer."""


def answer_apart(module: str, request: object, *, kind: type[R]) -> R:
    """What `module`, run by itself, makes of a request; its `__main__` part calls `serve`.

    Both are plain data and pass as JSON. Places are those of the environment (`export_places`).
    What fails there raises here with its own sentence, as `Withheld`; `DiedApart` where it said
    none.
    """
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        [sys.executable, "-m", module],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback may quote chat text
    )
    to, back = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
    try:
        with suppress(BrokenPipeError):  # it ended already; the answer says so
            to.write(canonical(request) + b"\n")
            to.flush()
        answer = back.read()
        code = process.wait()
    finally:
        process.terminate()
        process.wait()
        back.close()
        with suppress(BrokenPipeError):
            to.close()
    how, said = answer[:1], answer[1:]
    if how == _FAILED:
        raise Withheld(said.decode())
    if how != _DONE:
        msg = (
            f"the process of {module} ended (exit code {code}) before it had answered: run again, "
            "with more memory if that was short"
        )
        raise DiedApart(msg)
    return TypeAdapter(kind).validate_json(said)


def serve(work: Callable[[Q], object], *, kind: type[Q]) -> None:
    """Answer the one request that comes in, on what standard output was; then end.

    What else is printed goes where errors go. An interrupt ends it at once, wherever it is: what
    works here is never the first thread, where orchestrators take an interrupt for a failed attempt
    and try again.
    """
    os.umask(0o077)
    quiet_telemetry()
    give_back_early()
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        request = TypeAdapter(kind).validate_json(sys.stdin.buffer.readline())
        threading.Thread(target=_end_with_who_asked, daemon=True).start()
        working = threading.Thread(target=lambda: _answer(work, request, answers), daemon=True)
        working.start()
        try:
            working.join()
        except KeyboardInterrupt:
            os._exit(_INTERRUPTED)


def _answer(work: Callable[[Q], object], request: Q, answers: BinaryIO) -> None:
    try:
        answer = _DONE + canonical(work(request))
    except HandrailError as error:
        answer = _FAILED + str(error).encode()
    except Exception as error:  # noqa: BLE001 - its text may quote a chat, its type doesn't
        answer = _FAILED + f"{type(error).__name__}; the message is withheld".encode()
    answers.write(answer)


def _end_with_who_asked() -> None:
    """End when no one waits for the answer any more; nothing more than the line ever comes in."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(_INTERRUPTED)


def give_back_early() -> None:
    """From now on let memory go back to the system as it is freed, and threads share one heap.

    Elsewhere than on glibc it does nothing.
    """
    with suppress(AttributeError):  # another C library
        allocator = ctypes.CDLL(None)
        allocator.mallopt(_MMAP_THRESHOLD, _MAPPED_FROM)
        allocator.mallopt(_ARENA_MAX, _ARENAS)
