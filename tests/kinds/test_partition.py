"""Partitions: attached when they and their parents have all that the other wants."""

import pytest

from gnkmigrate.diff.renames import NO_RENAMES, Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.kinds.change import Unplannable
from gnkmigrate.servers import Server
from tests.corpus.bench import LoadFailed
from tests.kinds.converge import converge, planned

PARENT = "CREATE TABLE p (day date NOT NULL, size integer) PARTITION BY RANGE (day);"
PARTITION = "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"


def test_a_new_one_waits_until_its_parent_has_lost_a_column(server: Server) -> None:
    wider = PARENT.replace("size integer", "size integer, weight integer")
    there = converge(server, wider, PARENT + PARTITION).there
    assert [each.split(" p")[0] for each in there] == [
        "CREATE TABLE",
        "ALTER TABLE",
        "ALTER TABLE",
    ]
    assert there[1] == "ALTER TABLE public.p DROP COLUMN weight"


@pytest.mark.parametrize("renamed", [False, True])
def test_a_new_one_waits_until_the_topmost_has_lost_a_column(
    server: Server, *, renamed: bool
) -> None:
    view = "CREATE VIEW v AS SELECT size FROM p"
    wider = PARENT.replace("size integer", "size integer, weight integer CHECK (weight > 0)")
    middle = PARTITION.replace(";", " PARTITION BY LIST (size);")
    part = "CREATE TABLE p2 PARTITION OF p1 FOR VALUES IN (1);"
    tables = [Identity("table", ("public", name)) for name in ("p", "q")]
    converge(
        server,
        f"{wider}{middle}{view} WHERE weight = 1;",
        f"{PARENT}{middle}{view}; {part}" + ("ALTER TABLE p RENAME TO q;" if renamed else ""),
        renames=Renames.of((tables[0], tables[1])) if renamed else NO_RENAMES,
    )


def test_a_new_one_waits_until_its_parent_has_another_column(server: Server) -> None:
    function = "CREATE FUNCTION one() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
    computed = "size integer, weight integer GENERATED ALWAYS AS (one()) STORED"
    converge(server, PARENT, function + PARENT.replace("size integer", computed) + PARTITION)


def test_settings_of_its_own_come_after_the_parent_s_column(server: Server) -> None:
    tables = "CREATE TABLE a (x integer); CREATE TABLE b () INHERITS (a);"
    column = """ALTER TABLE a ADD y text; ALTER TABLE a ALTER y SET COMPRESSION pglz;
        ALTER TABLE b ALTER y SET STATISTICS 9;"""
    function = "CREATE FUNCTION f(r a) RETURNS integer LANGUAGE sql RETURN (r).x;"
    converge(server, tables + function, tables + column)


def test_it_stays_while_its_parent_is_made_again(server: Server) -> None:
    partition = "CREATE TABLE p1 PARTITION OF p DEFAULT; COMMENT ON TABLE p1 IS 'kept';"
    ways = converge(server, PARENT + partition, PARENT.replace("RANGE", "LIST") + partition)
    for there in ways:
        assert there[:2] == [
            "ALTER TABLE public.p DETACH PARTITION public.p1",
            "DROP TABLE public.p",
        ]


def test_it_is_attached_though_its_parent_has_checks_and_foreign_keys(server: Server) -> None:
    keyed = PARENT.replace("integer", "integer REFERENCES t (a) CHECK (size > 0)")
    parents = f"CREATE TABLE t (a integer PRIMARY KEY); {keyed}"
    converge(server, parents, f"{parents} {PARTITION}")
    converge(server, parents, f"{parents} {PARTITION[:-1]} PARTITION BY LIST (size);")


def test_a_new_one_waits_for_what_its_parent_s_parts_use(server: Server) -> None:
    """The command that makes it writes the parent's defaults and checks down."""
    first = "CREATE TABLE a PARTITION OF p DEFAULT;"
    serial = "CREATE TABLE p (n serial, k text)"
    converge(server, f"{serial};", f"{serial} PARTITION BY LIST (k); {first}")
    function = "CREATE FUNCTION one() RETURNS {0} LANGUAGE sql IMMUTABLE AS 'SELECT 1::{0}';"
    calling = "CREATE TABLE p (n integer DEFAULT one() CHECK (n > one())) PARTITION BY LIST (n);"
    old, new = function.format("integer"), function.format("smallint")
    converge(server, old + calling, new + calling + first)


RANGE = "FOR VALUES FROM (1) TO (10)"
HALVED = "PARTITION BY RANGE (id)"
TOP = "CREATE TABLE d (id integer NOT NULL, n {}) PARTITION BY RANGE (id);"
MIDDLE = f"CREATE TABLE d1 PARTITION OF d {RANGE} {HALVED};"
ATTACHED = f"CREATE TABLE d1 (LIKE d) {HALVED}; ALTER TABLE d ATTACH PARTITION d1 {RANGE};"
KEPT = "ALTER TABLE {0} ALTER n SET STORAGE EXTERNAL; ALTER TABLE {0} ALTER n SET COMPRESSION pglz;"
USUAL = KEPT.replace("EXTERNAL", "EXTENDED").replace("pglz", "default")
# Before it PostgreSQL takes no generated column of a partition's own.
FIRST_WITH_COMPUTED = 16
COMPUTED = "integer GENERATED ALWAYS AS (id + {}) STORED"
BELOW = "CREATE TABLE d1a PARTITION OF d1 FOR VALUES FROM (1) TO (5);"
FURTHER = f"{BELOW[:-1]} {HALVED}; CREATE TABLE d1b PARTITION OF d1a DEFAULT;"
FOREIGN = f"{BELOW[:-1].replace('TABLE', 'FOREIGN TABLE')} SERVER far;"
FAR = "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;"

# What the table at the top says of its column, and what the one in the middle makes of it.
LEVELS = [
    ("integer", MIDDLE.replace("OF d", "OF d (n NOT NULL)")),
    ("integer DEFAULT 1", ATTACHED),
    ("integer DEFAULT 1", MIDDLE.replace("OF d", "OF d (n DEFAULT 2)")),
    ("text", MIDDLE + KEPT.format("d1")),
    ("text", KEPT.format("d") + MIDDLE + USUAL.format("d1")),
    ("text", KEPT.format("d") + MIDDLE),
    ("text", MIDDLE + "ALTER TABLE d1 ALTER n SET STATISTICS 7;"),
    (COMPUTED.format(1), MIDDLE.replace("OF d", "OF d (n GENERATED ALWAYS AS (id + 2) STORED)")),
]


@pytest.mark.parametrize("below", [BELOW, FURTHER])
@pytest.mark.parametrize(("top", "middle"), LEVELS)
def test_a_new_one_has_what_the_nearest_table_above_says(
    server: Server, top: str, middle: str, below: str
) -> None:
    if top == COMPUTED.format(1) and server.major < FIRST_WITH_COMPUTED:
        with pytest.raises(LoadFailed, match="not supported on partitions"):
            converge(server, TOP.format(top), TOP.format(top) + middle)
        return
    parents = TOP.format(top) + middle
    converge(server, TOP.format(top), parents + below)
    converge(server, parents, parents + below)


@pytest.mark.parametrize(("top", "middle"), LEVELS[:3])
def test_a_new_foreign_one_has_it_too(server: Server, top: str, middle: str) -> None:
    parents = FAR + TOP.format(top)
    converge(server, parents, parents + middle + FOREIGN)


@pytest.mark.parametrize(("top", "middle"), LEVELS[:7])
def test_a_table_that_becomes_one_has_it_too(server: Server, top: str, middle: str) -> None:
    parents = TOP.format(top) + middle
    apart = f"CREATE TABLE d1a (id integer NOT NULL, n {top.partition(' ')[0]});"
    converge(server, parents + apart, parents + BELOW)


def test_one_that_says_otherwise_itself(server: Server) -> None:
    parents = TOP.format("integer DEFAULT 1") + MIDDLE.replace("OF d", "OF d (n DEFAULT 2)")
    converge(server, parents, parents + BELOW.replace("OF d1", "OF d1 (n DEFAULT 1)"))
    kept = TOP.format("text") + MIDDLE + KEPT.format("d1")
    converge(server, kept, kept + BELOW + USUAL.format("d1a"))
    none = "ALTER TABLE d1a ALTER n DROP DEFAULT;"
    converge(server, parents + BELOW + none, parents + BELOW)


def test_a_new_one_waits_for_what_the_default_in_the_middle_uses(server: Server) -> None:
    function = "CREATE FUNCTION one() RETURNS {0} LANGUAGE sql IMMUTABLE AS 'SELECT 1::{0}';"
    parents = TOP.format("integer DEFAULT 1") + MIDDLE.replace("OF d", "OF d (n DEFAULT one())")
    old, new = function.format("integer"), function.format("smallint")
    converge(server, TOP.format("integer DEFAULT 1"), new + parents + BELOW)
    converge(server, old + parents, new + parents + BELOW)


@pytest.mark.parametrize("setting", ["COMPRESSION pglz", "STATISTICS 7", "STORAGE EXTERNAL"])
@pytest.mark.parametrize("set_on", ["a", "b"])
def test_a_new_child_comes_after_the_settings_of_those_above(
    server: Server, setting: str, set_on: str
) -> None:
    """It has most of them as they are when it is made; others go to those that are there."""
    top, middle = "CREATE TABLE a (n text);", "CREATE TABLE b () INHERITS (a);"
    new = f"{top} {middle} ALTER TABLE {set_on} ALTER n SET {setting};"
    for old in (top, top + middle):
        converge(server, old, f"{new} CREATE TABLE c () INHERITS (b);")


def test_compression_goes_down_from_a_table_in_the_middle(server: Server) -> None:
    tables = """CREATE TABLE p (k integer, v text) PARTITION BY LIST (k);
        CREATE TABLE m PARTITION OF p FOR VALUES IN (1, 2) PARTITION BY LIST (k);{m}
        CREATE TABLE l PARTITION OF m FOR VALUES IN (1);
        CREATE TABLE n PARTITION OF m FOR VALUES IN (2);{n}"""
    middle = "ALTER TABLE m ALTER v SET COMPRESSION pglz;"
    own = "ALTER TABLE n ALTER v SET COMPRESSION default, ALTER v SET STATISTICS 5;"
    both = tables.replace("v text", "v text COMPRESSION pglz").format(m="", n="")
    converge(server, tables.format(m="", n=""), tables.format(m=middle, n=own))
    converge(server, tables.format(m=middle, n=own), both)


def test_the_share_of_the_parent_s_index_is_the_target_s(server: Server) -> None:
    parent = "CREATE TABLE p (id integer, k integer) PARTITION BY LIST (k);"
    table = "CREATE TABLE c (id integer, k integer);"
    older = "CREATE INDEX older ON c (id); COMMENT ON INDEX older IS 'kept';"
    index = "CREATE INDEX ON p (id);"
    attached = "ALTER TABLE p ATTACH PARTITION c FOR VALUES IN (1);"
    there = converge(
        server, parent + table + older + index, parent + table + attached + index + older
    ).there
    assert there[1] == "DROP INDEX CONCURRENTLY public.older"


def test_one_that_leaves_has_the_key_to_what_is_made_again(server: Server) -> None:
    referred = "CREATE TABLE r (id integer PRIMARY KEY)"
    again = f"{referred} PARTITION BY RANGE (id); CREATE TABLE r1 PARTITION OF r DEFAULT;"
    key = "(k integer CONSTRAINT own REFERENCES r)"
    parent = f"CREATE TABLE p {key} PARTITION BY LIST (k);"
    partition = "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
    converge(server, f"{referred};{parent}{partition}", f"{again}{parent}CREATE TABLE p1 {key};")


@pytest.mark.parametrize("nulls", ["", "CONSTRAINT above NOT NULL"])
def test_not_null_keeps_its_name_when_it_is_attached(server: Server, nulls: str) -> None:
    if server.version < 180000:
        pytest.skip("NOT NULL has no name before PostgreSQL 18")
    parent = "CREATE TABLE p (k integer, v text {}) PARTITION BY LIST (k);"
    table = "CREATE TABLE p1 (k integer, v text CONSTRAINT {} NOT NULL);"
    attached = "ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);"
    apart = parent.format("NOT NULL") + table.format("own")
    there = parent.format(nulls) + table.format("other") + attached
    converge(server, apart, there)
    joined = parent.format("") + table.format("own") + attached
    converge(server, joined, there)
    if nulls:  # an attached table's constraint cannot be renamed, be it the parent's that is
        renamed = there.replace("above", "below")
        with pytest.raises(Unplannable, match=r"public\.p is partitioned"):
            planned(server, there, renamed)


def test_one_with_partitions_goes_while_a_foreign_key_refers_to_the_whole(server: Server) -> None:
    whole = """
        CREATE TABLE p (id integer, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
        CREATE TABLE n (id integer, day date, FOREIGN KEY (id, day) REFERENCES p (id, day));
    """
    parts = """
        CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')
            PARTITION BY HASH (id);
        CREATE TABLE p11 PARTITION OF p1 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
    """
    there = converge(server, whole + parts, whole).there
    assert there.index("ALTER TABLE public.p DETACH PARTITION public.p1") < there.index(
        "DROP TABLE public.p11"
    )
    assert converge(server, whole + parts, "").there[-1] == "DROP TABLE public.p"


def test_it_goes_while_the_schema_of_its_table_is_renamed(server: Server) -> None:
    whole = "CREATE SCHEMA {0}; CREATE TABLE {0}.p (id integer) PARTITION BY RANGE (id);"
    renames = Renames.of((Identity("schema", ("s",)), Identity("schema", ("s2",))))
    converge(
        server,
        whole.format("s") + "CREATE TABLE p1 PARTITION OF s.p FOR VALUES FROM (1) TO (2);",
        whole.format("s2") + "CREATE TABLE p1 (id integer);",
        renames=renames,
    )


def test_one_that_is_made_again_parts_with_nothing_first(server: Server) -> None:
    table = (
        "CREATE TABLE t (k integer, {0} integer) PARTITION BY LIST (k);"
        "CREATE TABLE p PARTITION OF t FOR VALUES IN (1) PARTITION BY RANGE ({0});"
    )
    ways = converge(server, table.format("a"), table.format("b"))
    assert not any(each.startswith("ALTER TABLE public.p ") for way in ways for each in way)


@pytest.mark.parametrize("levels", [1, 2])
def test_the_type_of_a_key_is_no_matter_of_turns(server: Server, levels: int) -> None:
    old = (
        "CREATE TABLE p (a integer, b integer) PARTITION BY LIST (b);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)"
    )
    if levels > 1:
        old += "PARTITION BY LIST (b); CREATE TABLE p2 PARTITION OF p1 FOR VALUES IN (1)"
    for bound in ("(1)", "(1, 2)"):
        new = old.replace("b integer", "b bigint").replace("(1)", bound)
        with pytest.raises(Unplannable, match=r"public\.p is partitioned by it") as refused:
            planned(server, old, new)
        assert "Make a new table" in refused.value.hint
