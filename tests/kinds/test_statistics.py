"""Extended statistics: what is read of them, and how each property gets another value."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned
from tests.plan.support import migrate

TABLE = "CREATE TABLE t (a integer, b integer, c text);"
STATISTICS = "CREATE STATISTICS s ON a, b FROM t;"


def test_statistics_come_and_go(server: Server) -> None:
    assert converge(server, "", STATISTICS, shared=TABLE) == (
        ["CREATE STATISTICS public.s (ndistinct, dependencies, mcv) ON a, b FROM public.t"],
        ["DROP STATISTICS public.s"],
    )


def test_kinds_columns_and_expressions_make_them_anew(server: Server) -> None:
    kinds = STATISTICS.replace("ON a", "(mcv) ON a")
    assert converge(server, STATISTICS, kinds, shared=TABLE).there == [
        "DROP STATISTICS public.s",
        "CREATE STATISTICS public.s (mcv) ON a, b FROM public.t",
    ]
    converge(server, STATISTICS, STATISTICS.replace("a, b", "a, c"), shared=TABLE)
    converge(server, STATISTICS, STATISTICS.replace("a, b", "a, (a + b)"), shared=TABLE)
    converge(server, STATISTICS, STATISTICS.replace("a, b", "lower(c)"), shared=TABLE)


def test_how_much_is_kept_is_set_in_place(server: Server) -> None:
    more = f"{STATISTICS} ALTER STATISTICS s SET STATISTICS 500;"
    none = f"{STATISTICS} ALTER STATISTICS s SET STATISTICS 0;"
    assert converge(server, STATISTICS, more, shared=TABLE) == (
        ["ALTER STATISTICS public.s SET STATISTICS 500"],
        ["ALTER STATISTICS public.s SET STATISTICS -1"],
    )
    converge(server, "", none, shared=TABLE)


def test_they_may_be_in_another_schema_than_their_table(server: Server) -> None:
    elsewhere = "CREATE SCHEMA other; CREATE STATISTICS other.s ON a, b FROM t;"
    assert converge(server, STATISTICS, elsewhere, shared=TABLE).there == [
        "CREATE SCHEMA other",
        "ALTER STATISTICS public.s SET SCHEMA other",
    ]
    converge(server, "", f"{TABLE} {elsewhere}")


def test_the_order_of_the_tables_columns_means_nothing(server: Server) -> None:
    turned = "CREATE TABLE t (b integer, c text, a integer);"
    assert planned(server, f"{TABLE} {STATISTICS}", f"{turned} {STATISTICS}") == ()


def test_they_follow_their_columns(server: Server) -> None:
    wider = TABLE.replace("a integer", "a bigint")
    expression = "CREATE STATISTICS e ON (a + b), lower(c) FROM t;"
    converge(server, f"{TABLE} {STATISTICS} {expression}", f"{wider} {STATISTICS} {expression}")
    without = TABLE.replace("b integer, ", "")
    converge(server, f"{TABLE} {STATISTICS}", without)


def test_their_comment_comes_and_goes(server: Server) -> None:
    comment = f"{STATISTICS} COMMENT ON STATISTICS s IS 'a follows b';"
    converge(server, STATISTICS, comment, shared=TABLE)


def test_every_statement_says_which_lock_it_takes(server: Server) -> None:
    """`migrate` holds it against pg_locks."""
    migrate(server, TABLE, f"{TABLE} {STATISTICS} ALTER STATISTICS s SET STATISTICS 5;")
    migrate(server, TABLE + STATISTICS, TABLE)
