"""What row security hides from a query that the plan runs, and what it is meant to hide."""

import pytest

from gnkmigrate.servers import Server
from tests.kinds.converge import converge

ROLE = "reads_as_another"
# Policies bind who owns the view and the function, and not the superuser who runs the plan.
BASE = f"""
    SET row_security = on;
    CREATE TYPE grade AS ENUM ('a', 'b');
    CREATE TABLE account (id integer, grade grade);
    ALTER TABLE account ENABLE ROW LEVEL SECURITY;
    CREATE POLICY everybody ON account USING (id < 10);
    GRANT SELECT ON account TO {ROLE};
    CREATE VIEW seen AS SELECT id, grade FROM account;
    ALTER VIEW seen OWNER TO {ROLE};
    CREATE FUNCTION counted() RETURNS bigint LANGUAGE sql SECURITY DEFINER
        AS 'SELECT count(*) FROM public.account';
    ALTER FUNCTION counted() OWNER TO {ROLE};
    INSERT INTO account VALUES (1, 'a'), (20, 'b');
"""


@pytest.mark.parametrize("query", ["SELECT * FROM seen", "SELECT counted()"])
def test_a_materialized_view_reads_as_somebody_else(server: Server, query: str) -> None:
    made = f"CREATE MATERIALIZED VIEW kept AS {query};"
    converge(server, BASE, BASE + made, roles=[ROLE])
    other = BASE.replace("('a', 'b')", "('b', 'a')")
    converge(server, BASE + made, other + made, roles=[ROLE])
