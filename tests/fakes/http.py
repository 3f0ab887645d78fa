"""A tracker's web service for tests: a log of every call, faults on demand, and a real HTTP server on loopback."""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit


class Clock(Protocol):
    """What time it is on the server."""

    def now(self) -> datetime: ...


class World(Protocol):
    """What a face shows."""

    @property
    def clock(self) -> Clock: ...


@dataclass
class Request:
    """*path* is decoded, without the query; *body* the JSON, or the bytes where it is none."""

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]

    def number(self, name: str, default: int) -> int:
        return int(self.one(name, str(default)))

    def many(self, name: str) -> list[str]:
        return [part for value in self.query.get(name, []) for part in value.split(",") if part]


@dataclass
class Reply:
    """*raw* is sent as it is in place of JSON; *content* names its type."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content: str = "application/json;charset=UTF-8"

    def data(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass
class Fault:
    """What happens in place of an answer, *times* times, to calls that *match*.

    *after*: the request is carried out first. *alter*: what becomes of its answer's body. *cut*: only so many bytes of the answer arrive. *reset*: the
    connection breaks without one. *hang*: nothing comes until the server closes.
    """

    match: Callable[[Request], bool]
    reply: Reply | None = None
    after: bool = False
    alter: Callable[[Any], Any] | None = None
    cut: int | None = None
    reset: bool = False
    hang: bool = False
    times: int = 1


@dataclass
class Call:
    request: Request
    status: int


class Face(Protocol):
    """A dialect of the API over a world."""

    @property
    def world(self) -> Any: ...

    def handle(self, request: Request) -> Reply: ...


class Judge(Protocol):
    """Says what is wrong with a request and its answer."""

    def faults(self, request: Request, reply: Reply) -> list[str]: ...


class FakeService:
    """*face* under *url*, however it is reached. *log* has every call in its order.

    What *judge* finds wrong with a call is kept in *violations*.
    """

    def __init__(self, url: str, face: Face, judge: Judge | None = None) -> None:
        self.url = url
        self.face = face
        self.world = face.world
        self.judge = judge
        self.violations: list[str] = []
        self.log: list[Call] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()

    def exchange(self, request: Request) -> tuple[Reply, Fault | None]:
        """One call: what is answered, and what goes wrong with it on the way."""
        with self.lock:
            fault = self._fault_for(request)
            if fault is None or fault.after or fault.alter or fault.cut is not None:
                reply = self._answer(request)
            else:
                reply = Reply(0)
            if fault is not None and fault.reply is not None:
                reply = fault.reply
            if fault is not None and fault.alter is not None:
                reply = replace(reply, body=fault.alter(reply.body))
            self.log.append(Call(request, reply.status))
        return reply, fault

    def date(self) -> str:
        """The Date header of an answer given now."""
        return format_datetime(self.world.clock.now(), usegmt=True)

    def _answer(self, request: Request) -> Reply:
        reply = self.face.handle(request)
        if self.judge is not None:
            self.violations += self.judge.faults(request, reply)
        return reply

    def fail(self, method: str, path: str | tuple[str, ...], reply: Reply | None = None, **how: Any) -> Fault:
        """The next call of *method* whose path ends with (one of) *path* goes wrong."""
        fault = Fault(lambda r: r.method == method and r.path.endswith(path), reply, **how)
        self.faults.append(fault)
        return fault

    def calls(self, method: str = "", path: str = "") -> list[Request]:
        """The logged requests of *method* whose path ends with *path*."""
        requests = (call.request for call in self.log)
        return [r for r in requests if r.method.startswith(method) and r.path.endswith(path)]

    def _fault_for(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.match(request):
                fault.times -= 1
                return fault
        return None


class FakeServer(FakeService):
    """The service over real HTTP on loopback; use as a context manager.

    What the judge found wrong with a call fails the test at the end, however the caller took it.
    """

    def __init__(self, face_of: Callable[[str], Face], judge: Judge | None = None) -> None:
        self._httpd = _Server(("127.0.0.1", 0), _Handler)
        self._httpd.service = self
        url = f"http://127.0.0.1:{self._httpd.server_address[1]}"
        super().__init__(url, face_of(url), judge)
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.closing.set()
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join(5)
        assert kind is not None or not self.violations, "\n".join(self.violations)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    service: FakeServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 30
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing goes to stderr."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.server.service.date()

    def _serve(self) -> None:
        reply, fault = self.server.service.exchange(self._request())
        if fault is not None and (fault.reset or fault.hang):
            self._break(hang=fault.hang)
        else:
            self._send(reply, fault.cut if fault is not None else None)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def _request(self) -> Request:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        try:
            body = json.loads(data) if data else None
        except ValueError:
            body = data
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(parts.query, keep_blank_values=True)
        return Request(self.command, unquote(parts.path), query, body, headers)

    def _send(self, reply: Reply, cut: int | None) -> None:
        data = reply.data()
        if cut is not None:
            data = data[:cut]
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.content)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _break(self, *, hang: bool) -> None:
        if hang:
            self.server.service.closing.wait()
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()


def basic(user: str, secret: str) -> str:
    """The Authorization header that a pair of credentials makes."""
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def spoilt(body: Any, id: str, **lost: Any) -> Any:
    """*body* with every record of this id telling *lost* in place of what it holds."""
    if isinstance(body, list):
        return [spoilt(one, id, **lost) for one in body]
    if isinstance(body, dict):
        told = {name: spoilt(value, id, **lost) for name, value in body.items()}
        return told | lost if id in (body.get("id"), body.get("Id")) and lost.keys() <= body.keys() else told
    return body
