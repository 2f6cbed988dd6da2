"""Collations: a new one takes the name, and what uses the old one goes over."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge


def test_a_collation_comes_and_goes(server: Server) -> None:
    new = """
        CREATE COLLATION plain (LOCALE = 'C');
        CREATE COLLATION mixed (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
        COMMENT ON COLLATION plain IS 'by bytes'; ALTER COLLATION plain OWNER TO clerk;
    """
    there, back = converge(server, "", new, roles=["clerk"])
    assert there[:2] == [
        "CREATE COLLATION public.mixed (PROVIDER = libc, LC_COLLATE = 'C', LC_CTYPE = 'POSIX')",
        "CREATE COLLATION public.plain (PROVIDER = libc, LC_COLLATE = 'C', LC_CTYPE = 'C')",
    ]
    assert back == ["DROP COLLATION public.mixed", "DROP COLLATION public.plain"]


def test_the_builtin_provider(server: Server) -> None:
    if server.version < 170000:
        pytest.skip("older servers have none")
    collation = "CREATE COLLATION c (PROVIDER = builtin, LOCALE = '{}');".format
    there, _ = converge(server, collation("C"), collation("C.UTF-8"))
    assert "CREATE COLLATION public.c (PROVIDER = builtin, LOCALE = 'C.UTF-8')" in there


def test_everything_that_uses_it_goes_over(server: Server) -> None:
    uses = """
        CREATE DOMAIN name AS text COLLATE sorted; CREATE TYPE pair AS (a text COLLATE sorted);
        CREATE TABLE t (a text COLLATE sorted PRIMARY KEY, b text[] COLLATE sorted, c name, d pair);
        CREATE TABLE u (a text COLLATE sorted REFERENCES t);
        CREATE INDEX i ON t (c); CREATE INDEX j ON t ((a || 'x') COLLATE sorted);
        CREATE VIEW v AS SELECT a COLLATE sorted AS a FROM t;
    """
    there, _ = converge(
        server,
        "CREATE COLLATION sorted (LOCALE = 'C');" + uses,
        "CREATE COLLATION sorted (LOCALE = 'POSIX');" + uses,
    )
    assert "ALTER COLLATION public.sorted RENAME TO sorted_replaced" in there
    assert "ALTER TABLE public.t ALTER COLUMN a TYPE text COLLATE public.sorted" in there
    assert there[-1] == "DROP COLLATION public.sorted_replaced"
