"""Answers a browser of this machine that knows the token; reads, and never writes.

Who may read the page is whoever has its address: the token is random and new each time, and is
in the address alone. A page of somebody else's that has the browser ask (DNS rebinding) is refused
by the name that it asks for, and it knows no token.
"""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from gnkmigrate.errors import SettingsError
from gnkmigrate.serving import pages
from gnkmigrate.serving.report_folder import BESIDE, Kept, reports

ADDRESS = "127.0.0.1"
_HTML = "text/html; charset=utf-8"
# Ours have no script. A kept page has its own, and is kept from everything else.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_FOREIGN_POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True)
class Answer:
    """What a browser gets.

    Attributes:
        status: HTTP's.
        body: the text, in UTF-8.
        type: the body's media type.
        policy: what the page may do.
    """

    status: HTTPStatus
    body: bytes
    type: str = _HTML
    policy: str = _POLICY


@dataclass(frozen=True)
class Site:
    """The pages of one folder.

    Attributes:
        folder: where reports are kept.
        token: what an address has to begin with.
    """

    folder: Path
    token: str = field(repr=False)

    def answer(self, path: str) -> Answer:
        """The page at an address of this server."""
        given, _, rest = path.removeprefix("/").partition("/")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return Answer(HTTPStatus.NOT_FOUND, b"", "text/plain")
        kept, damaged = reports(self.folder)
        if not rest:
            return _page(pages.start(kept, damaged, self.folder.name))
        kind, _, name = rest.partition("/")
        found = {each.name: each for each in kept}
        if kind == "report" and name in found:
            return _page(pages.report(found[name], kept))
        if kind == "file":
            return _file(found, name)
        return _page(pages.missing(), HTTPStatus.NOT_FOUND)


def _page(text: str, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(status, text.encode())


def _file(found: dict[str, Kept], name: str) -> Answer:
    """What lies beside a report; found by looking through the folder, never by the address."""
    stem, dot, ending = name.rpartition(".")
    file = found[stem].beside.get(dot + ending) if stem in found else None
    try:
        body = file.read_bytes() if file is not None else None
    except OSError:
        body = None  # it has gone, or nobody may read it
    if body is None:
        return _page(pages.missing(), HTTPStatus.NOT_FOUND)
    return Answer(HTTPStatus.OK, body, BESIDE[dot + ending], _FOREIGN_POLICY)


class _Handler(BaseHTTPRequestHandler):
    """Reads one request; GET and HEAD are all that there is."""

    site: ClassVar[Site]
    server_version = "gnkmigrate"
    sys_version = ""
    timeout = 30  # seconds that a browser may take to ask

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        answer = self._found()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Content-Security-Policy", answer.policy)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def _found(self) -> Answer:
        _, port = self.request.getsockname()
        if self.headers.get("Host") not in {f"{ADDRESS}:{port}", f"localhost:{port}"}:
            return Answer(HTTPStatus.FORBIDDEN, b"", "text/plain")
        return self.site.answer(unquote(urlsplit(self.path).path))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's)
        """Nothing is logged: an address holds the token."""


class _Server(ThreadingHTTPServer):
    """One thread a request; a browser that has gone away is nothing to tell of."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tells of defects alone."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[tuple[ThreadingHTTPServer, str]]:
    """A server that listens on the loopback address alone, and the address of its first page.

    Args:
        folder: where reports are kept.
        port: on which; 0 takes one that is free.

    Raises:
        SettingsError: the port is taken or not allowed, or there is no such folder.
    """
    if not folder.is_dir():
        raise SettingsError(
            f"There is no folder {folder}.",
            hint="Keep a report first: gnkmigrate audit --write json=audits/today.json",
        )
    site = Site(folder, secrets.token_urlsafe(24))
    handler = type("_SiteHandler", (_Handler,), {"site": site})
    try:
        server = _Server((ADDRESS, port), handler)
    except OSError as error:
        raise SettingsError(
            f"Port {port} of {ADDRESS} cannot be listened on: {error.strerror}.",
            hint="Name another with --port, or leave it out and take one that is free.",
        ) from None
    with server:
        yield server, f"http://{ADDRESS}:{server.server_port}/{site.token}/"
