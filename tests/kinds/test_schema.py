"""Schemas."""

import pytest

from gnkmigrate.servers import Server
from tests.plan.support import Case, case

CASES = {
    "a schema comes before what lives in it": case(
        "",
        'CREATE SCHEMA "Shop"; CREATE TABLE "Shop".item (id integer);',
        'CREATE SCHEMA "Shop"',
        'CREATE TABLE "Shop".item (\n    id integer\n)',
    ),
    "and goes after it": case(
        "CREATE SCHEMA shop; CREATE TABLE shop.item (id integer); CREATE TYPE shop.e AS ENUM ();",
        "",
        "DROP TYPE shop.e",
        "DROP TABLE shop.item",
        "DROP SCHEMA shop",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected
