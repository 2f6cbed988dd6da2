"""What NOT NULL is called on PostgreSQL 18: a name among those of its table's constraints."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

PARTITIONED = (
    "CREATE TABLE t (k integer, {}) PARTITION BY LIST (k); CREATE TABLE p PARTITION OF t DEFAULT;"
)
PAIRS = {
    "a new column's": (
        "CREATE TABLE t (id integer NOT NULL);",
        "CREATE TABLE t (f integer CONSTRAINT t_id_not_null NOT NULL);",
    ),
    "a column's that is there": (
        "CREATE TABLE t (a integer NOT NULL, b integer);",
        "CREATE TABLE t (a integer, b integer CONSTRAINT t_a_not_null NOT NULL);",
    ),
    "a check's": (
        "CREATE TABLE t (b integer, a integer NOT NULL);",
        "CREATE TABLE t (b integer, CONSTRAINT t_a_not_null CHECK (b > 0));",
    ),
    "that of partitions": (
        PARTITIONED.format("a integer NOT NULL"),
        PARTITIONED.format("b integer CONSTRAINT t_a_not_null NOT NULL"),
    ),
}


@pytest.mark.parametrize(("old", "new"), PAIRS.values(), ids=PAIRS)
def test_the_name_of_one_that_goes_is_taken(server: Server, old: str, new: str) -> None:
    converge(server, old, new)


@pytest.mark.parametrize(
    "made",
    ["TABLE {} (id integer NOT NULL)", "DOMAIN {} AS integer NOT NULL"],
    ids=["table", "domain"],
)
def test_the_name_that_another_one_has_is_said_in_full(server: Server, made: str) -> None:
    new = f"CREATE {made.format('d')};"
    converge(server, f"{new} ALTER {made.split(maxsplit=1)[0]} d RENAME TO e;", new)


SWAPPED = {
    "usual names": (
        "CREATE TABLE t (a integer NOT NULL, b integer NOT NULL);",
        (
            "CREATE TABLE t (a integer CONSTRAINT t_b_not_null NOT NULL,"
            " b integer CONSTRAINT t_a_not_null NOT NULL);"
        ),
    ),
    "names of their own": (
        "CREATE TABLE t (a integer CONSTRAINT x NOT NULL, b integer CONSTRAINT y NOT NULL);",
        "CREATE TABLE t (a integer CONSTRAINT y NOT NULL, b integer CONSTRAINT x NOT NULL);",
    ),
    "with another type": (
        (
            "CREATE TABLE t (a integer CONSTRAINT x NOT NULL, b integer CONSTRAINT y NOT NULL);"
            "CREATE VIEW v AS SELECT a FROM t;"
        ),
        (
            "CREATE TABLE t (a bigint CONSTRAINT y NOT NULL, b text CONSTRAINT x NOT NULL);"
            "CREATE VIEW v AS SELECT a FROM t; COMMENT ON CONSTRAINT x ON t IS 'of b';"
        ),
    ),
    "with a check": (
        "CREATE TABLE t (a integer CONSTRAINT x NOT NULL, CONSTRAINT y CHECK (a > 0));",
        "CREATE TABLE t (a integer CONSTRAINT y NOT NULL, CONSTRAINT x CHECK (a > 0));",
    ),
    "of a partitioned table": (
        (
            "CREATE TABLE t (a integer CONSTRAINT x NOT NULL, b integer CONSTRAINT y NOT NULL)"
            " PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t DEFAULT;"
        ),
        (
            "CREATE TABLE t (a integer CONSTRAINT y NOT NULL, b integer CONSTRAINT x NOT NULL)"
            " PARTITION BY LIST (a); CREATE TABLE p PARTITION OF t DEFAULT;"
        ),
    ),
    "of a parent": (
        (
            "CREATE TABLE t (a integer CONSTRAINT x NOT NULL, b integer CONSTRAINT y NOT NULL);"
            "CREATE TABLE k () INHERITS (t);"
        ),
        (
            "CREATE TABLE t (a integer CONSTRAINT y NOT NULL, b integer CONSTRAINT x NOT NULL);"
            "CREATE TABLE k () INHERITS (t);"
        ),
    ),
    "two circles": (
        (
            "CREATE TABLE t (a int CONSTRAINT v NOT NULL, b int CONSTRAINT w NOT NULL,"
            " c int CONSTRAINT x NOT NULL, d int CONSTRAINT y NOT NULL);"
        ),
        (
            "CREATE TABLE t (a int CONSTRAINT w NOT NULL, b int CONSTRAINT v NOT NULL,"
            " c int CONSTRAINT y NOT NULL, d int CONSTRAINT x NOT NULL);"
        ),
    ),
}


@pytest.mark.parametrize(("old", "new"), SWAPPED.values(), ids=SWAPPED)
def test_two_swap_their_names(server: Server, old: str, new: str) -> None:
    if server.major < 18 and "COMMENT ON CONSTRAINT" in old + new:
        pytest.skip("NOT NULL has no comment before PostgreSQL 18")
    converge(server, old, new)


@pytest.mark.parametrize("count", [3, 5])
@pytest.mark.parametrize("ends", [False, True], ids=["in a circle", "in a chain"])
def test_names_that_go_round(server: Server, count: int, *, ends: bool) -> None:
    names = [f"n{number}" for number in range(count)]
    then = [*names[1:], "last" if ends else names[0]]
    old, new = (
        "CREATE TABLE t ("
        + ", ".join(f"c{i} integer CONSTRAINT {name} NOT NULL" for i, name in enumerate(side))
        + ");"
        for side in (names, then)
    )
    there, _ = converge(server, old, new)
    if server.major >= 18:
        assert len(there) == count + (not ends)


def test_a_partition_that_comes_with_the_parent_s_not_null(server: Server) -> None:
    parent = "CREATE TABLE p (id integer, y text{}) PARTITION BY RANGE (id);"
    first = "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
    second = "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);"
    converge(server, parent.format("") + first, parent.format(" NOT NULL") + first + second)


KEPT = {
    "a column's": (
        "TABLE t (f integer NOT NULL)",
        "TABLE t RENAME f TO g",
        "column public.t.g = f",
    ),
    "a table's": ("TABLE t (f integer NOT NULL)", "TABLE t RENAME TO u", "table public.u = t"),
    "a domain's": ("DOMAIN t AS integer NOT NULL", "DOMAIN t RENAME TO u", "domain public.u = t"),
}


@pytest.mark.parametrize(("made", "renamed", "said"), KEPT.values(), ids=KEPT)
def test_one_that_has_kept_its_first_name_stays_as_it_is(
    server: Server, made: str, renamed: str, said: str
) -> None:
    ways = converge(
        server,
        f"CREATE {made}; ALTER {renamed};",
        f"CREATE {made};",
        renames=read_renames([said]),
    )
    assert (len(ways.there), len(ways.back)) == (1, 1)


BELOW = {
    "by a key": ("", "NOT NULL, PRIMARY KEY (id, k)"),
    "and keep it": ("ALTER TABLE p ALTER id SET NOT NULL;", "NOT NULL"),
}


@pytest.mark.parametrize(("alone", "forbidden"), BELOW.values(), ids=BELOW)
def test_partitions_that_have_made_it_their_own(server: Server, alone: str, forbidden: str) -> None:
    table = (
        "CREATE TABLE t (k integer NOT NULL, id integer {}) PARTITION BY LIST (k);"
        "CREATE TABLE p PARTITION OF t DEFAULT PARTITION BY LIST (k);"
        "CREATE TABLE q PARTITION OF p DEFAULT;"
    )
    converge(server, table.format("") + alone, table.format(forbidden))


TABLES = "CREATE TABLE {} ({} integer {}); CREATE TABLE {} ({}) INHERITS ({});"
KEY, OWN = "PRIMARY KEY (id)", "id integer NOT NULL"
FAMILIES = {
    "the parent": (
        TABLES.format("p", "id", "PRIMARY KEY", "c", KEY, "p"),
        TABLES.format("q", "id", "PRIMARY KEY", "c", KEY, "q"),
        ["table public.p = q"],
    ),
    "the child": (
        TABLES.format("p", "id", "NOT NULL", "c", KEY, "p"),
        TABLES.format("p", "id", "NOT NULL", "d", KEY, "p"),
        ["table public.c = d"],
    ),
    "both, that declare it": (
        TABLES.format("p", "id", "NOT NULL", "c", OWN, "p"),
        TABLES.format("q", "id", "NOT NULL", "d", OWN, "q"),
        ["table public.p = q", "table public.c = d"],
    ),
    "the column, that both declare": (
        TABLES.format("p", "id", "NOT NULL", "c", OWN, "p"),
        TABLES.format("p", "no", "NOT NULL", "c", OWN.replace("id", "no"), "p"),
        ["column public.p.id = no", "column public.c.id = no"],
    ),
    "the parent's NOT NULL": (
        TABLES.format("p", "id", "CONSTRAINT a NOT NULL", "c", OWN, "p"),
        TABLES.format("p", "id", "CONSTRAINT b NOT NULL", "c", OWN, "p"),
        [],
    ),
    "the child's NOT NULL": (
        TABLES.format("p", "id", "NOT NULL", "c", "id integer CONSTRAINT a NOT NULL", "p"),
        TABLES.format("p", "id", "NOT NULL", "c", "id integer CONSTRAINT b NOT NULL", "p"),
        [],
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), FAMILIES.values(), ids=FAMILIES)
def test_those_of_parent_and_child_that_have_names_of_their_own(
    server: Server, old: str, new: str, said: list[str]
) -> None:
    converge(server, old, new, renames=read_renames(said))


def test_one_that_another_child_merely_inherits(server: Server) -> None:
    """It would be the child's own too if the parent's were NO INHERIT for a while."""
    tables = TABLES + "CREATE TABLE k () INHERITS ({});"
    old = tables.format("p", "id", "NOT NULL", "c", KEY, "p", "p")
    new = tables.format("q", "id", "NOT NULL", "c", KEY, "q", "q")
    renames = read_renames(["table public.p = q"])
    if server.major < 18:
        converge(server, old, new, renames=renames)
        return
    with pytest.raises(Unplannable, match=r"public\.k merely inherits it") as refused:
        planned(server, old, new, renames=renames)
    kept = new.replace("NOT NULL", "CONSTRAINT p_id_not_null NOT NULL")
    assert "CONSTRAINT p_id_not_null NOT NULL" in str(refused.value.hint)
    converge(server, old, kept, renames=renames)


RETYPED = {
    "by a key": (KEY, KEY),
    "by a name": ("CONSTRAINT n NOT NULL id", "CONSTRAINT n NOT NULL id"),
    "and declares it": (OWN, OWN.replace("integer", "bigint")),
}


@pytest.mark.parametrize(("old", "new"), RETYPED.values(), ids=RETYPED)
def test_a_column_gets_another_type_that_a_child_has_by_itself_too(
    server: Server, old: str, new: str
) -> None:
    if server.major < 18 and "CONSTRAINT" in old:
        pytest.skip("this version gives NOT NULL no name")
    tables = "CREATE TABLE p (id {0} NOT NULL); CREATE TABLE c ({1}) INHERITS (p);"
    tables += "CREATE TABLE d (PRIMARY KEY (id)) INHERITS (c);"
    converge(server, tables.format("integer", old), tables.format("bigint", new))


def test_a_column_gets_another_type_that_another_child_merely_inherits(server: Server) -> None:
    if server.major < 18:
        pytest.skip("this version gives NOT NULL no name")
    tables = "CREATE TABLE p (id {} NOT NULL); CREATE TABLE c (PRIMARY KEY (id)) INHERITS (p);"
    tables += "CREATE TABLE k () INHERITS (p);"
    with pytest.raises(Unplannable, match=r"public\.k merely inherits it"):
        planned(server, tables.format("integer"), tables.format("bigint"))
    tables += "ALTER TABLE k ALTER id SET NOT NULL;"
    converge(server, tables.format("integer"), tables.format("bigint"))


PASSED_ON = {
    "by a name": ("id integer CONSTRAINT n NOT NULL", "id integer", "CONSTRAINT m NOT NULL id"),
    "to a key": ("id integer NOT NULL", "id integer", KEY),
    "and keeps it to itself": (
        "id integer NOT NULL",
        "id integer NOT NULL NO INHERIT",
        "CONSTRAINT m NOT NULL id",
    ),
}


@pytest.mark.parametrize(("old", "new", "own"), PASSED_ON.values(), ids=PASSED_ON)
@pytest.mark.parametrize("parent", ["p", "q"], ids=["as it is", "by another name"])
def test_a_parent_that_passes_it_on_to_its_child(
    server: Server, old: str, new: str, own: str, parent: str
) -> None:
    if server.major < 18:
        pytest.skip("this version does not tell whose NOT NULL it is")
    tables = "CREATE TABLE {0} ({1}); CREATE TABLE c ({2}) INHERITS ({0});"
    renames = read_renames([f"table public.p = {parent}"] if parent != "p" else [])
    converge(server, tables.format("p", old, ""), tables.format(parent, new, own), renames=renames)


KEYED = "ALTER TABLE c ADD PRIMARY KEY (id);"
LEFT = {
    "a new one": "CREATE TABLE p (id integer); CREATE TABLE c () INHERITS (p);",
    "one that had it itself": "CREATE TABLE p (id integer); CREATE TABLE c () INHERITS (p);"
    + KEYED,
    "of a new table": "CREATE TABLE p (id integer);",
}


@pytest.mark.parametrize("old", LEFT.values(), ids=LEFT)
def test_a_key_leaves_it_to_the_parent_alone(server: Server, old: str) -> None:
    new = "CREATE TABLE p (id integer NOT NULL); CREATE TABLE c () INHERITS (p);" + KEYED
    converge(server, old, new)


GRAFTED = (
    "CREATE TABLE q (z integer); CREATE TABLE {0} (id integer CONSTRAINT {1} NOT NULL, b integer);"
    "CREATE TABLE k (b integer, z integer{3}) INHERITS ({2});"
)
OF_ITSELF = ", CONSTRAINT kn NOT NULL id"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (GRAFTED.format("p", "n1", "p", ""), GRAFTED.format("p", "n2", "p, q", ""), []),
        (GRAFTED.format("p", "p_id_not_null", "p", ""), GRAFTED.format("p", "n", "p, q", ""), []),
        (
            GRAFTED.format("p", "p_id_not_null", "p", ""),
            GRAFTED.format("r", "r_id_not_null", "r, q", ""),
            ["table public.p = r"],
        ),
        (
            GRAFTED.format("p", "n1", "p", "") + "CREATE TABLE kk () INHERITS (k);",
            GRAFTED.format("p", "n2", "p, q", "") + "CREATE TABLE kk () INHERITS (k);",
            [],
        ),
        (
            GRAFTED.format("p", "n1", "p", OF_ITSELF),
            GRAFTED.format("p", "n2", "p, q", OF_ITSELF),
            [],
        ),
        (
            GRAFTED.format("p", "n1", "p", " NOT NULL"),
            GRAFTED.format("p", "n2", "p, q", " NOT NULL"),
            [],
        ),
    ],
    ids=["own", "usual", "with the parent", "deeper", "by itself", "another one's"],
)
def test_a_parent_s_gets_another_name_while_the_child_gets_another_parent(
    server: Server, old: str, new: str, said: list[str]
) -> None:
    if server.major < 18 and "kn NOT NULL id" in old:
        pytest.skip("only PostgreSQL 18 has NOT NULL among a table's constraints")
    converge(server, old, new, renames=read_renames(said))
