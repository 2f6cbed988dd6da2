"""What a dry run does to sequences, which no ROLLBACK takes back: nothing."""

import pytest

from gnkmigrate.errors import PhaseFailed
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events
from gnkmigrate.settings import LimitSettings
from tests.migrations.project import Project
from tests.small import Small

SEQUENCES = "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"


@pytest.fixture
def project(small: Small) -> Project:
    small.revision(
        1,
        """
        op.step(
            "rows",
            '''
            INSERT INTO public.serials (name) SELECT 'more' FROM generate_series(1, 50);
            INSERT INTO public.identities DEFAULT VALUES;
            SELECT setval('public."Odd Name"', 500)
            ''',
            touches=("public.serials", "public.identities"),
        )
        op.step("new", "CREATE TABLE public.new (id serial); INSERT INTO public.new DEFAULT VALUES")
        """,
        'op.step("rows", "DELETE FROM public.serials")\nop.step("new", "DROP TABLE public.new")',
    )
    project = small.project()
    project.execute(
        """
        CREATE TABLE serials (id serial PRIMARY KEY, name text);
        INSERT INTO serials (name) VALUES ('one'), ('two');
        CREATE TABLE identities (id bigint GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5));
        INSERT INTO identities DEFAULT VALUES;
        CREATE SEQUENCE "Odd Name" AS smallint INCREMENT -1 MINVALUE -100 MAXVALUE 1000 CYCLE;
        CREATE SEQUENCE "never used" CACHE 20
        """
    )
    return project


def test_sequences_are_as_they_were(project: Project) -> None:
    before = (project.rows(SEQUENCES), project.content, project.dump)

    project.up(dry_run=True)
    assert (project.rows(SEQUENCES), project.content, project.dump) == before

    project.up()
    before = (project.rows(SEQUENCES), project.content, project.dump)
    project.down(dry_run=True)
    assert (project.rows(SEQUENCES), project.content, project.dump) == before


def test_a_sequence_goes_on_after_it_as_if_nothing_had_been(project: Project) -> None:
    project.up(dry_run=True)

    project.execute("INSERT INTO serials (name) VALUES ('three')")
    assert project.value("SELECT max(id) FROM serials") == 3
    assert project.value("SELECT nextval('identities_id_seq')") == 15
    assert project.value("SELECT nextval('\"never used\"')") == 1


def test_the_sequences_that_it_locks_are_announced(project: Project) -> None:
    told: list[events.Event] = []

    project.up(told.append, dry_run=True)

    (touched,) = (event for event in told if isinstance(event, events.TablesTouched))
    assert set(touched.sequences) == {
        "public.serials_id_seq",
        "public.identities_id_seq",
        "public.Odd Name",
        "public.never used",
    }


def test_it_waits_for_its_locks_and_says_who_is_in_the_way(small: Small, project: Project) -> None:
    impatient = small.project(limits=LimitSettings(lock_timeout_ms=250, lock_deadline_s=0.5))
    with connect(project.url) as other, other.transaction():
        other.execute("LOCK TABLE public.identities")
        with pytest.raises(PhaseFailed, match="no lock within") as failed:
            impatient.up(dry_run=True)

    assert any("LOCK TABLE public.identities" in line for line in failed.value.details)
    project.up(dry_run=True)
