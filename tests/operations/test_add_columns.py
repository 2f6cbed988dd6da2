"""op.add_columns: values of new columns are nobody's to lose."""

from datetime import date

import psycopg
import pytest

from gnkmigrate.errors import PhaseRefused, RevisionError
from gnkmigrate.run import events, phase_script
from gnkmigrate.run.phase import read_steps
from gnkmigrate.run.status import Request
from tests.small import Small

ADD = """
op.add_columns("public.order Ä", (
    op.new("Größe", "json", default="'{}'", not_null=True), op.new("note", "varchar(5)")))
"""
TABLE_WITH_TRIGGER = """
CREATE TABLE t (a int PRIMARY KEY, b int);
CREATE FUNCTION nine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.n := 9; RETURN NEW; END';
CREATE TRIGGER z BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.b = 9) EXECUTE FUNCTION nine()
"""


def test_values_are_refused_or_kept_and_come_back(small: Small) -> None:
    small.reversible(1, ADD)
    project = small.project()
    project.execute('CREATE TABLE "order Ä" (a int, b text, PRIMARY KEY (a, b))')
    project.execute("""INSERT INTO "order Ä" VALUES (1, 'x'), (1, 'y'), (2, 'x')""")
    before = project.state
    project.up()
    project.down()
    assert project.state == before

    project.up()
    project.execute("""UPDATE "order Ä" SET note = 'seen' WHERE (a, b) = (1, 'y')""")
    project.execute("""UPDATE "order Ä" SET "Größe" = '{"cm": 7}' WHERE a = 2""")
    with pytest.raises(PhaseRefused) as refused:
        project.down()
    details = refused.value.details
    assert details[0] == "The old shape of public.order Ä has no Größe, note. (2)"
    assert "a: 1, b: y, Größe: {}, note: seen" in "\n".join(details)
    project.down(parameters={"spill": "yes"})
    assert project.state == before
    project.up()
    assert project.rows('SELECT a, b, "Größe"::text, note FROM "order Ä" ORDER BY a, b') == [
        (1, "x", "{}", None),
        (1, "y", "{}", "seen"),
        (2, "x", '{"cm": 7}', None),
    ]


def test_a_table_without_a_key_is_refused(small: Small) -> None:
    small.reversible(1, 'op.add_columns("public.t", (op.new("n", "int"),))')
    project = small.project()
    project.execute("CREATE TABLE t (a int)")
    with pytest.raises(PhaseRefused) as refused:
        project.up()
    assert refused.value.details[0] == "public.t has no key."


@pytest.mark.parametrize("columns", ["()", '(op.renamed("a", "b"),)'])
def test_each_column_is_new(small: Small, columns: str) -> None:
    small.reversible(1, f'op.add_columns("public.t", {columns})')
    with pytest.raises(RevisionError, match=r"does not say which columns public\.t gets"):
        read_steps(small.phases)


def test_a_value_that_comes_while_columns_go_is_refused_or_kept(small: Small) -> None:
    small.reversible(1, 'op.add_columns("public.t", (op.new("n", "int"),))')
    project = small.project()
    project.execute(TABLE_WITH_TRIGGER)
    project.up()
    project.execute("INSERT INTO t VALUES (1, 1, 1)")
    started: list[str] = []

    def write(event: events.Event) -> None:
        if not isinstance(event, events.StepStarted):
            return
        started.append(event.step)
        if len(started) == 2:  # the values have been looked for
            project.execute("INSERT INTO t VALUES (2, 2, 2)")
        if len(started) == 3:
            project.execute("UPDATE t SET b = 3; INSERT INTO t VALUES (3, 3)")
            for refused in ("UPDATE t SET n = 3 WHERE a = 1", "INSERT INTO t VALUES (9, 9)"):
                with pytest.raises(psycopg.errors.CheckViolation, match="are being taken back"):
                    project.execute(refused)

    project.down(write, parameters={"spill": "yes"})
    assert len(started) == 4
    project.up()
    assert project.rows("SELECT * FROM t ORDER BY a") == [(1, 3, 1), (2, 3, 2), (3, 3, None)]


def test_they_are_as_the_target_declares_them(small: Small) -> None:
    small.reversible(1, 'op.add_columns("public.t", ("note", "since", op.new("n", "int")))')
    file = small.folder / "target.sql"
    file.write_text("""
        CREATE TABLE t (
            a int PRIMARY KEY, since date NOT NULL DEFAULT '2026-01-01',
            note varchar(5) COLLATE "C" DEFAULT 'none', twice int GENERATED ALWAYS AS (a * 2) STORED
        );
        COMMENT ON COLUMN t.note IS 'What else there is.';
    """)
    project = small.project(target=file)
    project.execute("CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1), (2)")
    before = project.state
    project.up()
    assert project.rows("SELECT * FROM t ORDER BY a") == [
        (1, "none", date(2026, 1, 1), None),
        (2, "none", date(2026, 1, 1), None),
    ]
    script = phase_script.script(project.phases, "up", project.settings, Request())
    assert (
        "ALTER TABLE public.t ADD COLUMN since date DEFAULT '2026-01-01'::date NOT NULL;" in script
    )
    assert "COMMENT ON COLUMN public.t.note IS" in project.dump
    project.down()
    assert project.state == before

    small.reversible(1, 'op.add_columns("public.t", ("nope", "twice"))')
    with pytest.raises(PhaseRefused, match="nothing was changed") as refused:
        small.project(target=file).up()
    assert "column public.t.nope" in refused.value.details[1]
    small.reversible(1, 'op.add_columns("public.t", ("twice",))')
    with pytest.raises(PhaseRefused) as refused:
        small.project(target=file).up()
    assert refused.value.details[0] == "public.t.twice is an identity or a generated column."
