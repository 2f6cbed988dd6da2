"""Columns leave tables of one role, migrated by another, for an application of a third."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.status import Request
from tests.migrations.project import Project
from tests.small import Small


@dataclass(frozen=True)
class Roles:
    owner: str
    migrator: str
    application: str


@pytest.fixture
def roles(small: Small) -> Iterator[Roles]:
    roles = Roles(*(f"gnk_{kind}_{uuid.uuid4().hex}" for kind in ("owner", "migrator", "app")))
    listed = f"{roles.owner}, {roles.migrator}, {roles.application}"
    with connect(small.url, search_path=["public"]) as session:
        ((database,),) = session.execute("SELECT quote_ident(current_database())").fetchall()
        session.execute(
            f"""
            CREATE ROLE {roles.owner}; CREATE ROLE {roles.application};
            CREATE ROLE {roles.migrator} IN ROLE {roles.owner};
            GRANT CREATE ON DATABASE {database} TO {roles.migrator};
            GRANT USAGE, CREATE ON SCHEMA public TO {roles.owner}, {roles.migrator};
            GRANT USAGE ON SCHEMA public TO {roles.application};
            SET ROLE {roles.owner};
            CREATE TABLE orders (
                id int PRIMARY KEY, street text, city text, note text, stamp timestamp, colour text
            );
            INSERT INTO orders VALUES (1, 'Elm 1', 'Ulm', 'a', '2024-01-01', 'red');
            GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO {roles.application};
            RESET ROLE
            """.encode()
        )
        yield roles
        session.execute(f"DROP OWNED BY {listed} CASCADE; DROP ROLE {listed}".encode())


UP = """
op.keep_shape("public.orders")
op.split_table("public.orders", "public.place", {"street": "street", "city": "city"},
               reference="place_id")
op.move_columns("public.orders", "public.times", (op.zoned("stamp", "at"),), key={"id": "id"})
op.drop_columns("public.orders", ("colour",))
"""


def run(project: Project, direction: Direction, roles: Roles) -> None:
    with project.session() as session:
        session.execute(f"SET ROLE {roles.migrator}".encode())
        given = Request(parameters={"spill": "yes"} if direction == "down" else {})
        runner.run(session, project.phases, direction, given, project.settings)


def test_each_has_the_rights_that_it_needs_and_no_more(small: Small, roles: Roles) -> None:
    small.reversible(1, UP)
    project = small.project()
    before = project.state
    project.execute(f"REVOKE CREATE ON SCHEMA public FROM {roles.owner}")
    with pytest.raises(PhaseRefused) as refused:
        run(project, "up", roles)
    grant = f'Run: GRANT CREATE ON SCHEMA "public" TO "{roles.owner}";'
    assert grant in "\n".join(refused.value.details)
    project.execute(f"GRANT CREATE ON SCHEMA public TO {roles.owner}")
    run(project, "up", roles)
    owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert project.rows(owners) == [(roles.owner,)]
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        session.execute(f"SET ROLE {roles.application}".encode())
        session.execute(
            "INSERT INTO orders VALUES (2, 'Oak 2', 'Bonn', 'b', '2024-02-02', 'green'),"
            " (3, 'Elm 1', 'Ulm', NULL, NULL, NULL)"
        )
        session.execute("UPDATE orders SET city = 'Rom' WHERE id = 1")
        session.execute("INSERT INTO place (street, city) VALUES ('Via 1', 'Rom')")
        session.execute(
            "INSERT INTO public.orders (id, place_id) SELECT 4, id FROM place WHERE city = 'Rom'"
            " AND street = 'Via 1'"
        )
        session.execute("INSERT INTO times VALUES (4, '2024-04-04Z')")
        session.execute("UPDATE place SET city = 'Roma' WHERE street = 'Via 1'")
        rows = session.execute("SELECT * FROM orders ORDER BY id").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("TRUNCATE times")
    assert [row[:3] for row in rows] == [
        (1, "Elm 1", "Rom"), (2, "Oak 2", "Bonn"), (3, "Elm 1", "Ulm"), (4, "Via 1", "Roma")
    ]  # fmt: skip
    run(project, "down", roles)
    assert project.rows("SELECT * FROM orders ORDER BY id") == rows
    project.execute("DELETE FROM orders WHERE id > 1; UPDATE orders SET city = 'Ulm'")
    assert project.state == before
