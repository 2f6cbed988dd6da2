"""Tables of which other databases hear, or which others fill."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gnkmigrate.errors import PhaseRefused
from tests.conftest import MAJOR
from tests.migrations.project import Project
from tests.own_server import OwnServer, own_server
from tests.small import Small

TABLES = """
CREATE TABLE customer (id int PRIMARY KEY, name varchar(60), city text, seen timestamp);
CREATE TABLE visit (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE visit_old PARTITION OF visit FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
CREATE TABLE stay (id int PRIMARY KEY);
CREATE TABLE place (of int PRIMARY KEY REFERENCES customer ON DELETE CASCADE, city text)
"""
TEXT = """
from gnkmigrate.run.sync.conversion import Conversion
op.convert_columns("public.customer", conversions=(Conversion("name", "text"),))
"""
RESHAPES = {
    "a conversion": TEXT,
    "another name": 'op.rename_table("public.customer", "client")',
    "columns that leave": 'op.drop_columns("public.customer", ("city",))',
    "a side table": """
        op.move_columns("public.customer", "public.place", {"city": "city"}, key={"id": "of"})
    """,
}


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_server(MAJOR) as own:
        own.stop()
        own.configure("wal_level = logical")
        own.start()
        yield own


@dataclass(frozen=True)
class Sides:
    """Where rows come from, and where they go."""

    small: Small
    publisher: Project
    subscriber: Project


@contextmanager
def sides(server: OwnServer, folder: Path, revision: str) -> Iterator[Sides]:
    """Two databases of the same tables; neither knows the other yet."""
    with server.server.database() as url, server.server.database() as there:
        small = Small(folder, url, server.server)
        small.reversible(1, revision)
        publisher = small.project()
        subscriber = replace(publisher, url=there)
        for each in (publisher, subscriber):
            each.execute(TABLES)
        yield Sides(small, publisher, subscriber)


@contextmanager
def replicated(both: Sides, tables: str) -> Iterator[None]:
    """The one sends its tables to the other."""
    publisher, subscriber = both.publisher, both.subscriber
    publisher.execute(f"CREATE PUBLICATION sent FOR TABLE {tables}")
    publisher.execute("SELECT pg_create_logical_replication_slot('heard', 'pgoutput')")
    with subscriber.session() as session:
        session.execute(
            f"CREATE SUBSCRIPTION heard CONNECTION '{publisher.url.conninfo}' PUBLICATION sent"
            " WITH (create_slot = false, slot_name = heard)".encode()
        )
        try:
            yield
        finally:
            session.execute("DROP SUBSCRIPTION heard")


def refused(project: Project) -> str:
    with pytest.raises(PhaseRefused) as error:
        project.up()
    return "\n".join(error.value.details)


@pytest.mark.parametrize("revision", RESHAPES.values(), ids=RESHAPES)
def test_neither_side_of_a_replication_gets_another_shape(
    server: OwnServer, tmp_path: Path, revision: str
) -> None:
    with sides(server, tmp_path, revision) as both, replicated(both, "customer"):
        said = refused(both.publisher)
        assert "this database has subscribers" in said
        assert "public.customer: sent" in said
        said = refused(both.subscriber)
        assert "Subscriptions write to tables" in said
        assert "public.customer: heard" in said


def test_who_has_looked_at_the_subscribers_may_say_so(server: OwnServer, tmp_path: Path) -> None:
    with sides(server, tmp_path, TEXT) as both, replicated(both, "customer"):
        both.small.project(policies={"publications": "checked"}).up()
        # What is kept until contract is sent as well.
        both.subscriber.execute("ALTER TABLE customer ADD gnkmigrate_kept_name varchar(60)")
        both.publisher.execute("INSERT INTO customer (id, name) VALUES (1, 'Ada')")
        wait_for(both.subscriber, "SELECT name FROM customer", [("Ada",)])


def test_what_changes_no_shape_is_in_nobodys_way(server: OwnServer, tmp_path: Path) -> None:
    revision = 'op.build_index("customer_city", "public.customer", "(city)")'
    with sides(server, tmp_path, revision) as both, replicated(both, "customer"):
        both.publisher.up()
        both.subscriber.up()


def test_who_hears_of_a_table_hears_of_its_new_columns(server: OwnServer, tmp_path: Path) -> None:
    revision = 'op.add_columns("public.customer", [op.new("street", "text")])'
    with sides(server, tmp_path, revision) as both, replicated(both, "customer"):
        assert "public.customer: sent" in refused(both.publisher)
        both.subscriber.up()
        both.small.project(policies={"publications": "checked"}).up()
        both.publisher.execute("INSERT INTO customer (id, street) VALUES (1, 'Ring')")
        wait_for(both.subscriber, "SELECT street FROM customer", [("Ring",)])


def test_other_tables_are_in_nobodys_way(server: OwnServer, tmp_path: Path) -> None:
    with sides(server, tmp_path, TEXT) as both, replicated(both, "stay"):
        both.publisher.up()
        both.subscriber.up()
        both.publisher.execute("INSERT INTO stay VALUES (1)")
        wait_for(both.subscriber, "SELECT id FROM stay", [(1,)])


def test_partitions_are_sent_for_their_table(server: OwnServer, tmp_path: Path) -> None:
    revision = 'op.rename_table("public.visit", "call")'
    with sides(server, tmp_path, revision) as both, replicated(both, "visit"):
        assert "public.visit: sent" in refused(both.publisher)
        assert "public.visit: heard" in refused(both.subscriber)


def test_the_way_back_asks_as_well(server: OwnServer, tmp_path: Path) -> None:
    with sides(server, tmp_path, 'op.rename_table("public.customer", "client")') as both:
        both.publisher.up()
        both.subscriber.up()
        with replicated(both, "client"):
            for each in (both.publisher, both.subscriber):
                with pytest.raises(PhaseRefused, match="cannot downgrade"):
                    each.down()


def wait_for(project: Project, query: str, rows: list[tuple[object, ...]]) -> None:
    """Rows come when the other side has sent them."""
    deadline = time.monotonic() + 20
    while project.rows(query) != rows:
        assert time.monotonic() < deadline, project.rows(query)
        time.sleep(0.05)
