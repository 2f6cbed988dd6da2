"""op.create_schema: what serves a table can belong to the table's owner."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from psycopg import conninfo

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.migrations.project import Project
from tests.small import Small
from tests.support import execute

OWNER, MEMBER, APP = "made_owner", "made_member", "made_app"
TABLES = f"""
    CREATE ROLE {OWNER}; CREATE ROLE {APP};
    CREATE ROLE {MEMBER} LOGIN PASSWORD 'sesame' IN ROLE {OWNER};
    CREATE SCHEMA "Shop" AUTHORIZATION {OWNER}; GRANT USAGE ON SCHEMA "Shop" TO {APP};
    CREATE TABLE "Shop".item (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
    ALTER TABLE "Shop".item OWNER TO {OWNER};
    GRANT SELECT, DELETE ON "Shop".item TO {APP};
    INSERT INTO "Shop".item (name) VALUES ('cup'), ('pot');
"""
UP = """
op.create_schema("Live Items", like="Shop.item", comment="What is not deleted.")
op.soft_delete("Shop.item", "Live Items.item", unique={})
"""
SCHEMA = """
    SELECT nspowner::regrole::text, obj_description(oid), has_schema_privilege(%s, oid, 'USAGE'),
           has_schema_privilege('public', oid, 'USAGE')
    FROM pg_namespace WHERE nspname = 'Live Items'
"""


@pytest.fixture
def items(small: Small) -> Iterator[Project]:
    """Migrated by a role that is no superuser, whose group owns the table."""
    execute(small.url, TABLES)
    small.reversible(1, UP)
    project = small.project()
    project.execute(
        f"DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO {MEMBER}',"
        " current_database()); END $$"
    )
    given = conninfo.make_conninfo(small.url.conninfo, user=MEMBER, password="sesame")
    yield replace(project, url=DatabaseUrl(given))
    roles = f"{OWNER}, {MEMBER}, {APP}"
    execute(small.url, f"DROP OWNED BY {roles} CASCADE; DROP ROLE {roles}")


def test_it_belongs_to_the_tables_owner_and_is_open_to_the_same(items: Project) -> None:
    before = items.dump
    items.up()
    assert items.rows(SCHEMA.replace("%s", f"'{APP}'")) == [
        (OWNER, "What is not deleted.", True, False)
    ]
    owner = (
        "SELECT relowner::regrole::text FROM pg_class WHERE oid = '\"Live Items\".item'::regclass"
    )
    assert items.value(owner) == OWNER
    items.execute(
        'CREATE TABLE "Live Items".left (id serial); CREATE TYPE "Live Items".e AS ENUM ()'
    )
    state = items.state
    with pytest.raises(PhaseRefused) as refused:
        items.down()
    assert [line.strip() for line in refused.value.details][:3] == [
        "Others use the schema Live Items. (2)",
        "table Live Items.left",
        "type Live Items.e",
    ]
    assert items.state == state
    items.execute('DROP TABLE "Live Items".left; DROP TYPE "Live Items".e')
    items.down()
    assert items.dump == before
