"""The old application writes through the view as it has written to the table."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import Connection, connect
from tests.migrations.project import Project
from tests.small import Small

CONVERSIONS = '(Conversion("note", "varchar(5)", using="left(:column, 5)",),)'


@contextmanager
def old_application(project: Project) -> Iterator[Connection]:
    with connect(project.url, search_path=["gnkmigrate_legacy", "public"]) as session:
        yield session


@pytest.fixture
def role(small: Small) -> Iterator[str]:
    name = f"gnk_{uuid.uuid4().hex}"
    with connect(small.url) as session:
        session.execute(f"CREATE ROLE {name}".encode())
        yield name
        session.execute(f"DROP OWNED BY {name}; DROP ROLE {name}".encode())


def converted(
    small: Small, tables: str, conversions: str = CONVERSIONS, *, secured: bool = False
) -> Project:
    """A database whose table public.line is converted, and whose old shape is shown."""
    with connect(small.url) as session:
        if secured and session.info.server_version < 150000:
            pytest.skip("a view of before 15 has the rights of its owner")
    small.revision(1, 'op.keep_shape("public.line")', 'op.forget_shape("public.line")')
    arguments = f'"public.line", conversions={conversions}'
    small.revision(2, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
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


def test_a_key_that_an_earlier_phase_has_renamed(small: Small) -> None:
    small.revision(1, 'op.keep_shape("public.line")', 'op.forget_shape("public.line")')
    renamed = (
        '"public.line", conversions=(Conversion("id", "integer", rename="line_id", not_null=True),)'
    )
    small.revision(2, f"op.convert_columns({renamed})", f"op.revert_columns({renamed})")
    shorter = f'"public.line", conversions={CONVERSIONS}'
    small.revision(3, f"op.convert_columns({shorter})", f"op.revert_columns({shorter})")
    project = small.project()
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


def test_a_text_is_the_same_whatever_the_session_has_set(small: Small) -> None:
    types = {
        "at": ("timestamp", "timestamptz"),
        "day": ("date", "text"),
        "weight": ("float8", "text"),
        "days": ("interval", "text"),
        "raw": ("bytea", "text"),
    }
    conversions = (
        f"Conversion({name!r}, {new!r}, using='(:column)::{new}', back='(:column)::{old}')"
        for name, (old, new) in types.items()
    )
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, at timestamp, day date, weight float8,"
        " days interval, raw bytea);"
        "INSERT INTO line VALUES (1, '2024-02-03 12:00', '2024-02-03', 0.30000000000000004,"
        " '1 day 2:00', '\\x00ff')",
        f"({', '.join(conversions)},)",
    )
    with old_application(project) as session:
        session.execute("SET extra_float_digits = -10; SET DateStyle = 'German, DMY'")
        session.execute("SET TimeZone = 'America/New_York'; SET IntervalStyle = 'iso_8601'")
        session.execute("SET bytea_output = 'escape'")
        session.execute("INSERT INTO line SELECT 2, at, day, weight, days, raw FROM line")
    with connect(project.url, search_path=["public"]) as session:
        session.execute("SET TimeZone = 'America/New_York'; SET DateStyle = 'German, DMY'")
        listed = ", ".join(types)
        copied = f"INSERT INTO line (id, {listed}) SELECT 3, {listed} FROM line WHERE id = 1"
        session.execute(copied.encode())
    rows = project.rows("SELECT DISTINCT at, day, weight, days, raw FROM line")
    assert len(rows) == 1
    project.down()
    assert len(project.rows("SELECT DISTINCT at, day, weight, days, raw FROM line")) == 1


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


@pytest.mark.parametrize("atomic", [False, True], ids=["steps", "atomic"])
def test_a_conversion_may_look_values_up(small: Small, *, atomic: bool) -> None:
    conversion = (
        'Conversion("note", "integer",'
        ' using="(SELECT n.id FROM public.note AS n WHERE n.text = :column)",'
        ' back="(SELECT n.text FROM public.note AS n WHERE n.id = :column)")'
    )
    arguments = f'"public.line", conversions=({conversion},)'
    small.revision(1, f"op.convert_columns({arguments})", f"op.revert_columns({arguments})")
    project = small.project()
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
        assert session.execute("UPDATE line SET id = 101, note = 'another one'").rowcount == 0
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


def test_policies_hold_for_the_old_application(small: Small, role: str) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text);"
        "INSERT INTO line VALUES (1, 'too long'), (2, 'too long');"
        "ALTER TABLE line ENABLE ROW LEVEL SECURITY;"
        f"CREATE POLICY own ON line TO {role} USING (id = 1);"
        f"GRANT SELECT, UPDATE ON line TO {role}",
        secured=True,
    )
    for path, note in (("gnkmigrate_legacy", "my note"), ("public", "other")):
        with connect(project.url, search_path=[path]) as session:
            session.execute(f"SET ROLE {role}; SET row_security = on")
            assert session.execute(f"UPDATE line SET note = '{note}'").rowcount == 1
            assert session.execute("SELECT id, note FROM line").fetchall() == [(1, note)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute("DELETE FROM line")
    project.down()
    assert project.rows("SELECT * FROM line ORDER BY id") == [(1, "other"), (2, "too long")]


def test_rights_on_columns_hold_for_the_old_application(small: Small, role: str) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text, secret text);"
        "INSERT INTO line VALUES (1, 'too long', 'a');"
        f"GRANT SELECT (id, note), UPDATE (note) ON line TO {role}",
    )
    for path, note in (("gnkmigrate_legacy", "my note"), ("public", "other")):
        with connect(project.url, search_path=[path]) as session:
            session.execute(f"SET ROLE {role}")
            assert session.execute(f"UPDATE line SET note = '{note}'").rowcount == 1
            assert session.execute("SELECT id, note FROM line").fetchall() == [(1, note)]
            for refused in ("SELECT secret FROM line", "UPDATE line SET id = 3"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    session.execute(refused)
    project.down()
    assert project.rows("SELECT * FROM line") == [(1, "other", "a")]


def test_row_security_is_not_gone_round(small: Small, role: str) -> None:
    with pytest.raises(PhaseRefused, match="phase1") as refused:
        converted(
            small,
            "CREATE TABLE line (id int PRIMARY KEY, note text);"
            "ALTER TABLE line ENABLE ROW LEVEL SECURITY;"
            f"GRANT SELECT (note) ON line TO {role}",
        )
    assert "Row security is on for public.line" in refused.value.details[0]
    assert refused.value.details[1].strip() == role


def test_both_insert_with_their_own_defaults(small: Small) -> None:
    """An explicit NULL is one, whatever the other shape's default."""
    conversion = (
        '(Conversion("amount", "text", using="\'#\' || :column", back="substr(:column, 2)",'
        ' default="\'#9\'"), Conversion("note", "varchar(5)", using="left(:column, 5)"))'
    )
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, amount int DEFAULT 7, note text UNIQUE)",
        conversion,
    )
    with old_application(project) as session:
        session.execute("INSERT INTO line VALUES (1, NULL), (2, 20)")
        session.execute("INSERT INTO line (id) VALUES (3)")
    project.execute(
        "INSERT INTO line VALUES (4), (5); INSERT INTO line (id, amount) VALUES (6, NULL)"
    )
    with old_application(project) as session, session.transaction():
        session.execute("INSERT INTO public.line (id, amount) VALUES (7, '#70')")
        session.execute("INSERT INTO line (id, amount) VALUES (8, NULL)")
    both = project.rows(
        "SELECT id, new.amount, old.amount FROM line AS new"
        " JOIN gnkmigrate_legacy.line AS old USING (id) ORDER BY id"
    )
    assert both == [
        (1, None, None),
        (2, "#20", 20),
        (3, "#7", 7),
        (4, "#9", 9),
        (5, "#9", 9),
        (6, None, None),
        (7, "#70", 70),
        (8, None, None),
    ]


def test_the_old_application_sets_a_column_to_its_default(small: Small) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id serial PRIMARY KEY, amount int DEFAULT 5, note text DEFAULT 'n');"
        "INSERT INTO line (amount, note) VALUES (1, 'x'), (1, 'x')",
    )
    defaults = "UPDATE line SET id = DEFAULT, amount = DEFAULT, note = DEFAULT"
    with old_application(project) as session:
        assert session.execute(f"{defaults} WHERE id = 1 RETURNING *").fetchone() == (3, 5, "n")
    project.down()
    project.up()
    with old_application(project) as session:
        assert session.execute(f"{defaults} WHERE id = 2 RETURNING *").fetchone() == (4, 5, "n")


def test_the_old_application_upserts(small: Small) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text UNIQUE, n int NOT NULL DEFAULT 1);"
        "INSERT INTO line VALUES (1, 'other'), (2, 'short')",
    )
    with old_application(project) as session:
        upsert = (
            "INSERT INTO line (id, note) VALUES (%s, %s)"
            " ON CONFLICT ({}) DO UPDATE SET n = line.n + 1, note = excluded.note || '!'"
            " RETURNING id, note, n"
        )
        by_key = session.execute(upsert.format("id").encode(), (1, "abcdefgh")).fetchall()
        assert by_key == [(1, "abcdefgh!", 2)]
        by_note = session.execute(upsert.format("note").encode(), (9, "short")).fetchall()
        assert by_note == [(2, "short!", 2)]
        nothing = "INSERT INTO line VALUES (3, 'short!') ON CONFLICT DO NOTHING"
        assert session.execute(nothing).rowcount == 0
    new = project.rows("SELECT id, note, n FROM line ORDER BY id")
    assert new == [(1, "abcde", 2), (2, "short", 2)]
    project.down()
    assert project.rows("SELECT * FROM line ORDER BY id") == [
        (1, "abcdefgh!", 2),
        (2, "short!", 2),
    ]


def test_the_old_application_is_refused_nulls_as_before(small: Small) -> None:
    """Where the new column takes them, and where the old one cannot hold what the new one has."""
    project = converted(
        small,
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pair AS (a int, b int);"
        'CREATE TABLE line (id int PRIMARY KEY, note mood NOT NULL, "Größe" text NOT NULL,'
        " twin pair NOT NULL);"
        "INSERT INTO line VALUES (1, 'ok', '1', (1, 2))",
        """(
            Conversion("note", "text", back="CASE WHEN :column IN ('sad', 'ok')"
                       " THEN :column::public.mood END", holds=":column IN ('sad', 'ok')"),
            Conversion("Größe", "int"),
            Conversion("twin", "text"),
        )""",
    )
    with old_application(project) as session:
        for refused in (
            """INSERT INTO line (id, "Größe", twin) VALUES (2, '2', (1, 2))""",
            "INSERT INTO line (id, note, twin) VALUES (2, 'ok', (1, 2))",
            "INSERT INTO line (id) VALUES (2)",
            "UPDATE line SET note = NULL",
            "INSERT INTO line VALUES (1, NULL, '2', (1, 2)) ON CONFLICT (id) DO NOTHING",
        ):
            with pytest.raises(psycopg.errors.NotNullViolation) as caught:
                session.execute(refused.encode())
            assert caught.value.diag.table_name == "line"
            assert str(caught.value.diag.message_primary).startswith(
                f'null value in column "{caught.value.diag.column_name}" of relation "line"'
            )
        session.execute("UPDATE line SET twin = (NULL, NULL)")
        project.execute("INSERT INTO line (id) VALUES (3); UPDATE line SET note = 'fine'")
        session.execute("""UPDATE line SET "Größe" = '3', twin = (3, 3)""")
        assert session.execute('SELECT note, "Größe", twin::text FROM line').fetchall() == [
            (None, "3", "(3,3)"),
            (None, "3", "(3,3)"),
        ]
    assert project.rows('SELECT id, note, "Größe", twin FROM line ORDER BY id') == [
        (1, "fine", 3, "(3,3)"),
        (3, "fine", 3, "(3,3)"),
    ]


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


def test_a_trigger_runs_as_it_did(small: Small, role: str) -> None:
    project = converted(
        small,
        "CREATE TABLE line (id int PRIMARY KEY, note text);"
        "CREATE TABLE logged (who text, path text);"
        "CREATE FUNCTION log_line() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN INSERT INTO logged VALUES (current_user, current_setting(''search_path''));"
        " RETURN NULL; END';"
        "CREATE TRIGGER logged AFTER INSERT ON line FOR EACH ROW EXECUTE FUNCTION log_line();"
        f"GRANT INSERT ON line, logged TO {role}",
    )
    with old_application(project) as session:
        session.execute(f"SET ROLE {role}")
        session.execute("INSERT INTO line VALUES (1, 'too long')")
    assert project.rows("SELECT * FROM logged") == [(role, "gnkmigrate_legacy, public, pg_temp")]


def test_a_table_of_the_same_name_has_no_part_in_the_view(small: Small) -> None:
    for number, schema in enumerate(("public", "other"), start=1):
        kept = 'op.keep_shape("public.line")\n' if number == 1 else ""
        small.reversible(number, f'{kept}op.rename_columns("{schema}.line", {{"note": "text"}})')
    project = small.project(schemas=["public", "other"])
    project.execute(
        "CREATE SCHEMA other; CREATE TABLE line (id int PRIMARY KEY, note text);"
        "CREATE TABLE other.line (LIKE line INCLUDING ALL); INSERT INTO line VALUES (1, 'here')"
    )
    project.up()
    seen = "SELECT id, note FROM line"
    for level in (2, 1):
        project.go_to(level)
        with old_application(project) as session:
            assert session.execute(seen).fetchall() == [(1, "here")]
