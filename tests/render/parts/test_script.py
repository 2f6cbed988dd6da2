"""A plan as a script: whatever its statements say, psql runs no command of its own."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gnkmigrate.errors import SchemaError
from gnkmigrate.kinds.statement import Statement
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.render.parts.script import write_script
from gnkmigrate.servers import Server
from gnkmigrate.servers.client_programs import invocation, program

RUN = "\\! touch ran\n"
OTHERWISE = "SELECT set_config('standard_conforming_strings', 'off', false)"
IN_GBK = "SELECT set_config('client_encoding', 'GBK', false)"
PIECES = [
    *(RUN, "\\", "\\'", "\\.\n", "\n", "\r", " ", ";", "(", ")", "--", "/*", "*/", ":DBNAME"),
    *("'", "''", "E'", "1E'", "U&'", '"', "$$", "$a$", "$", "€", "a", "1", "SELECT ", "COPY t "),
    *("FROM STDIN", "BEGIN ", "END ", "CREATE FUNCTION f() ", OTHERWISE, IN_GBK),
]
STATEMENTS = st.lists(
    st.builds(
        lambda pieces, several: Statement("".join(pieces), "It is there.", is_several=several),
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=8),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


def made(*sql: str) -> list[Statement]:
    return [Statement(each, "It is there.") for each in sql]


@given(STATEMENTS)
@example(made(OTHERWISE, f"SELECT '\\'' {RUN} '"))
@example(made(IN_GBK, f"SELECT '€', '{RUN}'"))
@example(made(IN_GBK, "SELECT '€'", f"SELECT '{RUN}'"))
@example([Statement(f"{OTHERWISE};\nSELECT '\\'' {RUN} '", "Both.", is_several=True)])
@settings(max_examples=150)
def test_psql_runs_nothing_but_sql(
    server: Server, database: DatabaseUrl, tmp_path: Path, statements: list[Statement]
) -> None:
    try:
        script = write_script(statements, "old", "new")
    except SchemaError:
        return
    (tmp_path / "change.sql").write_text(script)
    psql(server, database, tmp_path)
    assert not (tmp_path / "ran").exists(), script


def test_the_test_sees_what_psql_runs(
    server: Server, database: DatabaseUrl, tmp_path: Path
) -> None:
    (tmp_path / "change.sql").write_text(f"{OTHERWISE};\nSELECT '\\'' {RUN} ';")
    psql(server, database, tmp_path)
    assert (tmp_path / "ran").exists()


def test_what_is_no_sql_is_refused_with_its_object() -> None:
    with pytest.raises(SchemaError) as refusal:
        write_script([Statement(f"a;\n{RUN}", "Column a.b\nis c.")], "old", "new")
    assert refusal.value.message == (
        "No script is written: psql would find something else than SQL in the statement for "
        '"Column a.b\\u000ais c.". It holds a backslash outside of quotes.'
    )


def test_a_second_command_is_refused() -> None:
    with pytest.raises(SchemaError, match="It holds a second command"):
        write_script(made("SELECT 1; SELECT 2"), "old", "new")


def test_several_commands_are_one_transaction() -> None:
    script = write_script([Statement("A;\nB", "Both.", is_several=True)], "old", "new")
    assert script.endswith("\nBEGIN;\nA;\nB;\nCOMMIT;\n")


def test_how_quotes_are_read_is_said_again_where_it_matters() -> None:
    again = "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n"
    script = write_script(made("SELECT 1", "SELECT '\\d'", "SELECT 'é'"), "old", "new")
    assert script.count(again) == 3
    assert f"{again}SELECT '\\d';\n" in script
    assert f"{again}SELECT 'é';\n" in script
    assert write_script(made("SELECT 1", "SELECT 'é'"), "old", "new").count(again) == 1


def psql(server: Server, database: DatabaseUrl, folder: Path) -> None:
    """Runs the script there, further on after an error."""
    options = ["--no-psqlrc", "--quiet", "--file=change.sql"]
    call = invocation(program("psql", server.major), database, options)
    subprocess.run(
        call.arguments,
        check=False,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=call.environment,
        timeout=60,
    )
