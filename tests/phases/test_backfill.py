"""op.backfill: every row once, whatever its key is like, however often it is stopped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnkmigrate.errors import PhaseFailed, RevisionError
from gnkmigrate.phases import events
from gnkmigrate.phases.names import literal
from gnkmigrate.phases.operations.backfill import Backfill
from gnkmigrate.settings import LimitSettings
from tests.migrations.project import Project
from tests.phases.small import Small

# As long as a name can be.
TABLE = 'A Table\'s "Name" %s'.ljust(63, "x")
KEY = "Its Key".ljust(63, "y")
QUOTED_TABLE, QUOTED_KEY = ('"' + name.replace('"', '""') + '"' for name in (TABLE, KEY))

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
