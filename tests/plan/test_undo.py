"""The way back of a plan arrives where the plan set out, on a real server."""

import json

import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.facts.reading import read_snapshot
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.plan.document import write_plan
from gnkmigrate.plan.planned import Planned
from gnkmigrate.plan.planner import plan
from gnkmigrate.plan.undo import Undo, undo_of
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server
from tests.plan.support import Pair, pair, run

ITEM = "CREATE TABLE item (id integer PRIMARY KEY, name text, price text);"
PARTED = (
    "CREATE TABLE u (id integer PRIMARY KEY);"
    "CREATE TABLE p (u integer) PARTITION BY LIST (u); CREATE TABLE p1 PARTITION OF p DEFAULT;"
)
KEY = "ADD FOREIGN KEY (u) REFERENCES u;"
SEEN = "CREATE VIEW seen AS SELECT id, name FROM item;"


def there_and_back(given: Pair) -> Undo:
    statements = plan(compare(given.source, given.target), given.source, given.target)
    undo = undo_of(statements, given.source, given.target)
    with connect(given.url) as connection:
        run(connection, statements)
        run(connection, undo.statements)
        left = compare(read_snapshot(connection), given.source)
    assert left == (), [f"{each.verb} {each.identity} {each.differing}" for each in left]
    return undo


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ITEM, ITEM + "CREATE TABLE other (item integer REFERENCES item);"),
        (ITEM, ITEM + "CREATE INDEX by_name ON item (name); COMMENT ON TABLE item IS 'sold';"),
        (
            ITEM,
            ITEM.replace("id integer", "id bigint").replace("price text", "price text NOT NULL"),
        ),
        (PARTED + "ALTER TABLE p1 " + KEY, PARTED + "ALTER TABLE p " + KEY),
        (ITEM + SEEN, ITEM.replace("name text", "name varchar") + SEEN),
        ("CREATE TYPE mood AS ENUM ('calm');", "CREATE TYPE mood AS ENUM ('calm', 'merry');"),
        (
            "CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
            "CREATE FUNCTION one() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';",
        ),
    ],
)
def test_it_takes_everything_back(server: Server, before: str, after: str) -> None:
    with pair(server, before, after) as given:
        assert there_and_back(given).not_restored == ()


def test_a_child_that_has_left_keeps_what_it_was_given(server: Server) -> None:
    before = (
        "CREATE TABLE p (a integer, CONSTRAINT c CHECK (a > 0)); CREATE TABLE k () INHERITS (p);"
    )
    with pair(server, before, before + "ALTER TABLE k NO INHERIT p;") as given:
        assert there_and_back(given).not_restored == (
            "the way of inheriting 1 column (public.k.a)",
            "the way of inheriting 1 constraint (public.k.c)",
        )


def test_it_says_what_it_cannot_bring_back(server: Server) -> None:
    with pair(server, ITEM, ITEM.replace(", price text", "")) as given:
        undo = there_and_back(given)
    assert undo.not_restored == ("the values of public.item.price",)
    assert [each.sql for each in undo.statements] == [
        "ALTER TABLE public.item ADD COLUMN price text"
    ]


def test_it_says_where_it_stops_at_rows(server: Server) -> None:
    base = "CREATE TABLE p (id integer{}) PARTITION BY LIST (id);" + "".join(
        f"CREATE TABLE p{each} PARTITION OF p FOR VALUES IN ({each});" for each in (1, 2)
    )
    more = "CREATE DOMAIN d AS text NOT NULL; CREATE TABLE {} (a integer{});"
    old = base.format(", size integer NOT NULL") + more.format("t", ", size d")
    with pair(server, old, base.format("") + more.format("t", "")) as given:
        assert there_and_back(given).not_restored[2:] == tuple(
            f"anything while public.{each} holds rows: a column comes back without a value that "
            "fits in them"
            for each in ("p1", "p2", "t")
        )


def test_it_says_where_no_value_fits(server: Server) -> None:
    old = "CREATE TABLE t (a {0}, b bigint); CREATE TABLE c () INHERITS (t);"
    with pair(server, old.format("timestamptz"), old.format("boolean")) as given:
        undo = there_and_back(given)
    assert undo.not_restored == tuple(
        f"anything while public.{each} has values in a: they do not fit what comes back"
        for each in "tc"
    )
    assert "No value of the one is one of the other" in undo.statements[0].reason


def test_it_says_where_rows_would_refer_to_nothing(server: Server) -> None:
    old = "CREATE TABLE p (id integer PRIMARY KEY, code integer UNIQUE);" + ITEM
    keys = "ALTER TABLE item ADD a integer {}, ADD b integer {}, ADD c integer {};"
    old += keys.format("REFERENCES p (code)", "REFERENCES p", "UNIQUE REFERENCES item (c)")
    new = "CREATE TABLE p (id integer PRIMARY KEY);" + ITEM + keys.format("", "", "")
    with pair(server, old, new) as given:
        assert there_and_back(given).not_restored == (
            "the values of public.p.code",
            "anything while public.item has values in a: they do not fit what comes back",
        )


def test_it_says_what_another_type_cannot_bring_back(server: Server) -> None:
    with pair(server, ITEM + SEEN, ITEM.replace("name text", "name varchar(80)") + SEEN) as given:
        undo = there_and_back(given)
    assert undo.not_restored == ("trailing spaces of public.item.name",)


def test_it_says_what_it_loses_itself(server: Server) -> None:
    with pair(server, ITEM, ITEM.replace("price", "weight integer, price")) as given:
        undo = there_and_back(given)
    assert [each.loses_data for each in undo.statements] == ["the values of public.item.weight"]


def test_a_rename_is_taken_back_as_one(server: Server) -> None:
    with pair(server, ITEM, ITEM.replace("name", '"Name"')) as given:
        (statement,) = there_and_back(given).statements
    assert statement.sql == 'ALTER TABLE public.item RENAME COLUMN "Name" TO name'


def test_about_what_the_target_does_not_say_nothing_is_done(server: Server) -> None:
    with pair(server, ITEM, ITEM + "CREATE TABLE other ();") as given:
        silent = Snapshot(
            {each.identity: each for each in given.target if each.kind != "owner"},
            given.target.server_version,
            unstated=frozenset({"owner"}),
        )
        assert [each.sql for each in undo_of((), given.source, silent).statements] == [
            "DROP TABLE public.other"
        ]


def test_it_is_part_of_the_document(server: Server) -> None:
    with pair(server, ITEM, ITEM.replace(", price text", "")) as given:
        statements = plan(compare(given.source, given.target), given.source, given.target)
        document = json.loads(
            write_plan(Planned(statements, given.source, given.target, "here", "there"))
        )
    undo = document["undo"]
    assert [each["sql"] for each in undo["statements"]] == [
        "ALTER TABLE public.item ADD COLUMN price text"
    ]
    assert undo["not_restored"] == ["the values of public.item.price"]
    assert undo["impossible"] == ""
