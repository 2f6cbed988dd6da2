"""One order for everything: names that change hands, circles, and always the same result."""

import pytest

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change, Unplannable
from gnkmigrate.plan.planner import plan, statements_for
from gnkmigrate.servers import Server
from tests.plan.support import arrive, pair
from tests.support import BASELINE, TARGET

TWO = "CREATE TABLE item (a integer, b integer);"


def test_two_names_that_are_swapped_go_by_way_of_a_third(server: Server) -> None:
    a, b = (Identity("column", ("public", "item", name)) for name in "ab")
    with pair(server, TWO, TWO) as given:
        changes = [
            Change("rename", given.source.facts[old], given.target.facts[new])
            for old, new in ((a, b), (b, a))
        ]
        statements = plan(changes, given.source, given.target)
    assert [statement.sql for statement in statements] == [
        "ALTER TABLE public.item RENAME COLUMN b TO a_renamed",
        "ALTER TABLE public.item RENAME COLUMN a TO b",
        "ALTER TABLE public.item RENAME COLUMN a_renamed TO a",
    ]


def test_the_order_does_not_depend_on_that_of_the_changes(server: Server) -> None:
    with pair(server, BASELINE.read_text(), TARGET.read_text()) as given:
        changes = compare(given.source, given.target)
        there = plan(changes, given.source, given.target)
        assert plan(changes[::-1], given.source, given.target) == there


@pytest.mark.parametrize("online", [True, False])
def test_the_report_s_database_gets_its_target_s_shape_and_back(
    server: Server, online: bool
) -> None:
    schemas = (BASELINE.read_text(), TARGET.read_text())
    for before, after in (schemas, schemas[::-1]):
        with pair(server, before, after) as given:
            arrive(given, online=online)


def test_a_foreign_key_goes_before_the_key_of_which_another_takes_the_name(server: Server) -> None:
    requests = "CREATE TABLE {} (id integer CONSTRAINT requests_pkey PRIMARY KEY);"
    tokens = "CREATE TABLE token (flow integer CONSTRAINT token_fkey REFERENCES {});"
    before, after = ((requests + tokens).format(name, name) for name in ("request", "flow"))
    for old, new in ((before, after), (after, before)):
        with pair(server, old, new) as given:
            arrive(given)


def test_a_table_is_renamed_with_all_that_it_has(server: Server) -> None:
    parts = "(id integer PRIMARY KEY CHECK (id > 0), name text DEFAULT 'x'); COMMENT ON COLUMN"
    after = f"CREATE TABLE people {parts} people.name IS 'who';"
    before = f"CREATE TABLE users {parts} users.name IS 'who';"
    hint = Renames.of(
        (Identity("table", ("public", "users")), Identity("table", ("public", "people")))
    )
    with pair(server, before, after) as given:
        changes = compare(given.source, given.target, hint)
        first, *others = plan(changes, given.source, given.target)
    assert first.sql == "ALTER TABLE public.users RENAME TO people"
    assert all("RENAME CONSTRAINT" in statement.sql for statement in others)


def test_a_single_change_brings_what_it_needs(server: Server) -> None:
    """A finding's fix, and with the sides swapped its undo."""
    before = "CREATE TABLE item (id integer); CREATE VIEW v AS SELECT id FROM item;"
    after = "CREATE TABLE item (id bigint); CREATE VIEW v AS SELECT id FROM item;"
    with pair(server, before, after) as given:
        source, target = given.source, given.target
        (change,) = (each for each in compare(source, target) if each.kind == "column")
        fix = statements_for(change, source, target)
        undo = statements_for(Change("alter", change.after, change.before), target, source)
    assert [statement.sql.partition(" AS")[0] for statement in (*fix, *undo)] == [
        "DROP VIEW public.v",
        "ALTER TABLE public.item ALTER COLUMN id TYPE bigint",
        "CREATE VIEW public.v",
        "DROP VIEW public.v",
        "ALTER TABLE public.item ALTER COLUMN id TYPE integer",
        "CREATE VIEW public.v",
    ]


def test_a_kind_without_a_rule_is_named() -> None:
    fact = Fact(Identity("tablespace", ("fast",)), None, {})
    with pytest.raises(Unplannable, match="No rule says how a tablespace"):
        statements_for(Change("add", None, fact), Snapshot.of([]), Snapshot.of([fact]))


def test_what_waits_for_itself_is_refused() -> None:
    one, two = (Identity("view", ("public", name)) for name in ("one", "two"))
    payload = {"definition": "SELECT 1", "options": [], "columns": []}
    facts = [
        Fact(one, None, payload, depends_on=frozenset({two})),
        Fact(two, None, payload, depends_on=frozenset({one})),
    ]
    with pytest.raises(Unplannable) as caught:
        plan([Change("add", None, fact) for fact in facts], Snapshot.of([]), Snapshot.of(facts))
    assert set(caught.value.details) == {"create view public.one", "create view public.two"}
