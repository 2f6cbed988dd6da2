"""Changes as people read them."""

from gnkmigrate.diff.compare import compare
from gnkmigrate.diff.lines import in_lines, plain
from gnkmigrate.facts.fact import Fact, Identity
from gnkmigrate.facts.snapshot import Snapshot
from tests.facts.conftest import Read


def shown(source: Snapshot, target: Snapshot) -> str:
    return "\n".join(plain(in_lines(compare(source, target), source, target)))


def test_no_differences(read: Read) -> None:
    snapshot = read("CREATE TABLE t (a int)")
    assert shown(snapshot, snapshot) == "No differences."


def test_changes_are_grouped_by_table_and_aligned(read: Read) -> None:
    source = read(
        """
        CREATE TYPE mood AS ENUM ('ok');
        CREATE TABLE users (id int PRIMARY KEY, "isActive" bool, note varchar(9), old text);
        """
    )
    target = read(
        """
        CREATE TABLE nodes (id int PRIMARY KEY, name text DEFAULT 'x', up int REFERENCES nodes);
        CREATE TABLE users (id int, is_active bool, note text NOT NULL);
        ALTER TABLE users ADD CONSTRAINT users_pk PRIMARY KEY (id);
        CREATE INDEX users_note ON users (note);
        COMMENT ON COLUMN users.note IS 'anything';
        """
    )
    assert shown(source, target).splitlines() == [
        "- enum public.mood  (ok)",
        "+ table public.nodes  3 columns, 2 constraints, 1 default",
        "",
        "  table public.users",
        "  > column isActive → is_active",
        "  ~ column note             not_null: no → yes",
        "                            type: character varying(9) → text",
        "  - column old              text",
        "  + comment on column note  anything",
        "  > constraint users_pkey → users_pk",
        "  + index users_note        USING btree (note)",
        "",
        "16 differences: 10 to add, 3 to remove, 1 to alter, 2 to rename.",
    ]


def test_nothing_from_the_database_reaches_the_terminal_as_a_command() -> None:
    schema = Fact(Identity("schema", ("public",)), None, {})
    evil = Fact(
        Identity("table", ("public", "a\x1b[2Jb\n+ table c\u202e[bold]")), schema.identity, {}
    )
    text = shown(Snapshot.of([schema]), Snapshot.of([schema, evil]))
    assert text.splitlines()[0] == r"+ table public.a\x1b[2Jb\n+ table c\u202e[bold]"


def test_long_values_are_cut(read: Read) -> None:
    labels = ", ".join(f"'label {number}'" for number in range(40))
    text = shown(read(""), read(f"CREATE VIEW v AS SELECT ARRAY[{labels}] AS labels"))
    line = text.splitlines()[0]
    assert line.endswith("…")
    assert len(line) < 100
