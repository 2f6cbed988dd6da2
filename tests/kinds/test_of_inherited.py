"""What a table has of its own on columns that it inherits, while those above it change."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.servers import Server
from tests.kinds.converge import converge

ROLES = ("reporter", "writer")

# Partitions of a partition, and tables that inherit what another inherits.
PARTITIONS = (
    "CREATE TABLE t (id integer, {}) PARTITION BY LIST (id);"
    "CREATE TABLE c PARTITION OF t FOR VALUES IN (1) PARTITION BY RANGE (id);"
    "CREATE TABLE d PARTITION OF c FOR VALUES FROM (1) TO (4);"
)
CHILDREN = (
    "CREATE TABLE t (id integer, {}); CREATE TABLE c () INHERITS (t);"
    "CREATE TABLE d () INHERITS (c);"
)
OWN = (
    "COMMENT ON COLUMN c.{0} IS 'of c'; COMMENT ON COLUMN d.{0} IS 'of d';"
    "GRANT SELECT ({0}) ON c TO reporter; GRANT UPDATE ({0}) ON d TO reporter;"
    "ALTER TABLE d ALTER {0} SET DEFAULT 7; ALTER TABLE d ALTER {0} SET NOT NULL;"
    "ALTER TABLE d ALTER {0} SET STATISTICS 5; ALTER TABLE d ALTER {0} SET (n_distinct = 3);"
)
OTHERS = (
    "COMMENT ON COLUMN d.{0} IS 'of d, too'; GRANT UPDATE ({0}) ON d TO writer;"
    "ALTER TABLE d ALTER {0} SET DEFAULT 8; ALTER TABLE d ALTER {0} SET STATISTICS 6;"
)


@pytest.mark.parametrize("tables", [PARTITIONS, CHILDREN])
def test_it_goes_with_the_column(server: Server, tables: str) -> None:
    old = tables.format("a integer") + OWN.format("a")
    new = tables.replace(", {}", "")
    assert converge(server, old, new, roles=ROLES).there == ["ALTER TABLE public.t DROP COLUMN a"]


@pytest.mark.parametrize("tables", [PARTITIONS, CHILDREN])
@pytest.mark.parametrize("then", ["", OTHERS, OWN])
def test_the_column_is_renamed(server: Server, tables: str, then: str) -> None:
    renames = read_renames(["column public.t.a = e"])
    old = tables.format("a integer DEFAULT 2") + OWN.format("a")
    new = tables.format("e integer DEFAULT 2") + then.format("e")
    ways = converge(server, old, new, roles=ROLES, renames=renames)
    if then == OWN:
        assert ways.there[0] == "ALTER TABLE public.t RENAME COLUMN a TO e"
        assert all("RENAME CONSTRAINT" in each for each in ways.there[1:])


@pytest.mark.parametrize("then", ["", OTHERS, OWN])
def test_its_table_is_renamed_too(server: Server, then: str) -> None:
    renames = read_renames(["column public.t.a = e", "table public.d = last"])
    old = CHILDREN.format("a integer") + OWN.format("a")
    new = CHILDREN.format("e integer").replace("TABLE d", "TABLE last")
    then = then.format("e").replace("d.e", "last.e").replace("TABLE d", "TABLE last")
    new += then.replace("ON d", "ON last")
    converge(server, old, new, roles=ROLES, renames=renames)


@pytest.mark.parametrize(
    "own",
    [
        "id integer PRIMARY KEY",
        "id integer NOT NULL",
        "id integer GENERATED ALWAYS AS IDENTITY",
    ],
)
def test_not_null_of_its_own_stays_where_a_parent_allows_nulls(server: Server, own: str) -> None:
    shared = "CREATE TABLE p (id integer);"
    old = f"CREATE TABLE c ({own}); CREATE TABLE d (id integer NOT NULL) INHERITS (c);"
    ways = converge(server, old, f"{old} ALTER TABLE c INHERIT p", shared=shared)
    assert ways.there == ["ALTER TABLE public.c INHERIT public.p"]


@pytest.mark.parametrize("own", ["id integer", "id integer GENERATED ALWAYS AS IDENTITY"])
def test_a_new_child_has_not_the_default_that_its_parent_has(server: Server, own: str) -> None:
    shared = "CREATE TABLE g (id integer DEFAULT 3); CREATE TABLE p () INHERITS (g);"
    new = f"CREATE TABLE c ({own}, a integer); ALTER TABLE c INHERIT p"
    converge(server, "", new, shared=shared)


def test_a_clone_fires_as_usual_where_its_trigger_names_a_renamed_column(server: Server) -> None:
    old = (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TABLE t (id integer, {0} integer) PARTITION BY LIST (id);"
        "CREATE TABLE c PARTITION OF t FOR VALUES IN (1);"
        "CREATE TRIGGER g AFTER UPDATE OF {0} ON t FOR EACH ROW EXECUTE FUNCTION f();"
    )
    renames = read_renames(["column public.t.a = e"])
    off = "ALTER TABLE c DISABLE TRIGGER g"
    ways = converge(server, old.format("a") + off, old.format("e"), renames=renames)
    assert ways.there == [
        "ALTER TABLE ONLY public.c ENABLE TRIGGER g",
        "ALTER TABLE public.t RENAME COLUMN a TO e",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "ALTER TABLE ONLY p ALTER size SET STATISTICS 7;"),
        (
            "ALTER TABLE p1 ALTER size SET STATISTICS 9;",
            (
                "ALTER TABLE ONLY p ALTER size SET STATISTICS 7;"
                "ALTER TABLE p1 ALTER size SET STATISTICS 9;"
            ),
        ),
        ("", "ALTER TABLE p ADD tag text; ALTER TABLE ONLY p ALTER tag SET STATISTICS 7;"),
    ],
)
def test_statistics_of_a_parent_are_its_own(server: Server, old: str, new: str) -> None:
    tables = "CREATE TABLE p (id integer, size integer) PARTITION BY LIST (id);"
    tables += "CREATE TABLE p1 PARTITION OF p DEFAULT;"
    converge(server, tables + old, tables + new)
