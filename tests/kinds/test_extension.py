"""Extensions."""

import pytest

from gnkmigrate.servers import Server
from tests.plan.support import Case, case

CASES = {
    "an extension comes before what uses it": case(
        "",
        "CREATE EXTENSION citext; CREATE TABLE item (name citext);",
        "CREATE EXTENSION citext WITH SCHEMA public",
        "CREATE TABLE public.item (\n    name public.citext\n)",
    ),
    "and goes after it": case(
        "CREATE EXTENSION citext; CREATE TABLE item (name citext);",
        "CREATE TABLE item (name text);",
        "ALTER TABLE public.item ALTER COLUMN name TYPE text",
        "DROP EXTENSION citext",
    ),
    "it can move to another schema": case(
        "CREATE SCHEMA tools; CREATE EXTENSION citext;",
        "CREATE SCHEMA tools; CREATE EXTENSION citext SCHEMA tools;",
        "ALTER EXTENSION citext SET SCHEMA tools",
    ),
}


@pytest.mark.parametrize("given", CASES.values(), ids=CASES)
def test_case(server: Server, given: Case) -> None:
    assert given.migrate(server) == given.expected
