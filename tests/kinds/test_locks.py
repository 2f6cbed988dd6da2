"""Settings take a lock under which others write on, and that is what is said of them."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.servers import Server
from tests.kinds.converge import planned
from tests.plan.support import arrive, pair

T = "CREATE TABLE t (a integer, b text); CREATE INDEX i ON t (lower(b));"
M = "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a;"


@pytest.mark.parametrize(
    ("shared", "setting"),
    [
        (T, "ALTER TABLE t ALTER b SET STATISTICS 7"),
        (T, "ALTER TABLE t ALTER b SET (n_distinct = 7)"),
        (T, "ALTER TABLE t SET (fillfactor = 70)"),
        (T, "ALTER TABLE t CLUSTER ON i"),
        (T, "ALTER INDEX i SET (fillfactor = 70)"),
        (T, "ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 7"),
        (T + "CREATE TABLE u () INHERITS (t);", "ALTER TABLE u ALTER b SET STATISTICS 7"),
        (M, "ALTER MATERIALIZED VIEW m SET (fillfactor = 70)"),
    ],
)
def test_a_setting(server: Server, shared: str, setting: str) -> None:
    for before, after in ((shared, shared + setting), (shared + setting, shared)):
        with pair(server, before, after) as given:
            (made,) = arrive(given)
        assert made.lock == "SHARE UPDATE EXCLUSIVE"


@pytest.mark.parametrize("setting", ["STORAGE EXTERNAL", "COMPRESSION pglz"])
def test_how_values_are_kept_is_no_such_setting(server: Server, setting: str) -> None:
    with pair(server, T, f"{T} ALTER TABLE t ALTER b SET {setting}") as given:
        (made,) = arrive(given)
    assert made.lock == "ACCESS EXCLUSIVE"


def test_to_fill_a_materialized_view_is_to_rewrite_it(server: Server) -> None:
    with pair(server, M.replace(";", " WITH NO DATA;"), M) as given:
        (made,) = arrive(given)
    assert made.rewrites


@pytest.mark.parametrize("comes", [True, False])
def test_a_partition_that_comes_or_goes_locks_the_ends_of_foreign_keys(
    server: Server, *, comes: bool
) -> None:
    """Also where they are those of a table farther above: PostgreSQL's locks are compared."""
    few = """
        CREATE TABLE d (id integer PRIMARY KEY);
        CREATE TABLE m (id integer PRIMARY KEY, d integer REFERENCES d) PARTITION BY RANGE (id);
        CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
        CREATE TABLE u (m integer REFERENCES m);
    """
    more = few + "CREATE TABLE m11 PARTITION OF m1 FOR VALUES FROM (0) TO (10);"
    with pair(server, *((few, more) if comes else (more, few))) as given:
        locked = [table for each in arrive(given) for table, _ in each.beside]
    assert {"public.d", "public.u"} <= {*locked} or server.version < 150000


D = "CREATE TABLE d (id integer PRIMARY KEY);"


def test_what_a_key_refers_to_is_called_by_the_name_that_it_has_by_then(server: Server) -> None:
    refers = "CREATE TABLE r (d {} CONSTRAINT {} REFERENCES {});"
    statements = planned(
        server,
        D + refers.format("integer", "k", "d"),
        "CREATE TABLE e (id bigint PRIMARY KEY);"
        + refers.format("bigint", "l", "e ON DELETE CASCADE"),
        renames=read_renames(["table public.d = e"]),
    )
    texts = [each.sql for each in statements]
    dropped = texts.index("ALTER TABLE public.r DROP CONSTRAINT k")
    assert dropped > texts.index("ALTER TABLE public.d RENAME TO e")
    assert statements[dropped].beside == (("public.e", "ACCESS EXCLUSIVE"),)


def test_the_other_end_of_a_key_is_called_by_its_new_name_when_a_column_changes(
    server: Server,
) -> None:
    schema = "CREATE TABLE d (id {0} PRIMARY KEY); CREATE TABLE {1} (d {0} REFERENCES d);"
    statements = planned(
        server,
        schema.format("integer", "r"),
        schema.format("bigint", "s"),
        renames=read_renames(["table public.r = s"]),
    )
    beside = {table for each in statements for table, _ in each.beside}
    assert beside == {"public.d", "public.s"}
