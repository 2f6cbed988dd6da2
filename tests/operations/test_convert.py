"""op.convert_columns: new types under the application's feet, and every old value back."""

from typing import Any

import psycopg
import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.run import events
from gnkmigrate.run.kept import contract
from gnkmigrate.run.names import literal
from gnkmigrate.run.sync.column_pair import kept_name
from tests.migrations.maintenance import turned_away
from tests.migrations.project import Project
from tests.small import Small

# As long as a name can be.
TABLE = 'A Table\'s "Name"'.ljust(63, "x")
COLUMN = 'Its Column\'s "Name"'.ljust(63, "y")
NEW = "its_new_name".ljust(63, "z")
KEY = "The Key".ljust(63, "k")
QUOTED_TABLE, QUOTED_COLUMN, QUOTED_NEW, QUOTED_KEY = (
    '"' + name.replace('"', '""') + '"' for name in (TABLE, COLUMN, NEW, KEY)
)

CONVERSIONS = f"""(
    Conversion({COLUMN!r}, "varchar(5)", using="left(:column, 5)", rename={NEW!r},
holds=":column <> 'no'", fallback="'spilt'"),
    Conversion("number", "text", using="':' || :column", back="substr(:column, 2)",
               default="'1'", not_null=True, holds=r":column ~ '^:\\d+$'"),
    Conversion("flag", "boolean", default="false", rename="is_flag"),
)"""


@pytest.fixture
def project(small: Small) -> Project:
    arguments = f"{f'public.{TABLE}'!r}, {KEY!r}, {CONVERSIONS}"
    small.revision(1, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
    project.execute(
        f"CREATE TABLE {QUOTED_TABLE} ({QUOTED_KEY} int PRIMARY KEY, other text,"
        f" {QUOTED_COLUMN} text DEFAULT 'd' COLLATE \"C\", number int DEFAULT 7,"
        " flag boolean NOT NULL DEFAULT true);"
        f"CREATE UNIQUE INDEX ON {QUOTED_TABLE} (number DESC NULLS LAST) INCLUDE (flag);"
        f"COMMENT ON COLUMN {QUOTED_TABLE}.number IS 'it''s a :\"number\"'"
    )
    return project


def insert(project: Project, *rows: tuple[Any, ...]) -> None:
    for key, text, number in rows:
        values = ", ".join(
            "NULL" if value is None else literal(str(value)) for value in (key, text, number)
        )
        project.execute(
            f"INSERT INTO {QUOTED_TABLE} ({QUOTED_KEY}, {QUOTED_COLUMN}, number) VALUES ({values})"
        )


def both(project: Project) -> list[tuple[Any, ...]]:
    return project.rows(
        f"SELECT {QUOTED_KEY}, {QUOTED_NEW}, number FROM {QUOTED_TABLE} ORDER BY {QUOTED_KEY}"
    )


def test_values_go_and_come_back(project: Project) -> None:
    insert(project, (1, "short", 1), (2, "too long", 20), (3, None, -0), (4, "\\'\"", 300))
    before = project.state

    project.up()
    assert both(project) == [
        (1, "short", ":1"),
        (2, "too l", ":20"),
        (3, None, ":0"),
        (4, "\\'\"", ":300"),
    ]

    project.down()
    assert project.state == before


def test_what_was_written_since_counts(project: Project) -> None:
    insert(project, (1, "too long", 1), (2, "too long", 2), (3, "too long", 3), (4, "x", 4))
    project.up()
    project.execute(
        f"UPDATE {QUOTED_TABLE} SET {QUOTED_NEW} = 'new', number = ':10' WHERE {QUOTED_KEY} = 1;"
        f"UPDATE {QUOTED_TABLE} SET other = 'something else' WHERE {QUOTED_KEY} = 2;"
        f"DELETE FROM {QUOTED_TABLE} WHERE {QUOTED_KEY} = 3;"
        f"INSERT INTO {QUOTED_TABLE} ({QUOTED_KEY}, {QUOTED_NEW}, number)"
        " VALUES (5, 'too l', ':3')"
    )

    project.down()

    assert project.rows(
        f"SELECT {QUOTED_KEY}, {QUOTED_COLUMN}, number, flag FROM {QUOTED_TABLE} ORDER BY 1"
    ) == [
        (1, "new", 10, True),
        (2, "too long", 2, True),
        (4, "x", 4, True),
        (5, "too l", 3, False),
    ]


def test_what_does_not_fit_is_refused_or_spilt(project: Project) -> None:
    insert(project, (1, "a", 1), (2, "b", 2))
    project.up()
    project.execute(
        f"UPDATE {QUOTED_TABLE} SET {QUOTED_NEW} = 'no' WHERE {QUOTED_KEY} = 1;"
        f"UPDATE {QUOTED_TABLE} SET number = 'none', is_flag = NULL WHERE {QUOTED_KEY} = 2"
    )
    before = project.state

    with pytest.raises(PhaseRefused) as refused:
        project.down()
    said = "\n".join(refused.value.details)
    assert f"{TABLE}.{NEW}: values that the old column cannot hold. (1)" in said
    assert f"{TABLE}.number: values that the old column cannot hold. (1)" in said
    assert f"{TABLE}.is_flag: values that the old column cannot hold. (1)" in said
    assert project.state == before

    project.down(parameters={"spill": "yes"})
    assert project.rows(f"SELECT {QUOTED_COLUMN}, number FROM {QUOTED_TABLE}") == [("spilt", 1)]
    kept = project.rows("SELECT content FROM gnkmigrate.overflow ORDER BY reason")
    assert [row[0] for row in kept] == [
        {KEY: "1", NEW: "no"},
        {
            KEY: "2",
            NEW: "b",
            "number": "none",
            "is_flag": None,
            "other": None,
            kept_name(COLUMN): "b",
            "gnkmigrate_kept_number": None,
        },
    ]


def test_what_cannot_be_converted_is_refused(project: Project) -> None:
    insert(project, (1, "a", 1), (2, "b", None))
    before = project.state

    with pytest.raises(PhaseRefused) as refused:
        project.up()

    assert "number: values that the new column cannot hold. (1)" in refused.value.details[0]
    assert "number: NULL" in refused.value.details[1]
    assert project.state == before


def test_the_application_writes_meanwhile(project: Project) -> None:
    """At every step: an insert, an update, a delete; nothing is lost on either way."""
    insert(project, *((number, "too long", number) for number in range(1, 30)))
    expected: dict[int, tuple[str, int]] = {n: ("too long", n) for n in range(1, 30)}
    number = 100

    def write(event: events.Event) -> None:
        nonlocal number
        if isinstance(event, events.StepStarted):
            names = project.rows(
                "SELECT attname FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid"
                f" WHERE relname = {literal(TABLE)} AND NOT attisdropped"
            )
            old = (COLUMN,) in names
            number += 1
            text = f"text {number}"
            name, value = (QUOTED_COLUMN, str(number)) if old else (QUOTED_NEW, f"':{number}'")
            stored = text if old else text[:5]
            victim = min(expected)
            project.execute(
                f"INSERT INTO {QUOTED_TABLE} ({QUOTED_KEY}, {name}, number)"
                f" VALUES ({number}, '{stored}', {value});"
                f"UPDATE {QUOTED_TABLE} SET {name} = '{stored}' WHERE {QUOTED_KEY} = {victim + 1};"
                f"DELETE FROM {QUOTED_TABLE} WHERE {QUOTED_KEY} = {victim}"
            )
            del expected[victim]
            expected[number] = (stored, number)
            expected[victim + 1] = (stored, expected[victim + 1][1])

    project.up(write)
    project.down(write)

    assert project.rows(
        f"SELECT {QUOTED_KEY}, {QUOTED_COLUMN}, number FROM {QUOTED_TABLE} ORDER BY 1"
    ) == [(key, *expected[key]) for key in sorted(expected)]


@pytest.fixture
def online(small: Small) -> Project:
    """One nullable column of a large table, whose old type holds less than its new one."""
    arguments = """
        "public.t", "id",
        (Conversion("n", "text", using=":column::text", back=":column::int",
                    holds=r":column ~ '^\\d+$'"),)
    """
    small.revision(1, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
    project.execute("CREATE TABLE t (id int PRIMARY KEY, n int, other text)")
    project.execute("INSERT INTO t SELECT g, g FROM generate_series(1, 50) AS g")
    return project


@pytest.mark.parametrize(
    ("step", "error"),
    [("old columns of public.t", None), ("rows of old columns of public.t", "23514")],
)
def test_a_value_that_comes_while_the_old_columns_are_built_is_not_lost(
    online: Project, step: str, error: str | None
) -> None:
    """Before the trigger is there the downgrade sees it and stops; from then on it is refused."""
    online.up()
    refused: list[str | None] = []

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event.step == step:
            try:
                online.execute("INSERT INTO t (id, n) VALUES (99, 'many')")
            except psycopg.Error as found:
                refused.append(found.sqlstate)

    if error is None:
        with pytest.raises(PhaseFailed, match="cannot hold"):
            online.down(write)
        online.down(parameters={"spill": "yes"})
        kept = online.rows("SELECT content FROM gnkmigrate.overflow")
        assert kept == [({"id": "99", "n": "many", "other": None, "gnkmigrate_kept_n": None},)]
    else:
        online.down(write)
        assert refused == [error]
    assert online.rows("SELECT count(*), sum(n) FROM t") == [(50, sum(range(1, 51)))]


def test_a_table_of_which_only_nullability_changes_is_not_read_under_a_lock(small: Small) -> None:
    arguments = """
        "public.t", "id",
        (Conversion("n", "integer", not_null=True, default="7", rename="number"),)
    """
    small.revision(1, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY, n int);"
        "INSERT INTO t SELECT g, g FROM generate_series(1, 50) AS g"
    )
    before = project.state
    checked: list[object] = []
    query = "SELECT conname, convalidated FROM pg_constraint WHERE conrelid = 't'::regclass"

    def look(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event.step == "columns of public.t":
            checked.extend(project.rows(f"{query} AND contype = 'c'"))

    project.up(look)

    assert checked == [("gnkmigrate_not_null_n", True)]  # valid, so that SET NOT NULL reads nothing
    with pytest.raises(psycopg.errors.NotNullViolation):
        project.execute("INSERT INTO t VALUES (99, NULL)")
    project.execute("INSERT INTO t VALUES (99)")
    project.down()
    assert project.rows("SELECT n FROM t WHERE id = 99") == [(7,)]
    project.execute("DELETE FROM t WHERE id = 99")
    assert project.state == before


def test_values_that_come_and_become_one_in_a_unique_column_are_named(small: Small) -> None:
    """Those that are there at the start are refused before; see test_preflight.py."""
    arguments = """
        "public.t", "id", (Conversion("n", "varchar(3)", using="left(:column, 3)"),)
    """
    small.revision(1, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY, n text UNIQUE);"
        "INSERT INTO t VALUES (1, 'first'), (3, 'other')"
    )

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted):
            project.execute("INSERT INTO t VALUES (2, 'firm') ON CONFLICT DO NOTHING")

    with pytest.raises(PhaseFailed) as failed:
        project.up(write)
    assert "gnkmigrate_n: fir, rows: 2" in failed.value.details
    project.down()
    assert project.rows("SELECT n FROM t ORDER BY id") == [("first",), ("firm",), ("other",)]


def test_nobody_waits_behind_an_exchange_that_waits_for_a_vacuum(project: Project) -> None:
    insert(project, (1, "short", 1))

    step, read = f"columns of public.{TABLE}", f"SELECT FROM {QUOTED_TABLE}"
    assert turned_away(project, step, vacuumed=QUOTED_TABLE, read=read) == []

    assert both(project) == [(1, "short", ":1")]


@pytest.mark.parametrize(
    ("before", "mapping", "new", "old"),
    [
        ("varchar(5)", 'op.cast("n", "text")', "'abcdefgh'", "'abcde'"),
        ("integer", 'op.cast("n", "numeric")', "1.5", "2"),
        (
            "timestamp",
            'op.zoned("n", fallback="now()")',
            "'2024-10-27 00:30Z'",
            "'2024-10-27 02:30'",
        ),
    ],
    ids=["cut", "rounded", "the first of two hours"],
)
def test_a_value_that_would_come_back_as_another_is_refused_or_kept(
    small: Small, before: str, mapping: str, new: str, old: str
) -> None:
    small.reversible(1, f'op.convert_columns("public.t", conversions=({mapping},))')
    project = small.project(source_timezone="Europe/Berlin")
    project.execute(f"CREATE TABLE t (id int PRIMARY KEY, n {before})")
    project.up()
    project.execute(f"INSERT INTO t (id, n) VALUES (1, {new})")
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert "t.n: values that the old column cannot hold. (1)" in refused.value.details[0]
    project.down(parameters={"spill": "yes"})
    if 'fallback="' in mapping:
        assert project.rows(f"SELECT n = {old} FROM t") == [(True,)]
    project.up()
    assert project.rows(f"SELECT n = {new} FROM t") == [(True,)]


@pytest.mark.parametrize("action", ["CASCADE", "SET NULL"])
def test_rows_that_hang_on_one_that_is_spilled_are_not_lost(small: Small, action: str) -> None:
    small.reversible(1, 'op.convert_columns("public.t", conversions=(op.cast("n", "text"),))')
    project = small.project()
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY, n varchar(5));"
        f"CREATE TABLE child (n int, t int REFERENCES t ON DELETE {action})"
    )
    project.up()
    project.execute("INSERT INTO t (id, n) VALUES (1, 'abcdefgh'); INSERT INTO child VALUES (7, 1)")
    with pytest.raises(PhaseFailed, match=r"rows of public.child hang on rows of public.t"):
        project.down(parameters={"spill": "yes"})
    assert project.rows("SELECT * FROM child") == [(7, 1)]
    project.execute("DELETE FROM child")
    project.down(parameters={"spill": "yes"})
    project.up()
    assert project.rows("SELECT id, n FROM t") == [(1, "abcdefgh")]


PRICED = "CREATE TABLE t (id int PRIMARY KEY, n {}); INSERT INTO t VALUES (1, 1), (2, 2)"


def cast(small: Small, before: str, mapping: str) -> Project:
    small.reversible(
        1,
        f'op.keep_shape("public.t")\nop.convert_columns("public.t", conversions=({mapping},))',
    )
    project = small.project()
    project.execute(PRICED.format(before))
    return project


def test_a_cast_that_would_lose_a_part_of_a_value_is_refused(small: Small) -> None:
    project = cast(small, "numeric", 'op.cast("n", "integer")')
    project.execute("UPDATE t SET n = 2.5 WHERE id = 2")
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "public.t.n: values that the new column cannot hold. (1)" in refused.value.details[0]
    assert "id: 2, n: 2.5" in refused.value.details[1]
    assert project.states == ("pending",)


def test_a_way_back_that_contradicts_the_way_there_is_refused(small: Small) -> None:
    change = 'op.Conversion("n", type="bigint", using=":column + 1", back=":column - 2")'
    project = cast(small, "integer", change)
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert "public.t.n: the way back contradicts the way there. (2)" in refused.value.details[0]
    assert project.states == ("pending",)


def test_a_name_that_gnkmigrate_needs_is_refused(small: Small) -> None:
    project = cast(small, "integer", 'op.cast("n", "bigint", rename="gnkmigrate_kept_n")')
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert "gnkmigrate_kept_n is a name that gnkmigrate needs itself" in refused.value.details[1]


def test_a_column_whose_name_gnkmigrate_needs_is_refused(small: Small) -> None:
    project = cast(small, "integer", 'op.cast("n", "bigint")')
    project.execute("ALTER TABLE t ADD gnkmigrate_kept_n text")
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        project.up()
    assert "gnkmigrate_kept_n is a name that gnkmigrate needs itself" in refused.value.details[1]


def test_what_the_old_application_alone_can_say_stops_contract(small: Small) -> None:
    project = cast(small, "numeric", 'op.cast("n", "integer")')
    project.up()
    project.execute("UPDATE gnkmigrate_legacy.t SET n = 2.5 WHERE id = 2")
    assert project.rows("SELECT n FROM t ORDER BY id") == [(1,), (3,)]
    with project.session() as session:
        with pytest.raises(PhaseRefused, match=r"public\.t\.n does not hold what n did") as refused:
            contract.contract(session, project.phases, project.settings)
        assert refused.value.details == ("id: 2, n: 2.5",)
        assert project.value("SELECT n FROM gnkmigrate_legacy.t WHERE id = 2") == 2.5
        contract.contract(session, project.phases, project.settings, losses_allowed=True)
    assert project.rows("SELECT * FROM t ORDER BY id") == [(1, 1), (2, 3)]


def test_a_revision_may_say_that_values_are_rounded(small: Small) -> None:
    project = cast(small, "numeric", 'op.cast("n", "integer", exact=False)')
    project.execute("UPDATE t SET n = 2.5 WHERE id = 2")
    before = project.content
    project.up()
    assert project.rows("SELECT n FROM t ORDER BY id") == [(1,), (3,)]
    project.down()
    assert project.content == before
    project.up()
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)


def test_the_new_application_writes_what_the_old_column_cannot_hold(small: Small) -> None:
    project = cast(small, "integer", 'op.cast("n", "bigint")')
    project.up()
    project.execute("INSERT INTO t (id, n) VALUES (3, 3000000000)")
    project.execute("UPDATE t SET n = -3000000000 WHERE id = 2")
    assert project.rows("SELECT id, n FROM gnkmigrate_legacy.t ORDER BY id") == [
        (1, 1),
        (2, None),
        (3, None),
    ]
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    assert "t.n: values that the old column cannot hold. (2)" in refused.value.details[0]
    before = project.rows("SELECT id, n FROM t ORDER BY id")
    project.down(parameters={"spill": "yes"})
    project.up()
    assert project.rows("SELECT id, n FROM t ORDER BY id") == before


def test_a_column_that_is_being_built_is_no_gap(small: Small) -> None:
    project = cast(small, "integer", 'op.cast("n", "bigint", not_null=True)')
    project.execute("CREATE INDEX ON t (n)")
    before = project.facts
    project.up(defer_cutover=True)
    assert project.states == ("ready",)
    assert project.facts == before
    project.down()
    assert project.facts == before


def test_an_index_goes_over_with_all_that_was_said_of_it(small: Small) -> None:
    project = cast(small, "integer", 'op.cast("n", "bigint")')
    distinct = "NULLS NOT DISTINCT" if small.server.version >= 150000 else ""
    project.execute(
        f"CREATE UNIQUE INDEX one ON t (n DESC) INCLUDE (id) {distinct} WITH (fillfactor = 70);"
        "CREATE INDEX two ON t USING brin (n) WITH (pages_per_range = 4) TABLESPACE pg_default"
    )
    definitions = "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 't'::regclass"
    before = sorted(project.rows(definitions))
    project.up()
    with project.session() as session:
        contract.contract(session, project.phases, project.settings)
    assert sorted(project.rows(definitions)) == before


def test_a_constraint_that_waits_is_not_copied(small: Small) -> None:
    """Its copy would be asked at once, while the application counts on the end of a transaction."""
    project = cast(small, "integer", 'op.cast("n", "bigint")')
    project.execute("ALTER TABLE t ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED")
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "constraint t_n_key on table public.t" in "\n".join(refused.value.details)


def test_only_a_table_whose_triggers_may_keep_rows_out_pays_for_marks(small: Small) -> None:
    small.reversible(
        1, 'op.convert_columns("public.m", (), (op.shortened("a", 20, default="\'D\'"),))'
    )
    project = small.project()
    project.execute("CREATE TABLE m (id int PRIMARY KEY, a text)")
    project.up()
    triggers = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'm'::regclass AND NOT tgisinternal"
    assert [name for (name,) in project.rows(triggers) if "mark" in name] == []


def test_a_row_that_a_trigger_keeps_out_leaves_no_mark(small: Small) -> None:
    small.reversible(
        1,
        """
        op.keep_shape("public.m")
        op.convert_columns("public.m", (), (
            op.shortened("a", 20, default="'D'"), op.cast("c", "bigint", default="7")))
        """,
    )
    project = small.project(trust_triggers=True, policies={"functions": "checked"})
    project.execute(
        """
        CREATE TABLE m (id int PRIMARY KEY, a text, c int DEFAULT 5, v text);
        CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN IF NEW.v = 'skip' THEN RETURN NULL; END IF; RETURN NEW; END$$;
        CREATE FUNCTION beside() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN
            IF NEW.v = 'beside' THEN
                INSERT INTO gnkmigrate_legacy.m (id, a, c) VALUES (NEW.id + 10, NULL, NULL);
            END IF;
            RETURN NEW;
        END$$;
        CREATE TRIGGER aa BEFORE INSERT ON m FOR EACH ROW EXECUTE FUNCTION skip();
        CREATE TRIGGER bb BEFORE INSERT ON m FOR EACH ROW EXECUTE FUNCTION beside();
        """
    )
    before = project.state
    project.up()
    project.execute(
        "INSERT INTO m (id, v) VALUES (1, 'skip');"
        "INSERT INTO gnkmigrate_legacy.m (id, a, c) VALUES (2, NULL, NULL);"
        "INSERT INTO m (id, v) VALUES (3, 'beside')"
    )
    assert project.rows("SELECT id, a, c FROM m ORDER BY id") == [
        (2, None, None),
        (3, "D", 7),
        (13, None, None),
    ]
    project.execute("DELETE FROM m")
    project.down()
    assert project.state == before
