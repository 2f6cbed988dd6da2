"""The old application writes through the view as it has written to the table."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from gnkmigrate.connection import Connection, connect
from gnkmigrate.errors import PhaseRefused
from tests.migrations.project import Project
from tests.phases.small import Small

CONVERSIONS = '(Conversion("note", "varchar(5)", using="left(:column, 5)",),)'


@contextmanager
def old_application(project: Project) -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        yield session


def converted(small: Small, tables: str, conversions: str = CONVERSIONS) -> Project:
    """A database whose table public.line is converted, and whose old shape is shown."""
    small.revision(1, 'op.keep_shape("public.line")', 'op.forget_shape("public.line")')
    arguments = f'"public.line", conversions={conversions}'
    small.revision(2, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project(limits={"rewrite_rows": 0})
    project.execute(tables)
    project.up()
    return project


def test_a_composite_key(small: Small) -> None:
    project = converted(
        small,
        'CREATE TABLE line ("Order" int, line_no text, note text, PRIMARY KEY ("Order", line_no));'
        "INSERT INTO line SELECT n / 3, 'no. ' || n % 3, 'too long ' || n"
        " FROM generate_series(0, 8) AS n",
    )
    with old_application(project) as session:
        deleted = session.execute("""DELETE FROM line WHERE "Order" = 1 AND line_no = 'no. 1'""")
        assert deleted.rowcount == 1
        updated = session.execute(
            """UPDATE line SET note = 'another one' WHERE "Order" = 2 AND line_no = 'no. 0'"""
        )
        assert updated.rowcount == 1
    expected = [
        (n // 3, f"no. {n % 3}", "another one" if n == 6 else f"too long {n}")
        for n in range(9)
        if n != 4
    ]
    with old_application(project) as session:
        assert session.execute("SELECT * FROM line ORDER BY 1, 2").fetchall() == expected
    project.down()
    assert project.rows("SELECT * FROM line ORDER BY 1, 2") == expected


def test_a_key_that_is_renamed(small: Small) -> None:
    renamed = f'{CONVERSIONS[:-1]} Conversion("id", "integer", rename="line_id", not_null=True))'
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text);"
        "INSERT INTO line VALUES (1, 'too long'), (2, 'too long')",
        renamed,
    )
    with old_application(project) as session:
        assert session.execute("UPDATE line SET note = 'new note' WHERE id = 1").rowcount == 1
        assert session.execute("DELETE FROM line WHERE id = 2").rowcount == 1
        assert session.execute("SELECT id, note FROM line").fetchall() == [(1, "new note")]
    assert project.rows("SELECT line_id, note FROM line") == [(1, "new n")]
    project.down()
    assert project.rows("SELECT id, note FROM line") == [(1, "new note")]


@pytest.mark.parametrize("kind", ["STORED", "VIRTUAL"])
def test_generated_columns_are_computed(small: Small, kind: str) -> None:
    with connect(small.url) as session:
        if kind == "VIRTUAL" and session.info.server_version < 180000:
            kind = "STORED"  # PostgreSQL 18 has the other
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, price int, note text,"
        f" double int GENERATED ALWAYS AS (price * 2) {kind});"
        "INSERT INTO line VALUES (1, 10, 'too long')",
    )
    with old_application(project) as session:
        inserted = session.execute(
            "INSERT INTO line (id, price, note) VALUES (2, 20, 'short') RETURNING double"
        )
        assert inserted.fetchall() == [(40,)]
        updated = session.execute("UPDATE line SET price = 11 WHERE id = 1 RETURNING double, note")
        assert updated.fetchall() == [(22, "too long")]
        with pytest.raises(psycopg.errors.GeneratedAlways):
            session.execute("UPDATE line SET double = 1 WHERE id = 1")
        with pytest.raises(psycopg.errors.GeneratedAlways):
            session.execute("INSERT INTO line (id, double) VALUES (3, 1)")
    project.down()
    assert project.rows("SELECT id, price, note, double FROM line ORDER BY id") == [
        (1, 11, "too long", 22),
        (2, 20, "short", 40),
    ]


@pytest.mark.parametrize("always", [False, True], ids=["by default", "always"])
def test_an_identity_key_goes_on(small: Small, *, always: bool) -> None:
    given = "ALWAYS" if always else "BY DEFAULT"
    project = converted(
        small,
        f"CREATE TABLE line (id int GENERATED {given} AS IDENTITY PRIMARY KEY, note text);"
        "INSERT INTO line (note) VALUES ('too long')",
    )
    with old_application(project) as session:
        inserted = session.execute("INSERT INTO line (note) VALUES ('longer') RETURNING id")
        assert inserted.fetchall() == [(2,)]
        assert session.execute("UPDATE line SET note = 'changed' WHERE id = 2").rowcount == 1
        if always:
            with pytest.raises(psycopg.errors.GeneratedAlways):
                session.execute("INSERT INTO line VALUES (10, 'mine')")
        else:
            session.execute("INSERT INTO line VALUES (10, 'mine')")
    project.execute("INSERT INTO line (note) VALUES ('new')")
    project.down()
    own = [] if always else [(10, "mine")]
    assert project.rows("SELECT * FROM line ORDER BY id") == [
        (1, "too long"),
        (2, "changed"),
        (3, "new"),
        *own,
    ]


def test_originals_follow_a_key_that_changes(small: Small) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text);"
        "INSERT INTO line SELECT n, 'too long ' || n FROM generate_series(1, 6) AS n",
    )
    project.execute("UPDATE line SET id = 10 WHERE id = 1")
    with old_application(project) as session:
        session.execute("UPDATE line SET id = 20 WHERE id = 2")
        session.execute("UPDATE line SET id = 30, note = 'another one' WHERE id = 3")
        # Somebody else's row under a key that has been free since.
        session.execute("DELETE FROM line WHERE id = 4")
    project.execute("INSERT INTO line VALUES (4, 'too l')")
    project.down()
    assert project.rows("SELECT * FROM line ORDER BY id") == [
        (4, "too l"),
        (5, "too long 5"),
        (6, "too long 6"),
        (10, "too long 1"),
        (20, "too long 2"),
        (30, "another one"),
    ]
    assert "gnkmigrate_originals" not in project.dump


def test_originals_of_rows_that_exchange_their_keys(small: Small) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, other int UNIQUE NOT NULL, note text);"
        "INSERT INTO line SELECT n, n, 'too long ' || n FROM generate_series(1, 4) AS n",
    )
    # The unique index does not allow it at once, but the key may go round a third value.
    project.execute(
        "UPDATE line SET id = -1 WHERE id = 1; UPDATE line SET id = 1 WHERE id = 2;"
        "UPDATE line SET id = 0 WHERE id = -1; UPDATE line SET id = id - 1 WHERE id > 2"
    )
    project.down()
    assert project.rows("SELECT other, id, note FROM line ORDER BY other") == [
        (1, 0, "too long 1"),
        (2, 1, "too long 2"),
        (3, 2, "too long 3"),
        (4, 3, "too long 4"),
    ]


def test_nothing_is_kept_of_rows_that_are_gone(small: Small) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text);"
        "INSERT INTO line SELECT n, 'too long ' || n FROM generate_series(1, 6) AS n",
    )
    project.execute("DELETE FROM line WHERE id < 3")
    assert project.value("SELECT count(*) FROM gnkmigrate.residue") == 4
    project.execute("TRUNCATE line")
    assert project.value("SELECT count(*) FROM gnkmigrate.residue") == 0


def test_a_key_that_an_earlier_phase_has_renamed(small: Small) -> None:
    small.revision(1, 'op.keep_shape("public.line")', 'op.forget_shape("public.line")')
    renamed = (
        '"public.line", conversions=(Conversion("id", "integer", rename="line_id", not_null=True),)'
    )
    small.revision(2, f"op.convert_columns({renamed})", f"op.revert_columns({renamed})")
    shorter = f'"public.line", conversions={CONVERSIONS}'
    small.revision(3, f"op.convert_columns({shorter})", f"op.revert_columns({shorter})")
    project = small.project(limits={"rewrite_rows": 0})
    project.execute(
        "CREATE TABLE line (id int PRIMARY KEY, note text); INSERT INTO line VALUES (1, 'too long')"
    )
    project.up()
    with old_application(project) as session:
        session.execute("INSERT INTO line VALUES (2, 'too long as well')")
        session.execute("UPDATE line SET id = 3 WHERE id = 1")
        assert session.execute("SELECT * FROM line ORDER BY id").fetchall() == [
            (2, "too long as well"),
            (3, "too long"),
        ]
    project.down()
    assert project.rows("SELECT id, note FROM line ORDER BY id") == [
        (2, "too long as well"),
        (3, "too long"),
    ]


def test_a_write_counts_whatever_the_session_has_set(small: Small) -> None:
    project = converted(
        small,
        "CREATE TABLE line"
        " (id int PRIMARY KEY, note text, weight float8, at timestamptz, days interval);"
        "INSERT INTO line VALUES"
        " (1, 'too long', 0.30000000000000004, '2014-10-25 21:30Z', '1 day')",
    )
    with old_application(project) as session:
        session.execute("SET extra_float_digits = -10; SET DateStyle = 'SQL, DMY'")
        session.execute("SET TimeZone = 'Europe/Moscow'; SET IntervalStyle = 'iso_8601'")
        session.execute("UPDATE line SET weight = 0.3, at = '2014-10-25 22:30Z'")
    assert project.rows(
        "SELECT weight::text, at = '2014-10-25 22:30Z', note, days = '1 day' FROM line"
    ) == [("0.3", True, "too l", True)]


def test_originals_are_the_same_whatever_the_session_has_set(small: Small) -> None:
    conversions = (
        '(Conversion("at", "date", using="(:column)::date", back="(:column)::timestamp"),'
        ' Conversion("weight", "real", using="(:column)::real", back="(:column)::float8"))'
    )
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, at timestamp, weight float8);"
        "INSERT INTO line VALUES (1, '2014-02-01 21:30', 0.1)",
        conversions,
    )
    with old_application(project) as session:
        session.execute("SET extra_float_digits = -10; SET DateStyle = 'SQL, DMY'")
        session.execute("INSERT INTO line VALUES (2, TIMESTAMP '2014-02-01 21:31', 0.2)")
        for key, minute, weight in ((1, 30, "0.1"), (2, 31, "0.2")):
            found = session.execute(
                "SELECT at = make_timestamp(2014, 2, 1, 21, %s, 0), weight = %s::float8"
                " FROM line WHERE id = %s",
                (minute, weight, key),
            ).fetchall()
            assert found == [(True, True)]
    project.down()
    assert project.rows("SELECT id, at::text, weight::text FROM line ORDER BY id") == [
        (1, "2014-02-01 21:30:00", "0.1"),
        (2, "2014-02-01 21:31:00", "0.2"),
    ]


@pytest.mark.parametrize("rows", [0, 1000], ids=["beside", "small"])
@pytest.mark.parametrize("atomic", [False, True], ids=["steps", "atomic"])
def test_a_conversion_may_look_values_up(small: Small, *, rows: int, atomic: bool) -> None:
    conversion = (
        'Conversion("note", "integer",'
        ' using="(SELECT n.id FROM public.note AS n WHERE n.text = :column)",'
        ' back="(SELECT n.text FROM public.note AS n WHERE n.id = :column)")'
    )
    arguments = f'"public.line", conversions=({conversion},)'
    small.revision(1, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project(limits={"rewrite_rows": rows})
    project.execute(
        "CREATE TABLE note (id int PRIMARY KEY, text text); CREATE INDEX ON note (text);"
        "INSERT INTO note VALUES (7, 'seven');"
        "CREATE TABLE line (id int PRIMARY KEY, note text); CREATE INDEX ON line (note);"
        "INSERT INTO line VALUES (1, 'seven'), (2, NULL)"
    )
    project.up(dry_run=True)
    project.up(atomic=atomic)
    assert project.rows("SELECT id, note FROM line ORDER BY id") == [(1, 7), (2, None)]
    project.down(atomic=atomic)
    assert project.rows("SELECT id, note FROM line ORDER BY id") == [(1, "seven"), (2, None)]


def test_a_trigger_that_lets_a_row_not_in(small: Small) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text);"
        "INSERT INTO line VALUES (1, 'too long');"
        "CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS"
        " 'BEGIN IF NEW.id > 100 THEN RETURN NULL; END IF; RETURN NEW; END';"
        "CREATE TRIGGER gate BEFORE INSERT OR UPDATE ON line"
        " FOR EACH ROW EXECUTE FUNCTION gate();",
    )
    with old_application(project) as session:
        inserted = session.execute("INSERT INTO line VALUES (101, 'too long as well') RETURNING id")
        assert inserted.fetchall() == []
        assert session.execute("SELECT count(*) FROM line").fetchall() == [(1,)]
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            session.execute("UPDATE line SET id = 101, note = 'another one'")
    assert project.value("SELECT count(*) FROM gnkmigrate.residue") == 1
    project.down()
    assert project.rows("SELECT id, note FROM line") == [(1, "too long")]


def test_a_column_called_as_we_call_a_row(small: Small) -> None:
    conversion = (
        '(Conversion("note", "varchar(5)", using="left(:column, 5)", holds=":column <> \'no\'"),)'
    )
    project = converted(
        small,
        'CREATE TABLE line (id int, "last, first" text, spilled int, picked text, note text,'
        ' PRIMARY KEY (id, "last, first"));'
        "INSERT INTO line VALUES (1, 'x', 7, 'this', 'too long')",
        conversion,
    )
    project.execute("INSERT INTO line VALUES (2, 'y', 8, 'that', 'no')")
    project.down(parameters={"spill": "yes"})
    assert project.rows("SELECT id, spilled, picked, note FROM line") == [
        (1, 7, "this", "too long")
    ]
    project.up()
    assert project.rows("SELECT id, spilled, picked, note FROM line ORDER BY id") == [
        (1, 7, "this", "too l"),
        (2, 8, "that", "no"),
    ]


def test_row_security_is_not_gone_round(small: Small) -> None:
    with pytest.raises(PhaseRefused, match="phase1") as refused:
        converted(
            small,
            "CREATE TABLE line (id int PRIMARY KEY, note text);"
            "ALTER TABLE line ENABLE ROW LEVEL SECURITY;"
            "GRANT SELECT ON line TO PUBLIC; GRANT UPDATE (note) ON line TO pg_monitor",
        )
    assert "Row security is on for public.line" in refused.value.details[0]
    assert [line.strip() for line in refused.value.details[1:3]] == ["PUBLIC", "pg_monitor"]


def test_what_a_trigger_has_made_of_a_row_is_returned(small: Small) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text, memo text);"
        "CREATE FUNCTION tidy() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS"
        " 'BEGIN NEW.memo := upper(NEW.memo); RETURN NEW; END';"
        "CREATE TRIGGER tidy BEFORE INSERT OR UPDATE ON line"
        " FOR EACH ROW EXECUTE FUNCTION tidy();",
    )
    with old_application(project) as session:
        inserted = session.execute("INSERT INTO line VALUES (1, 'too long', 'a') RETURNING *")
        assert inserted.fetchall() == [(1, "too long", "A")]
        updated = session.execute("UPDATE line SET memo = 'b' RETURNING *")
        assert updated.fetchall() == [(1, "too long", "B")]


TRIGGER = (
    "CREATE TABLE line (id int PRIMARY KEY, note text); CREATE TABLE audit (who text, did text);"
    "CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN INSERT INTO audit VALUES (current_user, TG_OP); RETURN NULL; END';"
    "CREATE TRIGGER logged AFTER INSERT ON line FOR EACH ROW EXECUTE FUNCTION logged();"
)


def test_a_trigger_that_looks_for_names_along_the_path_is_refused(small: Small) -> None:
    with pytest.raises(PhaseRefused) as refused:
        converted(small, TRIGGER)
    assert "function public.logged(), called by logged" in "\n".join(refused.value.details)


def test_a_trigger_with_a_path_of_its_own_runs(small: Small) -> None:
    project = converted(small, f"{TRIGGER} ALTER FUNCTION logged() SET search_path = public")
    with old_application(project) as session:
        session.execute("INSERT INTO line VALUES (1, 'too long')")
    assert project.rows("SELECT did FROM audit") == [("INSERT",)]
