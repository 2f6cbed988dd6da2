"""A door to a database through which another program goes, so that its statements are seen.

It speaks PostgreSQL's protocol (manual, chapter 55) as far as it must: it hands on every message as
it is, and tells an observer of three of them. What a session holds inside of a transaction can so
be looked at after each statement, before the program may go on.
"""

import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from psycopg import conninfo

from gnkmigrate.postgres.connection import DatabaseUrl

_ENCRYPTION = frozenset(
    {80877103, 80877104}
)  # SSLRequest, GSSENCRequest: not between two programs here
_NOT_FOR_US = b"N"
_PORT = "5432"
_LENGTH = struct.Struct("!I")
_CHUNK = 1 << 16


class Observer(Protocol):
    """Receives what passes. Calls come from a thread for each session and direction."""

    def began(self, pid: int, statement: str) -> None:
        """A session was sent a statement."""

    def failed(self, pid: int, message: str) -> None:
        """The server refused one."""

    def ready(self, pid: int, *, in_transaction: bool) -> None:
        """A session awaits its next statement, of which it has not heard yet."""

    def ended(self, pid: int) -> None:
        """A session is over."""


@contextmanager
def door(url: DatabaseUrl, observer: Observer) -> Iterator[DatabaseUrl]:
    """The address by which a program reaches a database through the door.

    Args:
        url: the database, of a server that does not ask for encryption.
        observer: told of what happens.
    """

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with _to(url) as server:
                _Session(self.request, server, observer).relay()

    with _Server(("127.0.0.1", 0), Handler) as listener:
        port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield DatabaseUrl(
                conninfo.make_conninfo(url.conninfo, host="127.0.0.1", hostaddr=None, port=port)
            )
        finally:
            listener.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = True


def _to(url: DatabaseUrl) -> socket.socket:
    given = conninfo.conninfo_to_dict(url.conninfo)
    host, port = str(given.get("host") or "127.0.0.1"), str(given.get("port") or _PORT)
    if not host.startswith("/"):
        return socket.create_connection((host, int(port)))
    server = socket.socket(socket.AF_UNIX)
    server.connect(f"{host}/.s.PGSQL.{port}")
    return server


@dataclass
class _Session:
    """One session of the program's.

    Attributes:
        client: where it is.
        server: the database's side.
        observer: told of it.
        pid: the process of the server that works for it; 0 until it is known.
        prepared: the statements that have a name.
    """

    client: socket.socket
    server: socket.socket
    observer: Observer
    pid: int = 0
    prepared: dict[str, str] = field(default_factory=dict)

    def relay(self) -> None:
        """Hands on everything, until one side ends."""
        with suppress(OSError):
            self.server.sendall(self._startup())
            sending = threading.Thread(target=self._forward, daemon=True)
            sending.start()
            self._back()
            sending.join()
        if self.pid:
            self.observer.ended(self.pid)

    def _startup(self) -> bytes:
        """The first message, which has no type. Encryption is not had."""
        while True:
            head = _exactly(self.client, _LENGTH.size)
            body = _exactly(self.client, _LENGTH.unpack(head)[0] - _LENGTH.size)
            if _LENGTH.unpack(body[:4])[0] not in _ENCRYPTION:
                return head + body
            self.client.sendall(_NOT_FOR_US)

    def _forward(self) -> None:
        with suppress(OSError):
            for kind, body, whole in _messages(self.client):
                if statement := self._statement(kind, body):
                    self.observer.began(self.pid, statement)
                self.server.sendall(whole)
        _end(self.server)

    def _back(self) -> None:
        with suppress(OSError):
            for kind, body, whole in _messages(self.server):
                match kind:
                    case b"K":
                        self.pid = _LENGTH.unpack(body[:4])[0]
                    case b"E":
                        self.observer.failed(self.pid, _message(body))
                    case b"Z":
                        self.observer.ready(self.pid, in_transaction=body != b"I")
                self.client.sendall(whole)
        _end(self.client)

    def _statement(self, kind: bytes, body: bytes) -> str:
        """The text of a statement that begins with this message; "" where none does."""
        parts = body.split(b"\0")
        match kind:
            case b"Q":
                return parts[0].decode(errors="replace")
            case b"P":
                name, text = (part.decode(errors="replace") for part in parts[:2])
                self.prepared[name] = text
                return text
            case b"B":
                return self.prepared.get(parts[1].decode(errors="replace"), "")
        return ""


def _messages(sender: socket.socket) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Type, body and the whole of each message, until the sender ends."""
    while kind := sender.recv(1):
        head = _exactly(sender, _LENGTH.size)
        body = _exactly(sender, _LENGTH.unpack(head)[0] - _LENGTH.size)
        yield kind, body, kind + head + body


def _exactly(sender: socket.socket, count: int) -> bytes:
    parts, left = [], count
    while left:
        part = sender.recv(min(left, _CHUNK))
        if not part:
            raise ConnectionAbortedError
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _message(body: bytes) -> str:
    """The primary message of an error (manual, 55.8)."""
    fields = (part.decode(errors="replace") for part in body.split(b"\0") if part)
    return next((each[1:] for each in fields if each[0] == "M"), "")


def _end(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
