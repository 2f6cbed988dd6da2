"""What holds for every pair of schemas: the plan runs, arrives, and leads back."""

from hypothesis import given, settings

from gnkmigrate.diff.compare import compare
from gnkmigrate.plan.make import plan
from gnkmigrate.servers import Server
from tests.plan.schemas import Schema, schemas
from tests.plan.support import arrive, pair


@settings(max_examples=20)
@given(before=schemas, after=schemas)
def test_the_plan_arrives(server: Server, before: Schema, after: Schema) -> None:
    with pair(server, before.sql(), after.sql()) as given:
        arrive(given)


@settings(max_examples=10)
@given(before=schemas, after=schemas)
def test_so_does_the_plain_one(server: Server, before: Schema, after: Schema) -> None:
    with pair(server, before.sql(), after.sql()) as given:
        arrive(given, online=False)


@settings(max_examples=10)
@given(schema=schemas)
def test_from_nothing_no_statement_locks_out_anybody(server: Server, schema: Schema) -> None:
    with pair(server, "", schema.sql()) as given:
        made = arrive(given)
        assert not any(each.rewrites or each.scans or each.loses_data for each in made)


@settings(max_examples=10)
@given(schema=schemas)
def test_between_equals_there_is_nothing_to_do(server: Server, schema: Schema) -> None:
    with pair(server, schema.sql(), schema.sql()) as given:
        changes = compare(given.source, given.target)
        assert plan(changes, given.source, given.target) == ()
