"""Files that are run for the schema that they declare."""

import signal
from pathlib import Path
from types import FrameType

import pytest

from gnkmigrate.connection import connect
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.servers import Server


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def test_a_file_that_does_not_end_can_be_stopped(server: Server) -> None:
    endless = Script(Path("endless.sql"), "CREATE TABLE t (); SELECT pg_sleep(1000);")
    before = signal.signal(signal.SIGALRM, _interrupt)
    with server.database() as url, connect(url) as session:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            with pytest.raises(KeyboardInterrupt):
                run_scripts(session, (endless,), ("public",), makes_roles=False)
        finally:
            signal.signal(signal.SIGALRM, before)
        assert session.execute("SELECT to_regclass('public.t')").fetchone() == (None,)
