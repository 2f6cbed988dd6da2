"""Labels of enums that the user says are called otherwise."""

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Identity
from gnkmigrate.plan.planner import plan
from gnkmigrate.postgres.connection import connect
from gnkmigrate.servers import Server
from tests.plan.support import pair, run
from tests.support import execute, rows

TABLE = "CREATE TABLE t (m mood DEFAULT 'sad');"
SAD_TO_BLUE = Renames.of(
    (Identity("label", ("public", "mood", "sad")), Identity("label", ("public", "mood", "blue")))
)


def moved(server: Server, old: str, new: str, hints: Renames) -> tuple[list[str], list[str]]:
    """The statements from one set of labels to another, and what became of a row of each."""
    before, after = (f"CREATE TYPE mood AS ENUM ({each}); {TABLE}" for each in (old, new))
    after = after.replace("DEFAULT 'sad'", "DEFAULT 'blue'") if "'blue'" in new else after
    with pair(server, before, after) as given:
        execute(given.url, "INSERT INTO t VALUES ('sad'), ('ok')")
        statements = plan(compare(given.source, given.target, hints), given.source, given.target)
        with connect(given.url) as connection:
            run(connection, statements)
        found = rows(given.url, "SELECT m::text FROM t ORDER BY t.m")
        return [each.sql for each in statements], [row[0] for row in found]


def test_a_label_is_renamed_in_place(server: Server) -> None:
    statements, values = moved(server, "'ok', 'sad'", "'good', 'ok', 'blue'", SAD_TO_BLUE)
    assert statements[:2] == [
        "ALTER TYPE public.mood RENAME VALUE 'sad' TO 'blue'",
        "ALTER TYPE public.mood ADD VALUE 'good' BEFORE 'ok'",
    ]
    assert values == ["ok", "blue"]


def test_a_renamed_label_moves_to_a_new_type(server: Server) -> None:
    statements, values = moved(server, "'ok', 'sad'", "'blue', 'ok'", SAD_TO_BLUE)
    assert "ALTER TYPE public.mood_replaced RENAME VALUE 'sad' TO 'blue'" in statements
    assert values == ["blue", "ok"]


def test_what_has_been_renamed_already_is_left_alone(server: Server) -> None:
    assert moved(server, "'ok', 'sad'", "'ok', 'sad'", SAD_TO_BLUE) == ([], ["ok", "sad"])


def test_a_column_goes_to_another_type_by_the_names_that_this_one_knows(server: Server) -> None:
    types = "CREATE TYPE mood AS ENUM ({}); CREATE TYPE other AS ENUM ({}); CREATE TABLE t (m {})"
    for other, expected in (("'ok', 'blue'", "blue"), ("'ok', 'sad'", "sad")):
        before = types.format("'ok', 'sad'", other, "mood")
        after = types.format("'ok', 'blue'", other, "other")
        with pair(server, before, after) as given:
            execute(given.url, "INSERT INTO t VALUES ('sad')")
            changes = compare(given.source, given.target, SAD_TO_BLUE)
            with connect(given.url) as connection:
                run(connection, plan(changes, given.source, given.target))
            assert rows(given.url, "SELECT m::text FROM t") == [(expected,)]
