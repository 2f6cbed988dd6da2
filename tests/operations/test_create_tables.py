"""op.create_tables: new tables are as the target declares them, and their rows nobody's to lose."""

import psycopg
import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused, RevisionError
from gnkmigrate.run import events
from gnkmigrate.run.revision import load_phases
from tests.migrations.project import Project
from tests.small import Small

TARGET = """
CREATE TABLE club (id int PRIMARY KEY, owner text);
CREATE TABLE "Team" (
    id serial PRIMARY KEY,
    name varchar(9) NOT NULL DEFAULT ':''spill''' CHECK (name <> ''),
    club int REFERENCES club ON DELETE CASCADE
);
CREATE TABLE player (nr int, team int REFERENCES "Team", UNIQUE (nr, team));
CREATE INDEX player_team ON player (team DESC) WHERE nr > 0;
COMMENT ON COLUMN player.nr IS 'On the back.';
"""
CREATE = 'op.create_tables("public.Team", "public.player", references=("public.club",))'
SPILL = {"spill": "yes"}


def project(small: Small, create: str = CREATE, target: str = TARGET) -> Project:
    """With a club alone, and the others in the target."""
    small.reversible(1, create)
    file = small.folder / "target.sql"
    file.write_text(target)
    made = small.project(target=file)
    made.execute("CREATE TABLE club (id int PRIMARY KEY, owner text)")
    return made


def test_they_are_as_the_target_says_and_go_again(small: Small) -> None:
    made = project(small)
    before = made.state
    made.up(dry_run=True)
    made.up()
    with made.server.database() as url, psycopg.connect(url.conninfo) as session:
        session.execute(TARGET)
        session.commit()
        assert made.declared == Project(url, made.server, (), made.settings).declared
    made.execute("""INSERT INTO "Team" DEFAULT VALUES""")
    assert made.rows('SELECT id, name FROM "Team"') == [(1, ":'spill'")]

    with pytest.raises(PhaseRefused) as refused:
        made.down()
    assert refused.value.details[0] == "The old shape has no table public.Team. (1)"
    made.down(parameters=SPILL)
    assert made.state == before
    made.up()
    assert made.rows('SELECT id, name FROM "Team"') == [(1, ":'spill'")]


def test_rows_that_come_while_they_go_are_not_lost(small: Small) -> None:
    made = project(small)
    made.up()

    def write(event: events.Event) -> None:
        if isinstance(event, events.StepStarted) and event.step.startswith("tables "):
            made.execute("INSERT INTO player VALUES (1)")

    with pytest.raises(PhaseFailed, match=r"rows have come to public\.player"):
        made.down(write, parameters=SPILL)
    made.down(parameters=SPILL)
    assert made.value("SELECT count(*) FROM gnkmigrate.overflow") == 1


@pytest.mark.parametrize(
    ("done", "create", "said"),
    [
        ("CREATE SEQUENCE player_team", CREATE, "public.player_team"),
        ('CREATE TABLE "Team_pkey" ()', CREATE, "public.Team_pkey"),
        ("SELECT", 'op.create_tables("public.coach")', "table public.coach"),
        ("SELECT", 'op.create_tables("public.Team")', "references=('public.club',)"),
        ("DROP TABLE club", CREATE, "column public.club.id"),
    ],
)
def test_what_is_in_the_way_is_listed(small: Small, done: str, create: str, said: str) -> None:
    made = project(small, create)
    made.execute(done)
    with pytest.raises(PhaseRefused) as refused:
        made.up()
    assert said in "\n".join(refused.value.details)


def test_they_are_as_the_target_said_that_is_kept_for_the_revision(small: Small) -> None:
    made = project(small, target=TARGET.replace("nr int,", "nr int, shirt text,"))
    small.reversible(2, 'op.step("comment", "SELECT 1", back="SELECT 1")')
    targets = small.folder / "targets"
    targets.mkdir()
    (targets / "2.sql").write_text(TARGET)
    kept = small.project(target=made.settings.target)
    kept.up()
    assert "shirt" not in kept.dump

    (targets / "7.sql").write_text(TARGET)
    with pytest.raises(RevisionError, match="for revisions that are not there"):
        load_phases(small.folder)


def test_they_belong_to_whom_another_table_belongs(small: Small) -> None:
    made = project(small, CREATE.replace("references", 'like="public.club", references'))
    made.execute("GRANT SELECT ON club TO PUBLIC")
    made.up()
    assert "GRANT SELECT ON TABLE public.player TO PUBLIC" in made.dump
