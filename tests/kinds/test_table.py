"""Tables."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import Case, case

CIRCLE = (
    "CREATE TABLE a (id integer PRIMARY KEY, b integer);"
    "CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a);"
    "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;"
)

CASES = {
    "in one command, with all its own": case(
        "",
        'CREATE UNLOGGED TABLE "Item" (id integer PRIMARY KEY, "Name" text DEFAULT \'?\' NOT NULL'
        ' COLLATE "C", price numeric(8,2) CHECK (price > 0), double numeric GENERATED ALWAYS AS '
        "(price * 2) STORED, number bigint GENERATED ALWAYS AS IDENTITY) WITH (fillfactor=70);",
        'CREATE UNLOGGED TABLE public."Item" (\n'
        "    id integer NOT NULL,\n"
        '    "Name" text COLLATE "C" DEFAULT \'?\'::text NOT NULL,\n'
        "    price numeric(8,2),\n"
        "    double numeric GENERATED ALWAYS AS ((price * (2)::numeric)) STORED,\n"
        "    number bigint GENERATED ALWAYS AS IDENTITY NOT NULL,\n"
        '    CONSTRAINT "Item_pkey" PRIMARY KEY (id),\n'
        '    CONSTRAINT "Item_price_check" CHECK ((price > (0)::numeric))\n'
        ") WITH (fillfactor='70')",
    ),
    "tables that need each other get their foreign keys afterwards": case(
        "",
        CIRCLE,
        "CREATE TABLE public.a (\n    id integer NOT NULL,\n    b integer,\n"
        "    CONSTRAINT a_pkey PRIMARY KEY (id)\n)",
        "CREATE TABLE public.b (\n    id integer NOT NULL,\n    a integer,\n"
        "    CONSTRAINT b_pkey PRIMARY KEY (id)\n)",
        "ALTER TABLE public.a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES public.b(id)",
        "ALTER TABLE public.b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES public.a(id)",
    ),
    "and lose them before": case(
        CIRCLE,
        "",
        "ALTER TABLE public.a DROP CONSTRAINT a_b_fkey",
        "ALTER TABLE public.b DROP CONSTRAINT b_a_fkey",
        "DROP TABLE public.a",
        "DROP TABLE public.b",
    ),
    "a view in its place": case(
        "CREATE TABLE item (id integer);",
        "CREATE VIEW item AS SELECT 1 AS id;",
        "DROP TABLE public.item",
        "CREATE VIEW public.item AS\nSELECT 1 AS id",
    ),
    "logged again, with other storage parameters": case(
        "CREATE UNLOGGED TABLE item () WITH (fillfactor=70, autovacuum_enabled=off);",
        "CREATE TABLE item () WITH (fillfactor=80);",
        "ALTER TABLE public.item SET LOGGED",
        "ALTER TABLE public.item RESET (autovacuum_enabled)",
        "ALTER TABLE public.item SET (fillfactor='80')",
    ),
    "partitioned, with a partition": case(
        "",
        "CREATE TABLE event (day date) PARTITION BY RANGE (day);"
        "CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') "
        "TO ('2026-01-01');",
        "CREATE TABLE public.event (\n    day date\n) PARTITION BY RANGE (day)",
        "CREATE TABLE public.event_2025 (\n    day date\n)",
        "ALTER TABLE public.event ATTACH PARTITION public.event_2025 "
        "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    ),
    "a partition is detached with its columns": case(
        "CREATE TABLE event (day date) PARTITION BY RANGE (day);"
        "CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') "
        "TO ('2026-01-01');",
        "CREATE TABLE event (day date) PARTITION BY RANGE (day);"
        "CREATE TABLE event_2025 (day date);",
        "ALTER TABLE public.event DETACH PARTITION public.event_2025",
        rows="INSERT INTO event VALUES ('2025-05-05')",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected


def test_keys_of_the_same_columns_are_made_one_by_one(server: Server) -> None:
    """CREATE TABLE would make but one of them."""
    new = """CREATE TABLE t (a integer, b integer, CONSTRAINT p PRIMARY KEY (a));
        ALTER TABLE t ADD CONSTRAINT u UNIQUE (a), ADD CONSTRAINT v UNIQUE (a, b);
        COMMENT ON CONSTRAINT u ON t IS 'also';"""
    there = converge(server, "", new).there
    assert there[1] == "ALTER TABLE public.t ADD CONSTRAINT u UNIQUE (a)"


def test_a_key_goes_before_the_table_that_it_refers_to_is_unlogged(server: Server) -> None:
    tables = "CREATE {0} TABLE p (a integer PRIMARY KEY); CREATE TABLE k (p integer{1});"
    converge(server, tables.format("", " REFERENCES p"), tables.format("UNLOGGED", ""))
