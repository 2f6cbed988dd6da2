"""The lines that declare objects."""

import pytest

from gnkmigrate.audit.finding import DatabaseObject
from gnkmigrate.audit.result import Source
from gnkmigrate.render.parts.locations import Line, Locations, locate
from tests.support import ROOT

SQL = """\
-- CREATE TABLE nowhere (a int);
CREATE TABLE users (
  id int PRIMARY KEY,  -- "x", (
  "Name" varchar(10) DEFAULT 'a, b; (',
  /* here, */ price numeric(10, 2) CHECK (price > 0),
  CONSTRAINT named UNIQUE ("Name"),
  FOREIGN KEY (id) REFERENCES b (id)
);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "By Name"
  ON users ("Name");
CREATE TABLE IF NOT EXISTS other.users (id int);
ALTER TABLE ONLY other.users
  ADD CONSTRAINT late CHECK (id > 0);
CREATE OR REPLACE FUNCTION area(a int) RETURNS int LANGUAGE sql AS $x$
  SELECT 1; CREATE TABLE inner_table (a int);
$x$;
CREATE MATERIALIZED VIEW sums AS SELECT 1;
CREATE TYPE mood AS ENUM ('a;b', 'c');
CREATE CONSTRAINT TRIGGER fires AFTER INSERT ON users EXECUTE FUNCTION f();
"""


def _places(*sources: Source) -> Locations:
    places = locate(sources)
    assert places is not None
    return places


@pytest.mark.parametrize(
    ("about", "line"),
    [
        (DatabaseObject("public", "users", "", "table"), 2),
        (DatabaseObject("public", "users", "id", "column"), 3),
        (DatabaseObject("public", "users", "Name", "column"), 4),
        (DatabaseObject("public", "users", "price", "column"), 5),
        (DatabaseObject("public", "users", "named", "constraint"), 6),
        (DatabaseObject("public", "users", "2", "column"), 2),
        (DatabaseObject("public", "users", "By Name", "index"), 9),
        (DatabaseObject("other", "users", "", "table"), 11),
        (DatabaseObject("other", "users", "late", "constraint"), 13),
        (DatabaseObject("public", "", "area(integer)", "function"), 14),
        (DatabaseObject("public", "sums", "", "view"), 17),
        (DatabaseObject("public", "", "mood", "enum"), 18),
        (DatabaseObject("public", "users", "fires", "trigger"), 19),
        (DatabaseObject("public", "nowhere", "", "table"), 1),
        (DatabaseObject("public", "inner_table", "", "table"), 1),
        (DatabaseObject(), 1),
    ],
)
def test_each_object_is_where_it_is_declared(about: DatabaseObject, line: int) -> None:
    assert _places(Source("a.sql", SQL)).of(about, None) == Line("a.sql", line)


def test_a_schema_of_several_files() -> None:
    places = _places(Source("1.sql", "SELECT 1"), Source("2.sql", "\nCREATE TABLE t (a int)"))
    assert places.of(DatabaseObject("public", "t", "a", "column"), None) == Line("2.sql", 2)
    assert places.of(DatabaseObject("public", "u", "", "table"), None) == Line("1.sql", 1)


def test_without_a_file_there_is_no_line() -> None:
    assert locate(()) is None


def test_every_table_of_minegnk_is_found() -> None:
    text = (ROOT / "schema" / "target.sql").read_text()
    places = _places(Source("schema/target.sql", text))
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("CREATE TABLE"):
            about = DatabaseObject("public", line.split()[2], "", "table")
            assert places.of(about, None).number == number


@pytest.mark.parametrize("text", ["'", '"', "$$", "/*", "CREATE", "CREATE TABLE", "a" * 100_000])
def test_text_that_is_no_sql_does_no_harm(text: str) -> None:
    assert _places(Source("a.sql", text)).lines == {}
