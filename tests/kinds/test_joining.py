"""Tables that are there become partitions or children, and leave their parents again."""

import pytest

from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.kinds.converge import converge, planned

OTHER = "CREATE TABLE other (id integer PRIMARY KEY);"
PARENT = "CREATE TABLE p (id integer NOT NULL, size integer) PARTITION BY RANGE (id);"
JOINED = "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10);"
APART = "CREATE TABLE p1 (id integer NOT NULL, size integer);"
CHECK = "ALTER TABLE {} ADD CONSTRAINT {} CHECK (size > {});"


@pytest.mark.parametrize(
    "apart",
    [
        APART,
        APART + CHECK.format("p1", "positive", 0),
        APART + CHECK.format("p1", "mine", 0),
        APART + CHECK.format("p1", "positive", 1),
        APART + CHECK.format("p1", "positive", 0).replace(";", " NOT VALID;"),
        APART.replace("size integer", "size integer, weight integer"),
        APART.replace(", size integer", ""),
        APART.replace("size integer", "size bigint DEFAULT 4"),
        APART.replace("size integer", "size integer NOT NULL"),
        APART.replace("id integer NOT NULL", "id integer"),
        APART + "ALTER TABLE p1 ALTER size SET STATISTICS 7;",
    ],
)
def test_a_partition_has_what_its_parent_has(server: Server, apart: str) -> None:
    parent = PARENT + CHECK.format("p", "positive", 0)
    converge(server, parent + apart, parent + JOINED)


def test_the_parent_s_check_is_there_before(server: Server) -> None:
    parent = PARENT + CHECK.format("p", "positive", 0)
    assert _besides_names(converge(server, parent + APART, parent + JOINED).there) == [
        "ALTER TABLE public.p1 ADD CONSTRAINT positive CHECK ((size > 0)) NOT VALID",
        "ALTER TABLE public.p1 VALIDATE CONSTRAINT positive",
        "ALTER TABLE public.p ATTACH PARTITION public.p1 FOR VALUES FROM (1) TO (10)",
    ]


def test_a_parent_that_changes_as_well(server: Server) -> None:
    wider = PARENT.replace("size integer", "size bigint, weight integer DEFAULT 3")
    converge(server, PARENT + APART, wider + CHECK.format("p", "positive", 0) + JOINED)
    converge(server, PARENT + JOINED, wider + CHECK.format("p", "positive", 0) + APART)


def test_settings_of_a_column_that_was_inherited(server: Server) -> None:
    own = "ALTER TABLE p1 ALTER size SET STATISTICS 7;"
    converge(server, PARENT + JOINED + own, PARENT + APART)
    converge(server, PARENT + JOINED + own, PARENT + APART + own)


def test_a_partition_of_a_partition(server: Server) -> None:
    parent = PARENT + CHECK.format("p", "positive", 0)
    middle = "CREATE TABLE m PARTITION OF p DEFAULT PARTITION BY LIST (size);"
    middle += CHECK.format("m", "small", 1)
    joined = "CREATE TABLE p1 PARTITION OF m FOR VALUES IN (5);"
    converge(server, parent + middle + APART, parent + middle + joined)


def test_a_partition_of_another_table(server: Server) -> None:
    parents = PARENT + CHECK.format("p", "positive", 0)
    parents += PARENT.replace(" p ", " q ") + CHECK.format("q", "positive", 2)
    converge(server, parents + JOINED, parents + JOINED.replace("OF p", "OF q"))


def test_a_column_of_another_type_that_a_view_needs(server: Server) -> None:
    apart = APART.replace("size integer", "size bigint") + "CREATE VIEW v AS SELECT size FROM p1;"
    joined = JOINED + "CREATE VIEW v AS SELECT size FROM p1;"
    with pytest.raises(Unplannable, match=r"public\.p1\.size cannot be made like its parent"):
        planned(server, PARENT + apart, PARENT + joined)


KEY = "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY (size) REFERENCES other;"


@pytest.mark.parametrize(
    "apart",
    [
        "",
        KEY.format("p1", "p_size_fkey"),
        KEY.format("p1", "mine"),
        KEY.format("p1", "mine") + KEY.format("p1", "mine_too"),
        KEY.format("p1", "mine").replace(";", " ON DELETE CASCADE;"),
        KEY.format("p1", "mine").replace(";", " NOT VALID;"),
    ],
)
def test_foreign_keys(server: Server, apart: str) -> None:
    parent = PARENT + KEY.format("p", "p_size_fkey")
    converge(server, parent + APART + apart, parent + JOINED, shared=OTHER)


def test_a_foreign_key_that_has_a_name_of_its_own_stays(server: Server) -> None:
    parent = PARENT + KEY.format("p", "p_size_fkey")
    ways = converge(
        server, parent + APART + KEY.format("p1", "mine"), parent + JOINED, shared=OTHER
    )
    assert _besides_names(ways.there) == [
        "ALTER TABLE public.p ATTACH PARTITION public.p1 FOR VALUES FROM (1) TO (10)"
    ]


def test_a_foreign_key_that_its_parent_loses_as_well(server: Server) -> None:
    parent = PARENT + KEY.format("p", "p_size_fkey")
    converge(server, parent + JOINED, PARENT + APART, shared=OTHER)
    converge(server, parent + JOINED, PARENT + APART + KEY.format("p1", "mine"), shared=OTHER)


def test_a_foreign_key_to_the_parent_itself(server: Server) -> None:
    key = "ALTER TABLE p ADD PRIMARY KEY (id); ALTER TABLE p ADD FOREIGN KEY (size) REFERENCES p;"
    converge(server, PARENT + key + JOINED, PARENT + APART)


TWO = "CREATE TABLE {0} (id integer PRIMARY KEY, other integer){1};"
BOTH_WAYS = """ALTER TABLE a ADD CONSTRAINT to_b FOREIGN KEY (other) REFERENCES b;
    ALTER TABLE b ADD CONSTRAINT to_a FOREIGN KEY (other) REFERENCES a;"""


@pytest.mark.parametrize("parents", ["", " PARTITION BY RANGE (id)"])
@pytest.mark.parametrize(
    "keys",
    [
        "",
        BOTH_WAYS,
        "ALTER TABLE a1 ADD CONSTRAINT mine FOREIGN KEY (other) REFERENCES b;",
    ],
)
def test_foreign_keys_of_two_tables_to_each_other(server: Server, parents: str, keys: str) -> None:
    """Each has a partition that leaves; the parents are made again, or are not."""
    joined = "CREATE TABLE a1 PARTITION OF a DEFAULT; CREATE TABLE b1 PARTITION OF b DEFAULT;"
    old = "".join(TWO.format(each, " PARTITION BY RANGE (id)") for each in "ab")
    new = "".join(TWO.format(each, parents) for each in "ab")
    apart = "".join(TWO.format(each, "") for each in ("a1", "b1"))
    converge(server, old + joined + BOTH_WAYS, new + apart + keys)


def test_a_foreign_key_of_a_partition_becomes_its_parents(server: Server) -> None:
    """It stays as it is, and with it what it has looked at."""
    tables = PARENT + "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (10);"
    own = KEY.format("p1", "mine") + KEY.format("p1", "again")
    ways = converge(server, tables + own, tables + KEY.format("p", "k"), shared=OTHER, back=False)
    assert ways.there == [
        "ALTER TABLE public.p ADD CONSTRAINT k FOREIGN KEY (size) REFERENCES public.other(id)",
        "ALTER TABLE public.p1 DROP CONSTRAINT mine",
    ]


def _besides_names(statements: list[str]) -> list[str]:
    """Without those that PostgreSQL 18 needs, where NOT NULL has a name."""
    return [each for each in statements if "RENAME CONSTRAINT" not in each]


def test_bounds_that_move(server: Server) -> None:
    def parts(middle: int) -> str:
        first = f"CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO ({middle});"
        return f"{first} CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ({middle}) TO (100);"

    parent = PARENT + CHECK.format("p", "positive", 0) + "CREATE INDEX ON p (size);"
    converge(server, parent + parts(10), parent + parts(20))


def test_a_partition_that_is_split(server: Server) -> None:
    parent = PARENT.replace("RANGE", "HASH")
    part = "CREATE TABLE p{} PARTITION OF p FOR VALUES WITH (MODULUS {}, REMAINDER {});"
    whole = part.format(0, 2, 0) + part.format(1, 2, 1)
    split = part.format(0, 2, 0) + part.format(1, 4, 1) + part.format(2, 4, 3)
    converge(server, parent + whole, parent + split)


def test_a_table_with_a_key_of_its_own_and_nulls(server: Server) -> None:
    parent = "CREATE TABLE t (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);"
    alone = "CREATE TABLE t1 (id int PRIMARY KEY, d date);"
    converge(server, f"{parent} CREATE TABLE t1 PARTITION OF t DEFAULT;", parent + alone)


KEYED = "CREATE TABLE p (id integer NOT NULL, {0} integer NOT NULL{1}) PARTITION BY LIST ({0});"
KEPT = "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
BELOW = "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY RANGE (id);"
TOUCH = "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"


@pytest.mark.parametrize(
    ("more", "own"),
    [
        (", UNIQUE ({0})", ""),
        (", PRIMARY KEY ({0})", "CREATE TABLE r (x integer REFERENCES p1 ({0}));"),
        (", twice_{0} integer GENERATED ALWAYS AS ({0} * 2) STORED", ""),
        ("", "CREATE INDEX ON p ({0});"),
        ("", "CREATE INDEX ON p1 (({0} + 1));"),
        ("", "ALTER TABLE p1 ADD CHECK ({0} > id); CREATE STATISTICS s ON id, {0} FROM p1;"),
        ("", "CREATE POLICY own ON p1 USING ({0} > 1);"),
        ("", "CREATE VIEW v AS SELECT {0} FROM p1;"),
        ("", "CREATE RULE r AS ON DELETE TO p1 DO ALSO SELECT old.{0};"),
        (
            "",
            TOUCH + "CREATE TRIGGER own AFTER UPDATE OF {0} ON p1 FOR EACH ROW "
            "EXECUTE FUNCTION touch();",
        ),
        (
            "",
            (
                "COMMENT ON COLUMN p1.{0} IS 'own'; GRANT SELECT ({0}) ON p1 TO PUBLIC;"
                "ALTER TABLE p1 ALTER {0} SET STATISTICS 7, ALTER {0} SET DEFAULT 1;"
            ),
        ),
    ],
)
def test_another_key_column_under_a_partition_that_stays(
    server: Server, more: str, own: str
) -> None:
    old, new = ((KEYED.format(key, more.format(key)), own.format(key)) for key in ("k", "e"))
    converge(server, old[0] + KEPT + old[1], new[0] + KEPT + new[1])


def test_another_key_column_two_levels_up(server: Server) -> None:
    leaf = "CREATE TABLE p2 PARTITION OF p1 DEFAULT; CREATE POLICY own ON p2 USING ({0} > 1);"
    leaf += "CREATE VIEW v AS SELECT {0} FROM p2; CREATE INDEX ON p2 (({0} + 1));"
    old, new = (KEYED.format(key, "") + BELOW + leaf.format(key) for key in ("k", "e"))
    converge(server, old, new)


def test_another_key_column_of_a_type_of_its_own(server: Server) -> None:
    old = "CREATE TYPE sort AS ENUM ('a', 'b');"
    old += KEYED.format("k", "").replace("k integer", "k sort") + KEPT.replace("1)", "'a')")
    new = "CREATE DOMAIN kind AS text; CREATE SEQUENCE numbers;"
    new += "CREATE TABLE p (id integer NOT NULL, e kind, n bigint DEFAULT nextval('numbers'))"
    new += " PARTITION BY LIST (e);" + KEPT.replace("1)", "'a')") + "CREATE INDEX ON p1 (e);"
    converge(server, old, new)


def test_a_partition_leaves_and_loses_a_key_column(server: Server) -> None:
    own = KEPT + "CREATE INDEX ON p1 (k, id);"
    converge(
        server,
        KEYED.format("k", ", UNIQUE (k)") + own,
        KEYED.format("k", ", UNIQUE (k)") + "CREATE TABLE p1 (id integer NOT NULL);",
    )


def test_a_child_becomes_a_partition(server: Server) -> None:
    parent = "CREATE TABLE q (id integer NOT NULL, k integer NOT NULL);"
    child = "CREATE TABLE p1 () INHERITS (q); CREATE INDEX ON p1 (k);"
    partitioned = KEYED.format("e", ", UNIQUE (e)")
    converge(server, parent + child + partitioned, parent + partitioned + KEPT, back=False)


@pytest.mark.parametrize("below", ["PARTITION OF p DEFAULT", "() INHERITS (p)"])
def test_a_table_that_stays_below_changes_no_columns_of_its_own(server: Server, below: str) -> None:
    by = " PARTITION BY LIST (id)" if below.startswith("PARTITION") else ""
    table = f"CREATE TABLE p (id integer, {{}}){by}; CREATE TABLE c {below};"
    own = "ALTER TABLE c SET (fillfactor = 70); ALTER TABLE c REPLICA IDENTITY FULL;"
    converge(server, table.format("a integer"), table.format("b integer DEFAULT 3") + own)
    renames = read_renames(["column public.p.a = b"])
    converge(server, table.format("a integer"), table.format("b integer") + own, renames=renames)
    renames = read_renames(["table public.c = d"])
    named = table.format("a integer")
    renamed = (named + own).replace("TABLE c ", "TABLE d ")
    converge(server, named, renamed, renames=renames)
