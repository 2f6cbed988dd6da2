"""A role with LOGIN and CREATE that plants what would give it the rights of whoever migrates."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from psycopg import conninfo, sql

from gnkmigrate.postgres.connection import DatabaseUrl
from tests.migrations.project import Project
from tests.support import execute, rows

ROLE = "gnk Hostile"
PASSWORD = "sesame"
# What planted code does with the rights that it finds: it becomes superuser, and it leaves a trace
# that even a rollback does not take back.
EVIL = """
CREATE SCHEMA trap;
CREATE SEQUENCE trap.ran;
GRANT USAGE ON SCHEMA trap TO PUBLIC; GRANT ALL ON SEQUENCE trap.ran TO PUBLIC;
CREATE FUNCTION trap.rise() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        PERFORM nextval('trap.ran');
        ALTER ROLE "gnk Hostile" SUPERUSER;
    END IF;
    RETURN true;
END $$;
CREATE FUNCTION trap.spring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM trap.rise(); RETURN coalesce(NEW, OLD); END $$;
"""


@dataclass(frozen=True)
class Hostile:
    """That role in one database.

    Attributes:
        url: the database, as that role.
        owner: the same as the superuser that the tests are.
    """

    url: DatabaseUrl
    owner: DatabaseUrl

    def plants(self, text: str) -> None:
        """Runs its statements, in one transaction."""
        execute(self.url, text)

    def of(self, project: Project) -> Project:
        """The project's database as this role sees it."""
        return replace(project, url=self.url)

    @property
    def has_risen(self) -> bool:
        """Whether its code ever ran as a superuser, or it is one."""
        ((is_super, ran),) = rows(
            self.owner,
            "SELECT rolsuper, (SELECT count(*) FROM pg_sequences WHERE schemaname = 'trap'"
            " AND last_value IS NOT NULL) FROM pg_roles WHERE rolname = 'gnk Hostile'",
        )
        return bool(is_super or ran)


@contextmanager
def hostile(url: DatabaseUrl) -> Iterator[Hostile]:
    """The role with CREATE in this database, which has its trap there; both go at the end."""
    name = str(conninfo.conninfo_to_dict(url.conninfo)["dbname"])
    role, database = sql.Identifier(ROLE), sql.Identifier(name)
    make = sql.SQL("CREATE ROLE {0} LOGIN PASSWORD {1}; GRANT CREATE ON DATABASE {2} TO {0}")
    drop = sql.SQL("ALTER ROLE {0} NOSUPERUSER; ALTER DATABASE {1} OWNER TO CURRENT_USER;"
                   "DROP OWNED BY {0} CASCADE; DROP ROLE {0}")  # fmt: skip
    execute(url, make.format(role, PASSWORD, database).as_string())
    given = conninfo.make_conninfo(url.conninfo, user=ROLE, password=PASSWORD)
    try:
        found = Hostile(DatabaseUrl(given), url)
        found.plants(EVIL)
        yield found
    finally:
        execute(url, drop.format(role, database).as_string())
