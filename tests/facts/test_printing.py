"""What PostgreSQL prints differently after a restore, and no other difference."""

import pytest

from gnkmigrate.facts.printing import settled
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.support import execute, rows

CHECK = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'public.t'::regclass ORDER BY conname
"""


@pytest.mark.parametrize(
    "condition",
    [
        "a IN ('x', 'it''s', '[], (ARRAY')",
        "a NOT IN ('x', 'y') OR a IS NULL",
        "a = ANY (ARRAY['x'::varchar, NULL])",
        "n IN (1, 2)",
        "b IN ('x', 'y')",
        "a = 'x'",
    ],
)
def test_a_check_reads_the_same_after_it_was_printed_and_read_again(
    database: DatabaseUrl, condition: str
) -> None:
    execute(
        database, f"CREATE TABLE t (a varchar, b text, n int, CONSTRAINT c1 CHECK ({condition}))"
    )
    ((printed,),) = rows(database, CHECK)
    execute(database, f"ALTER TABLE t ADD CONSTRAINT c2 {printed}")
    _, (again,) = rows(database, CHECK)
    assert settled(printed) == again
    assert settled(again) == again
