"""What others may do and see while a plan runs: each statement finds it as the target says."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from psycopg import conninfo

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import Connection, DatabaseUrl, connect
from gnkmigrate.proof.dump import difference, statements
from gnkmigrate.render.parts.script import write_script
from gnkmigrate.servers import Server
from tests.corpus.bench import Bench, Databases, loaded
from tests.corpus.pairs import Pair

READER, OWNER, STRANGER = "access_reader", "access_owner", "access_stranger"
ROLES = (READER, OWNER, STRANGER)
BY_OWNER = f"SET ROLE {OWNER};"
BEGIN = (
    f"GRANT CREATE ON SCHEMA public TO {READER}, {OWNER}, {STRANGER}; GRANT {READER} TO {OWNER};"
)


@contextmanager
def _loaded(server: Server, old: str, new: str) -> Iterator[tuple[Bench, Databases]]:
    bench = Bench.of(server)
    with loaded(
        bench, Pair("", "", BEGIN + old, BEGIN + new, ROLES, differ=True), keep=True
    ) as two:
        with connect(server.url) as connection:
            connection.execute(f"ALTER ROLE {OWNER} LOGIN PASSWORD '{OWNER}'".encode())
        yield bench, two


def _as(role: str, url: DatabaseUrl) -> DatabaseUrl:
    given = {"user": role, "password": role} if role else {}
    return DatabaseUrl(conninfo.make_conninfo(url.conninfo, **given))


def _read(url: DatabaseUrl) -> Snapshot:
    with connect(url, read_only=True) as connection:
        return read_snapshot(connection)


def _plan(live: DatabaseUrl, wanted: DatabaseUrl, *, online: bool = True) -> Statements:
    source, target = _read(live), _read(wanted)
    return plan(compare(source, target), source, target, online=online)


def _kept_rows(connection: Connection) -> dict[str, list[str]]:
    names = connection.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'm'")
    return {
        name: [
            row
            for (row,) in connection.execute(f"SELECT m::text FROM {name} m ORDER BY 1".encode())
        ]
        for (name,) in names.fetchall()
    }


TABLE = "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2), (3);"
POLICY = f"""ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO {READER};
    CREATE POLICY p ON t TO {READER} USING (a > 1);"""
VIEW = f"CREATE VIEW v AS SELECT * FROM t; ALTER VIEW v OWNER TO {READER};"
FILLED = f"{VIEW} CREATE MATERIALIZED VIEW m AS SELECT * FROM v;"
FORCED = f"""{BY_OWNER} {TABLE} ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (a > 1);"""
OWN_VIEW = "CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW m AS SELECT * FROM v;"
DEFINER = f"""CREATE FUNCTION read() RETURNS SETOF int LANGUAGE sql SECURITY DEFINER
    AS 'SELECT a::int FROM public.t'; ALTER FUNCTION read() OWNER TO {READER};
    CREATE MATERIALIZED VIEW m AS SELECT read() AS a;"""
ASKS_ITSELF = f"""CREATE POLICY p ON t TO {READER} USING (a > 1);
    ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO {READER};
    {VIEW} CREATE MATERIALIZED VIEW m AS SELECT * FROM v; GRANT SELECT ON m TO {READER};
    ALTER POLICY p ON t USING (a > 2 OR a IN (SELECT a FROM m WHERE a > 5));"""


def _wide(script: str) -> str:
    return script.replace("(a int)", "(a bigint)")


FILLINGS = {
    "a column that a policy uses": (TABLE + POLICY + FILLED, _wide(TABLE) + POLICY + FILLED),
    "and the policy": (
        TABLE + POLICY + FILLED,
        _wide(TABLE) + POLICY.replace("a > 1", "a > 2") + FILLED,
    ),
    "the policy alone": (TABLE + POLICY, TABLE + POLICY.replace("a > 1", "a > 2") + FILLED),
    "one policy less": (
        f"{TABLE}{POLICY} CREATE POLICY q ON t TO {READER} USING (true);",
        TABLE + POLICY + FILLED,
    ),
    "one policy more": (
        TABLE + POLICY,
        f"{TABLE}{POLICY} CREATE POLICY q ON t AS RESTRICTIVE TO {READER} USING (a < 3);" + FILLED,
    ),
    "a new right of the view's owner": (TABLE, f"{TABLE} GRANT SELECT ON t TO {READER};{FILLED}"),
    "a new right on a column": (TABLE, f"{TABLE} GRANT SELECT (a) ON t TO {READER};{FILLED}"),
    "another owner of the view": (
        f"{TABLE}{POLICY} CREATE VIEW v AS SELECT * FROM t;",
        TABLE + POLICY + FILLED,
    ),
    "a view through a view": (
        TABLE + POLICY + VIEW,
        f"""{_wide(TABLE)}{POLICY}{VIEW} CREATE VIEW w AS SELECT * FROM v;
        CREATE MATERIALIZED VIEW m AS SELECT * FROM w;
        CREATE MATERIALIZED VIEW n AS SELECT * FROM m;""",
    ),
    "one that was empty": (
        f"{TABLE}{POLICY}{FILLED.removesuffix(';')} WITH NO DATA;",
        _wide(TABLE) + POLICY.replace("a > 1", "a > 2") + FILLED,
    ),
    "a function in another's name": (
        TABLE + POLICY + DEFINER,
        _wide(TABLE) + POLICY + DEFINER,
    ),
    "a policy that asks it": (TABLE, TABLE + ASKS_ITSELF),
    "an owner who is bound": (FORCED + OWN_VIEW, _wide(FORCED) + OWN_VIEW),
    "an owner who comes to be bound": (
        FORCED.replace("ALTER TABLE t FORCE", "ALTER TABLE t NO FORCE"),
        FORCED + OWN_VIEW,
    ),
    "everything is new": ("", f"{BY_OWNER}{TABLE}{OWN_VIEW}"),
    "everything is new, with policies": ("", f"{BY_OWNER}{TABLE}{POLICY}{OWN_VIEW}"),
    "everything is new, of two owners": (
        "",
        f"{BY_OWNER}{TABLE} RESET ROLE; ALTER TABLE t OWNER TO {READER}; {FILLED}",
    ),
    "a function that an index calls": (
        f"""{BY_OWNER} {TABLE} RESET ROLE; CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql
        AS 'SELECT $1'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;""",
        f"""{BY_OWNER} {TABLE} RESET ROLE; CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql
        AS 'SELECT $1'; REVOKE EXECUTE ON FUNCTION f FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION f TO {OWNER}; CREATE INDEX i ON t (f(a));""",
    ),
}
HIDES = f"""ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (a > 1);
    GRANT SELECT ON t TO {READER};"""
OTHERS = f"ALTER MATERIALIZED VIEW m OWNER TO {READER}; REFRESH MATERIALIZED VIEW m;"
PLAIN = f"CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE UNIQUE INDEX ON m (a); {OTHERS}"
INVOKER = f"""CREATE VIEW v WITH (security_invoker) AS SELECT a FROM t;
    GRANT SELECT ON v TO {READER}; CREATE MATERIALIZED VIEW m AS SELECT a FROM v; {OTHERS}"""
WHO = f"""CREATE MATERIALIZED VIEW m AS SELECT current_user::text AS who;
    GRANT SELECT ON m TO {OWNER}; {OTHERS}"""
EMPTY = f"CREATE MATERIALIZED VIEW m AS SELECT a FROM t WITH NO DATA; {HIDES}"
FILLINGS |= {
    "an owner whom a policy binds": (TABLE + HIDES, TABLE + HIDES + PLAIN),
    "the same, made again": (TABLE + HIDES + PLAIN, _wide(TABLE) + HIDES + PLAIN),
    "the same, by a view of whoever reads": (
        TABLE + HIDES + INVOKER,
        _wide(TABLE) + HIDES + INVOKER,
    ),
    "a query that asks who runs it": (
        f"{BY_OWNER} {WHO}",
        f"{BY_OWNER} {WHO}".replace("::text", "::varchar"),
    ),
    "an empty one of such an owner": (
        f"{TABLE}{EMPTY} ALTER MATERIALIZED VIEW m OWNER TO {READER};",
        TABLE + HIDES + PLAIN,
    ),
    "an empty one that gets such an owner": (
        f"{TABLE}{EMPTY} ALTER MATERIALIZED VIEW m OWNER TO {OWNER};",
        TABLE + HIDES + PLAIN + "ALTER MATERIALIZED VIEW m SET (fillfactor = 50);",
    ),
    "one of such an owner that a policy asks": (
        TABLE,
        f"""{TABLE}{HIDES}{PLAIN} GRANT SELECT ON m TO PUBLIC;
        ALTER POLICY p ON t USING (a > 1 AND NOT EXISTS (SELECT FROM m WHERE a > 5));""",
    ),
}
# Of these the owner of the tables may run the plan.
BY_OWNERS = ["an owner who is bound", "an owner who comes to be bound"]
BY_OWNERS += ["a query that asks who runs it"]


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
@pytest.mark.parametrize(
    ("shape", "role"), [*((each, "") for each in FILLINGS), *((each, OWNER) for each in BY_OWNERS)]
)
def test_a_materialized_view_has_what_a_refresh_would_give_it(
    server: Server, shape: str, role: str, online: bool
) -> None:
    with _loaded(server, *FILLINGS[shape]) as (bench, databases):
        assert databases.kept is not None
        for live, wanted in (
            (databases.old, databases.new),
            (databases.new, databases.kept),
        ):
            made = _plan(_as(role, live), wanted, online=online)
            script = write_script(made, "old", "new")
            assert bench.run_script(_as(role, live), script) == "", script
            assert compare(_read(live), _read(wanted)) == (), script
            assert difference(*(statements(bench.dump(url)) for url in (live, wanted))) == ""
            with connect(live) as connection:
                filled = _kept_rows(connection)
                connection.execute("SET row_security = on")
                for name in filled:
                    connection.execute(f"REFRESH MATERIALIZED VIEW {name}".encode())
                assert filled == _kept_rows(connection), script


# What the reader may read of each table before and after; between there is nothing else.
SHOWN = "CREATE TABLE t (a int, s text); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z');"
BOUND = f"""{SHOWN} ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    ALTER TABLE t FORCE ROW LEVEL SECURITY; GRANT SELECT ON t TO {READER};"""
MORE, LESS = f"AS PERMISSIVE TO {READER}", f"AS RESTRICTIVE TO {READER}"
SECRET = "CREATE FUNCTION f() RETURNS SETOF text LANGUAGE sql {how} AS '{body}';"
HARMLESS = SECRET.format(how="", body="SELECT ''nothing''")
TELLS = SECRET.format(how="SECURITY DEFINER", body="SELECT s FROM public.t")
PRIVATE = "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC;"
CLOSING = f"RESET ROLE; CREATE SCHEMA hidden AUTHORIZATION {OWNER}; {BY_OWNER} {SHOWN}"
MEANWHILE = {
    "permissive becomes restrictive": (
        f"{BOUND} CREATE POLICY p1 ON t {MORE} USING (a > 1);",
        f"""{BOUND} CREATE POLICY p1 ON t {LESS} USING (a > 1);
            CREATE POLICY p2 ON t {MORE} USING (true);""",
    ),
    "a restrictive one by a later name": (
        f"{BOUND} CREATE POLICY p1 ON t {MORE} USING (a > 1);",
        f"""{BOUND} CREATE POLICY a2 ON t {MORE} USING (true);
            CREATE POLICY z ON t {LESS} USING (a > 1);""",
    ),
    "one restriction for another": (
        f"""{BOUND} CREATE POLICY p ON t {MORE} USING (true);
            CREATE POLICY r ON t {LESS} USING (a > 1);""",
        f"""{BOUND} CREATE POLICY p ON t {MORE} USING (true);
            CREATE POLICY q ON t {LESS} USING (a < 3);""",
    ),
    "both conditions are exchanged": (
        f"""{BOUND} CREATE POLICY p ON t {MORE} USING (a > 1);
            CREATE POLICY r ON t {LESS} USING (true);""",
        f"""{BOUND} CREATE POLICY p ON t {MORE} USING (true);
            CREATE POLICY r ON t {LESS} USING (a < 2);""",
    ),
    "two restrictions are exchanged": (
        f"""{BOUND} CREATE POLICY p ON t {MORE} USING (true);
            CREATE POLICY r ON t {LESS} USING (a > 1);
            CREATE POLICY q ON t {LESS} USING (true);""",
        f"""{BOUND} CREATE POLICY p ON t {MORE} USING (true);
            CREATE POLICY r ON t {LESS} USING (true);
            CREATE POLICY q ON t {LESS} USING (a < 2);""",
    ),
    "and the column changes": (
        f"""{BOUND} CREATE POLICY p ON t {MORE} USING (a > 1);
            CREATE POLICY r ON t {LESS} USING (true);""",
        f"""{BOUND} CREATE POLICY p ON t {MORE} USING (true);
            CREATE POLICY r ON t {LESS} USING (a < 2);""".replace("a int", "a bigint"),
    ),
    "for another command": (
        f"{BOUND} CREATE POLICY p ON t FOR ALL TO {READER} USING (a > 1);",
        f"{BOUND} CREATE POLICY p ON t FOR SELECT TO {READER} USING (a > 1);",
    ),
    "a right goes while a policy opens": (
        f"{BOUND} CREATE POLICY p ON t {MORE} USING (a > 2);",
        f"{BOUND} REVOKE SELECT ON t FROM {READER}; CREATE POLICY p ON t USING (true);",
    ),
    "a right comes while a policy closes": (
        f"{BOUND} REVOKE SELECT ON t FROM {READER}; CREATE POLICY p ON t USING (true);",
        f"{BOUND} CREATE POLICY q ON t {MORE} USING (a > 2);",
    ),
    "a right goes with row security": (
        f"{BOUND} CREATE POLICY p ON t {MORE} USING (a > 2);",
        SHOWN,
    ),
    "some rights stay": (
        f"{BOUND} CREATE POLICY p ON t {MORE} USING (a > 2);",
        f"{SHOWN} GRANT INSERT ON t TO {READER};",
    ),
    "a function tells more to fewer": (SHOWN + HARMLESS, SHOWN + TELLS + PRIVATE),
    "and to others": (
        f"{SHOWN}{HARMLESS}{PRIVATE} GRANT EXECUTE ON FUNCTION f() TO {READER};",
        f"{SHOWN}{TELLS}{PRIVATE} GRANT EXECUTE ON FUNCTION f() TO {OWNER};",
    ),
    "and another's": (
        SHOWN + HARMLESS + f"ALTER FUNCTION f() OWNER TO {OWNER};",
        SHOWN + TELLS + PRIVATE,
    ),
    "in a schema that closes": (
        f"{CLOSING} GRANT USAGE ON SCHEMA hidden TO {READER};"
        + HARMLESS.replace(" f()", " hidden.f()"),
        f"{CLOSING} GRANT USAGE ON SCHEMA hidden TO pg_monitor;"
        + TELLS.replace(" f()", " hidden.f()"),
    ),
    "new in a schema that closes": (
        f"{CLOSING} GRANT USAGE ON SCHEMA hidden TO {READER};",
        f"{CLOSING} GRANT USAGE ON SCHEMA hidden TO pg_monitor;"
        + TELLS.replace(" f()", " hidden.f()"),
    ),
    "a view tells more to fewer": (
        f"{SHOWN} CREATE VIEW w AS SELECT a FROM t; GRANT SELECT ON w TO {READER};",
        f"{SHOWN} CREATE VIEW w AS SELECT a, s FROM t; GRANT SELECT ON w TO {OWNER};",
    ),
    "some rights on a view stay": (
        f"{SHOWN} CREATE VIEW w AS SELECT a FROM t; GRANT SELECT, INSERT ON w TO {READER};",
        f"{SHOWN} CREATE VIEW w AS SELECT a, s FROM t; GRANT INSERT ON w TO {READER};",
    ),
}
# Only a superuser gives these away.
LET = f"{SHOWN} ALTER TABLE t OWNER TO {OWNER}; GRANT SELECT ON t TO {READER};"
ON, FORCED_ON = (f"ALTER TABLE t {how} ROW LEVEL SECURITY;" for how in ("ENABLE", "FORCE"))
GIVEN = {
    "a function of another, for fewer": (
        f"{SHOWN} ALTER TABLE t OWNER TO {OWNER}; {TELLS} ALTER FUNCTION f() OWNER TO {STRANGER};",
        f"""{SHOWN} ALTER TABLE t OWNER TO {OWNER}; {TELLS} {PRIVATE}
            ALTER FUNCTION f() OWNER TO {OWNER};""",
    ),
    "a right goes with row security and the owner": (
        f"{LET} {ON}",
        f"{SHOWN} ALTER TABLE t OWNER TO {STRANGER}; GRANT SELECT ON t TO {OWNER};",
    ),
    "and binds the owner": (
        f"{LET} {ON} {FORCED_ON}",
        f"{SHOWN} ALTER TABLE t OWNER TO {STRANGER}; GRANT SELECT ON t TO {OWNER};",
    ),
    "an owner who is bound goes": (
        f"{SHOWN} ALTER TABLE t OWNER TO {READER}; {ON} {FORCED_ON}",
        f"{SHOWN} ALTER TABLE t OWNER TO {STRANGER};",
    ),
    "an owner who is bound goes, and policies stay": (
        f"""{SHOWN} ALTER TABLE t OWNER TO {READER}; {ON} {FORCED_ON}
            CREATE POLICY p ON t USING (a = 1);""",
        f"{SHOWN} ALTER TABLE t OWNER TO {STRANGER}; {ON} CREATE POLICY p ON t USING (a = 1);",
    ),
}
READS = (
    "SELECT a::text FROM t",
    "SELECT * FROM f()",
    "SELECT * FROM hidden.f()",
    "SELECT w::text FROM w",
)


def _seen(url: DatabaseUrl) -> set[tuple[str, object]]:
    """What the reader reads, each query by itself; nothing where that is refused."""
    found: set[tuple[str, object]] = set()
    with connect(url, search_path=["public"]) as connection:
        connection.execute(f"SET row_security = on; SET ROLE {READER}".encode())
        for query in READS:
            with suppress(psycopg.Error):
                found |= {(query, value) for (value,) in connection.execute(query.encode())}
    return found


@pytest.mark.parametrize(
    ("shape", "role"),
    [
        *((each, role) for each in MEANWHILE for role in ("", OWNER)),
        *((each, "") for each in GIVEN),
    ],
)
def test_nobody_sees_more_meanwhile_than_before_or_after(
    server: Server, shape: str, role: str
) -> None:
    begin = BY_OWNER if role else ""
    with _loaded(server, *(begin + each for each in (MEANWHILE | GIVEN)[shape])) as (
        bench,
        databases,
    ):
        assert databases.kept is not None
        for live, wanted in (
            (databases.old, databases.new),
            (databases.new, databases.kept),
        ):
            made = _plan(_as(role, live), wanted)
            allowed = (_seen(live), _seen(wanted))
            for number, statement in enumerate(made):
                with connect(_as(role, live)) as connection:
                    connection.execute(statement.sql.encode())
                seen = _seen(live)
                assert any(seen <= each for each in allowed), (number, [each.sql for each in made])
            assert compare(_read(live), _read(wanted)) == ()
            assert difference(*(statements(bench.dump(url)) for url in (live, wanted))) == ""
