"""What the text of an expression says, held against what PostgreSQL does with it."""

import pytest

from gnkmigrate.kinds.expressions import is_fixed, reprintable
from gnkmigrate.postgres.connection import DatabaseUrl, connect

PRINTED = b"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'sample'"


@pytest.mark.parametrize(
    "check",
    [
        "name IN ('a', 'b')",
        "name IN ('it''s', '[a]', ')')",
        "name NOT IN ('a', 'b') OR name = 'c'",
        "name = ANY (ARRAY['a', 'b'])",
        "name LIKE 'a%' AND length(name) BETWEEN 1 AND 5",
    ],
)
def test_a_check_is_printed_the_same_when_it_was_read_again(
    database: DatabaseUrl, check: str
) -> None:
    with connect(database, search_path=["public"]) as connection:
        connection.execute(
            f"CREATE TABLE item (name varchar(9), CONSTRAINT sample CHECK ({check}))".encode()
        )
        first = connection.execute(PRINTED).fetchone()
        assert first is not None
        again = reprintable(first[0])
        connection.execute(
            f"ALTER TABLE item DROP CONSTRAINT sample, ADD CONSTRAINT sample {again}".encode()
        )
        assert connection.execute(PRINTED).fetchone() == first


@pytest.mark.parametrize(
    "expression",
    ["5", "-1.5", "'x'::text", "'it''s'::character varying(5)", "NULL::text[]", "now()", "true"],
)
def test_fixed(expression: str) -> None:
    assert is_fixed(expression)


@pytest.mark.parametrize(
    "expression", ["gen_random_uuid()", "nextval('s'::regclass)", "clock_timestamp()", "f('x')"]
)
def test_not_surely_fixed(expression: str) -> None:
    assert not is_fixed(expression)
