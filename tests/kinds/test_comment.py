"""Comments on every kind of thing."""

import pytest

from gnkmigrate.servers import Server
from tests.plan.support import Case, case

OTHERS = (
    "CREATE SCHEMA s; CREATE TYPE s.e AS ENUM (); CREATE SEQUENCE s.q;"
    "CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS a;"
    "CREATE FUNCTION s.f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
    "CREATE PROCEDURE s.p() LANGUAGE sql AS 'SELECT 1';"
)
TABLE = "CREATE TABLE item (id integer CONSTRAINT positive CHECK (id > 0));"

CASES = {
    "on a table, a column and a constraint": case(
        TABLE,
        TABLE + "COMMENT ON TABLE item IS 'It''s'; COMMENT ON COLUMN item.id IS 'a \\\\ b';"
        "COMMENT ON CONSTRAINT positive ON item IS 'why';",
        "COMMENT ON COLUMN public.item.id IS E'a \\\\\\\\ b'",
        "COMMENT ON CONSTRAINT positive ON public.item IS 'why'",
        "COMMENT ON TABLE public.item IS 'It''s'",
    ),
    "on a view, a type, a function, a sequence, a schema": case(
        OTHERS,
        OTHERS + "COMMENT ON MATERIALIZED VIEW s.m IS 'm'; COMMENT ON TYPE s.e IS 'e';"
        "COMMENT ON SEQUENCE s.q IS 'q'; COMMENT ON FUNCTION s.f IS 'f';"
        "COMMENT ON PROCEDURE s.p IS 'p'; COMMENT ON SCHEMA s IS 's';",
        "COMMENT ON TYPE s.e IS 'e'",
        "COMMENT ON FUNCTION s.f(integer) IS 'f'",
        "COMMENT ON PROCEDURE s.p() IS 'p'",
        "COMMENT ON MATERIALIZED VIEW s.m IS 'm'",
        "COMMENT ON SCHEMA s IS 's'",
        "COMMENT ON SEQUENCE s.q IS 'q'",
    ),
    "another text, and none": case(
        TABLE + "COMMENT ON TABLE item IS 'old'; COMMENT ON COLUMN item.id IS 'gone';",
        TABLE + "COMMENT ON TABLE item IS 'new';",
        "COMMENT ON TABLE public.item IS 'new'",
        "COMMENT ON COLUMN public.item.id IS NULL",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected
