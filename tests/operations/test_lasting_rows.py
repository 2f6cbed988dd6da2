"""op.expire_rows, op.retain_rows and op.daily_rows: what their views and procedures do."""

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused
from gnkmigrate.postgres.connection import connect
from tests.migrations.project import Project
from tests.small import Small

CACHE = """
    CREATE TABLE "Cache" (shop int, "node" int, got numeric, "from" text, at timestamptz,
                          PRIMARY KEY (shop, "node"));
    CREATE TABLE history (shop int, n int, "day" date, sum numeric, told text,
                          UNIQUE (shop, n, "day"));
"""
EXPIRE = """
op.expire_rows("public.Cache", "at", view="public.fresh", limits="public.Life", default="5 minutes",
               by="from", times={"slow": "1 hour"}, purge="public.purge")
"""
RETAIN = """
op.retain_rows({"public.Cache": ("at", "30 days"), "public.history": ("day", "1 year")},
               policy="public.policy", procedure="public.retain", report="public.report")
"""
DAILY = """
op.daily_rows("public.Cache", "public.history", key={"shop": "shop", "node": "n"}, stamp="at",
              day="day", values={"got": "sum"}, procedure="public.note", missing="public.missing",
              by=("from", "told"), disputed="public.disputed")
"""


def started(small: Small, up: str, rows: str) -> Project:
    small.reversible(1, up)
    project = small.project()
    project.execute(CACHE + rows)
    return project


def call(project: Project, statement: str) -> list[str]:
    """Runs a procedure outside of a transaction; gives what it said."""
    said: list[str] = []
    with connect(project.url, search_path=["public"]) as session:
        session.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
        session.execute(b"SET client_min_messages = notice")
        session.execute(f"CALL {statement}".encode())
    return said


def test_a_row_is_shown_as_long_as_its_source_is_fresh(small: Small) -> None:
    project = started(
        small,
        EXPIRE,
        """INSERT INTO "Cache" VALUES
            (1, 1, 1, 'quick', now() - interval '4 minutes'),
            (1, 2, 1, 'quick', now() - interval '6 minutes'),
            (1, 3, 1, 'slow', now() - interval '6 minutes'),
            (1, 4, 1, NULL, now()), (1, 5, 1, NULL, NULL)""",
    )
    before = project.dump, project.content
    project.up()
    assert project.rows("SELECT node FROM fresh ORDER BY 1") == [(1,), (3,), (4,)]
    project.execute("""UPDATE "Life" SET time_to_live = '1 minute' WHERE source = ''""")
    assert project.rows("SELECT node FROM fresh ORDER BY 1") == [(3,), (4,)]

    with pytest.raises(PhaseRefused, match="cannot downgrade"):
        project.down()
    project.down(parameters={"spill": "yes"})
    assert (project.dump, project.content) == before
    project.up()
    assert project.value("""SELECT time_to_live FROM "Life" WHERE source = ''""").seconds == 60
    assert project.value('SELECT count(*) FROM "Life"') == 2


def test_stale_rows_go_in_batches_but_never_all_of_them(small: Small) -> None:
    project = started(
        small,
        EXPIRE,
        """INSERT INTO "Cache" SELECT 1, n, 1, 'quick', now() - interval '2 days'
        FROM generate_series(1, 25) AS n""",
    )
    project.up()
    with pytest.raises(psycopg.errors.RaiseException, match="All rows of public"):
        call(project, "purge(10)")
    assert project.value('SELECT count(*) FROM "Cache"') == 25
    project.execute("""INSERT INTO "Cache" VALUES (2, 1, 1, 'quick', now()), (2, 2, 1, '', NULL)""")
    assert call(project, "purge(10)") == ['"public"."Cache": 25 rows deleted']
    assert project.rows('SELECT shop, node FROM "Cache" ORDER BY 2') == [(2, 1), (2, 2)]
    call(project, "purge(10, true)")


PLANTED = """
    CREATE SCHEMA planted; CREATE TABLE planted.caught (who text);
    CREATE FUNCTION planted.format(text, regclass) RETURNS text LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO planted.caught VALUES ('format'); RETURN 'SELECT 1'; END$$;
    CREATE FUNCTION planted.now() RETURNS timestamptz LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO planted.caught VALUES ('now'); RETURN 'epoch'; END$$;
    CREATE FUNCTION planted.to_char(date, text) RETURNS text LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO planted.caught VALUES ('to_char'); RETURN $2; END$$;
    CREATE FUNCTION planted.is_equal(numeric, numeric) RETURNS bool LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO planted.caught VALUES ('='); RETURN true; END$$;
    CREATE OPERATOR planted.= (leftarg = numeric, rightarg = numeric, function = planted.is_equal);
"""


def test_procedures_find_nothing_that_somebody_has_planted(small: Small) -> None:
    """Not after a COMMIT either: the caller, who may be a superuser, would run it."""
    rows = """
        INSERT INTO "Cache" SELECT 1, n, 1, '', now() - interval '9 days' * n
        FROM generate_series(0, 20) AS n"""
    log = 'op.audit_log(("public.Cache",), "public.log")'
    project = started(small, EXPIRE + RETAIN + DAILY + log, rows + ";" + PLANTED)
    project.up()
    with connect(project.url, search_path=["planted", "pg_catalog", "public"]) as session:
        for statement in ("note()", "purge(2)", "retain(2)", "log_ahead(7)"):
            session.execute(f"CALL public.{statement}".encode())
    assert project.rows("SELECT * FROM planted.caught") == []
    assert project.value('SELECT count(*) FROM "Cache"') == 1


def test_a_procedure_of_one_s_own_that_commits_says_where_it_looks(small: Small) -> None:
    body = "() LANGUAGE plpgsql AS 'BEGIN PERFORM now(); COMMIT; END'"
    project = started(
        small,
        f'op.create_routine("public.p()", "{body}", like="public.Cache", kind="PROCEDURE")',
        "",
    )
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "finds names by its caller's search path" in " ".join(refused.value.details)


def test_a_procedure_beside_one_whose_last_argument_merely_comes_out(small: Small) -> None:
    project = started(
        small,
        'op.create_routine("public.p(integer, integer)", "(a integer, b integer) LANGUAGE sql '
        """AS 'SELECT a'", like="public.Cache", kind="PROCEDURE", comment="it")""",
        "CREATE PROCEDURE public.p(a integer, OUT b integer) LANGUAGE sql AS 'SELECT a'",
    )
    before = project.dump
    project.up()
    project.down()
    assert project.dump == before


def test_what_is_older_than_the_policy_goes(small: Small) -> None:
    project = started(
        small,
        RETAIN,
        """INSERT INTO history SELECT 1, 1, current_date - n * 100 FROM generate_series(0, 9) AS n;
        INSERT INTO "Cache" VALUES (1, 1, 1, '', now())""",
    )
    before = project.dump
    project.up()
    report = "SELECT table_name, too_old, rows FROM report() ORDER BY 1"
    assert project.rows(report) == [("public.Cache", 0, 1), ("public.history", 6, 10)]

    assert call(project, "retain(4)")[-1] == '"public"."history": 6 rows deleted'
    assert project.value("SELECT count(*) FROM history") == 4
    project.execute("UPDATE policy SET keep = '1 day' WHERE table_name = 'public.history'")
    project.execute("""UPDATE "Cache" SET at = now() - interval '1 year'""")
    with pytest.raises(psycopg.errors.RaiseException, match="All rows of public"):
        call(project, "retain()")
    assert project.value("SELECT count(*) FROM history") == 4
    project.execute("DELETE FROM policy WHERE table_name = 'public.Cache'")
    call(project, "retain()")
    assert project.value("SELECT count(*) FROM history") == 1

    project.down(parameters={"spill": "yes"})
    assert project.dump == before


def test_partitions_that_are_too_old_are_detached(small: Small) -> None:
    small.reversible(1, RETAIN.replace('"public.Cache": ("at", "30 days"), ', ""))
    project = small.project()
    project.execute("""
        CREATE TABLE history ("day" date, n int) PARTITION BY RANGE ("day");
        CREATE TABLE old PARTITION OF history FOR VALUES FROM ('2001-01-01') TO ('2002-01-01');
        CREATE TABLE rest PARTITION OF history DEFAULT;
        INSERT INTO history VALUES ('2001-05-05', 1), ('2002-05-05', 2), (current_date, 3)""")
    project.up()
    call(project, "retain()")
    assert project.rows("SELECT n FROM history") == [(3,)]
    assert project.rows("SELECT n FROM old") == [(1,)]


def test_rows_that_others_refer_to_are_refused(small: Small) -> None:
    project = started(
        small,
        RETAIN,
        """
        CREATE TABLE of_cache (shop int, node int, FOREIGN KEY (shop, node) REFERENCES "Cache")""",
    )
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "Others refer to rows" in " ".join(refused.value.details)


def test_one_row_for_each_thing_and_day_however_often_it_runs(small: Small) -> None:
    project = started(
        small,
        DAILY,
        """INSERT INTO "Cache" VALUES (1, 1, 5, 'a', '2026-01-05 23:30+00'),
            (1, 2, 7, 'a', '2026-01-05 12:00+00'), (1, 3, NULL, 'a', now()),
            (1, 4, 1, 'a', NULL)""",
    )
    before = project.dump
    project.up()
    history = "SELECT n, day::text, sum::int, told FROM history ORDER BY 1, 2"
    for _ in range(2):
        call(project, "note()")
        assert project.rows(history) == [(1, "2026-01-05", 5, "a"), (2, "2026-01-05", 7, "a")]

    # The same day again, told by the same source, and by another one.
    project.execute("""UPDATE "Cache" SET got = 6 WHERE node = 1;
        UPDATE "Cache" SET got = 9, "from" = 'b' WHERE node = 2""")
    said = call(project, "note()")
    assert said[-1] == "1 rows stay as another source has told them: see public.disputed"
    assert project.rows(history) == [(1, "2026-01-05", 6, "a"), (2, "2026-01-05", 7, "a")]
    shown = "SELECT n, recorded_told, other_told, recorded_sum::int, other_sum::int FROM disputed"
    assert project.rows(shown) == [(2, "a", "b", 7, 9)]

    # Three days later; what was between nobody knows.
    project.execute("""UPDATE "Cache" SET at = '2026-01-08 12:00+00' WHERE node = 1""")
    call(project, "note()")
    assert project.rows("SELECT n, day::text FROM missing ORDER BY 2") == [
        (1, "2026-01-06"),
        (1, "2026-01-07"),
    ]
    # A day ends where people live.
    project.execute("""UPDATE "Cache" SET at = '2026-01-09 23:30+00' WHERE node = 1""")
    call(project, "note('Europe/Vienna')")
    assert ("2026-01-10",) in project.rows("SELECT day::text FROM history")

    recorded = project.content
    project.down()
    assert project.dump == before
    assert project.content == recorded


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE history DROP CONSTRAINT history_shop_n_day_key", "no unique or exclusion"),
        ('ALTER TABLE "Cache" DROP COLUMN got', "does not exist"),
        ('ALTER TABLE "Cache" ALTER at TYPE timestamp', "timestamp"),
    ],
)
def test_tables_that_do_not_fit_are_refused(small: Small, change: str, said: str) -> None:
    project = started(small, DAILY, change)
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert said in " ".join(refused.value.details)


def test_a_time_that_is_none_is_refused(small: Small) -> None:
    project = started(small, RETAIN.replace("30 days", "some time"), "")
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert "invalid input syntax" in " ".join(refused.value.details)
