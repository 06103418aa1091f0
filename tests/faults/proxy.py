"""A proxy on the loopback that hands requests on, and does to a few of them what networks do.

A fault is a function of a request and of what hands it on; it answers, or breaks the connection.
Faults are used up in the order in which they were planned; without one a request goes through.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_OF_ONE_CONNECTION = frozenset(["connection", "keep-alive", "transfer-encoding", "expect"])


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Broken(Exception):
    """The connection ends now, with a reset."""


@dataclass(frozen=True)
class Torn(Exception):
    """Only so much of the answer is sent; then the connection ends, or hangs."""

    answer: Answer
    sent: int
    hangs: bool = False


HandOn = Callable[[Request], Answer]
Fault = Callable[[Request, HandOn], Answer]


@dataclass
class Proxy:
    """Where it listens, what it was asked, and what it is going to do."""

    upstream: str
    endpoint: str = ""
    asked: list[str] = field(default_factory=list)
    _plan: list[tuple[str, Fault]] = field(default_factory=list)
    _always: tuple[str, Fault] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    gone: threading.Event = field(default_factory=threading.Event)

    def plan(self, fault: Fault, *, times: int = 1, method: str = "") -> None:
        """Do this to the next requests (of that method, if one is named)."""
        self._plan += [(method, fault)] * times

    def always(self, fault: Fault, *, method: str = "") -> None:
        """Do this to every request from now on."""
        self._always = (method, fault)

    def heal(self) -> None:
        self._plan, self._always = [], None
        self.asked.clear()

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.asked.append(request.method)
            fault = self._next(request.method)
        return self.hand_on(request) if fault is None else fault(request, self.hand_on)

    def _next(self, method: str) -> Fault | None:
        for planned in self._plan:
            if planned[0] in {"", method}:
                self._plan.remove(planned)
                return planned[1]
        if self._always is not None and self._always[0] in {"", method}:
            return self._always[1]
        return None

    def hand_on(self, request: Request) -> Answer:
        there = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(str(there.hostname), there.port, timeout=30)
        try:
            connection.putrequest(
                request.method, request.path, skip_host=True, skip_accept_encoding=True
            )
            for name, value in request.headers:
                if name.lower() not in _OF_ONE_CONNECTION:
                    connection.putheader(name, value)
            connection.endheaders(request.body or None)
            answer = connection.getresponse()
            body = answer.read()
            return Answer(answer.status, answer.getheaders(), body)
        finally:
            connection.close()


def says(status: int, code: str, headers: Mapping[str, str] | None = None) -> Fault:
    """The server refuses; it was asked nothing."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code>'
        f"<Message>no</Message></Error>"
    ).encode()
    return lambda request, hand_on: Answer(status, [*(headers or {}).items()], body)


def says_json(status: int, code: str) -> Fault:
    """The same in the words of a key service."""
    body = f'{{"__type": "{code}", "message": "no"}}'.encode()
    kind = ("Content-Type", "application/x-amz-json-1.1")
    return lambda request, hand_on: Answer(status, [kind], body)


def replaces(text: str, other: str) -> Fault:
    """The answer speaks of another thing."""

    def fault(request: Request, hand_on: HandOn) -> Answer:
        answer = hand_on(request)
        body = answer.body.replace(text.encode(), other.encode())
        return Answer(answer.status, answer.headers, body)

    return fault


def resets(request: Request, hand_on: HandOn) -> Answer:
    """The request is lost."""
    raise Broken


def loses_the_answer(request: Request, hand_on: HandOn) -> Answer:
    """The server does what it is asked, and nobody hears of it."""
    hand_on(request)
    raise Broken


def cuts(request: Request, hand_on: HandOn) -> Answer:
    """Half of the answer's body, then the end of the connection."""
    answer = hand_on(request)
    raise Torn(answer, len(answer.body) // 2)


def stalls(request: Request, hand_on: HandOn) -> Answer:
    """Half of the answer's body, then nothing for ever."""
    answer = hand_on(request)
    raise Torn(answer, len(answer.body) // 2, hangs=True)


def flips(request: Request, hand_on: HandOn) -> Answer:
    """One bit of the answer's body is another."""
    answer = hand_on(request)
    return Answer(answer.status, answer.headers, _flipped(answer.body))


def flips_what_is_sent(request: Request, hand_on: HandOn) -> Answer:
    """One bit of the request's body is another."""
    body = _flipped(request.body)
    return hand_on(Request(request.method, request.path, request.headers, body))


def garbles(request: Request, hand_on: HandOn) -> Answer:
    """Something between answers in the server's place."""
    return garbles_with(b"<html>log in to the hotel's network")(request, hand_on)


def garbles_with(page: bytes) -> Fault:
    """Something between answers in the server's place, with this page."""
    return lambda request, hand_on: Answer(200, [("Content-Type", "text/html")], page)


def ignores_conditions(request: Request, hand_on: HandOn) -> Answer:
    """The server knows no conditional writes."""
    kept = [h for h in request.headers if h[0].lower() not in {"if-match", "if-none-match"}]
    return hand_on(Request(request.method, request.path, kept, request.body))


def _flipped(body: bytes) -> bytes:
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body


@contextmanager
def proxy(upstream: str) -> Iterator[Proxy]:
    """A proxy before `upstream`, listening until the end of the block."""
    plan = Proxy(upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(plan))
    server.daemon_threads = True
    plan.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield plan
    finally:
        plan.gone.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(plan: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the other side

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            request = Request(self.command, self.path, self.headers.items(), body)
            try:
                self._send(plan.answer(request))
            except Torn as torn:
                self._send(torn.answer, torn.sent)
                if torn.hangs:
                    plan.gone.wait()
                self.close_connection = True
            except Broken:
                self._reset()

        do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _handle

        def _send(self, answer: Answer, sent: int | None = None) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                if name.lower() not in _OF_ONE_CONNECTION | {"content-length"}:
                    self.send_header(name, value)
            # What a HEAD tells is the length of what a GET would give.
            told = dict((n.lower(), v) for n, v in answer.headers).get("content-length")
            head = self.command == "HEAD" and told is not None
            self.send_header("Content-Length", str(told) if head else str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body[:sent])

        def _reset(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            self.rfile.close()
            self.wfile = _Nowhere()  # type: ignore[assignment]

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


class _Nowhere:
    closed = True

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass
