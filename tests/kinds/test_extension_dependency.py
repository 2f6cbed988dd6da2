"""Things that are dropped along with an extension (ALTER ... DEPENDS ON EXTENSION)."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

THINGS = """
CREATE TABLE item (id integer CONSTRAINT item_pkey PRIMARY KEY, name text);
CREATE INDEX by_name ON item (name);
CREATE MATERIALIZED VIEW names AS SELECT name FROM item;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER noting AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION noted();
CREATE FUNCTION one(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE two() LANGUAGE sql AS 'SELECT 2';
"""
DEPENDING = """
ALTER INDEX item_pkey DEPENDS ON EXTENSION hstore;
ALTER INDEX by_name DEPENDS ON EXTENSION hstore;
ALTER MATERIALIZED VIEW names DEPENDS ON EXTENSION hstore;
ALTER TRIGGER noting ON item DEPENDS ON EXTENSION hstore;
ALTER FUNCTION one(integer) DEPENDS ON EXTENSION hstore;
ALTER PROCEDURE two() DEPENDS ON EXTENSION hstore;
"""
EXTENSION = "CREATE EXTENSION hstore;"


def test_things_stay_when_the_extension_goes(server: Server) -> None:
    ways = converge(server, THINGS, THINGS + EXTENSION + DEPENDING)
    assert "ALTER FUNCTION public.one(integer) DEPENDS ON EXTENSION hstore" in ways.there
    assert "ALTER FUNCTION public.one(integer) NO DEPENDS ON EXTENSION hstore" in ways.back
    assert ways.back[-1] == "DROP EXTENSION hstore"


def test_what_is_made_again_or_replaced_keeps_it(server: Server) -> None:
    other = THINGS.replace("id integer", "id bigint").replace("name text", "name varchar")
    other = other.replace("AFTER INSERT", "AFTER UPDATE").replace("SELECT 2", "SELECT 3")
    other = other.replace("RETURNS integer", "RETURNS text").replace("SELECT 1", "SELECT ''1''")
    converge(server, THINGS + DEPENDING, other + DEPENDING, shared=EXTENSION)


def test_all_go_together(server: Server) -> None:
    converge(server, EXTENSION + THINGS + DEPENDING, "")


def test_an_index_that_is_made_anew_depends_on_it_afterwards(server: Server) -> None:
    """Whatever the new type of its column waits for."""
    table = """
        CREATE EXTENSION hstore; CREATE TABLE t (a {0}, size integer
            GENERATED ALWAYS AS (length(a::text)) STORED);
        CREATE INDEX by_a ON t (a); CREATE VIEW v AS SELECT a FROM t;
    """
    depends = "ALTER INDEX by_a DEPENDS ON EXTENSION hstore;"
    converge(server, table.format("varchar(20)"), table.format("text") + depends)
    converge(server, table.format("varchar(20)") + depends, table.format("text"))
