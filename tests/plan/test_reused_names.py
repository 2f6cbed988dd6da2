"""A name that is given to something else: equal texts mean different things before and after.

What PostgreSQL knows by a number goes with the thing that is renamed; where the target says the
same words, it means what has the name by then.
"""

import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.rename_options import read_renames
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server
from tests.plan.support import pair, run

COLUMN = """
CREATE TABLE t (id int, {column} a int);
CREATE POLICY p ON t USING (a > 5);
CREATE INDEX i ON t (a);
CREATE VIEW v AS SELECT id FROM t WHERE a > 5;
ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0), ADD UNIQUE (a);
ALTER TABLE t ADD g int GENERATED ALWAYS AS (a + 1) STORED;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (OLD.a > 1) EXECUTE FUNCTION f();
CREATE STATISTICS st ON id, a FROM t;
"""
TABLE = """
{archive}
CREATE TABLE ord (id int PRIMARY KEY, x int);
CREATE TABLE line (oid int REFERENCES ord);
CREATE VIEW v AS SELECT id, x FROM ord;
CREATE FUNCTION g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM ord; END;
"""
SWAPPED_COLUMNS = """
CREATE TABLE t (a int, b int, c int GENERATED ALWAYS AS (a + 1) STORED);
CREATE INDEX i ON t (a) WHERE b > 0;
CREATE POLICY p ON t USING (a > 5);
"""
SWAPPED_TABLES = """
CREATE TABLE a (id int PRIMARY KEY, x int);
CREATE TABLE b (id int PRIMARY KEY, x int);
CREATE TABLE l (aid int REFERENCES a);
CREATE VIEW v AS SELECT x FROM a;
CREATE POLICY p ON l USING (aid IN (SELECT id FROM a));
"""
SWAPPED_FUNCTIONS = """
CREATE FUNCTION f(int) RETURNS bool LANGUAGE sql IMMUTABLE RETURN $1 > {f};
CREATE FUNCTION g(int) RETURNS bool LANGUAGE sql IMMUTABLE RETURN $1 > {g};
CREATE TABLE t (a int DEFAULT 1 CHECK (f(a)));
CREATE VIEW v AS SELECT f(a) FROM t;
CREATE INDEX i ON t (a) WHERE f(a);
"""
DOMAIN = """
{domains}
CREATE TABLE t (a d, b d[]);
CREATE FUNCTION f(d) RETURNS int LANGUAGE sql RETURN 1;
"""
SWAPPED_SCHEMAS = """
CREATE SCHEMA s1;
CREATE SCHEMA s2;
CREATE TABLE s1.t (id int);
CREATE TABLE s2.t (id int);
CREATE VIEW v AS SELECT id FROM s1.t;
CREATE TABLE x (id int);
CREATE POLICY p ON x USING (id IN (SELECT id FROM s1.t));
"""
SEQUENCES = """
CREATE TABLE ss (x serial, y serial);
{swap}
CREATE VIEW v AS SELECT nextval('ss_x_seq') AS n;
"""
SWAP = """
ALTER SEQUENCE ss_x_seq RENAME TO other;
ALTER SEQUENCE ss_y_seq RENAME TO ss_x_seq;
ALTER SEQUENCE other RENAME TO ss_y_seq;
"""
SHADOWED = """
CREATE TABLE {0} (id int PRIMARY KEY, a int);
{1}
CREATE TABLE x (id int);
CREATE VIEW v AS SELECT id FROM t;
CREATE POLICY p ON x USING (id IN (SELECT id FROM t));
CREATE RULE r AS ON INSERT TO x DO ALSO INSERT INTO t VALUES (1);
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; END;
CREATE FUNCTION g(x t) RETURNS int LANGUAGE sql AS 'SELECT x.a{2}';
"""
KEYED = """
CREATE TABLE {0} (id int PRIMARY KEY);
{1}
CREATE TABLE k (t int REFERENCES t);
"""
VIEWED = """
CREATE TABLE b (id int);
CREATE VIEW {0} AS SELECT id FROM b;
{1}
CREATE VIEW w AS SELECT id FROM t;
"""
TYPED = """
{0}
CREATE TABLE x (a e, b e[] DEFAULT '{{a}}');
CREATE VIEW v AS SELECT a FROM x;
CREATE FUNCTION f(e) RETURNS int LANGUAGE sql AS 'SELECT 1';
"""
# Each there and back.
PASSED_ON = {
    "a view in a table's place": (
        SHADOWED.format("t", "", ""),
        SHADOWED.format("t2", "CREATE VIEW t AS SELECT id, a FROM t2;", " + 1"),
        "table public.{} = {}",
        ("t", "t2"),
    ),
    "a table in a table's place, referred to by a column of its name": (
        KEYED.format("t", ""),
        KEYED.format("t2", "CREATE TABLE t (id int PRIMARY KEY);"),
        "table public.{} = {}",
        ("t", "t2"),
    ),
    "a table in a view's place": (
        VIEWED.format("t", ""),
        VIEWED.format("t2", "CREATE TABLE t (id int);"),
        "view public.{} = {}",
        ("t", "t2"),
    ),
    "an enum in an enum's place": (
        TYPED.format("CREATE TYPE e AS ENUM ('a', 'b');"),
        TYPED.format("CREATE TYPE e2 AS ENUM ('a', 'b'); CREATE TYPE e AS ENUM ('a', 'c', 'b');"),
        "type public.{} = {}",
        ("e", "e2"),
    ),
}
CASES = {
    f"{what}, {way}": (*sides, [said.format(*names)])
    for what, (old, new, said, (one, two)) in PASSED_ON.items()
    for way, sides, names in (
        ("there", (old, new), (one, two)),
        ("back", (new, old), (two, one)),
    )
} | {
    "a new column": (
        COLUMN.format(column=""),
        COLUMN.format(column="b int,"),
        ["column public.t.a = b"],
    ),
    "a new table beside its archive": (
        TABLE.format(archive=""),
        TABLE.format(archive="CREATE TABLE ord_archive (id int PRIMARY KEY, x int);"),
        ["table public.ord = ord_archive"],
    ),
    "columns that change places": (
        SWAPPED_COLUMNS,
        SWAPPED_COLUMNS,
        ["column public.t.a = b", "column public.t.b = a"],
    ),
    "tables that change places": (
        SWAPPED_TABLES,
        SWAPPED_TABLES,
        ["table public.a = b", "table public.b = a"],
    ),
    "functions that change places": (
        SWAPPED_FUNCTIONS.format(f=0, g=1),
        SWAPPED_FUNCTIONS.format(f=1, g=0),
        ["function public.f(integer) = g", "function public.g(integer) = f"],
    ),
    "a new domain": (
        DOMAIN.format(domains="CREATE DOMAIN d AS int;"),
        DOMAIN.format(domains="CREATE DOMAIN d_old AS int; CREATE DOMAIN d AS bigint;"),
        ["domain public.d = d_old"],
    ),
    "schemas that change places": (
        SWAPPED_SCHEMAS,
        SWAPPED_SCHEMAS,
        ["schema s1 = s2", "schema s2 = s1"],
    ),
    "sequences whose columns tell them apart": (
        SEQUENCES.format(swap=""),
        SEQUENCES.format(swap=SWAP),
        [],
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), CASES.values(), ids=CASES)
def test_what_has_the_name_by_then_is_meant(
    server: Server, old: str, new: str, said: list[str]
) -> None:
    with pair(server, old, new) as given:
        changes = compare(given.source, given.target, read_renames(said))
        statements = plan(changes, given.source, given.target)
        with connect(given.url) as connection:
            run(connection, statements)
            assert compare(read_snapshot(connection), given.target) == ()
        assert any("RENAME" in each.sql for each in statements)
