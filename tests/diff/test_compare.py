"""What the generated laws do not say: hints, the payload of an alter, the order of changes."""

from dataclasses import replace
from typing import Any

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.renames import Renames
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from gnkmigrate.kinds.change import Change
from gnkmigrate.postgres.connection import DatabaseUrl
from tests.facts.conftest import Read
from tests.support import IGNORED_TABLES

SCHEMA = Fact(Identity("schema", ("public",)), None, {})
TABLE = Fact(Identity("table", ("public", "t")), SCHEMA.identity, {})


def column(name: str, **payload: Any) -> Fact:
    return Fact(Identity("column", ("public", "t", name)), TABLE.identity, payload)


def database(*facts: Fact) -> Snapshot:
    return Snapshot.of([SCHEMA, TABLE, *facts])


def verbs(changes: tuple[Change, ...]) -> list[tuple[str, str]]:
    return [(change.verb, change.identity.name) for change in changes]


def test_a_hint_makes_one_rename_of_a_removal_and_an_addition() -> None:
    source, target = database(column("mail")), database(column("email"))
    hints = Renames.of((column("mail").identity, column("email").identity))
    assert verbs(compare(source, target)) == [("add", "email"), ("remove", "mail")]
    assert verbs(compare(source, target, hints)) == [("rename", "email")]


def test_a_hint_that_has_come_true_has_no_effect() -> None:
    hints = Renames.of((column("mail").identity, column("email").identity))
    assert compare(database(column("email")), database(column("email")), hints) == ()


def test_a_hint_wins_over_spelling() -> None:
    source = database(column("isActive"), column("enabled"))
    target = database(column("is_active"))
    hints = Renames.of((column("enabled").identity, column("is_active").identity))
    assert verbs(compare(source, target, hints)) == [
        ("remove", "isActive"),
        ("rename", "is_active"),
    ]


def test_a_hint_wins_over_the_same_name() -> None:
    both = database(column("a", type="text"), column("b", type="integer"))
    swapped = database(column("a", type="integer"), column("b", type="text"))
    hints = Renames.of(
        (column("a").identity, column("b").identity), (column("b").identity, column("a").identity)
    )
    assert verbs(compare(both, swapped)) == [("alter", "a"), ("alter", "b")]
    assert verbs(compare(both, swapped, hints)) == [("rename", "a"), ("rename", "b")]


def test_a_name_that_is_used_again_means_the_new_thing(read: Read) -> None:
    source = read("CREATE TABLE t (a int CONSTRAINT c CHECK (a > 0))")
    target = read("CREATE TABLE t (b int, a int CONSTRAINT c CHECK (a > 0))")
    old, new = Identity("column", ("public", "t", "a")), Identity("column", ("public", "t", "b"))
    changes = compare(source, target, Renames.of((old, new)))
    assert [(change.verb, str(change.identity)) for change in changes] == [
        ("add", "column public.t.a"),
        ("rename", "column public.t.b"),
        ("alter", "constraint public.t.c"),
    ]


def test_an_alter_after_a_rename_tells_only_what_the_rename_leaves() -> None:
    source = database(column("userId", type="integer", note="userId"))
    target = database(column("user_id", type="bigint", note="userId"))
    rename, alter = compare(source, target)
    assert (rename.verb, alter.verb) == ("rename", "alter")
    assert alter.before is not None
    assert alter.before.identity.name == "userId"
    assert alter.identity.name == "user_id"
    assert alter.differing == ("type",)


def test_an_altered_constraint_reads_as_it_does_after_the_renames(read: Read) -> None:
    source = read(
        'CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b ("aId" int CONSTRAINT f REFERENCES a)'
    )
    target = read(
        "CREATE TABLE a (id int PRIMARY KEY);"
        "CREATE TABLE b (a_id int CONSTRAINT f REFERENCES a ON DELETE CASCADE)"
    )
    _, alter = compare(source, target)
    assert alter.before is not None
    assert alter.differing == ("definition",)
    assert alter.before.payload["columns"] == ["a_id"]


def test_changes_come_in_the_order_of_identities(read: Read) -> None:
    source = read("CREATE TABLE t (b int, a int)")
    target = read("CREATE TABLE t (a text, c int); CREATE TABLE s (a int)")
    changes = compare(source, target)
    assert [(change.kind, change.identity.path[1:]) for change in changes] == [
        ("column", ("s", "a")),
        ("column", ("t", "a")),
        ("column", ("t", "b")),
        ("column", ("t", "c")),
        ("owner", ("public", "s")),
        ("table", ("s",)),
    ]


def test_minegnk_needs_few_renames_and_many_additions(
    minegnk: DatabaseUrl, minegnk_target: DatabaseUrl
) -> None:
    from gnkmigrate.facts.source import load_schemas
    from gnkmigrate.settings import Settings

    settings = Settings(ignore=IGNORED_TABLES)
    live, target = load_schemas((minegnk.conninfo, minegnk_target.conninfo), settings)
    changes = compare(live, target)
    added = {
        change.identity.name
        for change in changes
        if change.verb == "add" and change.kind == "table"
    }
    assert added == {"nodes", "node_stats_cache", "earnings_history"}
    renamed = {
        change.identity.name
        for change in changes
        if change.verb == "rename" and change.kind == "column"
    }
    assert renamed == {"is_active", "created_at", "updated_at"}
    hashed = [
        change.before.identity.name
        for change in changes
        if change.kind == "constraint" and change.verb == "remove" and change.before
    ]
    # Only those of the columns that go: user_nodes.id and user_nodes.node_address.
    assert sorted(hashed) == [
        "PK_7e1d72d7d27cfdc6613a68ce2f3",
        "UQ_06dcb7f80ef147200e3cb720a5a",
    ]


def test_the_name_of_a_not_null_that_one_side_cannot_have_is_no_difference() -> None:
    named = database(column("a", not_null=True, not_null_name="mine"))
    nameless = database(column("a", not_null=True, not_null_name=None))
    new, old = replace(named, server_version=180000), replace(nameless, server_version=160000)
    assert compare(old, new) == ()
    assert compare(new, old) == ()
    assert verbs(compare(replace(nameless, server_version=180000), new)) == [("alter", "a")]
