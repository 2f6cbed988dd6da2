"""What the executor makes of steps that are refused, fail, wait or are asked again."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from gnkmigrate.errors import GnkMigrateError, PhaseFailed, PhaseRefused, RevisionError
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.status import Request
from gnkmigrate.settings import LimitSettings
from tests.migrations.project import Project
from tests.small import Small

IMPATIENT = LimitSettings(lock_timeout_ms=250, lock_deadline_s=0.5)


@contextmanager
def holding(project: Project, statement: str) -> Iterator[None]:
    """Another session holds a lock for as long as the block runs."""
    with connect(project.url, search_path=["public"]) as other, other.transaction():
        other.execute(statement.encode())
        yield


def described(error: GnkMigrateError) -> str:
    return "\n".join((error.message, *error.details, error.hint))


def test_all_that_speaks_against_a_phase_is_said_at_once(small: Small) -> None:
    small.revision(
        1,
        """
        op.guard("Numbers are odd.", "SELECT n FROM t WHERE n % 2 = 1", hint="Even them out.")
        op.guard("This names a table that is not there.", "SELECT * FROM nowhere")
        op.guard("This cannot be reckoned.", "SELECT 1 / (n - n) FROM t")
        op.guard("Numbers are large.", "SELECT n FROM t WHERE n > 5")
        op.step("table u", "CREATE TABLE public.u ()")
        """,
    )
    project = small.project()
    project.execute("CREATE TABLE t (n int); INSERT INTO t VALUES (1), (7)")

    for atomic in (False, True):
        with pytest.raises(PhaseRefused) as refused:
            project.up(atomic=atomic)

        said = described(refused.value)
        assert "Numbers are odd. (2)\n  n: 1\n  n: 7\n  -> Even them out." in said
        assert 'relation "nowhere" does not exist' in said
        assert "division by zero" in said
        assert "Numbers are large. (1)" in said
    assert project.states == ("pending",)


def test_a_failed_step_says_what_and_where_but_not_the_row(small: Small) -> None:
    small.revision(
        1,
        """
        op.step("first", "CREATE TABLE public.first ()", touches=())
        op.step("second", "UPDATE public.accounts SET name = NULL")
        """,
        'op.step("first", "DROP TABLE public.first")',
    )
    project = small.project()
    project.execute(
        "CREATE TABLE accounts (name text NOT NULL, password text CHECK (password <> ''));"
        "INSERT INTO accounts VALUES ('ada', 'correct horse')"
    )

    with pytest.raises(PhaseFailed, match='Phase phase1, step "second": null value') as failed:
        project.up()

    assert "correct horse" not in described(failed.value)
    assert "accounts" in described(failed.value)
    assert project.states == ("failed",)
    assert project.value("SELECT error FROM gnkmigrate.run") == failed.value.message


def test_a_phase_in_one_transaction_waits_for_its_locks_as_well(small: Small) -> None:
    small.revision(1, 'op.step("lock", "LOCK TABLE public.t")')
    project = small.project(limits=IMPATIENT)
    project.execute("CREATE TABLE t ()")
    awaited: list[events.Event] = []

    with holding(project, "LOCK TABLE t"), pytest.raises(PhaseFailed, match="no lock within"):
        project.up(awaited.append, atomic=True)

    assert any(isinstance(event, events.LockAwaited) for event in awaited)
    project.up(atomic=True)
    assert project.states == ("done",)


@pytest.mark.parametrize("looking", ["guard", "verify"])
def test_looking_waits_for_locks_too_and_says_who_is_in_the_way(small: Small, looking: str) -> None:
    small.revision(1, f'op.{looking}("nothing is there", "SELECT * FROM public.t")')
    project = small.project(limits=IMPATIENT)
    project.execute("CREATE TABLE t ()")

    with holding(project, "LOCK TABLE t"), pytest.raises(PhaseFailed, match="no lock") as failed:
        project.up()

    assert "LOCK TABLE t" in described(failed.value)
    project.up()
    assert project.states == ("done",)


def test_a_verification_that_cannot_be_asked_is_an_error_with_its_name(small: Small) -> None:
    small.revision(1, 'op.verify("the table is empty", "SELECT * FROM public.nowhere")')

    with pytest.raises(PhaseFailed, match='step "the table is empty": relation'):
        small.project().up()


def test_an_upgrade_goes_on_with_the_answers_that_it_began_with(small: Small) -> None:
    revision = """
        op.step("first", "CREATE TABLE public.first AS SELECT :'answer' AS answer")
        op.step("between", "{between}")
        op.step("second", "CREATE TABLE public.second AS SELECT :'answer' AS answer")
        """
    small.revision(1, revision.format(between="SELECT 1 / 0"))
    with pytest.raises(PhaseFailed):
        small.project(policies={"answer": "yes"}).up()
    small.revision(1, revision.format(between="SELECT 1"))

    project = small.project(policies={"answer": "no"})
    project.up()

    assert project.value("SELECT answer FROM second") == "yes"


def test_a_rollback_uses_the_answers_that_the_upgrade_ran_with(small: Small) -> None:
    small.revision(
        1,
        """op.step("t", "CREATE TABLE public.t AS SELECT :'answer' AS answer")""",
        """op.step("t", "DROP TABLE public.t; CREATE TABLE public.u AS SELECT :'answer' AS a")""",
    )
    small.project(policies={"answer": "yes"}).up()

    project = small.project(policies={"answer": "no"})
    project.down()

    assert project.value("SELECT a FROM u") == "yes"


def test_a_rollback_that_was_cut_off_at_its_very_end_is_not_through(small: Small) -> None:
    small.revision(1, 'op.step("a", "SELECT 1")', 'op.step("a", "SELECT 1")')
    project = small.project()
    project.up()

    def stop(event: events.Event) -> None:
        if isinstance(event, events.StepFinished):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        project.down(stop)
    assert project.states == ("failed",)
    assert project.rows("SELECT * FROM gnkmigrate.alembic_version") == [("1",)]

    project.down()
    assert project.states == ("pending",)
    assert project.rows("SELECT * FROM gnkmigrate.alembic_version") == []


def test_the_same_session_can_go_up_and_down_many_times(small: Small) -> None:
    small.revision(
        1,
        'op.step("t", "CREATE TABLE public.t (n int); INSERT INTO public.t VALUES (1)")\n'
        'op.verify("t has rows", "SELECT 1 WHERE NOT EXISTS (TABLE public.t)")',
        'op.step("t", "DELETE FROM public.t; DROP TABLE public.t")',
    )
    project = small.project()
    with project.session() as session:
        for _ in range(7):
            runner.run(session, project.phases, "up", Request(), project.settings)
            runner.run(session, project.phases, "down", Request(), project.settings)

    assert project.states == ("pending",)


def test_an_edited_step_of_an_interrupted_phase_is_refused(small: Small) -> None:
    small.revision(1, 'op.step("a", "SELECT 1")\nop.step("b", "SELECT 1 / 0")')
    with pytest.raises(PhaseFailed):
        small.project().up()
    small.revision(1, 'op.step("a", "SELECT 2")\nop.step("b", "SELECT 1 / 1")')

    with pytest.raises(RevisionError, match='step "a" has been edited since it ran'):
        small.project().up()


def test_a_step_that_failed_may_be_corrected(small: Small) -> None:
    small.revision(1, 'op.step("a", "SELECT 1")\nop.step("b", "SELECT 1 / 0")')
    with pytest.raises(PhaseFailed):
        small.project().up()
    small.revision(1, 'op.step("a", "SELECT 1")\nop.step("b", "SELECT 1 / 1")')

    project = small.project()
    project.up()

    assert project.states == ("done",)


def test_a_role_that_may_not_create_schemas_is_told_what_to_grant(small: Small) -> None:
    small.revision(1, 'op.step("a", "SELECT 1")')
    project = small.project()
    guest = f"guest_{uuid4().hex}"
    project.execute(f"CREATE ROLE {guest}")

    try:
        with project.session() as session:
            session.execute(f"SET SESSION AUTHORIZATION {guest}".encode())
            with pytest.raises(PhaseRefused) as refused:
                runner.run(session, project.phases, "up", Request(), project.settings)
    finally:
        project.execute(f"DROP ROLE {guest}")

    assert "GRANT CREATE ON DATABASE" in refused.value.hint
    assert guest in refused.value.hint


def test_the_first_to_wait_for_a_lock_waits_least(small: Small) -> None:
    small.revision(
        1,
        """
        op.step(
            "third time lucky",
            '''
            DO $$ BEGIN
                IF nextval('public.attempts') < 3 THEN RAISE serialization_failure; END IF;
                INSERT INTO public.seen VALUES (current_setting('lock_timeout'));
            END $$
            ''',
        )
        """,
    )
    project = small.project(limits=LimitSettings(lock_timeout_ms=500))
    project.execute("CREATE SEQUENCE attempts; CREATE TABLE seen (lock_timeout text)")

    project.up()

    assert project.value("SELECT lock_timeout FROM seen") == "80ms"


@pytest.mark.parametrize(("throttle", "workers"), [(1.0, "0"), (0.0, "2")])
def test_a_spared_application_keeps_the_other_cores(
    small: Small, throttle: float, workers: str
) -> None:
    setting = "current_setting('max_parallel_workers_per_gather')"
    small.revision(1, f'op.step("seen", "INSERT INTO public.seen SELECT {setting}")')
    project = small.project(limits=LimitSettings(throttle=throttle))
    project.execute("CREATE TABLE seen (workers text)")

    project.up()

    assert project.value("SELECT workers FROM seen") == workers
