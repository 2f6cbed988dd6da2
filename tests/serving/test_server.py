"""The server, asked by a real client."""

import http.client
import re
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gnkmigrate.errors import SettingsError
from gnkmigrate.serving.server import serving
from tests.render.audit.support import HOSTILE
from tests.support import ROOT


def asked(
    address: str, path: str = "", method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[http.client.HTTPResponse, str]:
    """An answer, and its text; a path without a slash is below the first page."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    target = path if path.startswith("/") else parts.path + path
    connection.request(method, target, headers=dict(headers or {}))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def test_every_link_leads_to_a_page(address: str) -> None:
    answer, text = asked(address)
    assert answer.status == 200
    links = re.findall(r'href="([^"]+)"', text)
    assert len(links) == 4
    for link in links:
        answer, page = asked(address, link)
        assert answer.status == 200
        below = link.rpartition("/")[0]
        for further in re.findall(r'href="([^"]+)"', page):
            up = further.count("../")
            parts = below.split("/")
            assert up == len(parts), f"{link}: {further}"
            assert asked(address, further.removeprefix("../" * up))[0].status == 200


def test_the_trend_and_the_fleet_are_on_the_first_page(address: str) -> None:
    _, text = asked(address)
    for each in ("localhost:5432/shop", "1 new, 1 fixed", "<polyline", "fleet audit", "failed 1"):
        assert each in text


def test_a_kept_page_is_kept_from_everything_else(address: str) -> None:
    answer, text = asked(address, "file/2025/first.html")
    assert text.startswith("<!doctype html>")
    policy = str(answer.getheader("Content-Security-Policy"))
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")


def test_names_are_shown_and_never_obeyed(address: str) -> None:
    for path in ("", "report/fleet", "report/bad%20%231%3F"):
        answer, text = asked(address, path)
        assert answer.status == 200
        assert "<script" not in text
        assert HOSTILE not in text
        assert "script-src" not in str(answer.getheader("Content-Security-Policy"))


@pytest.mark.parametrize(
    "path",
    ["/", "/favicon.ico", "/x/", "/../etc/passwd", "/%2e%2e/", "/" + "a" * 32 + "/report/second"],
)
def test_without_the_token_nothing_is_said(address: str, path: str) -> None:
    answer, text = asked(address, path)
    assert (answer.status, text) == (404, "")


@pytest.mark.parametrize(
    "path",
    [
        "report/none",
        "report/",
        "file/second.json",
        "file/second.html",
        "file/../../secret.html",
        "file/%2e%2e/secret.html",
        "file/2025/first.md",
        "elsewhere",
    ],
)
def test_what_is_no_report_is_not_given(address: str, folder: Path, path: str) -> None:
    (folder.parent / "secret.html").write_text("secret")
    answer, text = asked(address, path)
    assert answer.status == 404
    assert "secret" not in text


def test_another_name_for_this_machine_is_refused(address: str) -> None:
    """So a page of somebody else's, whose name now leads here, learns nothing."""
    assert asked(address, headers={"Host": "evil.example"})[0].status == 403
    port = urlsplit(address).port
    assert asked(address, headers={"Host": f"localhost:{port}"})[0].status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_there_is_nothing_but_reading(address: str, method: str) -> None:
    assert asked(address, method=method)[0].status == 501
    answer, text = asked(address, method="HEAD")
    assert (answer.status, text) == (200, "")
    assert int(answer.getheader("Content-Length") or 0) > 0


def test_pages_are_neither_kept_nor_framed_nor_told_of(address: str) -> None:
    answer, _ = asked(address)
    assert answer.getheader("Cache-Control") == "no-store"
    assert answer.getheader("Referrer-Policy") == "no-referrer"
    assert answer.getheader("X-Frame-Options") == "DENY"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",  # no host
        b"GET /%zz%00%ff/ HTTP/1.1\r\nHost: {host}\r\n\r\n",
        b"GET //evil.example/ HTTP/1.1\r\nHost: {host}\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",  # TLS
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_a_request_that_makes_no_sense(
    address: str, capfd: pytest.CaptureFixture[str], request_: bytes
) -> None:
    host = urlsplit(address).netloc
    with socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), 10) as client:
        client.sendall(request_.replace(b"{host}", host.encode()))
        client.shutdown(socket.SHUT_WR)
        said = b"".join(iter(lambda: client.recv(65536), b""))
    assert b" 200 " not in said
    assert b"Kept reports" not in said
    assert asked(address)[0].status == 200
    assert "Traceback" not in capfd.readouterr().err


def test_a_browser_that_goes_away(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    path, reset = urlsplit(address).path, struct.pack("ii", 1, 0)
    for _ in range(5):
        client = socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), 10)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {urlsplit(address).netloc}\r\n\r\n".encode())
        client.close()
    assert asked(address)[0].status == 200
    assert capfd.readouterr().err == ""


def test_it_listens_on_the_loopback_address_alone(folder: Path) -> None:
    with serving(folder) as (server, address):
        assert server.socket.getsockname()[0] == "127.0.0.1"
    with serving(folder) as (_, other):
        assert address.rpartition(":")[2] != other.rpartition(":")[2]


def test_a_port_that_is_taken_and_a_folder_that_is_not_there(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(SettingsError, match=f"Port {port} of 127.0.0.1"),
            serving(folder, port),
        ):
            pass
    with pytest.raises(SettingsError, match="There is no folder"), serving(folder / "none"):
        pass


def test_the_command_until_ctrl_c(folder: Path) -> None:
    command = [str(Path(sys.executable).with_name("gnkmigrate")), "serve", "--folder", str(folder)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        answer, text = asked(process.stdout.readline().strip())
        assert (answer.status, "Kept reports" in text) == (200, True)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
    assert process.returncode == 0
    assert said == "Ctrl-C ends it.\n"
