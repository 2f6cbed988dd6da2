"""Policies of row security: what is read of them, and how each property gets another value."""

import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import migrate, pair

TABLE = "CREATE TABLE t (id integer, owner text);"
POLICY = "CREATE POLICY own ON t USING (owner = current_user);"


def test_a_policy_comes_and_goes(server: Server) -> None:
    assert converge(server, "", POLICY, shared=TABLE) == (
        [
            (
                "CREATE POLICY own ON public.t AS PERMISSIVE FOR ALL TO PUBLIC"
                " USING ((owner = CURRENT_USER))"
            )
        ],
        ["DROP POLICY own ON public.t"],
    )
    converge(server, "", f"{TABLE} ALTER TABLE t ENABLE ROW LEVEL SECURITY; {POLICY}")


def test_conditions_and_roles_are_altered_in_place(server: Server) -> None:
    other = "CREATE POLICY own ON t TO pg_monitor, pg_read_all_data USING (id > 3);"
    assert converge(server, POLICY, other, shared=TABLE) == (
        ["ALTER POLICY own ON public.t TO pg_monitor, pg_read_all_data USING ((id > 3))"],
        ["ALTER POLICY own ON public.t TO PUBLIC USING ((owner = CURRENT_USER))"],
    )
    checked = POLICY.replace(";", " WITH CHECK (id > 0);")
    more = POLICY.replace(";", " WITH CHECK (id > 1);")
    assert converge(server, checked, more, shared=TABLE).there == [
        "ALTER POLICY own ON public.t WITH CHECK ((id > 1))"
    ]


def test_a_condition_is_added_in_place_and_never_taken_away(server: Server) -> None:
    checked = POLICY.replace(";", " WITH CHECK (id > 0);")
    there, back = converge(server, POLICY, checked, shared=TABLE)
    assert there == ["ALTER POLICY own ON public.t WITH CHECK ((id > 0))"]
    assert back[0].startswith("DROP POLICY own ON public.t;\nCREATE POLICY own ON public.t ")


def test_command_and_kind_make_it_anew(server: Server) -> None:
    converge(server, POLICY, POLICY.replace("ON t", "ON t FOR UPDATE"), shared=TABLE)
    converge(server, POLICY, POLICY.replace("ON t", "ON t AS RESTRICTIVE"), shared=TABLE)
    for command in ("SELECT", "UPDATE", "DELETE"):
        converge(server, "", POLICY.replace("ON t", f"ON t FOR {command}"), shared=TABLE)
    converge(server, "", "CREATE POLICY own ON t FOR INSERT WITH CHECK (true);", shared=TABLE)


def test_a_policy_makes_way_for_a_column_that_it_uses(server: Server) -> None:
    converge(server, f"{TABLE} {POLICY}", f"{TABLE.replace('text', 'varchar(63)')} {POLICY}")


def test_a_policy_comes_after_what_it_asks(server: Server) -> None:
    asking = """CREATE TABLE members (name text);
        CREATE FUNCTION is_member(text) RETURNS boolean LANGUAGE sql
            AS 'SELECT EXISTS (SELECT FROM members WHERE name = $1)';
        CREATE POLICY own ON t USING (is_member(owner) AND id IN (SELECT length(name)
            FROM members));"""
    converge(server, TABLE, f"{TABLE} {asking}")


def test_it_is_renamed_in_place(server: Server) -> None:
    old = POLICY.replace("POLICY own", 'POLICY "isOwn"')
    assert converge(server, old, POLICY.replace("own ON", "is_own ON"), shared=TABLE).there == [
        'ALTER POLICY "isOwn" ON public.t RENAME TO is_own'
    ]


def test_its_comment_comes_and_goes(server: Server) -> None:
    converge(
        server, POLICY, f"{POLICY} COMMENT ON POLICY own ON t IS 'each their own';", shared=TABLE
    )


def test_every_statement_says_why(server: Server) -> None:
    other = "CREATE POLICY own ON t TO pg_monitor USING (id > 3);"
    assert [each.reason for each in planned(server, TABLE + POLICY, TABLE + other)] == [
        "Policy own ON public.t differs in: roles, using."
    ]


def test_every_statement_says_which_lock_it_takes(server: Server) -> None:
    """`migrate` holds it against pg_locks."""
    migrate(server, TABLE, TABLE + POLICY)
    migrate(server, TABLE + POLICY, TABLE)
    migrate(server, TABLE + POLICY, TABLE + POLICY.replace("owner =", "owner >="))
    migrate(server, TABLE + POLICY.replace("own ON", '"Own" ON'), TABLE + POLICY)


SECRET = """
CREATE TABLE rows (id int PRIMARY KEY, secret boolean, n int);
INSERT INTO rows VALUES (1, true, 1), (2, false, 2);
ALTER TABLE rows ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION shown(int) RETURNS boolean LANGUAGE sql STABLE RETURN $1 > 1;
CREATE POLICY everybody ON rows USING (true);
"""
RESTRICTIVE = "CREATE POLICY hidden ON rows AS RESTRICTIVE "
NARROW = f"{RESTRICTIVE} USING (NOT secret AND shown(n)) WITH CHECK (n > 0);"


@pytest.mark.parametrize(
    "after",
    [
        f"{SECRET} ALTER TABLE rows ALTER n TYPE bigint; {NARROW.replace('(n)', '(n::int)')}",
        f"{SECRET} {RESTRICTIVE} FOR SELECT USING (NOT secret AND shown(n));",
        f"{SECRET} {NARROW}".replace("(int) RETURNS", "(int, text DEFAULT 'x') RETURNS"),
    ],
    ids=["a column of another type", "another command", "a function of other arguments"],
)
def test_a_restrictive_policy_shows_nothing_meanwhile(server: Server, after: str) -> None:
    """Each statement is a transaction of its own, and somebody may read after any of them."""
    with pair(server, SECRET + NARROW, after) as given:
        with connect(given.url) as session:
            session.execute("CREATE ROLE meanwhile_reader")
            session.execute("GRANT SELECT ON public.rows TO meanwhile_reader")
        try:
            statements = plan(compare(given.source, given.target), given.source, given.target)
            with connect(given.url) as session:
                for statement in statements:
                    session.execute(statement.sql.encode())
                    with session.transaction(force_rollback=True):
                        session.execute("SET LOCAL row_security = on")
                        session.execute("SET LOCAL ROLE meanwhile_reader")
                        seen = session.execute("SELECT id FROM public.rows").fetchall()
                    assert set(seen) <= {(2,)}, statement.sql
        finally:
            with connect(given.url) as session:
                session.execute("DROP OWNED BY meanwhile_reader")
                session.execute("DROP ROLE meanwhile_reader")


def test_a_policy_that_comes_to_use_what_waited_for_it(server: Server) -> None:
    shared = "CREATE TYPE e AS ENUM ({labels}); CREATE TABLE k (id int, k {type});"
    shared += "CREATE VIEW chosen AS SELECT id FROM k WHERE k = 'a';"
    converge(
        server,
        shared.format(labels="'a', 'b'", type="text")
        + "CREATE POLICY p ON k USING (id IN (SELECT id FROM chosen));",
        shared.format(labels="'b', 'a', 'c'", type="e") + "CREATE POLICY p ON k USING (k = 'a');",
    )
