"""A swap loses nothing that is written after it, and gives no key twice, on the way and back."""

from dataclasses import dataclass, replace

import psycopg
import pytest

from gnkmigrate.errors import PhaseFailed, PhaseRefused
from gnkmigrate.run.sync.key_sequences import KeySequence
from tests.migrations.project import Project
from tests.operations.swapping import Swapping
from tests.small import Small


def swapped(small: Small, swapping: Swapping, before: str) -> Project:
    small.revision(1, swapping.up, swapping.down)
    project = small.project()
    project.execute(before)
    return project


LINES = Swapping(
    "Order Line",
    ("Order", "line no", "text"),
    ("Order", "line no"),
    '"Order" uuid, "line no" int, text varchar(9), PRIMARY KEY ("Order", "line no")',
)
OLD_LINES = """
CREATE TABLE "Order Line" ("Order" uuid, "line no" int, text text);
ALTER TABLE "Order Line" ADD PRIMARY KEY ("Order", "line no");
INSERT INTO "Order Line" SELECT md5(n::text)::uuid, m, 'line'
FROM generate_series(1, 3) AS n, generate_series(1, 2) AS m
"""


def test_what_is_written_after_it_is_there_on_the_way_back(small: Small) -> None:
    project = swapped(small, LINES, OLD_LINES)
    project.up(dry_run=True)
    project.up()
    project.execute(
        """
        DELETE FROM "Order Line" WHERE "line no" = 2 AND "Order" = md5('1')::uuid;
        UPDATE "Order Line" SET text = 'changed' WHERE "Order" = md5('2')::uuid;
        INSERT INTO "Order Line" VALUES (md5('4')::uuid, 1, 'new')
        """
    )
    rows = project.content
    project.down()
    assert project.content == rows
    assert project.states == ("pending",)

    project.up()
    project.execute('TRUNCATE "Order Line"')
    project.down(atomic=True)
    assert project.value('SELECT count(*) FROM "Order Line"') == 0


@pytest.mark.parametrize(
    "change",
    [
        'op.rename_columns("public.Order Line", {"line no": "number"})',
        'op.drop_columns("public.Order Line", ("text",))',
    ],
)
def test_what_its_followers_name_stays(small: Small, change: str) -> None:
    small.reversible(2, change)
    project = swapped(small, LINES, OLD_LINES)
    with pytest.raises(PhaseRefused, match="Phase phase2 cannot upgrade") as refused:
        project.up()
    assert "Triggers keep the archived public.Order Line in step" in refused.value.details[0]


@pytest.mark.parametrize("command", ["INSERT", "UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("side", ["before", "after"])
def test_one_without_followers_stops(small: Small, side: str, command: str) -> None:
    others = tuple(event for event in LINES.before if event != command)
    lacking = replace(LINES, before=others) if side == "before" else replace(LINES, after=others)
    project = swapped(small, lacking, OLD_LINES)
    before = project.content

    with pytest.raises(PhaseFailed, match="what is written to public") as no:
        project.up()

    kept = "gnkmigrate_staging" if side == "before" else "gnkmigrate_archive"
    assert f"would not get to {kept}.Order Line" in no.value.message
    assert no.value.details[0].endswith(f"fires on {command}.")
    assert "gnkmigrate.run.sync.follow_triggers" in no.value.hint
    assert project.content == before
    assert project.value("SELECT to_regclass('gnkmigrate_archive.\"Order Line\"') IS NULL")

    small.revision(1, LINES.up, LINES.down)
    project.down()
    assert project.states == ("pending",)


@pytest.mark.parametrize(
    "spoilt",
    [
        'ALTER TABLE public."Order Line" DISABLE TRIGGER followed_update',
        'ALTER TABLE public."Order Line" ENABLE REPLICA TRIGGER followed_update',
        """
        DROP TRIGGER followed_update ON public."Order Line";
        CREATE TRIGGER followed_update AFTER UPDATE OF text ON public."Order Line"
            FOR EACH ROW EXECUTE FUNCTION gnkmigrate.followed()
        """,
        """
        DROP TRIGGER followed_update ON public."Order Line";
        CREATE TRIGGER followed_update AFTER UPDATE ON public."Order Line"
            FOR EACH ROW EXECUTE FUNCTION public.another()
        """,
    ],
)
def test_a_trigger_that_does_not_always_fire_or_is_another_ones_is_none(
    small: Small, spoilt: str
) -> None:
    steps = LINES.up.splitlines()
    steps.insert(-1, f"op.step('spoilt', {spoilt!r}, irreversible='-')")
    small.revision(1, "\n".join(steps), LINES.down)
    project = small.project()
    project.execute(OLD_LINES)
    project.execute(
        "CREATE FUNCTION another() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    with pytest.raises(PhaseFailed, match="would not get to gnkmigrate_staging") as failed:
        project.up()
    assert failed.value.details[0].endswith("fires on UPDATE.")


@dataclass(frozen=True)
class Keys:
    """Keys of a table "Item" (shop, "Id", n), and what the next ones have to be.

    Attributes:
        old: the declaration of the old "Id".
        new: that of the new one.
        keys: what the application has written of its own keys, besides five that were given.
        up: the first key after the swap, whose two last rows had been deleted.
        down: the first after the way back, before which one was given and its row deleted.
    """

    old: str
    new: str
    keys: tuple[int, ...]
    up: int
    down: int


IDENTITY = "bigint GENERATED {} AS IDENTITY"
ALWAYS, DEFAULT = IDENTITY.format("ALWAYS"), IDENTITY.format("BY DEFAULT")
CASES = {
    "serial to identity": Keys("serial", ALWAYS, (), 6, 7),
    "identity to serial": Keys(DEFAULT, "bigserial", (), 6, 7),
    "identity to identity": Keys(ALWAYS, DEFAULT, (), 6, 7),
    "keys of the application's own": Keys("serial", DEFAULT, (500, 70), 501, 502),
    "descending": Keys(f"{DEFAULT} (INCREMENT -1)", f"{DEFAULT} (INCREMENT -1)", (), -6, -7),
    "descending, own keys": Keys(
        f"{DEFAULT} (INCREMENT -1)", f"{ALWAYS} (INCREMENT -1)", (-90, 3), -91, -92
    ),
    "every second one": Keys(f"{DEFAULT} (INCREMENT 2)", f"{DEFAULT} (INCREMENT 2)", (44,), 45, 47),
    "up to down": Keys("serial", f"{ALWAYS} (INCREMENT -1)", (), -1, 6),
    "from elsewhere": Keys(f"{DEFAULT} (START 100)", "bigserial", (), 105, 106),
    "out of reach": Keys(DEFAULT, f"{DEFAULT} (MAXVALUE 1000)", (5000,), 6, 5001),
    "with a cache": Keys(f"{DEFAULT} (CACHE 1)", f"{DEFAULT} (CACHE 20)", (), 6, 26),
}


@pytest.mark.parametrize("keys", CASES.values(), ids=CASES)
@pytest.mark.parametrize("atomic", [False, True])
def test_no_key_is_given_twice(small: Small, keys: Keys, atomic: bool) -> None:
    swapping = Swapping(
        "Item",
        ("shop", "Id", "n"),
        ("shop", "Id"),
        f'shop text, "Id" {keys.new}, n int, PRIMARY KEY ("Id", shop)',
    )
    old = f"""
    CREATE TABLE "Item" (shop text, "Id" {keys.old}, n int, PRIMARY KEY (shop, "Id"));
    INSERT INTO "Item" (shop, n) SELECT 'a', g FROM generate_series(1, 5) AS g;
    DELETE FROM "Item" WHERE n > 3;
    """
    for key in keys.keys:
        old += f"INSERT INTO \"Item\" OVERRIDING SYSTEM VALUE VALUES ('a', {key}, 0);"
    project = swapped(small, swapping, old)

    project.up(atomic=atomic)
    assert given(project) == keys.up
    project.execute('DELETE FROM "Item" WHERE n = 9')

    project.down(atomic=atomic)
    assert given(project) == keys.down
    project.execute('DELETE FROM "Item" WHERE n = 9')

    # A second time the new one goes on after all of them; one that goes the other way is new.
    project.up(atomic=atomic)
    if (keys.up < 0) == (keys.down < 0):
        assert given(project) not in {keys.up, keys.down}


def given(project: Project) -> int:
    (row,) = project.rows('INSERT INTO "Item" (shop, n) VALUES (\'a\', 9) RETURNING "Id"')
    return int(row[0])


def test_a_sequence_that_has_nothing_left_says_so(small: Small) -> None:
    swapping = Swapping("t", ("id",), ("id",), "id int GENERATED ALWAYS AS IDENTITY (MAXVALUE 5)")
    project = swapped(
        small, swapping, "CREATE TABLE t (id serial); INSERT INTO t VALUES (1), (2), (3), (4), (5)"
    )
    project.up()
    with pytest.raises(psycopg.errors.SequenceGeneratorLimitExceeded):
        project.execute("INSERT INTO t DEFAULT VALUES")


def test_a_dry_run_moves_no_sequence(small: Small) -> None:
    swapping = Swapping("t", ("id",), ("id",), "id int GENERATED ALWAYS AS IDENTITY")
    without = "\n".join(line for line in swapping.up.splitlines() if "swap_table" not in line)
    small.revision(1, f"{without}\nop.step('stop', 'SELECT 1 / 0', irreversible='-')")
    project = small.project()
    project.execute("CREATE TABLE t (id serial); INSERT INTO t SELECT generate_series(1, 9)")
    with pytest.raises(PhaseFailed):
        project.up()
    small.revision(1, swapping.up, swapping.down)
    project = small.project()

    project.up(dry_run=True)
    assert project.value("SELECT nextval('gnkmigrate_staging.t_id_seq')") == 1
    project.up()
    project.execute("INSERT INTO t DEFAULT VALUES")
    assert project.value("SELECT max(id) FROM t") == 10


def test_who_could_draw_keys_still_can(small: Small) -> None:
    swapping = Swapping("t", ("id", "n"), ("id",), "id bigserial PRIMARY KEY, n int")
    project = swapped(small, swapping, "CREATE TABLE t (id serial PRIMARY KEY, n int)")
    project.execute(
        "CREATE ROLE gnk_swap_app; GRANT INSERT, SELECT ON t TO gnk_swap_app;"
        "GRANT USAGE ON SEQUENCE t_id_seq TO gnk_swap_app"
    )
    try:
        project.up()
        project.execute("SET ROLE gnk_swap_app; INSERT INTO t (n) VALUES (1)")
        project.down()
        project.execute("SET ROLE gnk_swap_app; INSERT INTO t (n) VALUES (1)")
        assert project.rows("SELECT id FROM t ORDER BY id") == [(1,), (2,)]
    finally:
        project.execute("DROP OWNED BY gnk_swap_app; DROP ROLE gnk_swap_app")


VIEW = """
CREATE VIEW :"legacy_schema".t AS SELECT * FROM gnkmigrate_archive.t;
ALTER VIEW :"legacy_schema".t ALTER COLUMN id SET DEFAULT nextval('public.t_id_seq')
"""


@pytest.mark.parametrize("old", ["serial", "int GENERATED BY DEFAULT AS IDENTITY"])
def test_two_applications_that_draw_from_one_sequence_do_not_meet(small: Small, old: str) -> None:
    new = "id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n int"
    swapping = Swapping("t", ("id", "n"), ("id",), new, view=VIEW)
    project = swapped(small, swapping, f"CREATE TABLE t (id {old} PRIMARY KEY, n int)")
    project.execute("INSERT INTO t (n) VALUES (1), (2)")
    project.up()
    for _ in range(3):
        project.execute("INSERT INTO t (n) VALUES (3)")
        project.execute("INSERT INTO gnkmigrate_legacy.t (n) VALUES (4)")
    assert project.rows("SELECT id FROM t ORDER BY id") == [(key,) for key in range(1, 9)]
    project.down()
    project.execute("INSERT INTO t (n) VALUES (5)")
    assert project.rows("SELECT id FROM t ORDER BY id") == [(key,) for key in range(1, 10)]


@pytest.mark.parametrize(
    ("increment", "following", "value", "steps"),
    [(1, 1, 0, 0), (1, 1, 1, 1), (5, 1, 10, 2), (5, 1, 11, 3), (-1, -1, -3, 3), (-4, -1, -5, 2)],
)
def test_steps_beyond_a_value(increment: int, following: int, value: int, steps: int) -> None:
    sequence = KeySequence("id", "s", True, increment, 1, -100, 100)
    assert sequence.steps_beyond(following, value) == steps
