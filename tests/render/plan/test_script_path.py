"""A script calls PostgreSQL's own functions, whatever is called like them where it runs."""

import subprocess
from pathlib import Path

import pytest
from psycopg import conninfo

from gnkmigrate.plan.planned import Planned
from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.project_plan import plan_project
from gnkmigrate.proof.objection import NotProven
from gnkmigrate.proof.prove import prove
from gnkmigrate.render.parts.view import View
from gnkmigrate.render.plan import sql
from gnkmigrate.servers import Server
from gnkmigrate.servers.client_programs import invocation, program
from gnkmigrate.settings import Settings
from tests.proof.support import untold
from tests.run.hostile import hostile
from tests.support import execute, rows

PLANTED = """
CREATE FUNCTION public.concat(varchar, varchar) RETURNS text LANGUAGE plpgsql
    AS $$ BEGIN PERFORM trap.rise(); RETURN 'planted'; END $$;
"""
PAIR = "CREATE TABLE pair (a varchar, b varchar);"
JOINED = "CREATE MATERIALIZED VIEW joined AS SELECT concat(a, b) AS c FROM pair;"
# It finds the table where whoever calls it looks.
UNQUALIFIED = """
CREATE FUNCTION size() RETURNS bigint LANGUAGE plpgsql
    AS $$ BEGIN RETURN (SELECT count(*) FROM pair); END $$;
"""
ROW = "INSERT INTO pair VALUES ('x', 'y');"
# The owner's own function, which is called instead of PostgreSQL's where the path leads to it.
SHADOW = "CREATE FUNCTION concat(varchar, varchar) RETURNS text LANGUAGE sql AS 'SELECT $1';"
CHECKED = "ALTER TABLE pair ADD CONSTRAINT checked CHECK (public.size() > 0);"


def planned(live: DatabaseUrl, folder: Path, target: str) -> Planned:
    file = folder / "target.sql"
    file.write_text(target)
    return plan_project(Settings(), live, str(file))


def run(server: Server, database: DatabaseUrl, script: str, folder: Path) -> None:
    file = folder / "plan.sql"
    file.write_text(script)
    options = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={file}"]
    call = invocation(program("psql", server.major), database, options)
    subprocess.run(call.arguments, check=True, stdin=subprocess.DEVNULL, env=call.environment)


def test_a_planted_function_is_not_taken_for_postgresqls(
    database: DatabaseUrl, tmp_path: Path, server: Server
) -> None:
    execute(database, PAIR + ROW)
    with hostile(database) as enemy:
        execute(database, 'GRANT CREATE ON SCHEMA public TO "gnk Hostile"')
        made = planned(database, tmp_path, PAIR + JOINED)
        enemy.plants(PLANTED)
        run(server, database, sql.render(made, View()), tmp_path)
        assert not enemy.has_risen
        assert rows(database, "TABLE joined") == [("xy",)]
        execute(database, "DROP MATERIALIZED VIEW joined")


@pytest.mark.parametrize("path", ["", "evil, pg_catalog", '"Sch e\'ma", public'])
def test_a_query_means_what_it_means_in_the_target(
    database: DatabaseUrl, tmp_path: Path, server: Server, path: str
) -> None:
    name = str(conninfo.conninfo_to_dict(database.conninfo)["dbname"])
    evil = "CREATE SCHEMA evil; CREATE DOMAIN evil.varchar AS integer;"
    execute(database, PAIR + ROW + (evil if path else SHADOW))
    if path:
        execute(database, f"ALTER DATABASE {name} SET search_path = {path}")
    made = planned(database, tmp_path, PAIR + JOINED + (evil if path else SHADOW))
    run(server, database, sql.render(made, View()), tmp_path)
    assert rows(database, "SELECT c FROM public.joined") == [("xy",)]


def test_a_function_finds_its_tables(database: DatabaseUrl, tmp_path: Path, server: Server) -> None:
    execute(database, PAIR + UNQUALIFIED + ROW)
    made = planned(database, tmp_path, PAIR + UNQUALIFIED + CHECKED)
    run(server, database, sql.render(made, View()), tmp_path)
    assert rows(database, "SELECT count(*) FROM pg_constraint WHERE conname = 'checked'") == [(1,)]


@pytest.mark.parametrize(("shadow", "script"), [("", True), (SHADOW, False), (SHADOW, True)])
def test_a_script_is_proven_with_its_own_path(
    database: DatabaseUrl, tmp_path: Path, shadow: str, *, script: bool
) -> None:
    execute(database, PAIR + UNQUALIFIED + ROW + shadow)
    made = planned(database, tmp_path, PAIR + UNQUALIFIED + CHECKED + shadow)
    if shadow and script:
        with pytest.raises(NotProven, match='relation "pair" does not exist'):
            prove(made, Settings(), database, untold, script=script)
    else:
        assert prove(made, Settings(), database, untold, script=script).rows == 1


def test_code_of_others_is_named(database: DatabaseUrl, tmp_path: Path, server: Server) -> None:
    function = """CREATE FUNCTION public.fits(varchar) RETURNS boolean IMMUTABLE LANGUAGE plpgsql
        AS 'BEGIN RETURN true; END';"""
    execute(server.url, "CREATE ROLE gnk_lesser")
    execute(database, PAIR + function + "ALTER FUNCTION fits(varchar) OWNER TO gnk_lesser")
    file = tmp_path / "target.sql"
    file.write_text(PAIR + function + "ALTER TABLE pair ADD CHECK (public.fits(a));")
    said: list[str] = []
    made = plan_project(Settings(), database, str(file), tell=said.append)
    line = "function public.fits(character varying) of gnk_lesser"
    assert said[0].endswith(f"whoever runs the plan: {line}")
    assert f"read it first:\n--   {line}\n" in sql.render(made, View())
    execute(database, "DROP OWNED BY gnk_lesser")
    execute(server.url, "DROP ROLE gnk_lesser")
