"""What holds for every pair of schemas, drawn from things of every kind.

They are the same each time; GNKMIGRATE_EXAMPLES=500 draws so many, and others each time.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import errors
from psycopg.sql import SQL, Identifier

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds import kinds
from gnkmigrate.kinds.statement import Statements
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import DatabaseUrl, connect
from gnkmigrate.proof.dump import difference, statements
from gnkmigrate.proof.plan_claims import Said
from gnkmigrate.proof.rows import compare_rows, read_rows
from gnkmigrate.servers import Server
from tests.corpus.bench import Bench
from tests.plan.schemas import CHIEF, ROLES, Schema, outward_pairs, pairs, schemas, things
from tests.plan.support import pair, run

EXAMPLES = int(os.environ.get("GNKMIGRATE_EXAMPLES", "0"))

# They belong to the server and are read on demand, or need a module that is not there.
# What is proven of a check stays proven, so that no way leads back.
NOT_DRAWN = {"role", "membership", "security label", "validated check"}
# pg_dump leaves these to pg_dumpall, and of those it does not tell this.
NOT_DUMPED = frozenset({"database setting", "role setting"})
NOT_TOLD = {"extension": ("version",), "materialized view": ("populated",)}
# What tells whether something was made again, or a table written anew.
_OBJECTS = """
SELECT 'relation', oid, pg_relation_filenode(oid) FROM pg_class WHERE oid >= 16384
UNION ALL SELECT classid::regclass::text, objid, NULL FROM pg_depend WHERE objid >= 16384"""


class Way(NamedTuple):
    """Statements from one schema to another."""

    source: Snapshot
    target: Snapshot
    statements: Statements


@pytest.fixture(scope="module", autouse=True)
def roles(server: Server) -> Iterator[None]:
    names = [Identifier(name) for name in (*ROLES, CHIEF)]
    with connect(server.url) as connection:
        for name in names:
            connection.execute(SQL("CREATE ROLE {}").format(name))
        connection.execute(SQL("ALTER ROLE {} SUPERUSER").format(Identifier(CHIEF)))
    yield
    with connect(server.url) as connection:
        connection.execute(SQL("DROP ROLE {}").format(SQL(", ").join(names)))


def examples(usual: int) -> settings:
    return settings(max_examples=EXAMPLES or usual, derandomize=not EXAMPLES)


def test_every_kind_is_drawn() -> None:
    assert {thing.kind for thing in things()} == kinds().keys() - NOT_DRAWN


@examples(12)
@given(schemas=pairs(), online=st.booleans())
def test_the_plan_arrives_and_leads_back(
    server: Server, schemas: tuple[Schema, Schema], online: bool
) -> None:
    arrives_and_leads_back(server, *schemas, online=online)


def arrives_and_leads_back(
    server: Server, before: Schema, after: Schema, *, online: bool = True
) -> None:
    bench = Bench.of(server)
    with having(server, before) as live, having(server, after) as wanted:
        old, new = (statements(bench.dump(url)) for url in (live, wanted))
        source, target = read(live), read(wanted)
        there = arrive(live, source, target, online=online)
        assert difference(statements(bench.dump(live)), new) == "", sql_of(there)
        back = arrive(live, read(live), source, online=online)
        assert difference(statements(bench.dump(live)), old) == "", sql_of(back)


@examples(10)
@given(schema=schemas)
def test_from_nothing_no_statement_locks_out_anybody(server: Server, schema: Schema) -> None:
    with pair(server, "", schema.sql(server.major)) as given:
        made = arrive(given.url, given.source, given.target)
        assert not any(each.rewrites or each.scans or each.loses_data for each in made)


@examples(8)
@given(schema=schemas)
def test_between_equals_there_is_nothing_to_do(server: Server, schema: Schema) -> None:
    equal_to_its_dump(server, schema)


def equal_to_its_dump(server: Server, schema: Schema) -> None:
    bench = Bench.of(server)
    with having(server, schema) as original, server.database() as copy:
        assert bench.run_script(copy, bench.dump(original)) == ""
        one, other = read(original), read(copy)
        assert plan(compare(one, read(original)), one, one) == ()
        for changes in (compare(one, other), compare(other, one)):
            left = [each for each in changes if each.kind not in NOT_DUMPED]
            assert [each for each in left if each.differing != NOT_TOLD.get(each.kind)] == []


@examples(12)
@given(schemas=outward_pairs())
def test_comments_owners_and_grants_make_nothing_again(
    server: Server, schemas: tuple[Schema, Schema]
) -> None:
    makes_nothing_again(server, *schemas)


def makes_nothing_again(server: Server, before: Schema, after: Schema) -> None:
    with pair(server, before.sql(server.major), after.sql(server.major)) as given:
        with connect(given.url) as connection:
            objects = set(connection.execute(_OBJECTS).fetchall())
        made = arrive(given.url, given.source, given.target)
        assert not any(each.rewrites or each.scans or each.loses_data for each in made)
        with connect(given.url) as connection:
            assert set(connection.execute(_OBJECTS).fetchall()) == objects, sql_of(made)


@examples(12)
@given(schemas=pairs())
def test_rows_that_the_plan_does_not_name_stay(
    server: Server, schemas: tuple[Schema, Schema]
) -> None:
    keeps_rows(server, *schemas)


def keeps_rows(server: Server, before: Schema, after: Schema) -> None:
    major = server.major
    with pair(server, before.sql(major, rows=True), after.sql(major)) as given:
        changes = compare(given.source, given.target)
        made = plan(changes, given.source, given.target)
        said = Said.by(changes, made)
        with connect(given.url) as connection:
            rows = read_rows(connection, said)
            # Rows that do not fit stop a plan, and are not lost.
            with suppress(errors.DataError, errors.IntegrityError):
                run(connection, made)
            kept = compare_rows(connection, rows, said, "UTC")
        assert kept.problems == (), sql_of(made)


@contextmanager
def having(server: Server, schema: Schema) -> Iterator[DatabaseUrl]:
    """A database with a schema."""
    with server.database() as url:
        with connect(url, search_path=["public"]) as connection:
            connection.execute(schema.sql(server.major).encode())
        yield url


def arrive(
    url: DatabaseUrl, source: Snapshot, target: Snapshot, *, online: bool = True
) -> Statements:
    """Plans and runs, and looks whether no difference is left."""
    made = plan(compare(source, target), source, target, online=online)
    with connect(url) as connection:
        run(connection, made)
        left = compare(read_snapshot(connection), target)
    assert left == (), [f"{each.verb} {each.identity} {each.differing}" for each in left]
    return made


def read(url: DatabaseUrl) -> Snapshot:
    with connect(url, read_only=True) as connection:
        return read_snapshot(connection)


def sql_of(made: Statements) -> str:
    return ";\n".join(each.sql for each in made)
