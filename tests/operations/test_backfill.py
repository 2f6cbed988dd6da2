"""op.backfill: every row once, whatever its key is like, however often it is stopped."""

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnkmigrate.errors import PhaseFailed, PhaseRefused, RevisionError, RunnerBusy
from gnkmigrate.operations.backfill import Backfill
from gnkmigrate.postgres.connection import connect
from gnkmigrate.run import events, runner
from gnkmigrate.run.names import literal
from gnkmigrate.run.status import Request
from gnkmigrate.settings import LimitSettings, Settings
from tests.migrations.project import Project
from tests.small import Small

# As long as a name can be.
TABLE = 'A Table\'s "Name" %s'.ljust(63, "x")
KEY = "Its Key".ljust(63, "y")
QUOTED_TABLE, QUOTED_KEY = ('"' + name.replace('"', '""') + '"' for name in (TABLE, KEY))

THOUSANDS = "generate_series(1, 5000) AS number"
TINY = LimitSettings(batch_rows=3, throttle=0)
COPY = f"""
INSERT INTO public.seen SELECT old.{QUOTED_KEY}::text FROM public.{QUOTED_TABLE} AS old WHERE :batch
"""

keys = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
    | st.sampled_from((":'spill'", ':"spill"', ":batch", "%s", "'", "\\", "{}", "$1")),
    unique=True,
    max_size=12,
)


@pytest.fixture
def filled(small: Small) -> Project:
    """A project whose only step copies the keys of a table, three at a time."""
    small.revision(
        1,
        f"""op.backfill("copy", {f"public.{TABLE}"!r}, {KEY!r}, {COPY!r}, alias="old")""",
        """op.step("copy", "DELETE FROM public.seen")""",
    )
    return small.project(limits=TINY)


def create(project: Project, type_: str, *values: str) -> None:
    project.execute(f"DROP TABLE IF EXISTS {QUOTED_TABLE}, seen")
    project.execute(f"CREATE TABLE {QUOTED_TABLE} ({QUOTED_KEY} {type_} UNIQUE)")
    project.execute("CREATE TABLE seen (key text)")
    for value in values:
        project.execute(f"INSERT INTO {QUOTED_TABLE} VALUES ({literal(value)})")


def missed_or_doubled(project: Project) -> list[tuple[object, ...]]:
    return project.rows(
        f"(TABLE seen EXCEPT ALL SELECT {QUOTED_KEY}::text FROM {QUOTED_TABLE}) UNION ALL"
        f" (SELECT {QUOTED_KEY}::text FROM {QUOTED_TABLE} EXCEPT ALL TABLE seen)"
    )


@settings(max_examples=40)
@given(values=keys)
def test_every_key_is_copied_once(filled: Project, values: list[str]) -> None:
    create(filled, 'text COLLATE "C"', *values)

    filled.up()
    assert missed_or_doubled(filled) == []
    assert filled.value("SELECT rows FROM gnkmigrate.step") == len(values)

    filled.down()


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("int", [str(number) for number in range(-5, 6)]),
        ("numeric", ["-1.50", "0", "1e30", "NaN", "0.0000001"]),
        ("float8", ["-Infinity", "0.1", "0.30000000000000004", "1e308", "NaN"]),
        ("timestamp", ["-infinity", "0044-03-15 BC", "2025-03-30 02:30:00.000001", "infinity"]),
        ("date", ["4713-01-01 BC", "2025-01-01"]),
        ("bytea", ["\\x00", "\\xff", "\\x27"]),
        ("uuid", [f"{number:032x}" for number in range(7)]),
        ("char(5)", ["a", "b ", "'"]),
    ],
)
def test_keys_of_every_ordered_type(filled: Project, type_: str, values: list[str]) -> None:
    create(filled, type_, *values)

    filled.up()

    assert missed_or_doubled(filled) == []


def test_it_goes_on_after_the_batch_that_was_the_last(small: Small) -> None:
    small.revision(
        1,
        """
        op.backfill("copy", "public.t", "id", '''
            INSERT INTO public.seen SELECT id FROM public.t WHERE :batch
              AND id <> (SELECT CASE WHEN stop THEN 8 ELSE 0 END / (id - 8 + 1) * 0 - 1
                         FROM public.switch)
            ''')
        """,
        """op.step("copy", "DELETE FROM public.seen")""",
    )
    project = small.project(limits=TINY)
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 20);"
        "CREATE TABLE seen (id int); CREATE TABLE switch (stop boolean);"
        "INSERT INTO switch VALUES (true)"
    )

    with pytest.raises(PhaseFailed, match="division by zero"):
        project.up()
    assert project.value("SELECT max(id) FROM seen") == 6
    assert project.rows("SELECT state, rows FROM gnkmigrate.step") == [("partial", 6)]

    project.execute("DELETE FROM t WHERE id BETWEEN 7 AND 11")
    project.up()

    assert project.rows("SELECT count(*), count(DISTINCT id), max(id) FROM seen") == [(15, 15, 20)]
    assert project.rows("SELECT state, rows FROM gnkmigrate.step") == [("applied", 15)]


def test_rows_that_arrive_behind_its_end_are_not_its_own(small: Small) -> None:
    small.revision(
        1,
        """
        op.backfill("copy", "public.t", "id", '''
            INSERT INTO public.seen SELECT id FROM public.t WHERE :batch;
            INSERT INTO public.t SELECT max(id) + 1 FROM public.t
            ''')
        """,
    )
    project = small.project(limits=TINY)
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 10);"
        "CREATE TABLE seen (id int)"
    )

    project.up()

    assert project.value("SELECT max(id) FROM seen") == 10


def test_progress_is_the_sum_of_all_sessions(stopping: Project) -> None:
    stopping.execute("UPDATE switch SET off = 1; ANALYZE t")
    told: list[events.StepProgress] = []

    def observe(event: events.Event) -> None:
        if isinstance(event, events.StepProgress):
            told.append(event)

    slowly(stopping, 3).up(observe)

    rows = [event.rows for event in told]
    assert rows == sorted(rows)
    assert rows[-1] <= 5000 < 2 * rows[-1]
    assert all(event.total == 5000 and event.rate > 0 for event in told)
    left = [event.seconds_left for event in told if event.seconds_left is not None]
    assert len(left) == len(told)
    assert left[-1] < left[0]


def test_progress_is_told(small: Small) -> None:
    slow = "SELECT pg_sleep(0.3) FROM public.t WHERE :batch"
    small.revision(1, f'op.backfill("slow", "public.t", "id", "{slow}")')
    project = small.project(limits=LimitSettings(batch_rows=1, throttle=0))
    project.execute("CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)")
    told: list[events.Event] = []

    project.up(told.append)

    assert any(isinstance(event, events.StepProgress) for event in told)


def test_a_backfill_without_a_batch_is_refused() -> None:
    with pytest.raises(RevisionError, match="does not say where its batch goes"):
        Backfill("all", "public.t", "id", "UPDATE public.t SET n = 1")


def test_several_sessions_share_the_keys(filled: Project) -> None:
    several = replace(filled, settings=Settings(limits=LimitSettings(backfill_workers=3)))
    create(several, "uuid")
    several.execute(f"INSERT INTO {QUOTED_TABLE} SELECT gen_random_uuid() FROM {THOUSANDS}")

    several.up()

    assert missed_or_doubled(several) == []
    assert several.rows("SELECT state, rows FROM gnkmigrate.step") == [("applied", 5000)]
    assert several.rows("SELECT state, rows FROM gnkmigrate.run") == [("done", 5000)]


@settings(max_examples=25)
@given(values=keys, workers=st.integers(2, 4))
def test_ranges_neither_overlap_nor_leave_gaps(
    filled: Project, values: list[str], workers: int
) -> None:
    several = replace(
        filled, settings=Settings(limits=LimitSettings(batch_rows=2, backfill_workers=workers))
    )
    create(several, "text", *values)
    several.up()
    assert missed_or_doubled(several) == []
    several.down()


@pytest.fixture
def stopping(small: Small) -> Project:
    """A backfill in several sessions, which fails at one row until the switch is off."""
    small.revision(
        1,
        """
        op.backfill("copy", "public.t", "id", '''
            INSERT INTO public.seen
            SELECT id, pg_backend_pid(), current_setting('search_path'),
                   current_setting('lock_timeout')
            FROM public.t
            WHERE :batch AND NOT (id = 1234 AND 1 / (SELECT off FROM public.switch) = 0)
            ''')
        """,
        """op.step("copy", "DELETE FROM public.seen")""",
    )
    project = small.project(limits=LimitSettings(batch_rows=50, throttle=0, backfill_workers=3))
    project.execute(
        f"CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT number FROM {THOUSANDS};"
        "CREATE TABLE seen (id int, pid int, path text, lock_timeout text);"
        "CREATE TABLE switch (off int); INSERT INTO switch VALUES (0)"
    )
    return project


def test_one_that_fails_stops_the_others_and_any_number_goes_on(stopping: Project) -> None:
    with pytest.raises(PhaseFailed, match="division by zero") as failed:
        stopping.up()
    assert "row of public.t: id = 1234" in failed.value.details
    done = stopping.value("SELECT count(*) FROM seen")
    assert done < 5000
    assert stopping.rows("SELECT state, rows FROM gnkmigrate.step") == [("partial", done)]
    assert others_of_ours(stopping) == 0

    stopping.execute("UPDATE switch SET off = 1")
    for workers in (2, 5):
        with pytest.raises(Enough):
            slowly(stopping, workers).up(have_enough)
        assert others_of_ours(stopping) == 0
    stopping.up()

    assert stopping.rows("SELECT count(*), count(DISTINCT id) FROM seen") == [(5000, 5000)]
    assert stopping.rows("SELECT state, rows FROM gnkmigrate.step") == [("applied", 5000)]


def slowly(project: Project, workers: int) -> Project:
    limits = project.settings.limits.model_copy(
        update={"throttle": 30.0, "batch_rows": 50, "backfill_workers": workers}
    )
    return replace(project, settings=Settings(limits=limits))


class Enough(Exception):
    """What an observer raises that has seen what it wanted to see."""


def have_enough(event: events.Event) -> None:
    if isinstance(event, events.StepProgress):
        raise Enough


def others_of_ours(project: Project) -> int:
    """Sessions of workers that are still there, once they had time to go."""
    deadline = time.monotonic() + 5
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gnkmigrate worker'"
        " AND datname = current_database()"
    )
    while (left := int(project.value(query))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def test_every_session_has_the_settings_of_the_first(stopping: Project) -> None:
    stopping.execute("UPDATE switch SET off = 1")
    stopping.up()
    assert stopping.value("SELECT count(DISTINCT pid) FROM seen") > 1
    assert stopping.rows("SELECT DISTINCT path, lock_timeout FROM seen") == [
        ("public, pg_temp", "20ms")  # for the first attempt
    ]


def test_a_worker_whose_session_is_ended_is_a_lost_connection(stopping: Project) -> None:
    """So the run goes on with new sessions, as after any other loss."""
    stopping.execute("UPDATE switch SET off = 1")
    terminated: list[object] = []

    def terminate(event: events.Event) -> None:
        if isinstance(event, events.StepProgress) and not terminated:
            terminated.extend(
                stopping.rows(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'gnkmigrate worker' LIMIT 1"
                )
            )

    runner.run_to_the_end(
        lambda: connect(stopping.url, search_path=["public"]),
        stopping.phases,
        "up",
        Request(),
        slowly(stopping, 3).settings,
        terminate,
    )

    assert terminated == [(True,)]
    assert stopping.rows("SELECT count(*), count(DISTINCT id) FROM seen") == [(5000, 5000)]


def test_a_session_whose_runner_is_gone_writes_nothing_more(stopping: Project) -> None:
    """Another runner has begun the step again: the first one's batch is rolled back."""
    stopping.execute("UPDATE switch SET off = 1")

    def take_over(event: events.Event) -> None:
        if isinstance(event, events.StepProgress):
            stopping.execute(
                "INSERT INTO gnkmigrate.run SELECT 99, phase, revision, direction, 'failed',"
                " checksum, steps, 0, '{}', NULL, tool_version FROM gnkmigrate.run LIMIT 1"
                " ON CONFLICT DO NOTHING;"
                "UPDATE gnkmigrate.step SET run = 99"
            )

    with pytest.raises(RunnerBusy, match='has taken over the step "copy"'):
        slowly(stopping, 3).up(take_over)

    rows = stopping.value("SELECT rows FROM gnkmigrate.step")
    assert stopping.value("SELECT count(*) FROM seen") == rows < 5000


def test_in_one_transaction_there_is_one_session(stopping: Project) -> None:
    stopping.execute("UPDATE switch SET off = 1")
    stopping.up(dry_run=True)
    assert stopping.value("SELECT count(*) FROM seen") == 0
    stopping.up(atomic=True)
    assert stopping.rows("SELECT count(*), count(DISTINCT pid) FROM seen") == [(5000, 1)]


STAMP = """
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id = 77 THEN
        RAISE 'no stamp for this one';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER "On Write" BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION stamp();
CREATE TABLE another (id int);
CREATE TRIGGER also BEFORE UPDATE ON another FOR EACH ROW EXECUTE FUNCTION stamp()
"""


@pytest.mark.parametrize("atomic", [False, True])
def test_a_trigger_that_fails_is_named_with_its_row(small: Small, atomic: bool) -> None:
    small.revision(
        1, 'op.backfill("fill", "public.t", "id", "UPDATE public.t SET n = 1 WHERE :batch")'
    )
    project = small.project()
    project.execute("CREATE TABLE t (id int PRIMARY KEY, n int)")
    project.execute(f"INSERT INTO t SELECT number FROM {THOUSANDS}; {STAMP}")

    with pytest.raises(PhaseFailed, match="no stamp for this one") as failed:
        project.up(atomic=atomic)

    assert 'trigger "On Write" of t' in failed.value.details
    assert "row of public.t: id = 77" in failed.value.details
    assert not any("another" in line for line in failed.value.details)


@pytest.mark.parametrize(
    ("columns", "value", "said"),
    [
        ("id json", "to_json(number)", "cannot be walked along id: could not identify an ordering"),
        ("id int", "number", "public.t has no index that begins with id."),
        ("id int, UNIQUE (n, id)", "number", "public.t has no index that begins with id."),
        ("id int UNIQUE", "nullif(number, 5)", "Rows of public.t have no id"),
    ],
)
def test_a_table_that_cannot_be_walked_is_refused(
    small: Small, columns: str, value: str, said: str
) -> None:
    small.revision(
        1, 'op.backfill("fill", "public.t", "id", "UPDATE public.t SET n = 1 WHERE :batch")'
    )
    project = small.project(limits=LimitSettings(scan_rows=10))
    project.execute(f"CREATE TABLE t (n int, {columns})")
    project.execute(f"INSERT INTO t (id) SELECT {value} FROM generate_series(1, 20) AS number")

    with pytest.raises(PhaseRefused) as refused:
        project.up()

    assert said in refused.value.details[0]
    assert refused.value.details[1].startswith("  -> ")


def test_a_table_that_an_earlier_step_makes_is_looked_at_when_it_is_there(small: Small) -> None:
    small.revision(
        1,
        """
        op.step("table", "CREATE TABLE public.t (id json)")
        op.backfill("fill", "public.t", "id", "UPDATE public.t SET id = NULL WHERE :batch")
        """,
    )
    with pytest.raises(PhaseFailed, match="cannot be walked along id"):
        small.project().up()


def test_rows_whose_keys_move_on_are_not_followed_for_ever(small: Small) -> None:
    small.revision(
        1,
        """
        op.backfill(
            "renumber", "public.t", "id", "UPDATE public.t SET id = id + 10 WHERE :batch"
        )
        """,
    )
    project = small.project(limits=TINY)
    project.execute("CREATE TABLE t (id int); CREATE INDEX ON t (id)")
    project.execute("INSERT INTO t SELECT 10 * g FROM generate_series(1, 20) AS g")

    project.up()

    assert project.value("SELECT max(id) FROM t") == 210


@pytest.mark.parametrize(("atomic", "way"), [(False, "in batches"), (True, "at once")])
def test_one_transaction_may_fill_in_another_way(small: Small, atomic: bool, way: str) -> None:
    small.revision(
        1,
        """
        op.backfill(
            "way", "public.t", "id", "UPDATE public.t SET way = 'in batches' WHERE :batch",
            at_once="UPDATE public.t SET way = 'at once'",
        )
        """,
        """op.step("way", "UPDATE public.t SET way = NULL")""",
    )
    project = small.project()
    project.execute(
        "CREATE TABLE t (id int PRIMARY KEY, way text); INSERT INTO t VALUES (1), (2), (3)"
    )

    project.up(atomic=atomic)

    assert project.rows("SELECT DISTINCT way FROM t") == [(way,)]
    assert project.rows("SELECT state, rows FROM gnkmigrate.step") == [("applied", 3)]
