"""Files that are run for the schema that they declare."""

import signal
from pathlib import Path
from types import FrameType

import pytest

from gnkmigrate.errors import SchemaError
from gnkmigrate.facts.files import Script
from gnkmigrate.facts.script import run_scripts
from gnkmigrate.postgres.connection import connect
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


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE ROLE fold_r LOGIN",
        "CREATE USER fold_r",
        "ALTER ROLE postgres PASSWORD 'sesame'",
        "DROP ROLE IF EXISTS fold_r",
        "GRANT pg_monitor TO fold_r",
    ],
)
def test_no_role_of_a_server_of_the_users_is_changed(server: Server, statement: str) -> None:
    script = Script(Path("target.sql"), f"CREATE TABLE t (id int);\n{statement};")
    with server.database() as url, connect(url) as session:
        with pytest.raises(SchemaError, match=r"target\.sql, line 2: .* where databases alone"):
            run_scripts(session, (script,), ("public",), makes_roles=False)
        assert session.execute("SELECT to_regclass('public.t')").fetchone() == (None,)


def test_what_goes_with_the_database_may_be_said(server: Server) -> None:
    text = (
        "GRANT USAGE ON SCHEMA public TO pg_monitor; REVOKE USAGE ON SCHEMA public FROM pg_monitor;"
        "CREATE FOREIGN DATA WRAPPER f; CREATE SERVER s FOREIGN DATA WRAPPER f;"
        "CREATE USER MAPPING FOR PUBLIC SERVER s;"
    )
    with server.database() as url, connect(url) as session:
        run_scripts(session, (Script(Path("t.sql"), text),), ("public",), makes_roles=False)
        assert session.execute("SELECT count(*) FROM pg_user_mapping").fetchone() == (1,)


def test_a_file_that_no_socket_takes_at_once_is_run(server: Server) -> None:
    comment = f"-- {'a line of a large dump ' * 4}\n" * 40_000
    large = Script(Path("large.sql"), f"CREATE TABLE t ();\n{comment}CREATE TABLE u ();")
    with server.database() as url, connect(url) as session:
        run_scripts(session, (large,), ("public",), makes_roles=False)
        assert session.execute("SELECT to_regclass('public.u')::text").fetchone() == ("u",)
