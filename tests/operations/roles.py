"""A table, an operation on it, and the roles around it: who owns it, who migrates, who may do what.

Each case has two applications with a role each. What either may do, and what comes of it, is asked
through its own search path, and compared with what came of it before the operation.
"""

import itertools
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from psycopg import conninfo

from gnkmigrate.connection import Connection, DatabaseUrl, connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.events import Direction
from gnkmigrate.run.status import Request
from gnkmigrate.servers import Server
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small

OPERATIONS: Mapping[str, str] = {
    "convert_columns": """
from gnkmigrate.run.sync.conversion import Conversion
op.convert_columns("public.orders", "id", (
    Conversion("street", "varchar(80)", rename="road"),
    Conversion("amount", "text", using=":column::text", back=":column::numeric",
               holds=":column ~ '^[0-9.]+$'"),
))""",
    "rename_columns": 'op.rename_columns("public.orders", {"street": "road", "amount": "price"})',
    "rename_table": 'op.rename_table("public.orders", "purchase")',
    "split_table": """
op.split_table("public.orders", "public.place",
               (op.renamed("street", "road"), op.renamed("city", "town")),
               reference="place_id", identity=("road",))""",
    "extract_lookup": 'op.extract_lookup("public.orders", "state", "public.state", rename="st")',
    "move_columns": """
op.move_columns("public.orders", "public.bill", (op.renamed("amount", "price"),),
                key={"id": "order_id"})""",
    "merge_tables": """
op.merge_tables("public.orders", into="public.base", on={"id": "id"}, columns={
    "state": "state", "street": "street", "city": "town", "amount": "amount", "who": "whose"})""",
    "link_table": """
op.link_table(op.Linking(
    "public.orders", "public.person", reference="person_id",
    columns=(op.renamed("who", "name"),), identity=("name",),
    links=(op.renamed("id"), op.renamed("state", default="'new'", not_null=True),
           op.renamed("street", "road"), op.renamed("city"), op.renamed("amount")),
    owner=("id",)))""",
    "widen_key": 'op.widen_key("public.orders")',
    "swap_table": "",
}
_COLUMNS = ("id", "state", "street", "city", "amount", "who")
SWAP = Swapping(
    "orders",
    _COLUMNS,
    ("id",),
    "who text NOT NULL DEFAULT current_user, id integer PRIMARY KEY, street text, city text,"
    " state text NOT NULL DEFAULT 'new', amount numeric(9, 2)",
    view='CREATE VIEW :"legacy_schema".orders AS'
    " SELECT id, state, street, city, amount, who FROM public.orders",
)
TABLE = """
CREATE TABLE public.orders (
    id integer PRIMARY KEY, state text NOT NULL DEFAULT 'new', street text, city text,
    amount numeric(9, 2), who text NOT NULL DEFAULT current_user
)"""

# What orders is merged into; everybody may see whose row each is.
BASE = """
CREATE TABLE public.base (id integer PRIMARY KEY);
INSERT INTO public.base SELECT generate_series(1, 30);
ALTER TABLE public.orders ADD FOREIGN KEY (id) REFERENCES public.base;
GRANT SELECT (id) ON public.base TO PUBLIC"""

OWNERS = ("migrator", "application", "third", "group")
RIGHTS = ("table", "column", "public", "group")
MIGRATORS = ("superuser", "owner", "least")
ROW_SECURITY = ("off", "on", "forced")

_GRANTS = {
    "table": "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO {one}; GRANT SELECT ON orders"
    " TO {two} WITH GRANT OPTION",
    "column": "GRANT SELECT (id, state, street, who), INSERT (id, street, state), UPDATE (street)"
    " ON orders TO {one}; GRANT SELECT (id, amount), UPDATE (amount, state) ON orders TO {two}",
    "public": "GRANT SELECT, INSERT, UPDATE ON orders TO PUBLIC; GRANT DELETE ON orders TO {two}",
    "group": "GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO {gang}",
}

_UPSERT = (
    "INSERT INTO orders (id, street) VALUES (2, 'Up 2')"
    " ON CONFLICT (id) DO UPDATE SET street = excluded.street RETURNING id, street"
)
# What is asked of a database: each by itself, and undone.
_ASKED = (
    *(f"SELECT {name} FROM orders ORDER BY id" for name in _COLUMNS),
    f"SELECT {', '.join(_COLUMNS)} FROM orders ORDER BY id",
    "SELECT count(*) FROM orders",
    "SELECT id FROM orders WHERE id = 2 FOR UPDATE",
    "INSERT INTO orders (id, street, state) VALUES (11, 'New 1', 'new') RETURNING id, street, who",
    "INSERT INTO orders (id) VALUES (12) RETURNING id, state, street, city, amount, who",
    "INSERT INTO orders (id, state, street, city, amount) VALUES (13, 'sent', 'Elm 1', 'Ulm', 9)",
    "INSERT INTO orders (id, street, who) VALUES (14, 'Of 4', 'somebody else')",
    "INSERT INTO orders (id, state) VALUES (1, 'again')",
    *(
        f"UPDATE orders SET {name} = {value} WHERE id = 1"
        for name, value in zip(
            _COLUMNS, ("21", "'sent'", "'Ash 9'", "'Rom'", "7.5", "who"), strict=True
        )
    ),
    "UPDATE orders SET street = street || '!' RETURNING id, street",
    "UPDATE orders SET amount = 1",
    "DELETE FROM orders WHERE id = 1 RETURNING id, state, street",
    "DELETE FROM orders",
    _UPSERT,
)

Answers: TypeAlias = dict[tuple[str, str], Any]


@dataclass(frozen=True)
class Case:
    """One combination.

    Attributes:
        operation: the key of OPERATIONS.
        owner: who owns the table.
        rights: how the applications come by theirs.
        migrator: who migrates.
        row_security: of the table.
    """

    operation: str
    owner: str
    rights: str
    migrator: str
    row_security: str

    def __str__(self) -> str:
        return "-".join(vars(self).values())

    def is_refused(self, major: int) -> bool:
        """Whether it is one that cannot be exact, so that nothing may be changed."""
        # With rights on some columns, who writes to his own row would write to others as well.
        if self.operation in {"split_table", "merge_tables"} and self.rights == "column":
            return True
        if self.row_security == "off":
            return False
        # What is hidden from whoever migrates would be left out.
        hidden = self.row_security == "forced" and self.migrator != "superuser"
        # What fills the new shape and keeps both in step is the owner, from whom rows are hidden.
        only_names = self.operation in {"rename_columns", "rename_table"}
        left_out = self.row_security == "forced" and not only_names
        # The view would have to run as its owner.
        own_view = self.rights == "column" or major < 15
        # Who writes to a row would write to others that are hidden from him.
        others_write = (self.owner, self.rights) != ("application", "table")
        shared = self.operation == "split_table" and others_write
        # The other table has none, or its policies would be gone.
        insecure = self.operation in {"swap_table", "merge_tables", "link_table"}
        return hidden or left_out or own_view or shared or insecure


def everything() -> list[Case]:
    """All combinations."""
    dimensions = (tuple(OPERATIONS), OWNERS, RIGHTS, MIGRATORS, ROW_SECURITY)
    return [Case(*each) for each in itertools.product(*dimensions)]


def cover_of_pairs(cases: Sequence[Case]) -> list[Case]:
    """Few of them, so that any two values are together in one; rather one that is not refused."""

    def pairs(case: Case) -> set[tuple[tuple[str, str], ...]]:
        return set(itertools.combinations(sorted(vars(case).items()), 2))

    missing = set().union(*map(pairs, cases))
    chosen = []
    while missing:
        best = max(cases, key=lambda case: (len(pairs(case) & missing), not case.is_refused(16)))
        chosen.append(best)
        missing -= pairs(best)
    return chosen


@dataclass(frozen=True)
class Stage:
    """A case in a database.

    Attributes:
        case: which.
        project: the revision that has the operation, for the superuser.
        url: the database, for who migrates.
        applications: the role of each, and a session that has it.
        watcher: a superuser's session.
    """

    case: Case
    project: Project
    url: DatabaseUrl
    applications: Mapping[str, Connection]
    watcher: Connection

    def run(self, direction: Direction, observe: events.Observer = events.ignore) -> None:
        """Migrates, as the role that does."""
        with connect(self.url, search_path=self.project.settings.schemas) as session:
            given = Request(parameters={"spill": "yes"})
            phases, settings = self.project.phases, self.project.settings
            runner.run(session, phases, direction, given, settings, observe)

    def answers(self) -> Answers:
        """What comes of each statement, for each application: its rows, or its SQLSTATE."""
        found: Answers = {}
        for name, (role, session) in zip(("one", "two"), self.applications.items(), strict=True):
            for statement in _ASKED:
                found[name, statement] = str(_answer(session, statement)).replace(role, name)
        return found

    def wrongs(self) -> list[str]:
        """What runs, or may be seen, with more rights than its owner's."""
        found = self.watcher.execute(_MISPLACED).fetchall()
        found += self.watcher.execute(_OPEN, ([*self.applications],)).fetchall()
        return [str(row[0]) for row in found]


def _answer(session: Connection, statement: str) -> Any:
    with session.transaction(force_rollback=True):
        try:
            cursor = session.execute(statement.encode())
            # Which row comes first, nobody has said.
            return sorted(cursor.fetchall(), key=repr) if cursor.description else cursor.rowcount
        except psycopg.Error as error:
            return error.sqlstate


# Functions that run with other rights than those of the tables for which they run, or for others.
_MISPLACED = """
SELECT pg_proc.oid::regprocedure::text || ', owned by ' || pg_get_userbyid(proowner)
    || ', for ' || coalesce(pg_get_userbyid(grantee), 'nobody else')
FROM pg_proc
LEFT JOIN pg_trigger ON tgfoid = pg_proc.oid
LEFT JOIN pg_class ON pg_class.oid = tgrelid
LEFT JOIN LATERAL aclexplode(coalesce(proacl, acldefault('f', proowner)))
    ON grantee <> proowner
WHERE pronamespace = to_regnamespace('gnkmigrate') AND proname NOT IN ('built', 'kept')
  AND CASE WHEN prosecdef THEN relowner <> proowner OR grantee IS NOT NULL
           OR 'search_path=pg_catalog, pg_temp' <> ALL (coalesce(proconfig, '{}'))
      ELSE grantee = 0 END
"""
# What is the migrating role's alone, and somebody else may look into.
_OPEN = """
SELECT concat(nspname, '.', relname, ' for ', role)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
CROSS JOIN unnest(%s::text[]) AS role
WHERE nspname IN ('gnkmigrate', 'gnkmigrate_archive') AND relkind = 'r'
  AND has_schema_privilege(role, nspname, 'USAGE') AND relowner::regrole::text <> role
  AND (has_table_privilege(role, pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
       OR has_any_column_privilege(role, pg_class.oid, 'SELECT, INSERT, UPDATE'))
"""


@contextmanager
def staged(case: Case, server: Server, folder: Path) -> Iterator[Stage]:
    """A case in a new database, with roles that are gone afterwards."""
    tag = secrets.token_hex(4)
    one, two, third, group, gang, least = (
        f"gnk_{name}_{tag}" for name in ("one", "two", "third", "group", "gang", "least")
    )
    member = f"gnk_member_{tag}"
    roles = (one, two, third, group, gang, least, member)
    with server.database() as url:
        small = Small(folder, url, server)
        if case.operation == "swap_table":
            small.revision(1, SWAP.up, SWAP.down)
        else:
            kept = 'op.keep_shape("public.orders")\n'
            small.reversible(1, kept + OPERATIONS[case.operation])
        owner = {"migrator": least, "application": one, "third": third, "group": group}[case.owner]
        migrator = {"superuser": server.superuser, "owner": owner, "least": least}[case.migrator]
        if migrator == group:
            migrator = member  # nobody connects as a group
        project = small.project()
        ((database,),) = project.rows("SELECT quote_ident(current_database())")
        with connect(url, search_path=["public"]) as session:
            session.execute(
                f"""
                CREATE ROLE {one} LOGIN PASSWORD 'sesame'; CREATE ROLE {two};
                CREATE ROLE {third} LOGIN PASSWORD 'sesame'; CREATE ROLE {group};
                CREATE ROLE {gang} ROLE {one};
                CREATE ROLE {least} LOGIN PASSWORD 'sesame';
                CREATE ROLE {member} LOGIN PASSWORD 'sesame' IN ROLE {group};
                {"" if owner == least else f"GRANT {owner} TO {least};"}
                CREATE SCHEMA other; GRANT USAGE ON SCHEMA other, public TO PUBLIC;
                GRANT CREATE ON SCHEMA public TO {owner};
                SET ROLE {owner}; {TABLE};
                {BASE if case.operation == "merge_tables" else ""};
                INSERT INTO orders VALUES
                    (1, 'new', 'Elm 1', 'Ulm', 1.50, '{one}'),
                    (2, 'sent', 'Oak 2', 'Bonn', 2, '{one}'),
                    (3, 'new', 'Elm 1', 'Ulm', NULL, '{two}'),
                    (4, 'new', NULL, NULL, NULL, '{third}');
                {_GRANTS[case.rights].format(one=one, two=two, gang=gang)};
                RESET ROLE;
                {_secured(case)}
                {_careless(case, migrator, two)}
                """.encode()
            )
            if case.migrator != "superuser":
                session.execute(f"GRANT CREATE ON DATABASE {database} TO {migrator}".encode())
        given = conninfo.conninfo_to_dict(url.conninfo)
        if case.migrator != "superuser":
            given |= {"user": migrator, "password": "sesame"}
        with (
            _working(url, one, ["gnkmigrate_legacy", "public"]) as first,
            _working(url, two, ["other", "gnkmigrate_legacy", "public"]) as second,
            connect(url) as watcher,
        ):
            known = DatabaseUrl(conninfo.make_conninfo("", **given))
            yield Stage(case, project, known, {one: first, two: second}, watcher)
        for role in reversed(roles):
            project.execute(f"DROP OWNED BY {role} CASCADE")
        project.execute(f"DROP ROLE {', '.join(roles)}")


@contextmanager
def _working(url: DatabaseUrl, role: str, path: Sequence[str]) -> Iterator[Connection]:
    """A session of an application's."""
    with connect(url, search_path=path) as session:
        session.execute(f"SET row_security = on; SET SESSION AUTHORIZATION {role}".encode())
        yield session


def _careless(case: Case, migrator: str, role: str) -> str:
    """Default privileges of whoever migrates: open what they should not, and close the rest."""
    given = f"ALTER DEFAULT PRIVILEGES FOR ROLE {migrator}"
    everywhere = f"{given} GRANT USAGE ON SCHEMAS TO {role};"
    # What a revision makes by itself is its own affair.
    tables = "" if case.operation == "swap_table" else f"{given} GRANT ALL ON TABLES TO {role};"
    return f"{everywhere} {tables} {given} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"


def _secured(case: Case) -> str:
    if case.row_security == "off":
        return ""
    force = "ALTER TABLE orders FORCE ROW LEVEL SECURITY;" if case.row_security == "forced" else ""
    return (
        "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON orders"
        f" USING (who = current_user); {force}"
    )
