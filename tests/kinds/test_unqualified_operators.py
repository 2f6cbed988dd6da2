"""Operators that have no place for a schema, of types whose schema is not in the path."""

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

ELSEWHERE = """
CREATE SCHEMA ex;
CREATE EXTENSION citext SCHEMA ex;
SET search_path = public, ex;
CREATE TABLE u (a ex.citext);
"""


def test_an_operator_that_cannot_be_qualified_is_found(server: Server) -> None:
    """Compared as texts, 'x' and 'X' would no longer be the same."""
    ways = converge(
        server,
        "",
        """
        ALTER TABLE u ADD CONSTRAINT c CHECK (a IS DISTINCT FROM 'x');
        CREATE VIEW v AS SELECT NULLIF(a, 'X') AS n, CASE a WHEN 'Y' THEN 1 END AS c FROM u;
        CREATE VIEW w AS SELECT a FROM u JOIN u AS other USING (a);
        """,
        shared=ELSEWHERE,
    )
    assert ways.there[0] == "SET search_path = pg_catalog, ex"
