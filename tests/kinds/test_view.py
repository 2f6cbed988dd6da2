"""Views: replaced in place, or dropped and made again with all that stands on them."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge, differing, planned
from tests.plan.support import Case, case

TABLE = "CREATE TABLE item (id integer, name text);"

CASES = {
    "a view comes after its table and goes before it": case(
        "CREATE TABLE old (id integer); CREATE VIEW gone AS SELECT id FROM old;",
        TABLE + "CREATE VIEW names WITH (security_barrier) AS SELECT name FROM item;",
        "CREATE TABLE public.item (\n    id integer,\n    name text\n)",
        "CREATE VIEW public.names WITH (security_barrier='true') AS\n"
        "SELECT name\n   FROM public.item",
        "DROP VIEW public.gone",
        "DROP TABLE public.old",
        since=160000,
    ),
    "one whose columns stay is replaced under those that stand on it": case(
        TABLE + "CREATE VIEW a AS SELECT id FROM item; CREATE VIEW b AS SELECT id FROM a;",
        TABLE
        + "CREATE VIEW a AS SELECT id + 1 AS id FROM item; CREATE VIEW b AS SELECT id FROM a;",
        "CREATE OR REPLACE VIEW public.a AS\nSELECT (id + 1) AS id\n   FROM public.item",
        since=160000,
    ),
    "one whose columns change takes them along": case(
        TABLE + "CREATE VIEW a AS SELECT id, name FROM item; CREATE VIEW b AS SELECT id FROM a;",
        TABLE + "CREATE VIEW a AS SELECT name, id FROM item; CREATE VIEW b AS SELECT id FROM a;",
        "DROP VIEW public.b",
        "DROP VIEW public.a",
        "CREATE VIEW public.a AS\nSELECT name,\n    id\n   FROM public.item",
        "CREATE VIEW public.b AS\nSELECT id\n   FROM public.a",
        since=160000,
    ),
    "options change in place": case(
        TABLE + "CREATE VIEW names WITH (security_barrier) AS SELECT name FROM item;",
        TABLE + "CREATE VIEW names WITH (security_invoker=true) AS SELECT name FROM item;",
        "ALTER VIEW public.names RESET (security_barrier)",
        "ALTER VIEW public.names SET (security_invoker='true')",
        since=150000,
    ),
    "a column's new type makes them all way, comments and indexes too": case(
        TABLE + "CREATE MATERIALIZED VIEW m AS SELECT id FROM item; CREATE INDEX m_id ON m (id);"
        "COMMENT ON MATERIALIZED VIEW m IS 'kept';",
        "CREATE TABLE item (id bigint, name text);"
        "CREATE MATERIALIZED VIEW m AS SELECT id FROM item; CREATE INDEX m_id ON m (id);"
        "COMMENT ON MATERIALIZED VIEW m IS 'kept';",
        "DROP MATERIALIZED VIEW public.m",
        "ALTER TABLE public.item ALTER COLUMN id TYPE bigint",
        "CREATE MATERIALIZED VIEW public.m AS\nSELECT id\n   FROM public.item",
        "CREATE INDEX m_id ON public.m USING btree (id)",
        "COMMENT ON MATERIALIZED VIEW public.m IS 'kept'",
        since=160000,
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


def test_a_materialized_view_that_is_made_again_keeps_the_settings_of_its_columns(
    server: Server,
) -> None:
    view = "CREATE MATERIALIZED VIEW m AS SELECT id, name FROM item;"
    settings = """
        ALTER MATERIALIZED VIEW m ALTER name SET STATISTICS 5, ALTER name SET STORAGE EXTERNAL;
        ALTER MATERIALIZED VIEW m ALTER id SET (n_distinct = 3);
    """
    converge(
        server,
        TABLE + view + settings,
        TABLE.replace("id integer", "id bigint") + view + settings,
    )


def test_a_materialized_view_that_holds_data_is_never_emptied(server: Server) -> None:
    """pg_dump writes each of them WITH NO DATA, also where it is defined otherwise."""
    setup = "CREATE TABLE t (id int);"
    view = "CREATE MATERIALIZED VIEW m AS SELECT id{} FROM t{};"
    empty = " WITH NO DATA"
    assert differing(server, setup + view.format("", ""), setup + view.format("", empty)) == set()
    there = planned(server, setup + view.format("", ""), setup + view.format(" + 1 AS n", empty))
    assert [each.sql for each in there if "NO DATA" in each.sql] == []
