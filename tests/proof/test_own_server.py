"""A proof on a throwaway server of ours, which has none of the live server's roles."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from gnkmigrate.postgres.connection import DatabaseUrl
from gnkmigrate.proof.objection import NotProven
from gnkmigrate.servers import Server
from gnkmigrate.settings import ServerSettings, Settings
from tests.conftest import PROVIDER
from tests.proof.support import Project, instead
from tests.support import execute

pytestmark = pytest.mark.skipif(PROVIDER != "embedded", reason="starts servers of its own")

FARM = """
SET ROLE farmer;
CREATE TABLE field (id int, size int);
GRANT SELECT ON field TO smith;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO smith;
RESET ROLE;
"""


@pytest.fixture
def farm(tmp_path: Path, server: Server, database: DatabaseUrl) -> Iterator[Project]:
    """A database of farmer's, who is no superuser, read by farmer."""
    execute(server.url, "CREATE ROLE smith; CREATE ROLE farmer LOGIN PASSWORD 'sesame'")
    execute(database, f"GRANT CREATE ON SCHEMA public TO farmer; {FARM}")
    url = DatabaseUrl(make_conninfo(database.conninfo, user="farmer", password="sesame"))
    embedded = ServerSettings(provider="embedded")
    yield Project(url, Settings(root=tmp_path, target=Path("target.sql"), server=embedded))
    execute(database, "DROP OWNED BY farmer")
    execute(database, "DROP OWNED BY smith")
    execute(server.url, "DROP ROLE farmer; DROP ROLE smith")


def test_what_the_target_gives_to_nobody_is_the_live_roles(
    farm: Project, database: DatabaseUrl
) -> None:
    execute(database, "REVOKE CREATE ON SCHEMA public FROM farmer")
    planned = farm.planned("CREATE TABLE field (id bigint, size int); CREATE TABLE barn (id int)")
    proof = str(farm.proven(planned))
    assert proof.startswith("Proven on a copy with 0 rows")
    assert "since the target says nothing of them: default privileges, grants, owners." in proof
    assert "Role farmer may not do all of it: It may create nothing in schema public." in proof


def test_what_the_target_leaves_open_goes_with_a_new_name(farm: Project) -> None:
    planned = farm.planned("CREATE TABLE meadow (id int, size int)", "table public.field = meadow")
    assert len(planned.statements) == 1
    assert str(farm.proven(planned)).startswith("Proven on a copy with 0 rows")


def test_grants_on_inherited_columns_go_with_their_new_name(
    project: Project, server: Server
) -> None:
    table = "CREATE TABLE field (id int, {} int) PARTITION BY LIST (id);"
    below = "CREATE TABLE f1 PARTITION OF field FOR VALUES IN (1);"
    execute(server.url, "CREATE ROLE smith")
    try:
        execute(project.url, f"{table.format('size')} {below} GRANT SELECT (size) ON f1 TO smith")
        renames = ("column public.field.size = hectares", "table public.f1 = first")
        new = table.format("hectares") + below.replace("f1", "first")
        assert str(project.proven(project.planned(new, *renames))).startswith("Proven on a copy")
    finally:
        execute(project.url, "DROP OWNED BY smith")
        execute(server.url, "DROP ROLE smith")


def test_grants_that_go_are_seen_although_the_target_has_none(farm: Project) -> None:
    planned = farm.planned("CREATE TABLE field (id int, size int, kind text)")
    careless = [
        "DROP TABLE public.field",
        "CREATE TABLE public.field (id int, size int, kind text)",
        "REVOKE ALL ON public.field FROM smith",
    ]
    with pytest.raises(NotProven) as refused:
        farm.proven(instead(planned, careless))
    assert "  -GRANT SELECT ON TABLE public.field TO smith;" in refused.value.details


def test_what_the_target_says_of_roles_is_compared(farm: Project, server: Server) -> None:
    planned = farm.planned(
        "CREATE TABLE field (id int, size int); ALTER TABLE field OWNER TO smith;"
        "GRANT INSERT ON field TO miller"
    )
    with pytest.raises(NotProven, match='role "miller" does not exist'):
        farm.proven(planned)
    execute(server.url, "CREATE ROLE miller")
    try:
        assert str(farm.proven(planned)).startswith("Proven on a copy with 0 rows")
    finally:
        execute(server.url, "DROP ROLE miller")
    with pytest.raises(NotProven) as refused:
        farm.proven(instead(planned, ["GRANT INSERT ON public.field TO smith"]))
    assert "  +ALTER TABLE public.field OWNER TO farmer;" in refused.value.details
