"""What a plan is proven against, and what of it is looked at."""

from dataclasses import replace
from pathlib import Path

import pytest

from gnkmigrate.facts.document import write_document
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.project_plan import plan_project
from gnkmigrate.proof.objection import NotProven
from gnkmigrate.servers import Server
from tests.proof.support import Project, instead
from tests.support import execute

OLD = "CREATE TABLE tool (id int, name text); INSERT INTO tool VALUES (1, 'saw')"
NEW = "CREATE TABLE tool (id int, name text NOT NULL)"


def test_a_database_of_its_own(project: Project, server: Server) -> None:
    execute(project.url, OLD)
    with server.database() as other:
        execute(other, f"{NEW}; COMMENT ON TABLE tool IS 'made of steel'")
        planned = plan_project(project.settings, project.url, other.conninfo)
        assert str(project.proven(planned)) == (
            "Proven on a copy with 1 row: it runs, arrives, and loses nothing unsaid."
        )
        with pytest.raises(NotProven, match="does not make it the target") as found:
            project.proven(instead(planned, ["COMMENT ON TABLE public.tool IS 'made of tin'"]))
    assert "  -COMMENT ON TABLE public.tool IS 'made of steel';" in found.value.details


def test_of_a_snapshot_no_database_can_be_made(project: Project, tmp_path: Path) -> None:
    execute(project.url, OLD)
    with connect(project.url) as session, session.transaction(force_rollback=True):
        session.execute("ALTER TABLE public.tool ALTER name SET NOT NULL")
        kept = tmp_path / "kept.json"
        kept.write_text(write_document(read_snapshot(session)))
    proof = project.proven(plan_project(project.settings, project.url, str(kept)))
    assert str(proof) == (
        "Tried on a copy with 1 row: it runs, arrives, and loses nothing unsaid, as far as was "
        "compared. Not compared: what pg_dump says of the target, which is a snapshot and no "
        "database."
    )


def test_only_the_projects_schemas_and_not_what_is_somebody_elses(project: Project) -> None:
    execute(
        project.url, f"{OLD}; CREATE SCHEMA attic; CREATE TABLE attic.box (); CREATE TABLE tmp_a ()"
    )
    settings = project.settings.model_copy(update={"ignore": ("public.tmp_*",)})
    settings = settings.model_validate({**settings.model_dump(), "schemas": ["public"]})
    narrow = replace(project, settings=settings)
    planned = narrow.planned(NEW)
    assert not any("tmp_a" in each.sql or "attic" in each.sql for each in planned.statements)
    assert str(narrow.proven(planned)).startswith("Proven on a copy with 1 row")


def test_unqualified_names_are_those_of_the_project(project: Project) -> None:
    shop = """
    CREATE SCHEMA shop; SET search_path = shop;
    CREATE TABLE tool (id int);
    CREATE FUNCTION tools() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT count(*) FROM tool $$;
    """
    execute(project.url, f"{shop} INSERT INTO tool VALUES (1), (2)")
    settings = project.settings.model_copy(update={"schemas": ("shop",)})
    there = replace(project, settings=settings)
    planned = there.planned(f"{shop} ALTER TABLE tool ADD COLUMN among bigint DEFAULT tools()")
    assert str(there.proven(planned)).startswith("Proven on a copy with 2 rows")


def test_what_no_dump_carries_is_said(project: Project) -> None:
    execute(project.url, f"{OLD}; INSERT INTO tool VALUES (1, 'axe')")
    with connect(project.url) as session, pytest.raises(Exception, match="could not create unique"):
        session.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON public.tool (id)")
    planned = project.planned(
        "CREATE TABLE tool (id int, name text); CREATE INDEX broken ON tool (id)"
    )
    careless = instead(planned, ["CREATE INDEX broken ON public.tool (id)"])
    assert "Not compared: what a dump does not carry to a copy (index public.broken)." in str(
        project.proven(careless)
    )


def test_a_view_that_was_broken_by_the_target_itself_is_no_fault(
    project: Project, database: DatabaseUrl
) -> None:
    execute(database, OLD)
    lost = (
        "SET check_function_bodies = off;"
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT nothing FROM nowhere $$"
    )
    assert str(project.proven(project.planned(f"{OLD.partition(';')[0]}; {lost}"))).startswith(
        "Proven on a copy with 1 row"
    )


def test_what_is_set_for_the_database_is_set_for_the_copy(project: Project) -> None:
    with connect(project.url) as session:
        ((name,),) = session.execute("SELECT current_database()").fetchall()
        session.execute(f"ALTER DATABASE {name} SET work_mem = '7MB'".encode())
    execute(project.url, OLD)
    assert str(project.proven(project.planned(NEW))).startswith("Proven on a copy with 1 row")


def test_a_table_that_joins_another_changes_its_columns_with_it(project: Project) -> None:
    old = "CREATE TABLE sale (id int, price float) PARTITION BY RANGE (id);"
    execute(project.url, f"{old} CREATE TABLE past (id int, price float)")
    execute(project.url, "INSERT INTO past VALUES (1, 1.5)")
    planned = project.planned(
        f"{old.replace('float', 'numeric(20,3)')}"
        "CREATE TABLE past PARTITION OF sale FOR VALUES FROM (0) TO (10)"
    )
    assert str(project.proven(planned)).startswith("Proven on a copy with 1 row")
