"""On a terminal: the question, the live line, colours."""

import os
import pty
import re
import select
import subprocess
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator

import pytest

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.cli.conftest import Command
from tests.cli.test_upgrade import states
from tests.support import ROOT

QUESTION = "[y/N]: "


# Makes its standard input the terminal from which Ctrl-C comes, and becomes gnkmigrate.
_ON_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "gnkmigrate", *sys.argv[1:]])
"""


def on_terminal(url: DatabaseUrl, *arguments: str, answer: str = "") -> tuple[int, str]:
    """Runs gnkmigrate on a terminal of its own and gives exit code and all that it showed."""
    ours, theirs = pty.openpty()
    environment = {"DATABASE_URL": url.conninfo, "TERM": "xterm-256color", "COLUMNS": "80"}
    process = subprocess.Popen(
        [sys.executable, "-c", _ON_TERMINAL, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, given = "", False
    with process:
        for read in _read(ours):
            shown += read
            if answer and QUESTION in shown and (not given or not read):
                # Python does not see a Ctrl-C that comes just before it begins to wait; a person
                # presses it again.
                os.write(ours, answer.encode())
                given = True
        if process.poll() is None and _lingers(process):
            process.kill()
    os.close(ours)
    return process.returncode, shown


def _lingers(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        return True
    return False


def _read(terminal: int) -> Iterator[str]:
    """What appears on a terminal until its programs have ended; nothing when nothing comes."""
    decoder = getincrementaldecoder("utf-8")()
    for _ in range(60):
        while select.select([terminal], [], [], 2)[0]:
            try:
                read = os.read(terminal, 65536)
            except OSError:  # Linux says so at the end
                return
            if not read:
                return
            yield decoder.decode(read)
        yield ""


def plain(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "")


def test_it_shows_what_and_where_and_asks(gnkmigrate: Command, report: DatabaseUrl) -> None:
    code, shown = on_terminal(report, "upgrade", answer="y\n")
    assert code == 0
    before, after = plain(shown).split(QUESTION)
    assert f"{report}, PostgreSQL " in before
    assert "  1 tables      The tables that MineGNK lacks" in before
    assert "Run 6 phases? " in before
    assert "password" not in before
    assert "6 phases done: " in after
    assert set(states(gnkmigrate, report).values()) == {"done"}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("n\n", "error: Nothing was changed."),
        ("\n", "error: Nothing was changed."),
        ("\x03", "error: Interrupted; nothing was changed."),
        ("\x04", "error: Interrupted; nothing was changed."),
    ],
    ids=["no", "return", "ctrl-c", "ctrl-d"],
)
def test_anything_but_yes_is_no(
    gnkmigrate: Command, report: DatabaseUrl, answer: str, message: str
) -> None:
    code, shown = on_terminal(report, "upgrade", answer=answer)
    assert code == 2
    assert message in plain(shown).splitlines()
    assert set(states(gnkmigrate, report).values()) == {"pending"}


def test_colours_and_none(gnkmigrate: Command, report: DatabaseUrl) -> None:
    gnkmigrate(report, "upgrade", "--yes")
    assert "\x1b[32m" in on_terminal(report, "verify")[1]
    assert "\x1b[3" not in on_terminal(report, "--no-color", "verify")[1]
