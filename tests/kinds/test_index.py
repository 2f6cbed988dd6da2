"""Indexes: built and dropped beside those who use the table."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge
from tests.plan.support import Case, case

TABLE = "CREATE TABLE item (id integer, name text, shown boolean);"
BY_NAME = TABLE + "CREATE INDEX by_name ON item (name);"

CASES = {
    "a missing index is built concurrently": case(
        TABLE,
        BY_NAME,
        "CREATE INDEX CONCURRENTLY by_name ON public.item USING btree (name)",
    ),
    "an extra one is dropped concurrently": case(
        BY_NAME,
        TABLE,
        "DROP INDEX CONCURRENTLY public.by_name",
    ),
    "one that differs stays until its successor is there": case(
        BY_NAME,
        TABLE + "CREATE UNIQUE INDEX by_name ON item (lower(name) DESC) WHERE shown;",
        "ALTER INDEX public.by_name RENAME TO by_name_replaced",
        "CREATE UNIQUE INDEX CONCURRENTLY by_name ON public.item "
        "USING btree (lower(name) DESC) WHERE shown",
        "DROP INDEX CONCURRENTLY public.by_name_replaced",
    ),
    "offline it is dropped first": case(
        BY_NAME,
        TABLE + "CREATE INDEX by_name ON item (name DESC);",
        "DROP INDEX public.by_name",
        "CREATE INDEX by_name ON public.item USING btree (name DESC)",
        online=False,
    ),
    "the same index under another name is renamed": case(
        BY_NAME,
        TABLE + 'CREATE INDEX "byName" ON item (name);',
        'ALTER INDEX public.by_name RENAME TO "byName"',
    ),
    "on a table that is new it is built plainly": case(
        "",
        TABLE + "CREATE INDEX by_name ON item (name) INCLUDE (id);",
        "CREATE TABLE public.item (\n    id integer,\n    name text,\n    shown boolean\n)",
        "CREATE INDEX by_name ON public.item USING btree (name) INCLUDE (id)",
    ),
    "with a dropped table it goes by itself": case(BY_NAME, "", "DROP TABLE public.item"),
    "a comment passes to the successor": case(
        BY_NAME + "COMMENT ON INDEX by_name IS 'why';",
        TABLE + "CREATE INDEX by_name ON item (id); COMMENT ON INDEX by_name IS 'why';",
        "ALTER INDEX public.by_name RENAME TO by_name_replaced",
        "CREATE INDEX CONCURRENTLY by_name ON public.item USING btree (id)",
        "COMMENT ON INDEX public.by_name IS 'why'",
        "DROP INDEX CONCURRENTLY public.by_name_replaced",
    ),
    "where its column changes it makes way, as it would stop the change": case(
        "CREATE TYPE kind AS ENUM ('a', 'b'); CREATE TABLE item (kind kind);"
        "CREATE INDEX only_a ON item (kind) WHERE kind = 'a';",
        "CREATE TABLE item (kind text); CREATE INDEX only_a ON item (kind) WHERE kind = 'a';",
        "DROP INDEX CONCURRENTLY public.only_a",
        "ALTER TABLE public.item ALTER COLUMN kind TYPE text",
        "CREATE INDEX CONCURRENTLY only_a ON public.item USING btree (kind) "
        "WHERE (kind = 'a'::text)",
        "DROP TYPE public.kind",
    ),
}


COLLATIONS = 'CREATE TABLE t (a text, c text COLLATE "C");'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", 'a COLLATE "C"'),
        ("c", 'c COLLATE "default"'),
        ("lower(a)", 'lower(a) COLLATE "C"'),
        ("lower(c)", 'lower(c) COLLATE "default"'),
        ('lower(a COLLATE "C")', 'lower(a COLLATE "C") COLLATE "default"'),
    ],
)
def test_a_key_has_a_collation_of_its_own(server: Server, one: str, other: str) -> None:
    made = f"CREATE INDEX i ON t ({one})"
    there, back = converge(server, made, f"CREATE INDEX i ON t ({other})", shared=COLLATIONS)
    assert len(there) == len(back) == 3


def test_what_is_beside_an_indexed_column_is_none_of_its_business(server: Server) -> None:
    index = "CREATE INDEX i ON t (lower(a));"
    there = converge(server, f"CREATE TABLE t (a text); {index}", COLLATIONS + index).there
    assert there == ['ALTER TABLE public.t ADD COLUMN c text COLLATE "C"']


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected
