"""`redact` on every core: worker processes that are fed Arrow batches through pipes.

A worker is a new interpreter, never a fork, so it holds no lock, file or thread of this process.
Raw text is in memory and in the pipes only. A worker reads until its input ends, so it ends with
the process that started it, however that one ends.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, islice
from queue import SimpleQueue
from typing import BinaryIO, TypeVar, cast

import pyarrow as pa

from handrail.errors import HandrailError, Withheld, without_chat_text
from handrail.redaction.kernel import REDACTED_SCHEMA, redact
from handrail.redaction.ruleset import Ruleset, schema_with
from handrail.settings import PROJECT

# Fewer batches than this are done before a worker has imported what it needs.
WORTHWHILE = 6
_DONE, _FAILED, _SPENT = b"+", b"-", b"t"
_LENGTH_BYTES = 8
T = TypeVar("T")


class WorkerDied(HandrailError):
    """A redaction worker ended without an answer; nothing of its batch was stored."""


class Workers:
    """At most `count` processes that redact by the same rules; 1 means this process alone.

    They start with the first reading that is worth it and stay until `close`.
    """

    def __init__(self, count: int, *, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self._count = count
        self._schema = schema_with(ruleset)
        self._spent_here = 0.0
        self._started: list[_Worker] = []
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="redaction")

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the workers; a batch in hand is given up."""
        for worker in self._started:
            worker.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)

    @property
    def cpu_seconds(self) -> float:
        """What redacting has cost so far, here and in every worker from its start on."""
        return self._spent_here + sum(worker.cpu_seconds for worker in self._started)

    def redacted(
        self, batches: Iterable[tuple[T, pa.RecordBatch]]
    ) -> Iterator[tuple[T, pa.RecordBatch]]:
        """Each batch redacted, in order and with what it came with; the same bytes from any count.

        Reads at most a few batches ahead. What fails raises here: `WorkerDied`, or the worker's own
        sentence.
        """
        coming = iter(batches)
        first = list(islice(coming, WORTHWHILE))
        if self._count == 1 or len(first) < WORTHWHILE:
            for companion, batch in chain(first, coming):
                started = time.thread_time()
                rows = redact(batch.replace_schema_metadata(self._schema.metadata))
                self._spent_here += time.thread_time() - started
                yield companion, rows
            return
        self._start()
        waiting: deque[tuple[T, Future[pa.RecordBatch]]] = deque()
        for companion, batch in chain(first, coming):
            waiting.append((companion, self._threads.submit(self._on_an_idle_one, batch)))
            if len(waiting) > 2 * self._count:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()

    def _start(self) -> None:
        while len(self._started) < self._count:
            worker = _Worker(self._schema)
            self._started.append(worker)
            self._idle.put(worker)

    def _on_an_idle_one(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        worker = self._idle.get()
        try:
            return worker.redact(batch)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process and the pipes to it."""

    def __init__(self, schema: pa.Schema) -> None:
        self.cpu_seconds = 0.0
        self._process = subprocess.Popen(  # noqa: S603 - our own arguments
            [sys.executable, "-m", __name__],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote chat text
        )
        self._to = cast("BinaryIO", self._process.stdin)
        self._from = cast("BinaryIO", self._process.stdout)
        with suppress(BrokenPipeError):  # it ended already; the first batch says so
            _send(self._to, _DONE, schema.serialize())

    def redact(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        try:
            _send(self._to, _DONE, batch.serialize())
            spent = _receive(self._from)
            answer = _receive(self._from) if spent else None
        except BrokenPipeError:
            spent = answer = None
        if spent is None or answer is None:
            msg = (
                f"a redaction worker ended (exit code {self._process.wait()}) before it had "
                "answered; nothing of the day it worked on was stored: run again, with fewer "
                "[redaction] workers in the config file if memory was short"
            )
            raise WorkerDied(msg)
        [self.cpu_seconds] = struct.unpack("d", spent[1])
        kind, data = answer
        if kind == _FAILED:
            raise Withheld(data.decode())
        return pa.ipc.read_record_batch(pa.py_buffer(data), REDACTED_SCHEMA)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._from.close()
        with suppress(BrokenPipeError):  # what it had not read
            self._to.close()


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """A worker's life: a schema with its rules, then batches until nothing more comes.

    An answer is the CPU seconds spent since the start, then rows, or one sentence of what failed.
    """
    first = _receive(source)
    if first is None:
        return
    schema = pa.ipc.read_schema(pa.py_buffer(first[1]))
    while (received := _receive(source)) is not None:
        try:
            with without_chat_text("a batch of conversations"):
                batch = pa.ipc.read_record_batch(pa.py_buffer(received[1]), schema)
                kind, data = _DONE, redact(batch).serialize()
        except HandrailError as error:
            kind, data = _FAILED, pa.py_buffer(str(error).encode())
        _send(sink, _SPENT, struct.pack("d", time.process_time()))
        _send(sink, kind, data)


def _send(pipe: BinaryIO, kind: bytes, data: pa.Buffer | bytes) -> None:
    pipe.write(kind + len(data).to_bytes(_LENGTH_BYTES, "big"))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: BinaryIO) -> tuple[bytes, bytes] | None:
    """Kind and bytes of the next message; None when the other side has ended."""
    head = pipe.read(1 + _LENGTH_BYTES)
    if len(head) < 1 + _LENGTH_BYTES:
        return None
    size = int.from_bytes(head[1:], "big")
    data = pipe.read(size)
    return (head[:1], data) if len(data) == size else None


if __name__ == "__main__":
    # What a plugged-in recognizer prints goes where errors go: between answers it would be noise.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, answers)
